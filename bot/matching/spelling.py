"""Mending what was mistyped, from the library's own words and names, without bending words that are right."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.matching.words import MOST_WORDS, WORD, fold, split, stem

SHORTEST = 5
"""Shorter words are taken as they stand: one letter more or less makes another word of them."""

TWO_SLIPS_FROM = 8
"""From this length on two slips are forgiven, below it one."""

MOST_WORDS_OF_A_NAME = 3


class Spelling:
    """Known words and names, by length, so that only those that could be meant are compared."""

    def __init__(
        self, words: Iterable[str], filler: Iterable[str], names: Iterable[str], is_word: Callable[[str], bool]
    ) -> None:
        """`is_word` tells real words that are not among `words`: "boats" are not mistyped "boots".

        `filler` is known too, but nobody who mistypes a word means it: "donut" is no "dont".
        """
        self._is_word = is_word
        self._words = _by_length(words)
        self._stems = {stem(word) for known in self._words.values() for word in known} | set(map(stem, filler))
        self._names = {"".join(split(name)): name for name in names}
        self._joined = _by_length(self._names)

    def mended(self, text: str) -> str:
        """The text with its mistyped words and names put right; the rest stays as it was typed."""
        found = list(WORD.finditer(text))[: 2 * MOST_WORDS]
        put_right: list[str] = []
        at = end = 0
        while at < len(found):
            size, right = self._name_at(text, found[at:]) or (1, self._word(fold(found[at][0])))
            if right:
                put_right += [text[end : found[at].start()], right]
                end = found[at + size - 1].end()
            at += size
        return "".join([*put_right, text[end:]])

    def _word(self, word: str) -> str | None:
        if (
            stem(word) in self._stems
            or not word.isalpha()
            or self._is_word(word)
            or self._is_word(word.removesuffix("s"))
        ):
            return None
        return _nearest(word, self._words)

    def _name_at(self, text: str, words: list[re.Match[str]]) -> tuple[int, str] | None:
        """A name that is mistyped, or written apart or together otherwise, and how many typed words say it."""
        for size in range(min(MOST_WORDS_OF_A_NAME, len(words)), 0, -1):
            typed = [fold(word[0]) for word in words[:size]]
            joined = "".join(typed)
            near = joined if joined in self._names else _nearest(joined, self._joined) if size > 1 else None
            if near and split(self._names[near]) != typed:
                return size, self._names[near]
        return None


def _by_length(words: Iterable[str]) -> dict[int, list[str]]:
    known: dict[int, list[str]] = defaultdict(list)
    for word in sorted(set(words)):
        known[len(word)].append(word)
    return known


def _nearest(word: str, known: dict[int, list[str]]) -> str | None:
    """The known word with the fewest slips, the same first letter where there is a choice; None if all are far."""
    slips = 0 if len(word) < SHORTEST or not word.isalpha() else 1 if len(word) < TWO_SLIPS_FROM else 2
    near = [
        (int(distance), candidate[0] != word[0], candidate)
        for length in range(len(word) - slips, len(word) + slips + 1)
        for candidate, distance, _ in process.extract(
            word, known.get(length, []), scorer=OSA.distance, score_cutoff=slips, limit=3
        )
        if slips and length >= SHORTEST - 1
    ]
    return min(near)[2] if near else None
