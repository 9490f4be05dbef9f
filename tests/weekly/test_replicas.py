"""Several Storybots on one PostgreSQL race for the same slots: each is told once, and none is missed.

`SLOTS=1000` in the environment makes so many due.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, time

import pytest

from bot.clock import Clock
from bot.domain.library import Library
from bot.domain.outgoing import Claimed, Outcome, Posted
from bot.domain.schedule import Move, Schedule, post_key, question_key
from bot.domain.slots import Timing
from bot.domain.workspace import Reader, Workspace
from bot.handlers.weekly import draw_post
from bot.matching import Matcher
from bot.services.outbox import Outbox
from bot.services.seen import Seen
from bot.services.shelves import Shelves
from bot.services.weekly import Rules, Weekly
from bot.storage.database import Database, opened
from bot.storage.outbox import OutboxStore
from bot.storage.own_stories import OwnStoryStore
from bot.storage.weekly import WeeklyStore
from tests.postgres import Postgres
from tests.submissions.people import waits_for
from tests.weekly.conftest import SetClock
from tests.weekly.people import MONDAY_AT_NINE

SLOTS = int(os.environ.get("SLOTS", "100"))
CHANNELS = 5
"""In each workspace, so that all of them can be told in a few seconds."""


class Said:
    """What every replica said, in one place, as Slack has it."""

    def __init__(self) -> None:
        self.keys: Counter[tuple[Workspace, str]] = Counter()
        self.by: Counter[int] = Counter()
        self.took: Counter[int] = Counter()

    async def send(self, replica: int, claimed: Claimed) -> Outcome:
        await asyncio.sleep(random.random() * 0.05)
        outgoing = claimed.outgoing
        self.keys[outgoing.workspace, outgoing.key] += 1
        self.by[replica] += 1
        return Posted(outgoing.to, f"{sum(self.by.values())}.000000")


class Counted(WeeklyStore):
    """Counts the slots that one replica took."""

    def __init__(self, database: Database, number: int, took: Counter[int]) -> None:
        super().__init__(database)
        self._number = number
        self._took = took

    async def move_on(self, moves: Sequence[Move], now: datetime) -> int:
        kept = await super().move_on(moves, now)
        self._took[self._number] += kept
        return kept


@asynccontextmanager
async def replica(
    number: int, url: str, clock: SetClock, said: Said, library: Library, matcher: Matcher
) -> AsyncIterator[tuple[WeeklyStore, Clock]]:
    """A bot without its door, for as long as the `async with` lasts."""

    async def send(claimed: Claimed) -> Outcome:
        return await said.send(number, claimed)

    async with opened(url, None) as database:
        store = Counted(database, number, said.took)
        shelves = Shelves(library, matcher, OwnStoryStore(database), is_at_home, Seen(), random.Random(), clock)
        weekly = Weekly(store, shelves, draw_post, Rules(), clock)
        outbox = Outbox(OutboxStore(database), send, weekly.settled, clock)
        weekly.on_news(outbox.wake)
        taking = Clock(weekly, nothing_is_lost, clock)
        working = [asyncio.create_task(work) for work in (outbox.run(), taking.run())]
        try:
            yield store, taking
        finally:
            await outbox.drain(5)
            for task in working:
                task.cancel()
            await asyncio.gather(*working, return_exceptions=True)


async def is_at_home(_: Reader) -> bool:
    return True


async def nothing_is_lost() -> None:
    pass


@pytest.mark.parametrize("replicas", [2, 4])
async def test_each_slot_is_told_once(
    postgres: Postgres, clock: SetClock, library: Library, matcher: Matcher, replicas: int
) -> None:
    said, url = Said(), postgres.fresh_url()
    async with AsyncExitStack() as closing:
        bots = [
            await closing.enter_async_context(replica(number, url, clock, said, library, matcher))
            for number in range(replicas)
        ]
        store, _ = bots[0]
        for number in range(SLOTS):
            workspace, channel_id = Workspace("", f"T{number // CHANNELS:06}"), f"C{number:06}"
            timing = Timing(0, time(9), "Etc/UTC")
            begun = Schedule(workspace, channel_id, f"schedule-{number}", "UGRACE", timing)
            schedule = begun.set_up("UGRACE", timing, (), asks_question=True, now=clock())
            await store.keep(None, schedule, clock())
        clock.ahead(**MONDAY_AT_NINE)
        for _, taking in bots:
            # In life all of them know the moment beforehand.
            taking.wake()
        await waits_for(lambda: sum(said.by.values()) >= 2 * SLOTS, 60 + SLOTS / 5)
        # Whoever would say something twice has the time to.
        await asyncio.sleep(1)
        weeks = [
            await store.weeks(Workspace("", f"T{number // CHANNELS:06}"), f"C{number:06}", 5) for number in range(SLOTS)
        ]
    assert {len(told) for told in weeks} == {1}, "each slot was taken"
    posts = {(told[0][0].workspace, post_key(told[0][0].channel_id, told[0][0].on)) for told in weeks}
    questions = {(workspace, question_key(post)) for workspace, post in posts}
    assert said.keys == dict.fromkeys(posts | questions, 1)
    assert sum(said.took.values()) == SLOTS
    assert len(+said.took) > 1, "they raced"
