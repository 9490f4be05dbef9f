"""What replicas tell each other through PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from bot.storage.database import Database, opened
from bot.storage.news import News, Subject, tell
from tests.postgres import Postgres
from tests.submissions.people import waits_for

CALL = "T0"
"""Called out until somebody answers, who then listens."""


class Replica:
    """What one replica hears of stories."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._answered = asyncio.Event()
        self.heard: list[tuple[str, str]] = []

    async def hear(self, enterprise_id: str, team_id: str) -> None:
        if team_id == CALL:
            self._answered.set()
            raise RuntimeError("a mistake of ours")
        self.heard.append((enterprise_id, team_id))

    async def listens(self) -> None:
        """Wait until it does."""
        self._answered.clear()
        async with asyncio.timeout(10):
            while not self._answered.is_set():
                async with self._database.writing() as connection:
                    await tell(connection, Subject.STORIES, "", CALL)
                await asyncio.sleep(0.02)


@asynccontextmanager
async def listening(database: Database) -> AsyncIterator[Replica]:
    """A replica that listens for as long as the `async with` lasts."""
    replica, news = Replica(database), News(database)
    news.on(Subject.STORIES, replica.hear)
    running = asyncio.create_task(news.run())
    try:
        await replica.listens()
        yield replica
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def listeners(database: Database) -> list[int]:
    """The processes of PostgreSQL that serve a connection that listens."""
    query = text("SELECT pid FROM pg_stat_activity WHERE application_name = 'storybot listens'")
    async with database.reading() as connection:
        return list(await connection.scalars(query))


async def stumble(database: Database) -> None:
    """Tell something, and do not commit it."""
    async with database.writing() as connection:
        await tell(connection, Subject.STORIES, "", "T1")
        raise RuntimeError("a mistake of ours")


async def test_what_is_committed_is_heard_by_every_replica_and_the_rest_by_none(postgres: Postgres) -> None:
    url = postgres.fresh_url()
    async with opened(url, None) as one, opened(url, None) as other, listening(one) as here, listening(other) as there:
        with pytest.raises(RuntimeError):
            await stumble(one)
        async with one.writing() as connection:
            await tell(connection, Subject.STORIES, "E1", "T2")
            await tell(connection, Subject.STORIES, "E1", "T2")
            await tell(connection, Subject.SCHEDULE, "", "T3")
        await waits_for(lambda: here.heard and there.heard)
        assert here.heard == there.heard == [("E1", "T2")]


async def test_a_replica_that_is_cut_off_or_stumbles_listens_again(postgres: Postgres) -> None:
    async with opened(postgres.fresh_url(), None) as database, listening(database) as replica:
        [before] = await listeners(database)
        async with database.writing() as connection:
            await connection.execute(text(f"SELECT pg_terminate_backend({before})"))
        await replica.listens()
        [after] = await listeners(database)
        assert after != before


async def test_what_nobody_here_understands_is_passed_over(postgres: Postgres) -> None:
    async with opened(postgres.fresh_url(), None) as database, listening(database) as replica:
        async with database.writing() as connection:
            for payload in ("", "{", "[]", '["moon", "", "T1"]', '["stories", "", "T1", 4]', "[[], {}, null]"):
                await connection.execute(text("SELECT pg_notify('storybot', :payload)"), {"payload": payload})
            await tell(connection, Subject.STORIES, "", "T2")
        await waits_for(lambda: replica.heard)
        assert replica.heard == [("", "T2")]


async def test_one_process_on_sqlite_tells_nobody(database: Database) -> None:
    async with database.writing() as connection:
        await tell(connection, Subject.STORIES, "", "T1")
    if not database.is_shared:
        async with asyncio.timeout(1):
            await News(database).run()
