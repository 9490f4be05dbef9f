"""Judged queries: what people ask, and which stories answer it how well."""

from dataclasses import dataclass
from math import log2
from pathlib import Path
from statistics import fmean
from typing import Any

import yaml

FOLDER = Path(__file__).parent.parent / "tests" / "relevance"
DEPTH = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """One query. `grades` are 3 (the answer), 2 (on topic) or 1 (acceptable) by story id; without any, nothing fits."""

    words: str
    kind: str
    grades: dict[str, int]

    def ndcg(self, ranked: list[str]) -> float:
        """Normalised discounted cumulative gain of the first three story ids, with gains of 2**grade - 1: 0 to 1."""
        ideal = sorted(self.grades.values(), reverse=True)
        return _dcg([self.grades.get(story, 0) for story in ranked]) / _dcg(ideal)

    def is_hit(self, ranked: list[str]) -> bool:
        """Whether any story that is on topic stands among these."""
        return any(self.grades.get(story, 0) >= 2 for story in ranked)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a system gave for one query: story ids, best first, and whether it dares to call the first one an answer."""

    ranked: list[str]
    is_strong: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """How good the answers to some queries are; None where no query can tell."""

    queries: int
    ndcg: float | None
    first: float | None
    among_three: float | None
    strong: float | None
    false_strong: float | None

    @classmethod
    def of(cls, answers: list[tuple[Judged, Answer]]) -> "Figures":
        answered = [(query, answer) for query, answer in answers if query.grades]
        return cls(
            queries=len(answers),
            ndcg=_mean([query.ndcg(answer.ranked) for query, answer in answered]),
            first=_mean([query.is_hit(answer.ranked[:1]) for query, answer in answered]),
            among_three=_mean([query.is_hit(answer.ranked[:DEPTH]) for query, answer in answered]),
            strong=_mean([answer.is_strong for _, answer in answered]),
            false_strong=_mean([answer.is_strong for query, answer in answers if not query.grades]),
        )


def judged(name: str) -> list[Judged]:
    """The queries of one file of tests/relevance; those of our own by half as well: `own-tuning`, `ninety-test`."""
    file, _, half = name.partition("-")
    queries: list[dict[str, Any]] = yaml.safe_load((FOLDER / f"{file}.yaml").read_text(encoding="utf-8"))["queries"]
    return [
        Judged(query["q"], query.get("kind") or ("none" if query.get("none") else name), query.get("want", {}))
        for query in queries
        if not half or query["half"] == half
    ]


def seventeen() -> set[str]:
    """The ids of the stories over which `dev`, `languages` and `own` were judged; `ninety` was over all of the pack."""
    return {story for name in ("dev", "languages", "own") for query in judged(name) for story in query.grades}


def _dcg(grades: list[int]) -> float:
    return sum((2.0**grade - 1) / log2(place + 2) for place, grade in enumerate(grades[:DEPTH]))


def _mean(values: list[float] | list[bool]) -> float | None:
    return fmean(values) if values else None
