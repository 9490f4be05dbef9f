"""From every schema that was ever released, with something in each of its tables, to today's."""

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

import bot.storage
from bot.storage import migrating
from bot.storage.database import FILE_NAME, opened
from bot.storage.tables import metadata
from tests.storage.people import NOON

MIGRATIONS = Path(bot.storage.__file__).parent / "migrations"
OPEN = """
import asyncio, sys
from pathlib import Path
from bot.storage.database import opened

async def main(url, folder):
    async with opened(url or None, Path(folder)) as database:
        await database.answers()

asyncio.run(main(*sys.argv[1:]))
"""
Rows = dict[str, list[tuple[Any, ...]]]


def config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


RELEASED = [script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()][:0:-1]


def test_the_newest_migration_is_the_one_to_which_all_lead() -> None:
    assert migrating.newest() == ScriptDirectory.from_config(config()).get_current_head()


@pytest.fixture
async def engine(database_url: str | None, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    address = sa.make_url(database_url).set(drivername="postgresql+asyncpg") if database_url else None
    engine = create_async_engine(address or f"sqlite+aiosqlite:///{tmp_path / FILE_NAME}")
    yield engine
    await engine.dispose()


def migrated_to(connection: sa.Connection, revision: str) -> None:
    """As a Storybot of that time left it."""
    then = config()
    then.attributes["connection"] = connection
    command.upgrade(then, revision)


def filled(connection: sa.Connection) -> Rows:
    """A row in each table, and all rows."""
    there = tables(connection)
    for table in there:
        connection.execute(table.insert().values({column.name: a_value(column) for column in table.columns}))
    return rows(connection, there)


def tables(connection: sa.Connection) -> list[sa.Table]:
    found = sa.MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def rows(connection: sa.Connection, of: list[sa.Table]) -> Rows:
    """What stands in the columns that these tables have."""
    return {table.name: [tuple(row) for row in connection.execute(sa.select(table))] for table in of}


def a_value(column: sa.Column[Any]) -> Any:
    match column.type:
        case sa.Boolean():
            return True
        case sa.Integer():
            return 7
        case sa.DateTime(timezone=zoned):
            return NOON if zoned else NOON.replace(tzinfo=None)
        case sa.Date():
            return date(2026, 3, 2)
        case sa.JSON():
            return {"title": "Tea & “sympathy”"}
    return column.name[:12]


def differences(connection: sa.Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


@pytest.mark.parametrize("revision", RELEASED)
async def test_what_an_older_storybot_kept_is_there_in_todays_tables(
    engine: AsyncEngine, database_url: str | None, tmp_path: Path, revision: str
) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(migrated_to, revision)
        before = await connection.run_sync(filled)
        of = await connection.run_sync(tables)
    async with opened(database_url, tmp_path):
        pass
    async with engine.begin() as connection:
        assert await connection.run_sync(rows, of) == before
        assert await connection.run_sync(differences) == []


async def test_two_processes_that_start_at_once_on_an_old_database_leave_it_whole(
    engine: AsyncEngine, database_url: str | None, tmp_path: Path
) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(migrated_to, RELEASED[0])
        before = await connection.run_sync(filled)
        of = await connection.run_sync(tables)
    start = (sys.executable, "-c", OPEN, database_url or "", str(tmp_path))
    processes = [
        await asyncio.create_subprocess_exec(*start, stderr=asyncio.subprocess.PIPE, stdin=asyncio.subprocess.DEVNULL)
        for _ in range(2)
    ]
    said = [(await process.communicate())[1].decode() for process in processes]
    ended = [process.returncode for process in processes]
    if database_url:
        assert ended == [0, 0]
    else:
        # Of one file the second is refused, unless the first was through already.
        assert 0 in ended
        assert all("Another Storybot is using this database" in words for words in said if words)
    async with engine.begin() as connection:
        assert await connection.run_sync(rows, of) == before
        assert await connection.run_sync(differences) == []
