"""Keeps which requests some replica has taken, for as long as they could come again."""

from datetime import timedelta

from sqlalchemy import delete, select, update

from bot.domain.claim import Claim
from bot.domain.clock import Now
from bot.storage.database import Database
from bot.storage.statements import insert_or_ignore
from bot.storage.tables import claims as table

# Who does not say within this that it is done has died over it: no answer to Slack takes so long.
_AT_WORK = timedelta(seconds=30)
# A signature counts for five minutes on either side; Slack delivers an event for the last time after about as many.
_KEPT = timedelta(minutes=15)
_FORGOTTEN_AT_ONCE = 100


class ClaimStore:
    """One row a request, under its key of at most 64 characters; nothing of what it said is kept."""

    def __init__(self, database: Database, now: Now) -> None:
        self._database = database
        self._now = now

    async def take(self, key: str) -> Claim:
        """Take it unless somebody has."""
        now = self._now()
        over = select(table.c.key).where(table.c.until < now).limit(_FORGOTTEN_AT_ONCE)
        async with self._database.writing() as connection:
            # Rows that another replica is just deleting are passed over: neither waits for the other.
            await connection.execute(delete(table).where(table.c.key.in_(over.with_for_update(skip_locked=True))))
            await connection.execute(delete(table).where(table.c.key == key, table.c.until < now))
            row = {"key": key, "is_done": False, "until": now + _AT_WORK}
            if (await connection.execute(insert_or_ignore(connection, table, row))).rowcount:
                return Claim.OURS
            is_done = await connection.scalar(select(table.c.is_done).where(table.c.key == key))
            return Claim.DONE if is_done else Claim.TAKEN

    async def done(self, key: str) -> None:
        done = update(table).where(table.c.key == key).values(is_done=True, until=self._now() + _KEPT)
        async with self._database.writing() as connection:
            await connection.execute(done)

    async def give_back(self, key: str) -> None:
        async with self._database.writing() as connection:
            await connection.execute(delete(table).where(table.c.key == key))
