"""Which weights answer the tuning halves best, and whether choosing them holds for queries that did not choose.

    python -m bench.tune

moves each weight up and down, alone, and prints nDCG@3 over the tuning halves. The last line is cross-validation: for
each fifth of the queries the weights that are best on the other four fifths are chosen. Where it is no better than the
weights as they stand, there is nothing to gain by moving them. The test halves are never looked at.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from statistics import fmean

from rich.console import Console
from rich.table import Table

from bench.judged import DEPTH, Judged, judged, seventeen
from bot.matching import Matcher
from bot.matching.ranking import SCORE, Ranking, Weights
from bot.reading import packs

OVER_ALL = ("ninety-tuning", "further-tuning", "wordy-tuning", "lures-tuning")
STEPS = (0.5, 0.75, 1.33, 2.0)
FOLDS = 5


def main() -> None:
    library = packs.load([packs.builtin_folder()]).library
    asked = [
        (Matcher(library.only(seventeen())).with_own([]), judged("own-tuning")),
        (Matcher(library).with_own([]), [query for name in OVER_ALL for query in judged(name)]),
    ]
    measured = {weights: _measured(weights, asked) for weights in _tried()}
    table = Table(*Weights._fields, f"nDCG@{DEPTH}", title="Tuning halves; the first line is in use")
    for weights, each in measured.items():
        table.add_row(*(f"{weight:.2f}" for weight in weights), f"{fmean(each):.3f}")
    console = Console()
    console.print(table)
    console.print(f"Cross-validated: {_cross_validated(measured):.3f}")


def _tried() -> Iterator[Weights]:
    yield SCORE
    for name, weight in SCORE._asdict().items():
        for step in STEPS:
            yield SCORE._replace(**{name: weight * step})


def _measured(weights: Weights, asked: list[tuple[Ranking, list[Judged]]]) -> list[float]:
    """nDCG of every query that something answers, the queries always in the same order."""
    return [
        query.ndcg([match.story.id for match in replace(ranking, weights=weights).match(query.words, DEPTH)])
        for ranking, queries in asked
        for query in queries
        if query.grades
    ]


def _cross_validated(measured: Mapping[Weights, list[float]]) -> float:
    """The mean over the folds of what the weights score there that are best everywhere else."""
    figures = []
    for fold in range(FOLDS):
        best = max(measured.values(), key=lambda each: fmean(v for at, v in enumerate(each) if at % FOLDS != fold))
        figures += best[fold::FOLDS]
    return fmean(figures)


if __name__ == "__main__":
    main()
