"""From what somebody typed to ranked stories, each with how surely it fits and why."""

from pathlib import Path

import numpy as np

from bot.domain.library import Library
from bot.domain.match import Match
from bot.matching.bm25 import Floats, Index
from bot.matching.encoder import STANDARD, Encoder
from bot.matching.reasons import Reasons
from bot.matching.strength import strength
from bot.matching.understanding import Understanding, Understood
from bot.matching.words import stem

SENTENCE_WEIGHT = 0.8
THEME_WEIGHT = 0.6
"""What meaning counts beside the words themselves, which count 1; docs/matching.md tells how these were chosen."""

LEAST = 0.01
"""A lower score is noise: such a story is not even near."""


class Matcher:
    """Finds stories of one library. Building it with an encoder takes a while: do it off the event loop."""

    def __init__(self, library: Library, encoder: Encoder | None = STANDARD, kept_in: Path | None = None) -> None:
        """Without an encoder, or with one that cannot be loaded, stories are matched by their words alone.

        `kept_in` is a folder for the vectors of the library's texts: with them, building takes a tenth of the time.
        """
        self._stories = library.stories
        self._index = Index(library)
        self._understanding = Understanding(library, self._index, encoder, kept_in)
        self._reasons = Reasons(library, self._index, self._understanding.meaning)

    @property
    def understands_meaning(self) -> bool:
        """Whether sentences and other languages are understood, rather than words alone."""
        return self._understanding.meaning is not None

    def match(self, words: str, limit: int | None = None) -> list[Match]:
        """The stories that something speaks for, or the best `limit` of them, best first. Never fails on any text."""
        understood = self._understanding.of(words)
        scores = self._scores(understood)
        best = float(scores.max(initial=0))
        ranked = [int(number) for number in np.argsort(-scores, kind="stable")[:limit] if scores[number] >= LEAST]
        return [
            Match(
                story=self._stories[number],
                score=round(float(scores[number]), 4),
                strength=strength(float(scores[number]), best, len(self._stories)),
                why=self._reasons.of(number, understood),
            )
            for number in ranked
        ]

    def _scores(self, understood: Understood) -> Floats:
        """One score a story: how much of what the words tell it holds, and how near it is in meaning."""
        scores = np.zeros(len(self._stories), np.float32)
        told = 0.0
        for word in understood.asked.words:
            rarity, evidence = self._evidence(word, understood)
            scores += rarity * evidence
            told += rarity
        scores /= told or 1.0
        if heard := understood.heard:
            scores += SENTENCE_WEIGHT * heard.sentences + THEME_WEIGHT * heard.themes
        for word in understood.asked.unwanted:
            scores[self._index.about(stem(word), understood.themes.get(word, ()))] = 0
        return scores

    def _evidence(self, word: str, understood: Understood) -> tuple[float, Floats]:
        """How much a word tells, and for each story, 0 to 1, how surely it holds it or a word that means the same."""
        rarity = self._index.rarity(stem(word))
        evidence = self._index.evidence(stem(word), understood.themes.get(word, ()))
        near = understood.near.get(word, [])
        for neighbour, likeness in near:
            held = self._index.evidence(stem(neighbour), understood.themes.get(neighbour, ()))
            evidence = np.maximum(evidence, likeness * held)
        for neighbour, likeness in near[:1]:
            rarity = likeness * self._index.rarity(stem(neighbour)) + (1 - likeness) * rarity
        return rarity, evidence
