"""Replicas tell each other what they took, so that one of them acts on it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.domain.claim import Claim
from bot.storage.claims import ClaimStore
from bot.storage.database import Database
from bot.storage.tables import claims as table

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Watch:
    """What time it is."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def claims(database: Database, watch: Watch) -> ClaimStore:
    return ClaimStore(database, watch)


async def test_of_many_who_are_asked_at_once_one_takes_it(claims: ClaimStore) -> None:
    asked = await asyncio.gather(*(claims.take("a click") for _ in range(8)))
    assert sorted(claim.value for claim in asked) == ["ours", *["taken"] * 7]
    assert await claims.take("another click") is Claim.OURS


async def test_what_is_done_stays_done_for_as_long_as_it_can_come_again(claims: ClaimStore, watch: Watch) -> None:
    await claims.take("a click")
    await claims.done("a click")
    watch.moment += timedelta(minutes=11)
    assert await claims.take("a click") is Claim.DONE
    watch.moment += timedelta(minutes=5)
    assert await claims.take("a click") is Claim.OURS


async def test_whoever_dies_over_it_leaves_it_to_others(claims: ClaimStore, watch: Watch) -> None:
    await claims.take("an event")
    watch.moment += timedelta(seconds=29)
    assert await claims.take("an event") is Claim.TAKEN
    watch.moment += timedelta(seconds=2)
    assert await claims.take("an event") is Claim.OURS


async def test_what_failed_is_given_back(claims: ClaimStore) -> None:
    await claims.take("an event")
    await claims.give_back("an event")
    assert await claims.take("an event") is Claim.OURS


async def test_old_ones_are_forgotten_by_and_by(claims: ClaimStore, watch: Watch, database: Database) -> None:
    for number in range(120):
        await claims.take(f"click {number}")
    watch.moment += timedelta(hours=1)
    for number in range(2):
        await claims.take(f"later {number}")
    async with database.reading() as connection:
        left = (await connection.scalars(select(table.c.key))).all()
    assert sorted(left) == ["later 0", "later 1"]
