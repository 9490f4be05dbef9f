"""Ranking the stories of some shelves by what somebody typed."""

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from bot.domain.match import Match
from bot.matching.bm25 import Floats, Held, Numbers
from bot.matching.meaning import shown
from bot.matching.reasons import Reasons
from bot.matching.shelf import Shelf
from bot.matching.strength import ELSEWHERE, OF_THEME, strength, sure_from
from bot.matching.understanding import Understanding, Understood
from bot.matching.vectors import nearest
from bot.matching.words import stem


class Weights(NamedTuple):
    """What each kind of evidence counts, all of it 0 to 1; docs/matching.md tells how these were chosen."""

    words: float
    """The share of what the words tell that the story holds."""
    sentences: float
    """The nearest sentence of the story."""
    topics: float
    """The whole story."""
    themes: float
    """The themes that the story shows."""


SCORE = Weights(words=1, sentences=0.6, topics=1, themes=0.6)
"""What decides which story goes before which."""

SURE = Weights(words=1, sentences=0.1, topics=0.8, themes=0.3)
"""What decides whether it is an answer at all: any text, even a slip of the whole hand, is near to some theme."""

NAMED = 0.25
"""How much less sentences and whole stories count where all that was asked names themes: nothing need be guessed."""

LEAST = 0.01
"""A lower score is noise: such a story is not even near."""

MOST_COMPARED = 100
"""Stories whose sentences are compared: those that words, themes and the whole story bring nearest."""

MOST = 100
"""Matches of one answer: more than anybody looks through."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Ranks the stories of all shelves together. One is equal to itself only."""

    understanding: Understanding
    reasons: Reasons
    weights: Weights = SCORE

    @property
    def understands_meaning(self) -> bool:
        """Whether sentences and other languages are understood, rather than words alone."""
        return self.understanding.ear is not None

    def match(self, words: str, limit: int | None = None) -> list[Match]:
        """The stories that something speaks for, or the best `limit` of them, best first. Never fails on any text."""
        understood = self.understanding.of(words)
        evidence = self.evidence(understood)
        scores = self.scores(understood, evidence)
        best, least = float(scores.max(initial=0)), sure_from(len(scores), self.understands_meaning)
        first = _first(scores, min(limit or MOST, MOST))
        sure_of = sure(evidence[:, first], understood)
        matches = []
        for number, score, is_sure in zip(first.tolist(), scores[first].tolist(), sure_of.tolist(), strict=True):
            shelf, story = self._at(number)
            why = partial(self.reasons.of, shelf, story, understood)
            matches.append(Match(shelf.stories[story], round(score, 4), strength(is_sure, least, score, best), why))
        return matches

    def only_asks(self, words: str) -> bool:
        """Whether they ask for a story and do not say of what, so that none is found: any would do."""
        return self.understanding.only_asks(words)

    def is_mashed(self, words: str) -> bool:
        """Whether it is hands on a keyboard, and no word of any language."""
        return self.understanding.is_mashed(words)

    def takes_long(self, words: str) -> bool:
        """Whether an answer may take longer than an event loop should wait: in another language, or of rare words."""
        return self.understanding.takes_long(words)

    def evidence(self, understood: Understood) -> Floats:
        """What speaks for each story, over all shelves: a row for each of the weights, a column a story."""
        of_shelves = [_evidence(shelf, understood, self.weights) for shelf in self.understanding.shelves]
        return np.hstack(of_shelves) if len(of_shelves) > 1 else of_shelves[0]

    def scores(self, understood: Understood, evidence: Floats) -> Floats:
        """What decides which story goes before which, a number each."""
        guessed = 1 - NAMED * understood.named
        words, sentences, topics, themes = self.weights
        scores: Floats = np.array((words, guessed * sentences, guessed * topics, themes), np.float32) @ evidence
        return scores

    def _at(self, number: int) -> tuple[Shelf, int]:
        """The shelf of a story, by its number over all shelves, and its number there."""
        for shelf in self.understanding.shelves:
            if number < shelf.index.size:
                return shelf, number
            number -= shelf.index.size
        raise IndexError(number)


def sure(evidence: Floats, understood: Understood) -> Floats:
    """How surely each story, one a column, is an answer rather than the nearest there is."""
    if understood.is_chat:
        return np.zeros(evidence.shape[1], np.float32)
    elsewhere = understood.heard.elsewhere if understood.heard else 0
    # What a story holds of a query is wanted of it: only the rest can be wanted elsewhere.
    rest = 1 - evidence[Weights._fields.index("words")]
    held: Floats = np.array(SURE, np.float32) @ evidence
    held -= np.float32(ELSEWHERE * elsewhere) * rest
    return held + np.float32(OF_THEME * understood.named)


def _evidence(shelf: Shelf, understood: Understood, weights: Weights) -> Floats:
    """What speaks for each story of a shelf: a row for each of the weights, a column a story."""
    evidence = np.zeros((len(Weights._fields), shelf.index.size), np.float32)
    words, sentences, topics, themes = evidence
    all_tell = sum(understood.rarity.values())
    for word, tells in understood.rarity.items():
        held = _held(shelf, word, understood)
        words[held.stories] += tells / all_tell * held.weights
    if (heard := understood.heard) and shelf.sense:
        passages = shelf.sense.passages
        topics[:] = passages.roughly(heard.vector)
        themes[:] = shown(shelf.index, heard.themes)
        near = nearest(np.array(weights, np.float32) @ evidence, MOST_COMPARED)
        # Any two texts have a little in common: that alone does not bring them near.
        topics *= words + themes > 0
        sentences[near], topics[near] = passages.likeness(heard.vector, near)
        topics[near] *= words[near] + sentences[near] + themes[near] > 0
    for word in understood.asked.unwanted:
        evidence[:, shelf.index.about(stem(word), understood.themes.get(word, ()))] = 0
    return evidence


def _held(shelf: Shelf, word: str, understood: Understood) -> Held:
    """The stories that hold a word, or one that means the same, and how surely: above 0 up to 1."""

    def evidence(known: str) -> Held:
        return shelf.index.evidence(stem(known), understood.themes.get(known, ()))

    if not (near := understood.near.get(word)):
        return evidence(word)
    surely = np.zeros(shelf.index.size, np.float32)
    for known, likeness in [(word, 1.0), *near]:
        held = evidence(known)
        surely[held.stories] = np.maximum(surely[held.stories], likeness * held.weights)
    stories = np.flatnonzero(surely)
    return Held(stories.astype(np.int32), surely[stories])


def _first(scores: Floats, limit: int) -> Numbers:
    """The numbers of the best `limit` scores, best first, and of equal ones in order; without those that are noise."""
    best = nearest(scores, limit)
    best = best[scores[best] >= LEAST]
    return best[np.argsort(-scores[best], kind="stable")]
