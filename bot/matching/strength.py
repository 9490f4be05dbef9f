"""Whether a match may be shown as the answer, or only as the nearest thing there is."""

from math import log

from bot.domain.match import Strength

STRONG_BESIDE_BEST = 0.6
"""A story with less than this part of the best one's score is no answer beside it."""

FEW, MANY = 17, 200
"""Of many stories that have nothing to do with a query the luckiest is nearer than of few. Measured with 17 and 90."""

ELSEWHERE = 0.7
"""So much less sure is a story of which a query says nothing, where that sounds like wanting something else."""

OF_THEME = 0.2
"""So much surer is any story where all that was asked names themes: "teamwork for interns" is about teamwork."""


def sure_from(stories: int, by_meaning: bool) -> float:
    """How sure a story, one of so many, must be to be the answer; chosen over judged queries, docs/matching.md.

    Less is asked for where nothing understands meaning, and words have to speak for themselves.
    """
    many = log(min(max(stories, FEW), MANY) / FEW)
    return 0.56 + 0.11 * many if by_meaning else 0.35 + 0.055 * many


def strength(sure: float, least: float, score: float, best: float) -> Strength:
    """How surely a story fits that scores so much beside the `best` score of the same answer."""
    return Strength.STRONG if sure >= least and score >= STRONG_BESIDE_BEST * best else Strength.WEAK
