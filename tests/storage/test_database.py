"""The database itself: how it is opened, what it promises, and what is told when it is not to be had."""

import asyncio
import gc
import stat
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.errors import ProblemsError, StoreUnavailableError
from bot.storage.database import FILE_NAME, Database, opened
from bot.storage.statements import of, within
from bot.storage.tables import libraries, metadata
from tests.postgres import Postgres
from tests.storage.people import NOON, OURS


async def test_migrations_lead_exactly_to_the_tables(database: Database) -> None:
    async with database.reading() as connection:
        found = await connection.run_sync(lambda sync: compare_metadata(MigrationContext.configure(sync), metadata))
    assert found == []


async def test_replicas_that_start_together_migrate_once(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.fresh_url()
    start = "import asyncio, sys\nfrom bot.storage.database import opened\n"
    start += (
        "async def main():\n    async with opened(sys.argv[1], None) as database:\n        await database.answers()\n"
    )
    start += "asyncio.run(main())"
    replicas = [await asyncio.create_subprocess_exec(sys.executable, "-c", start, url) for _ in range(2)]
    assert [await replica.wait() for replica in replicas] == [0, 0]


async def test_what_was_kept_is_there_when_it_is_opened_again(database_url: str | None, tmp_path: Path) -> None:
    row = {**of(OURS), "edition": 7, "changed_at": NOON}
    async with opened(database_url, tmp_path) as database, database.writing() as connection:
        await connection.execute(insert(libraries).values(row))
    async with opened(database_url, tmp_path) as database, database.reading() as connection:
        kept = (await connection.execute(select(libraries))).one()
    assert (kept.edition, kept.changed_at) == (7, NOON)


async def test_two_hundred_changes_at_once_lose_none(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(insert(libraries).values({**of(OURS), "edition": 0, "changed_at": NOON}))

    async def add_one() -> None:
        # Read, then write what was read and one more: where two could read the same, one would be lost.
        this = select(libraries.c.edition).where(within(libraries, OURS)).with_for_update()
        async with database.writing() as connection:
            edition = await connection.scalar(this)
            await connection.execute(update(libraries).where(within(libraries, OURS)).values(edition=edition + 1))

    await asyncio.gather(*(add_one() for _ in range(200)))
    async with database.reading() as connection:
        assert await connection.scalar(select(libraries.c.edition)) == 200


async def test_a_writer_that_fails_leaves_nothing(database: Database) -> None:
    async def write() -> None:
        async with database.writing() as connection:
            await connection.execute(insert(libraries).values({**of(OURS), "edition": 1, "changed_at": NOON}))
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        await write()
    async with database.reading() as connection:
        assert (await connection.execute(select(libraries))).all() == []


async def test_the_file_is_its_owner_s_alone_and_every_commit_reaches_the_disk(tmp_path: Path) -> None:
    async with opened(None, tmp_path / "data") as database:
        async with database.writing() as connection:
            pragmas = [await connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")]
            await connection.execute(insert(libraries).values({**of(OURS), "edition": 1, "changed_at": NOON}))
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").glob(f"{FILE_NAME}*")}
    assert pragmas == ["wal", 2], "2 is FULL: https://sqlite.org/pragma.html#pragma_synchronous"
    assert {FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm"} <= modes.keys()
    assert {mode for name, mode in modes.items() if not name.endswith(".lock")} == {0o600}


async def test_a_second_storybot_on_one_file_is_refused_in_words(tmp_path: Path) -> None:
    async with opened(None, tmp_path):
        with pytest.raises(ProblemsError, match="Another Storybot is using this database"):
            async with opened(None, tmp_path):
                pass
    async with opened(None, tmp_path) as database:
        await database.answers()


async def test_an_older_storybot_says_that_a_newer_one_was_here(tmp_path: Path) -> None:
    async with opened(None, tmp_path) as database, database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ProblemsError, match="A newer Storybot has migrated"):
        async with opened(None, tmp_path):
            pass


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://root@localhost/storybot", "There is no way to keep anything in mysql."),
        ("not an address", "It should be a database address."),
        ("postgresql://nobody@127.0.0.1:1/storybot", "The database cannot be used"),
    ],
)
async def test_an_address_that_leads_nowhere_is_told_in_words(url: str, words: str) -> None:
    with pytest.raises(ProblemsError, match=words) as told:
        async with opened(url, None):
            pass
    assert "STORYBOT_DATABASE_URL" in str(told.value)


async def test_a_database_that_is_not_there_is_told_in_words(postgres: Postgres) -> None:
    with pytest.raises(ProblemsError, match='database "nowhere" does not exist'):
        async with opened(make_url(postgres.fresh_url()).set(database="nowhere").render_as_string(False), None):
            pass


async def test_without_a_folder_it_says_what_to_set() -> None:
    with pytest.raises(ProblemsError, match="STORYBOT_DATA"):
        async with opened(None, None):
            pass


async def test_a_database_that_stops_is_told_as_such_and_used_again_when_it_is_back(postgres: Postgres) -> None:
    async with opened(postgres.fresh_url(), None) as database:
        async with database.writing() as connection:
            await connection.execute(insert(libraries).values({**of(OURS), "edition": 1, "changed_at": NOON}))

        async def write_while_it_stops() -> None:
            async with database.writing() as connection:
                await connection.execute(update(libraries).values(edition=2))
                await asyncio.to_thread(postgres.stop)
                await connection.execute(update(libraries).values(edition=3))

        try:
            with pytest.raises(StoreUnavailableError):
                await write_while_it_stops()
            for look in (database.reading, database.writing):
                with pytest.raises(StoreUnavailableError):
                    async with look() as connection:
                        await connection.execute(select(libraries))
        finally:
            await asyncio.to_thread(postgres.start)
        async with database.reading() as connection:
            assert await connection.scalar(select(libraries.c.edition)) == 1


async def test_a_mistake_of_ours_is_no_outage(database: Database) -> None:
    row = {**of(OURS), "edition": 1, "changed_at": NOON}
    async with database.writing() as connection:
        await connection.execute(insert(libraries).values(row))
    with pytest.raises(IntegrityError):
        async with database.writing() as connection:
            await connection.execute(insert(libraries).values(row))


@pytest.mark.parametrize("cut_off", [0, 1, 3])
async def test_no_connection_is_left_behind_when_the_bot_ends_while_people_ask(
    database_url: str | None, tmp_path: Path, cut_off: int
) -> None:
    async def ask(database: Database) -> None:
        async with database.writing() as connection:
            await connection.execute(update(libraries).values(edition=1))
        async with database.reading() as connection:
            for _ in range(20):
                await connection.execute(text("SELECT 1"))

    async with opened(database_url, tmp_path) as database:
        asking = [asyncio.ensure_future(ask(database)) for _ in range(8)]
        await asyncio.sleep(0.01)
        for _ in range(cut_off):
            for one in asking:
                one.cancel()
            await asyncio.sleep(0)
    ends = await asyncio.gather(*asking, return_exceptions=True)
    assert {type(end) for end in ends} <= {type(None), StoreUnavailableError, asyncio.CancelledError}
    # A driver warns of each connection that was never closed, when it is collected; warnings are errors here.
    gc.collect()
    with pytest.raises(StoreUnavailableError):
        await database.answers()


async def test_whoever_is_told_to_stop_while_a_database_hangs_stops() -> None:
    hangs = await asyncio.start_server(lambda _, writer: hanging.append(writer), "127.0.0.1", 0)
    hanging: list[asyncio.StreamWriter] = []
    port = hangs.sockets[0].getsockname()[1]
    url = f"postgresql+asyncpg://storybot@127.0.0.1:{port}/storybot"
    database = Database(create_async_engine(url, connect_args={"timeout": 0.5}))

    async def asks_for_ever() -> None:
        while True:
            with suppress(StoreUnavailableError):
                await database.answers()

    asking = asyncio.create_task(asks_for_ever())
    await asyncio.sleep(0.1)
    asking.cancel()
    await asyncio.wait({asking}, timeout=10)
    assert asking.cancelled()
    await database.aclose()
    for writer in hanging:
        writer.close()
    hangs.close()
