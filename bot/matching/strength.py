"""Whether a match may be shown as the answer, or only as the nearest thing there is."""

from math import log

from bot.domain.match import Strength

STRONG_BESIDE_BEST = 1 / 3
"""A story with less than this part of the best one's score is no answer beside it."""


def strong_from(stories: int) -> float:
    """The score from which one story of so many may be the answer.

    Of many stories that have nothing to do with a query the luckiest scores higher than of few. With these figures
    judged queries that nothing answers stay below, over 17 stories as over 90.
    """
    return 0.30 + 0.045 * log(max(stories, 1))


def strength(score: float, best: float, stories: int) -> Strength:
    """How surely a story with this score fits, where `best` is the best score of the same answer over `stories`."""
    least = max(strong_from(stories), STRONG_BESIDE_BEST * best)
    return Strength.STRONG if score >= least else Strength.WEAK
