"""English as people write it: which words are real, and what was meant by one that is not.

Real words matter more than slips: without a dictionary one in fourteen common words that no story holds was bent to one
that a story does ("waiter" to "waited", "impatient" to "patient").
"""

import gzip
import json
from functools import cache
from importlib.resources import files

from bot.matching.spelling import Near

LONG = 7
"""Letters from which a word is corrected: a shorter one may be a name, or a word of another language."""

COMMON = 1_000
"""How often, of 1.6 billion words that were counted, a word is used that people are likely to mean."""

EVERYDAY = 10_000
"""How often, counted likewise, one is used that everybody knows."""

PART = 4_000
"""Words that are read without a break: in two milliseconds."""


class English:
    """160,000 words and how often each is used. Loading them takes a tenth of a second and 20 MB."""

    def __init__(self) -> None:
        # The list of pyspellchecker, which itself would count every letter of it before it looks up a word.
        packed = files("spellchecker") / "resources" / "en.json.gz"
        words = gzip.decompress(packed.read_bytes()).strip(b"{}").split(b",")
        self._used: dict[str, int] = {}
        # In parts, after each of which the event loop may have its turn: whole, it would be held as long as that takes.
        for start in range(0, len(words), PART):
            self._used |= json.loads(b"{%b}" % b",".join(words[start : start + PART]))
        self._common = Near(word for word, times in self._used.items() if times >= COMMON)

    def is_word(self, word: str) -> bool:
        """Whether a folded word is English."""
        return word in self._used

    def is_everyday(self, word: str) -> bool:
        """Whether a folded word is English that everybody uses."""
        return self._used.get(word, 0) >= EVERYDAY

    def corrected(self, word: str) -> str | None:
        """The commonest English word one slip away from a long one that is none; None if there is no common one."""
        if len(word) < LONG or not word.isascii():
            return None
        near = [likely for _, likely in self._common.within(word, 1)]
        return max(near, key=self._used.__getitem__, default=None)


def english() -> English:
    """One for the whole process."""
    return _loaded()


_loaded = cache(English)
