"""What words and sentences mean, whatever the language: near vectors mean alike."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from bot.domain.story import Story, Theme
from bot.matching.bm25 import THEME_WEIGHTS, Floats, Index, Numbers
from bot.matching.filler import FILLER
from bot.matching.vectors import Encode, Signs, Vectors, encoded

MOST_NEIGHBOURS = 8
MOST_CANDIDATES = 64
"""Words that are compared exactly: those whose vectors agree in most signs."""

STORIES_AT_ONCE = 1_000
"""Stories whose vectors are summed at a time: those of their passages take 40 MB as long as that takes."""

SHORTEST_WORD = 4
"""Shorter words of no language tell enough alone: an encoder gives "der" and "les" dozens of neighbours."""

# Cosines of this encoder that mean "no more alike than any two" and "as good as the same", seen over judged queries.
WORD_COSINES = (0.5, 0.85)
SENTENCE_COSINES = (0.2, 0.6)
TOPIC_COSINES = (0.0, 0.6)
THEME_COSINES = (0.5, 0.85)

# Two letters before the full stop: "B. Dalton" is no end of a sentence.
_SENTENCE_END = re.compile(r"(?<=\w\w[.!?…])[\"'”’)]*\s+|(?<=[。！？])|\n{2,}")


class Neighbour(NamedTuple):
    """A known word that means nearly the same as another word, and how nearly: 0 to 1."""

    word: str
    likeness: float


class Words:
    """What the words of stories, or filler, mean."""

    def __init__(self, words: Iterable[str], encode: Encode) -> None:
        self._words = sorted(words)
        if self._words:
            vectors = [*encoded(self._words, encode)]
            self._vectors = Vectors(iter(vectors))
            self._signs = Signs(vectors)
            self._filler = np.flatnonzero([word in FILLER for word in self._words]).astype(np.int32)

    def near(self, word: str, vector: Floats) -> list[Neighbour]:
        """For a word that no story holds: the words that mean nearly the same, in any language, the nearest first.

        For one that tells too little alone only filler, which it may be itself.
        """
        if not self._words:
            return []
        candidates = self._signs.nearest(vector, MOST_CANDIDATES) if tells(word) else self._filler
        likeness = _likeness(self._vectors.cosines(vector, candidates), WORD_COSINES)
        best = np.argsort(-likeness, kind="stable")[:MOST_NEIGHBOURS]
        nearest = [Neighbour(self._words[candidates[at]], float(likeness[at])) for at in best]
        return [near for near in nearest if near.likeness > 0]


class Themes:
    """What themes mean, by their names, meanings and synonyms."""

    def __init__(self, themes: Sequence[Theme], encode: Encode) -> None:
        phrases = [said_of(theme) for theme in themes]
        self._ids = [theme.id for theme in themes]
        self._starts = np.cumsum([0, *map(len, phrases)])
        self._vectors = encode([phrase for said in phrases for phrase in said])

    def likeness(self, vector: Floats) -> dict[str, float]:
        """The themes by id that a text of this vector speaks of, and how surely: above 0 up to 1."""
        if not self._ids:
            return {}
        nearest = np.maximum.reduceat(self._vectors @ vector, self._starts[:-1])
        likeness = _likeness(nearest, THEME_COSINES).tolist()
        return {theme: like for theme, like in zip(self._ids, likeness, strict=True) if like > 0}


class Passages:
    """What every passage of some stories, known by their numbers, means."""

    def __init__(self, stories: Sequence[Story], encode: Encode) -> None:
        passages = [_passages(story) for story in stories]
        self._passages = [passage for told in passages for passage in told]
        self._starts = np.cumsum([0, *map(len, passages)])
        self._vectors = Vectors(encoded(self._passages, encode))
        wholes = [*self._wholes()]
        self._lengths = np.concatenate([np.linalg.norm(some, axis=1) for some in wholes])
        self._signs = Signs(wholes)

    def roughly(self, vector: Floats) -> Floats:
        """Each whole story's likeness to a text of this vector, by the signs of its numbers alone."""
        return _topics_by_signs(len(vector)).take(self._signs.apart(vector))

    def likeness(self, vector: Floats, stories: Numbers) -> tuple[Floats, Floats]:
        """The likeness of `stories` to a text of this vector, by their nearest passage and as a whole: 0 to 1."""
        sizes = self._starts[stories + 1] - self._starts[stories]
        starts = np.cumsum([0, *sizes])
        rows = np.repeat(self._starts[stories] - starts[:-1], sizes) + np.arange(starts[-1])
        cosines = self._vectors.cosines(vector, rows)
        nearest = np.maximum.reduceat(cosines, starts[:-1])
        whole = np.divide(np.add.reduceat(cosines, starts[:-1]), self._lengths[stories], dtype=np.float32)
        return _likeness(nearest, SENTENCE_COSINES), _likeness(whole, TOPIC_COSINES)

    def closest(self, vector: Floats, story: int) -> tuple[str, float]:
        """The passage of a story that is nearest to a text of this vector, and how near: 0 to 1."""
        rows = np.arange(self._starts[story], self._starts[story + 1])
        cosines = self._vectors.cosines(vector, rows)
        nearest = int(cosines.argmax())
        return self._passages[rows[nearest]], float(_likeness(cosines[nearest], SENTENCE_COSINES))

    def vectors(self, story: int) -> Floats:
        """The vectors of a story's passages, one row each."""
        return self._vectors.rows(slice(int(self._starts[story]), int(self._starts[story + 1])))

    def _wholes(self) -> Iterator[Floats]:
        """The vectors of whole stories, some at a time: the sums of those of their passages."""
        for start in range(0, len(self._starts) - 1, STORIES_AT_ONCE):
            starts = self._starts[start : start + STORIES_AT_ONCE + 1]
            rows = self._vectors.rows(slice(int(starts[0]), int(starts[-1])))
            yield np.add.reduceat(rows, starts[:-1] - starts[0])


def _passages(story: Story) -> list[str]:
    """A story's texts, and how others put it who told it before."""
    texts = [" ".join(text.split()) for text in (story.title, story.summary)]
    return [*texts, *sentences(story.summary), *sentences(story.story), *(source.title for source in story.sources)]


def sentences(text: str) -> list[str]:
    """The sentences of a text, each on one line; a title without a full stop is one when an empty line follows it."""
    return [" ".join(sentence.split()) for sentence in _SENTENCE_END.split(text) if not sentence.isspace() and sentence]


def shown(index: Index, themes: Mapping[str, float]) -> Floats:
    """How surely each story shows `themes`, meant so much each: 0 to 1, and a little more where it shows several."""
    best = np.zeros(index.size, np.float32)
    total = np.zeros(index.size, np.float32)
    for theme, likeness in themes.items():
        held = index.shown(theme)
        surely = likeness / THEME_WEIGHTS[0] * held.weights
        best[held.stories] = np.maximum(best[held.stories], surely)
        total[held.stories] += surely
    together: Floats = np.multiply(best + total, 0.5, dtype=np.float32)
    return together


def said_of(theme: Theme) -> tuple[str, ...]:
    """The name of a theme, its meaning and its synonyms."""
    return (theme.name, theme.meaning, *theme.synonyms)


def tells(word: str) -> bool:
    """Whether a word tells enough alone to be compared by its meaning."""
    return word.isalpha() and (len(word) >= SHORTEST_WORD or not word.isascii())


@cache
def _topics_by_signs(numbers: int) -> Floats:
    """The likeness of a whole story by how many of so many signs differ: their share is the angle's in half a turn."""
    return _likeness(np.cos(np.linspace(0, np.pi, numbers + 1, dtype=np.float32)), TOPIC_COSINES)


def _likeness(cosines: Floats, bounds: tuple[float, float]) -> Floats:
    low, high = bounds
    likeness: Floats = np.minimum(np.maximum((cosines - low) / (high - low), 0), 1)
    return likeness
