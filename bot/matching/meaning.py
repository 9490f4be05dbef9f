"""What words and sentences mean, whatever the language: near vectors mean alike."""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bot.domain.library import Library
from bot.domain.story import Story
from bot.matching.bm25 import THEME_WEIGHTS, Floats
from bot.matching.cache import VectorCache
from bot.matching.encoder import Encoder
from bot.matching.filler import FILLER

MOST_CHARACTERS = 240
"""What is encoded of a query: the time grows with the text, its meaning hardly."""

MOST_NEIGHBOURS = 8
SHORTEST_WORD = 4
"""Shorter words of no language tell enough alone: an encoder gives "der" and "les" dozens of neighbours."""

# Cosines of this encoder that mean "no more alike than any two" and "as good as the same", seen over judged queries.
WORD_COSINES = (0.55, 0.9)
SENTENCE_COSINES = (0.2, 0.6)
THEME_COSINES = (0.45, 0.85)

# Two letters before the full stop: "B. Dalton" is no end of a sentence.
_SENTENCE_END = re.compile(r"(?<=\w\w[.!?…])[\"'”’)]*\s+|\n{2,}")


class Neighbour(NamedTuple):
    """A known word that means nearly the same as another word, and how nearly: 0 to 1."""

    word: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Heard:
    """What a query means beside the library; every likeness is 0 to 1."""

    sentences: Floats
    """Each story's likeness by its nearest passage."""
    themes: Floats
    """Each story's likeness by the themes it shows."""
    theme_likeness: Mapping[str, float]
    """Each theme's own likeness, by id."""
    passages: Floats
    """Every passage's cosine, for whoever asks which was nearest."""


class Meaning:
    """The passages of every story, the phrases of every theme and the words of all, as vectors."""

    def __init__(self, library: Library, words: Set[str], encoder: Encoder, kept_in: Path | None) -> None:
        self._encoder = encoder
        passages = [list(_passages(story)) for story in library.stories]
        self._passages: list[str] = [passage for told in passages for passage in told]
        self._starts = np.cumsum([0, *map(len, passages)])
        phrases = [(theme.name, theme.meaning, *theme.synonyms) for theme in library.themes]
        self._theme_ids = [theme.id for theme in library.themes]
        self._theme_starts = np.cumsum([0, *map(len, phrases)])
        self._shown = _shown(library)
        self._words = [*sorted(word for word in words - FILLER if _tells(word)), *sorted(FILLER)]
        texts = [*self._passages, *(phrase for said in phrases for phrase in said), *self._words]
        keep = VectorCache(kept_in, encoder.version) if kept_in else None
        vectors = keep.encode(texts, encoder.encode) if keep else encoder.encode(texts)
        encoder.encode(["a"])  # where all was kept, this loads it: now, and not while the first person waits
        ends = np.cumsum([len(self._passages), self._theme_starts[-1]])
        self._passage_vectors, self._phrase_vectors, self._word_vectors = np.split(vectors, ends)

    def encoded(self, text: str, words: Sequence[str] = ()) -> Floats:
        """The vectors of a text and of single words; together, because a second call costs as much again."""
        return self._encoder.encode([text[:MOST_CHARACTERS], *words])

    def near(self, word: str, vector: Floats) -> list[Neighbour]:
        """For a word that the library lacks: its words, or filler, that mean nearly the same, in any language."""
        likeness = _likeness(self._word_vectors @ vector, WORD_COSINES)
        nearest = [Neighbour(self._words[at], float(likeness[at])) for at in np.argsort(-likeness)[:MOST_NEIGHBOURS]]
        return [near for near in nearest if near.likeness > 0 and (_tells(word) or near.word in FILLER)]

    def heard(self, vector: Floats) -> Heard:
        """What the text of this vector means."""
        passages = self._passage_vectors @ vector
        themes = _likeness(np.maximum.reduceat(self._phrase_vectors @ vector, self._theme_starts[:-1]), THEME_COSINES)
        shown = themes[:, None] * self._shown
        return Heard(
            sentences=_likeness(np.maximum.reduceat(passages, self._starts[:-1]), SENTENCE_COSINES),
            themes=(shown.max(axis=0, initial=0) + shown.sum(axis=0)) / 2,
            theme_likeness=dict(zip(self._theme_ids, themes.tolist(), strict=True)),
            passages=passages,
        )

    def closest(self, heard: Heard, story: int) -> str:
        """The passage of a story that is nearest to what was heard."""
        start, end = self._starts[story], self._starts[story + 1]
        return self._passages[int(start) + int(heard.passages[start:end].argmax())]


def _tells(word: str) -> bool:
    return word.isalpha() and (len(word) >= SHORTEST_WORD or not word.isascii())


def _likeness(cosines: Floats, bounds: tuple[float, float]) -> Floats:
    low, high = bounds
    likeness: Floats = np.clip((cosines - low) / (high - low), 0, 1)
    return likeness


def _shown(library: Library) -> Floats:
    """Themes by stories: how strongly each story shows each theme, 0 to 1."""
    rows = {theme.id: row for row, theme in enumerate(library.themes)}
    shown = np.zeros((len(library.themes), len(library.stories)), np.float32)
    for column, story in enumerate(library.stories):
        for theme, weight in zip(story.themes, THEME_WEIGHTS, strict=False):
            if theme in rows:
                shown[rows[theme], column] = weight / THEME_WEIGHTS[0]
    return shown


def _passages(story: Story) -> Iterable[str]:
    yield from (story.title, story.summary)
    yield from filter(None, (" ".join(sentence.split()) for sentence in _SENTENCE_END.split(story.story)))
