"""A PostgreSQL that lets nobody listen."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sqlalchemy import text

from bot.storage.database import Database, opened

_LISTENERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'storybot listens'"


@asynccontextmanager
async def cut_off(database_url: str) -> AsyncIterator[None]:
    """No news gets through for as long as the `async with` lasts: whoever listens is cut off at once."""
    async with opened(database_url, None) as database:
        cutting = asyncio.create_task(_cut(database))
        # Those that listened before are gone by now.
        await asyncio.sleep(0.2)
        try:
            yield
            assert not cutting.done()
        finally:
            cutting.cancel()
            with suppress(asyncio.CancelledError):
                await cutting


async def _cut(database: Database) -> None:
    while True:
        async with database.writing() as connection:
            await connection.execute(text(_LISTENERS))
        await asyncio.sleep(0.02)
