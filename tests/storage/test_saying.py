"""The outbox at work on a real database: while Slack is slow, the database away, or the bot told to stop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain import clock
from bot.domain.outgoing import Claimed, Outcome, Outgoing, Posted, Refused, RefusedForNow, Unknown
from bot.errors import StoreUnavailableError
from bot.services.outbox import Outbox
from bot.storage.database import Database, opened
from bot.storage.outbox import DUE, LEASE, SENDING, SENT, UNKNOWN, OutboxStore, put_in_line
from tests.postgres import Postgres
from tests.storage.people import card_of, submitted

THERE = Posted("CREVIEW", "1.000001")


class Channel:
    """Where things are said: it takes each when `opens` is set, and remembers it."""

    def __init__(self) -> None:
        self.opens = asyncio.Event()
        self.opens.set()
        self.hears = asyncio.Event()
        self.heard: list[str] = []
        self.answers: list[Outcome] = []
        self.followed: list[tuple[str, Outcome]] = []
        self.ahead = timedelta()
        self.trouble: list[Exception] = []

    async def take(self, claimed: Claimed) -> Outcome:
        self.heard.append(claimed.outgoing.key)
        self.hears.set()
        await self.opens.wait()
        return self.answers.pop(0) if self.answers else THERE

    async def settled(self, outgoing: Outgoing, outcome: Outcome) -> None:
        if self.trouble:
            raise self.trouble.pop(0)
        self.followed.append((outgoing.key, outcome))

    def now(self) -> datetime:
        return clock.now() + self.ahead


@asynccontextmanager
async def at_work(database: Database, channel: Channel) -> AsyncIterator[Outbox]:
    outbox = Outbox(OutboxStore(database), channel.take, channel.settled, channel.now)
    running = asyncio.create_task(outbox.run())
    try:
        yield outbox
    finally:
        await outbox.drain(5.0)
        await asyncio.wait_for(running, 20.0)


async def put(database: Database, *say: Outgoing) -> None:
    async with database.writing() as connection:
        await put_in_line(connection, say, clock.now())


async def becomes(database: Database, one: Outgoing, state: str) -> None:
    store = OutboxStore(database)
    async with asyncio.timeout(30):
        while True:
            if (await store.states_of(one.workspace, one.about))[one.key] == state:
                return
            await asyncio.sleep(0.02)


async def test_told_to_stop_it_finishes_what_it_is_saying_and_begins_nothing(database: Database) -> None:
    channel, card, later = Channel(), card_of(submitted()), card_of(submitted())
    channel.opens.clear()
    async with at_work(database, channel) as outbox:
        await put(database, card)
        outbox.wake()
        await channel.hears.wait()
        stopping = asyncio.create_task(outbox.drain(5.0))
        await put(database, later)
        outbox.wake()
        await asyncio.sleep(0.1)
        assert not stopping.done()
        channel.opens.set()
        await stopping
    await becomes(database, card, SENT)
    await becomes(database, later, DUE)
    assert channel.heard == [card.key]


async def test_what_is_not_finished_when_it_must_stop_is_unknown_afterwards_and_never_said_again(
    database_url: str | None, tmp_path: Path
) -> None:
    channel, card = Channel(), card_of(submitted())
    channel.opens.clear()
    async with opened(database_url, tmp_path) as database, at_work(database, channel) as outbox:
        await put(database, card)
        outbox.wake()
        await channel.hears.wait()
        await outbox.drain(0.05)
        await becomes(database, card, SENDING)
    channel.opens.set()
    channel.ahead = LEASE + timedelta(seconds=1)
    async with opened(database_url, tmp_path) as database, at_work(database, channel):
        await becomes(database, card, UNKNOWN)
        await asyncio.sleep(0.1)
    assert channel.heard == [card.key]
    assert channel.followed == [(card.key, Unknown("lease_ended"))]


async def test_a_channel_that_hangs_keeps_nobody_else_waiting(database: Database) -> None:
    channel, hangs, other = Channel(), card_of(submitted(), "CSLOW"), card_of(submitted(), "CFAST")
    channel.opens.clear()
    async with at_work(database, channel) as outbox:
        await put(database, hangs)
        outbox.wake()
        await channel.hears.wait()
        channel.hears.clear()
        await put(database, other)
        outbox.wake()
        async with asyncio.timeout(20):
            await channel.hears.wait()
        assert channel.heard == [hangs.key, other.key]
        channel.opens.set()


async def test_refused_for_now_it_says_the_same_again_however_often(database: Database) -> None:
    channel, card = Channel(), card_of(submitted())
    channel.answers = [RefusedForNow(timedelta(), "ratelimited") for _ in range(60)]
    async with at_work(database, channel) as outbox:
        await put(database, card)
        outbox.wake()
        await becomes(database, card, SENT)
    assert channel.heard == [card.key] * 61


async def test_while_the_database_is_away_what_was_said_is_remembered_and_not_said_again(postgres: Postgres) -> None:
    channel, card = Channel(), card_of(submitted())
    channel.opens.clear()
    async with opened(postgres.fresh_url(), None) as database, at_work(database, channel) as outbox:
        await put(database, card)
        outbox.wake()
        await channel.hears.wait()
        await asyncio.to_thread(postgres.stop)
        channel.opens.set()
        await asyncio.sleep(0.3)
        await asyncio.to_thread(postgres.start)
        await becomes(database, card, SENT)
    assert channel.heard == [card.key]


async def test_what_follows_from_an_unknown_card_is_done_even_if_it_could_not_be_at_first(database: Database) -> None:
    channel, card = Channel(), card_of(submitted())
    channel.answers = [Refused("not_in_channel")]
    channel.trouble = [StoreUnavailableError("away"), RuntimeError("a mistake")]
    async with at_work(database, channel) as outbox:
        await put(database, card)
        async with asyncio.timeout(30):
            while True:
                if channel.followed:
                    break
                outbox.wake()
                await asyncio.sleep(0.05)
                channel.ahead += LEASE / 4
        for _ in range(5):
            channel.ahead += LEASE
            outbox.wake()
            await asyncio.sleep(0.02)
    assert channel.followed == [(card.key, Refused("not_in_channel"))]


async def test_what_one_replica_puts_in_line_another_says(postgres: Postgres) -> None:
    url, channel, card = postgres.fresh_url(), Channel(), card_of(submitted())
    async with opened(url, None) as here, opened(url, None) as there, at_work(there, channel):
        await asyncio.sleep(0.1)
        await put(here, card)
        async with asyncio.timeout(20):
            await channel.hears.wait()
        await becomes(here, card, SENT)
