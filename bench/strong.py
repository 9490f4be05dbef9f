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
from bot.matching.strength import ELSEWHERE, FEW, MANY, OF_THEME, sure_from
from bot.matching.understanding import Understood
from bot.reading import packs

OVER_ALL = ("ninety-tuning", "further-tuning", "wordy-tuning", "lures-tuning")
FOLDS = 5
STEPS = 50
RIDGE = 0.1
# What can be answered gets a strong story as often as this.
STRONG = 0.97


class Best(NamedTuple):
    """The best story of one query: what speaks for it, a number for each weight, and among how many it is the best.

    `elsewhere` is how much the query sounds like wanting something else, as far as the story holds nothing of it;
    `named` is the share of it that names themes.
    """

    evidence: Floats
    elsewhere: float
    named: float
    stories: int
    is_answer: bool

    @property
    def row(self) -> Floats:
        """What a regression sees of it: the evidence, what speaks against it, how many there are, and a constant."""
        return np.array([*self.evidence, -self.elsewhere, -_many(self.stories), -1])


class Rule(NamedTuple):
    """The best of `stories` is strong when the weighted evidence is `least + each * ln(stories / 17)`, or more.

    What sounds like wanting something else counts against it, and what names themes for it: `OF_THEME` is not
    fitted, as the judged queries hold few themes with other words beside them.
    """

    weights: Weights
    elsewhere: float
    least: float
    each: float

    def is_strong(self, best: Best) -> bool:
        sure = float(np.dot(self.weights, best.evidence)) - self.elsewhere * best.elsewhere + OF_THEME * best.named
        return sure >= self.least + self.each * _many(best.stories)


def main() -> None:
    seen = [*_seen()]
    table = Table(
        *Weights._fields, "elsewhere", "least", "by ln", "strong", "false strong", title="Strong: weights and rates"
    )
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
    others = [query for name in OVER_ALL for query in judged(name)]
    for ranking, queries in ((few, judged("own-tuning")), (whole, others)):
        for query in queries:
            understood = ranking.understanding.of(query.words)
            # What is only chat is told from a wish before anything is weighed.
            if not understood.is_chat:
                yield _best(ranking, understood, bool(query.grades))


def _best(ranking: Ranking, understood: Understood, is_answer: bool) -> Best:
    evidence = ranking.evidence(understood)
    best = evidence[:, int(np.argmax(ranking.scores(understood, evidence)))]
    elsewhere = understood.heard.elsewhere if understood.heard else 0
    rest = 1 - float(best[Weights._fields.index("words")])
    return Best(best, elsewhere * rest, understood.named, evidence.shape[1], is_answer)


def _in_use() -> Rule:
    least = sure_from(FEW, by_meaning=True)
    return Rule(SURE, ELSEWHERE, least, (sure_from(MANY, by_meaning=True) - least) / _many(MANY))


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
    named = OF_THEME * np.array([best.named for best in seen])
    least = np.quantile((rows[:, :-1] @ shares[:-1] + named)[answers], 1 - STRONG)
    *of_evidence, elsewhere, each, _ = shares.tolist()
    return Rule(Weights(*of_evidence), elsewhere, float(least), each)


def _cells(rule: Rule, judging: list[tuple[Rule, list[Best]]]) -> list[str]:
    """A rule, and the shares of those it calls strong that something answers, and that nothing does."""
    called = [(best.is_answer, by.is_strong(best)) for by, those in judging for best in those]
    rates = [np.mean([strong for is_answer, strong in called if is_answer is wanted]) for wanted in (True, False)]
    return [f"{value:.3f}" for value in (*rule.weights, rule.elsewhere, rule.least, rule.each, *rates)]


def _many(stories: int) -> float:
    return log(min(max(stories, FEW), MANY) / FEW)


if __name__ == "__main__":
    main()
