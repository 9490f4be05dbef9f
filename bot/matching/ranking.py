"""Ranking the stories of some shelves by what somebody typed."""

from dataclasses import dataclass

import numpy as np

from bot.domain.match import Match
from bot.matching.bm25 import Floats
from bot.matching.meaning import shown
from bot.matching.reasons import Reasons
from bot.matching.shelf import Shelf
from bot.matching.strength import strength
from bot.matching.understanding import Understanding, Understood
from bot.matching.words import stem

SENTENCE_WEIGHT = 0.8
THEME_WEIGHT = 0.6
"""What meaning counts beside the words themselves, which count 1; docs/matching.md tells how these were chosen."""

LEAST = 0.01
"""A lower score is noise: such a story is not even near."""

MOST = 100
"""Matches of one answer: more than anybody looks through, and a bound on the work of telling why."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Ranks the stories of all shelves together."""

    understanding: Understanding
    reasons: Reasons

    def match(self, words: str, limit: int | None = None) -> list[Match]:
        """The stories that something speaks for, or the best `limit` of them, best first. Never fails on any text."""
        understood = self.understanding.of(words)
        scores = np.concatenate([_scores(shelf, understood) for shelf in self.understanding.shelves])
        best = float(scores.max(initial=0))
        matches = []
        for number in _first(scores, min(limit or MOST, MOST)):
            score, (shelf, story) = float(scores[number]), self._at(number)
            why = self.reasons.of(shelf, story, understood)
            matches.append(Match(shelf.stories[story], round(score, 4), strength(score, best, len(scores)), why))
        return matches

    def _at(self, number: int) -> tuple[Shelf, int]:
        """The shelf of a story, by its number over all shelves, and its number there."""
        for shelf in self.understanding.shelves:
            if number < shelf.index.size:
                return shelf, number
            number -= shelf.index.size
        raise IndexError(number)


def _scores(shelf: Shelf, understood: Understood) -> Floats:
    """One score a story: how much of what the words tell it holds, and how near it is in meaning."""
    scores = np.zeros(shelf.index.size, np.float32)
    for word, tells in understood.rarity.items():
        scores += tells * _evidence(shelf, word, understood)
    scores /= sum(understood.rarity.values()) or 1.0
    if (heard := understood.heard) and shelf.sense:
        scores += SENTENCE_WEIGHT * shelf.sense.passages.likeness(heard.vector)
        scores += THEME_WEIGHT * shown(shelf.index, heard.themes)
    for word in understood.asked.unwanted:
        scores[shelf.index.about(stem(word), understood.themes.get(word, ()))] = 0
    return scores


def _evidence(shelf: Shelf, word: str, understood: Understood) -> Floats:
    """For each story, 0 to 1, how surely it holds a word or one that means the same."""
    evidence = np.zeros(shelf.index.size, np.float32)
    for known, likeness in [(word, 1.0), *understood.near.get(word, [])]:
        held = shelf.index.evidence(stem(known), understood.themes.get(known, ()))
        evidence[held.stories] = np.maximum(evidence[held.stories], likeness * held.weights)
    return evidence


def _first(scores: Floats, limit: int) -> list[int]:
    """The numbers of the best `limit` scores, best first, and of equal ones in order; without those that are noise."""
    least = np.partition(scores, -limit)[-limit] if len(scores) > limit else LEAST
    found = np.flatnonzero(scores >= max(least, LEAST))
    return [int(number) for number in found[np.argsort(-scores[found], kind="stable")][:limit]]
