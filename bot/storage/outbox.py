"""Keeps what must be said later or must not be lost, and who is saying it."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, exists, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.outgoing import (
    Claimed,
    Dropped,
    Kind,
    Outcome,
    Outgoing,
    Posted,
    Refused,
    RefusedForNow,
    Unknown,
)
from bot.domain.workspace import Workspace
from bot.storage.database import Database
from bot.storage.statements import insert_or_ignore, of, within
from bot.storage.tables import outbox

# Whoever claims a row has so long to say it; after that nobody knows what became of it.
LEASE = timedelta(seconds=60)

DUE, SENDING, SENT, UNKNOWN, REFUSED, DROPPED = "due", "sending", "sent", "unknown", "refused", "dropped"
_OPEN = (DUE, SENDING)
_KEY = (outbox.c.enterprise_id, outbox.c.team_id, outbox.c.key)


class OutboxStore:
    """due → sending → sent, unknown, refused or dropped; refused for now goes back to due."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, now: datetime, limit: int) -> list[Claimed]:
        """What is due, the longest waiting first, and from now on this process's to send.

        What changes a message or replies to it waits until that was sent; a redrawing also for the one before it.
        """
        lease = secrets.token_hex(16)
        earlier = outbox.alias("earlier")
        same = and_(earlier.c.enterprise_id == outbox.c.enterprise_id, earlier.c.team_id == outbox.c.team_id)
        is_base = earlier.c.key == func.coalesce(outbox.c.changes, outbox.c.replies_to)
        is_sibling = and_(earlier.c.changes == outbox.c.changes, earlier.c.created_at < outbox.c.created_at)
        waits = exists().where(same, or_(is_base, is_sibling), earlier.c.state.in_(_OPEN))
        due = (
            select(*_KEY)
            .where(outbox.c.state == DUE, outbox.c.due_at <= now, ~waits)
            .order_by(outbox.c.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        mine = {"state": SENDING, "lease": lease, "lease_until": now + LEASE, "tries": outbox.c.tries + 1}
        async with self._database.writing() as connection:
            keys = [tuple(row) for row in await connection.execute(due)]
            if not keys:
                return []
            rows = await connection.execute(
                update(outbox).where(tuple_(*_KEY).in_(keys), outbox.c.state == DUE).values(mine).returning(outbox)
            )
            claimed = list(rows)
            return [Claimed(_outgoing(row), lease, row.tries, await _base(connection, row)) for row in claimed]

    async def record(self, claimed: Claimed, outcome: Outcome, now: datetime) -> bool:
        """What became of it; False when the lease had ended meanwhile, so that it is somebody else's word by now."""
        row = within(outbox, claimed.outgoing.workspace, key=claimed.outgoing.key, lease=claimed.lease, state=SENDING)
        async with self._database.writing() as connection:
            done = await connection.execute(update(outbox).where(row).values(_after(claimed, outcome, now)))
        return done.rowcount == 1

    async def end_leases(self, now: datetime) -> list[Outgoing]:
        """Settle what its sender never reported on: due again if it is harmless to repeat, else unknown.

        Gives those that became unknown.
        """
        over = and_(outbox.c.state == SENDING, outbox.c.lease_until <= now)
        async with self._database.writing() as connection:
            again = {"state": DUE, "due_at": now, "lease": None}
            await connection.execute(update(outbox).where(over, outbox.c.repeatable).values(again))
            lost = {"state": UNKNOWN, "error": "lease_ended", "lease": None}
            rows = await connection.execute(update(outbox).where(over).values(lost).returning(outbox))
            return [_outgoing(row) for row in rows]

    async def next_due(self) -> datetime | None:
        """When the next one is due, or the next lease ends."""
        async with self._database.reading() as connection:
            due = await connection.scalar(
                select(outbox.c.due_at).where(outbox.c.state == DUE).order_by(outbox.c.due_at).limit(1)
            )
            lease = await connection.scalar(
                select(outbox.c.lease_until).where(outbox.c.state == SENDING).order_by(outbox.c.lease_until).limit(1)
            )
        return min((moment for moment in (due, lease) if moment), default=None)

    async def states_of(self, workspace: Workspace, about: str) -> dict[str, str]:
        """The state of everything that was to be said about something, by key."""
        query = select(outbox.c.key, outbox.c.state).where(within(outbox, workspace, about=about))
        async with self._database.reading() as connection:
            return {row.key: row.state for row in await connection.execute(query)}


async def put_in_line(connection: AsyncConnection, say: Sequence[Outgoing], at: datetime) -> None:
    """Say these later; one whose key is there already is said once."""
    for outgoing in say:
        values = {
            "key": outgoing.key,
            "kind": outgoing.kind,
            "about": outgoing.about,
            "to": outgoing.to,
            "changes": outgoing.changes,
            "replies_to": outgoing.replies_to,
            "repeatable": outgoing.is_repeatable,
            "state": DUE,
            "due_at": outgoing.due_at or at,
            "created_at": at,
            "tries": 0,
        }
        await connection.execute(insert_or_ignore(connection, outbox, {**of(outgoing.workspace), **values}))


def _after(claimed: Claimed, outcome: Outcome, now: datetime) -> dict[str, Any]:
    match outcome:
        case Posted(channel_id, ts):
            return {"state": SENT, "channel_id": channel_id, "ts": ts, "sent_at": now, "error": None}
        case RefusedForNow(wait, error):
            return {"state": DUE, "due_at": now + wait, "error": error, "lease": None}
        case Refused(error):
            return {"state": REFUSED, "error": error}
        case Unknown(error) if claimed.outgoing.is_repeatable:
            return {"state": DUE, "due_at": now + timedelta(seconds=min(2**claimed.tries, 600)), "error": error}
        case Unknown(error):
            return {"state": UNKNOWN, "error": error}
        case Dropped():
            return {"state": DROPPED}


async def _base(connection: AsyncConnection, row: Row[Any]) -> Posted | None:
    if not (key := row.changes or row.replies_to):
        return None
    workspace = Workspace(row.enterprise_id, row.team_id)
    query = select(outbox.c.channel_id, outbox.c.ts).where(within(outbox, workspace, key=key, state=SENT))
    base = (await connection.execute(query)).first()
    return Posted(base.channel_id, base.ts) if base else None


def _outgoing(row: Row[Any]) -> Outgoing:
    return Outgoing(
        Workspace(row.enterprise_id, row.team_id),
        row.key,
        Kind(row.kind),
        row.about,
        row.to,
        row.changes,
        row.replies_to,
        row.due_at,
    )
