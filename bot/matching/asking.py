"""Asking for a story, in any language: "cuéntame una historia sobre un anillo perdido" is about a lost ring.

What surrounds a wish hides it, for the encoder hears a text as a whole. But it also hears that "cuéntame una historia
sobre un" and "tell me a story about a" are the same. So what a text begins or ends with is left out where it says no
more than that, and some ways of asking in English stand for those of every language.
"""

import re
from collections.abc import Callable, Iterator
from itertools import accumulate

import numpy as np

from bot.matching.bm25 import Floats
from bot.matching.vectors import Encode

WAYS = (
    "a case of",
    "a story",
    "a story about a",
    "a story about that",
    "a story of somebody who",
    "a story with a",
    "an anecdote about",
    "an example",
    "an example of a",
    "an example of somebody who",
    "another story about",
    "any stories about a",
    "anything about",
    "can you find me",
    "can you give me an example of",
    "could you find me something about",
    "do you have a story",
    "do you have a story about",
    "do you have something about",
    "do you know a story in which",
    "do you know a story with a",
    "for example",
    "for my team meeting",
    "for my team, please",
    "for our meeting tomorrow, please",
    "have you got any example",
    "i am looking for a case where",
    "i am looking for a story",
    "i am looking for an episode about",
    "i am looking for an example",
    "i am looking for something about",
    "i need a story for",
    "i need an example of how",
    "i want to hear about",
    "i would like a story about",
    "i would like an example of somebody who",
    "i would like to read something about",
    "is there a story about",
    "is there an example of",
    "let me hear a story about it",
    "please",
    "please tell me",
    "show me a story about",
    "something about",
    "stories about",
    "tell a story",
    "tell about a",
    "tell me a story",
    "tell me a story about",
    "tell me about",
    "tell one about",
    # Where asking stands at the end, English has no like of it.
    "についての話を教えてください",
    "の話を聞かせて",
    "이야기가 있나요",
    "에 대한 이야기를 들려줘",
    "เรื่องให้ฟังหน่อย",
)
"""How people ask for a story, before the wish or after it."""

ASKS_FROM = 0.72
"""The cosine to the nearest way of asking from which a text only asks. A single word of a wish stays below 0.6."""

MOST_BEHIND = 0.08
"""How far one is behind the text that asks most plainly which still only asks: one word of the wish takes away more."""

MOST_WORDS = 8
"""Words that are looked at from either end: nobody asks at greater length."""

FEW_WORDS = 3
"""Words at either end that tell whether more are looked at, with the very last one, which may be a "please"."""

MAY_ASK_FROM = 0.4
"""The cosine from which these few may belong to what asks: that of chat is hardly below 0.5, of a wish seldom above."""

MOST_CHARACTERS = 80
"""In a longer text nobody only asks; it would take long to hear."""

_WORD = re.compile(r"(?P<unspaced>[\u0e01-\u0e5b\u3040-\u30ff\u3400-\u9fff]+)|[^\W_]+")
"""A word, or what Thai, Japanese and Chinese write without a space."""


class Asking:
    """Knows what only asks."""

    def __init__(self, encode: Encode) -> None:
        self._ways = encode(WAYS)

    def left_out(self, text: str, encode: Encode, pieces: Callable[[str], list[str]]) -> str:
        """The text without what only asks at its beginning and its end; nothing where that is all of it.

        `pieces` cuts what is written without spaces.
        """
        starts = [*_starts(text, pieces)]
        before = [text[:at] for at in [*starts[1:], len(text)][:MOST_WORDS] if at <= MOST_CHARACTERS]
        after = [text[at:] for at in starts[-MOST_WORDS:] if len(text) - at <= MOST_CHARACTERS]
        first, last = before[:FEW_WORDS][-1:], [*after[-FEW_WORDS:][:1], *after[-1:]]
        near = self._near([*first, *last], encode)
        # Most wishes have no chat around them: two or three short texts tell, in place of sixteen.
        before = before if (near[: len(first)] >= MAY_ASK_FROM).any() else []
        after = after if (near[len(first) :] >= MAY_ASK_FROM).any() else []
        near = self._near([*before, *after], encode)
        begin, end = _longest(before, near[: len(before)]), _longest(after, near[len(before) :])
        wish = text[begin : max(begin, len(text) - end)]
        return wish.strip(" ,;:.!?¿¡") if begin or end else text

    def _near(self, texts: list[str], encode: Encode) -> Floats:
        """The cosine of each text to the nearest way of asking."""
        return (encode(texts) @ self._ways.T).max(axis=1) if texts else np.zeros(0, np.float32)


def _starts(text: str, pieces: Callable[[str], list[str]]) -> Iterator[int]:
    """Where the words of a text start."""
    for word in _WORD.finditer(text):
        sizes = map(len, pieces(word[0])) if word["unspaced"] else [len(word[0])]
        yield from (word.start() + before for before in accumulate(sizes, initial=0) if before < len(word[0]))


def _longest(texts: list[str], near: Floats) -> int:
    asking = near >= max(ASKS_FROM, float(near.max(initial=0)) - MOST_BEHIND)
    return max((len(text) for text, asks in zip(texts, asking, strict=True) if asks), default=0)
