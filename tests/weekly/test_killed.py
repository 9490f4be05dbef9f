"""Killed at each of the named points of `bench.weekly_kills`, with three in ten calls to Slack going wrong.

`make soak` does a thousand runs; these are sixty.
"""

from bench.weekly_kills import run_many
from tests.postgres import Postgres

RUNS = range(30)


def wrong(figures: object) -> list[str]:
    return [what for one in figures.values() for what in one.wrong]  # type: ignore[attr-defined]


async def test_one_bot_on_sqlite_killed_and_started_again() -> None:
    figures = await run_many(RUNS, None, side_by_side=5)
    assert not wrong(figures)
    assert sum(one.sent for one in figures.values()) > len(RUNS)


async def test_one_of_two_bots_on_postgresql_killed(postgres: Postgres) -> None:
    figures = await run_many(RUNS, postgres, side_by_side=5)
    assert not wrong(figures)
    assert sum(one.sent for one in figures.values()) > len(RUNS)
