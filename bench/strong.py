"""What tells an answer from the nearest thing there is: fitted anew over the judged queries, beside what is in use.

    python -m bench.strong

A logistic regression learns from the best story of each query that is for tuning, over seventeen and over all stories,
whether anything answers the query at all. Printed are its weights, as shares of that of words, and for how many queries
of either kind the best story would be called strong; the fit is judged on fifths of the queries that it did not learn
from. The test halves are never looked at.
"""

from collections.abc import Iterator
from math import log
from typing import NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table

from bench.judged import judged, seventeen
from bot.matching import Matcher
from bot.matching.bm25 import Floats
from bot.matching.ranking import SURE, Ranking, Weights
from bot.matching.strength import FEW, MANY, sure_from
from bot.reading import packs

FOLDS = 5
STEPS = 50
RIDGE = 0.1
# What can be answered gets a strong story as often as this.
STRONG = 0.97


class Best(NamedTuple):
    """The best story of one query: what speaks for it, a number for each weight, and among how many it is the best."""

    evidence: Floats
    stories: int
    is_answer: bool

    @property
    def row(self) -> Floats:
        """What a regression sees of it: the evidence, how many stories there are, and a constant."""
        return np.array([*self.evidence, -_many(self.stories), -1])


class Rule(NamedTuple):
    """The best of `stories` is strong when the weighted evidence is `least + each * ln(stories / 17)`, or more."""

    weights: Weights
    least: float
    each: float

    def is_strong(self, best: Best) -> bool:
        return float(np.dot(self.weights, best.evidence)) >= self.least + self.each * _many(best.stories)


def main() -> None:
    seen = [*_seen()]
    table = Table(*Weights._fields, "least", "by ln", "strong", "false strong", title="Strong: weights and rates")
    table.add_row(*_cells(_in_use(), [(_in_use(), seen)]), end_section=True)
    parts = [seen[at::FOLDS] for at in range(FOLDS)]
    others = [[best for part in parts if part is not left for best in part] for left in parts]
    table.add_row(*_cells(_fitted(seen), [(_fitted(rest), left) for rest, left in zip(others, parts, strict=True)]))
    console = Console()
    console.print(table)
    console.print(f"{len(seen)} queries; the first line is in use, the second is fitted, its rates cross-validated.")


def _seen() -> Iterator[Best]:
    library = packs.load([packs.builtin_folder()]).library
    few, whole = Matcher(library.only(seventeen())).with_own([]), Matcher(library).with_own([])
    own, others = judged("own-tuning"), [*judged("ninety-tuning"), *judged("further-tuning"), *judged("wordy-tuning")]
    for ranking, queries in ((few, own), (whole, others)):
        for query in queries:
            yield _best(ranking, query.words, bool(query.grades))


def _best(ranking: Ranking, words: str, is_answer: bool) -> Best:
    understood = ranking.understanding.of(words)
    evidence = ranking.evidence(understood)
    best = int(np.argmax(ranking.scores(understood, evidence)))
    return Best(evidence[:, best], evidence.shape[1], is_answer)


def _in_use() -> Rule:
    least = sure_from(FEW, by_meaning=True)
    return Rule(SURE, least, (sure_from(MANY, by_meaning=True) - least) / _many(MANY))


def _fitted(seen: list[Best]) -> Rule:
    """The weights of a logistic regression, by Newton's method, and the bound that `STRONG` of the answers reach."""
    rows = np.array([best.row for best in seen])
    answers = np.array([best.is_answer for best in seen])
    weights = np.zeros(rows.shape[1])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (answers - chance) - RIDGE * weights
        weights += np.linalg.solve((rows.T * (chance * (1 - chance))) @ rows + RIDGE * np.eye(len(weights)), slope)
    shares = weights / weights[0]
    least = np.quantile(rows[answers][:, :-1] @ shares[:-1], 1 - STRONG)
    return Rule(Weights(*shares[: len(Weights._fields)].tolist()), float(least), float(shares[-2]))


def _cells(rule: Rule, judging: list[tuple[Rule, list[Best]]]) -> list[str]:
    """A rule, and the shares of those it calls strong that something answers, and that nothing does."""
    called = [(best.is_answer, by.is_strong(best)) for by, those in judging for best in those]
    rates = [np.mean([strong for is_answer, strong in called if is_answer is wanted]) for wanted in (True, False)]
    return [f"{value:.3f}" for value in (*rule.weights, rule.least, rule.each, *rates)]


def _many(stories: int) -> float:
    return log(min(max(stories, FEW), MANY) / FEW)


if __name__ == "__main__":
    main()
