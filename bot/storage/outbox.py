"""Keeps what must be said later or must not be lost, and who is saying it."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, exists, func, or_, select, tuple_, update
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
        # This process: what it claims nobody else may send or settle before the lease ends.
        self._lease = secrets.token_hex(16)

    async def claim(self, now: datetime, limit: int) -> list[Claimed]:
        """What is due, the longest waiting first, and from now on this process's to send.

        What changes a message or replies to it waits until that was sent. At one place things are said one after the
        other, and redrawn one after the other: Slack takes about one post a second there, and of two redrawings side by
        side the older might come last.
        """
        first = (
            select(*_KEY)
            .where(tuple_(*_KEY).in_(_first_at_each_place(now, limit)), outbox.c.state == DUE)
            .with_for_update(skip_locked=True)
        )
        mine = {"state": SENDING, "lease": self._lease, "lease_until": now + LEASE, "tries": outbox.c.tries + 1}
        async with self._database.writing() as connection:
            keys = [tuple(row) for row in await connection.execute(first)]
            if not keys:
                return []
            rows = await connection.execute(
                update(outbox).where(tuple_(*_KEY).in_(keys)).values(mine).returning(outbox)
            )
            claimed = list(rows)
            return [Claimed(_outgoing(row), self._lease, row.tries, await _base(connection, row)) for row in claimed]

    async def record(self, claimed: Claimed, outcome: Outcome, now: datetime) -> bool:
        """What became of it; False when the lease had ended meanwhile, so that it is somebody else's word by now.

        What was refused for now makes everything wait that is to be said at the same place in the same way.
        """
        outgoing = claimed.outgoing
        this = within(
            outbox, outgoing.workspace, key=outgoing.key, lease=claimed.lease, tries=claimed.tries, state=SENDING
        )
        async with self._database.writing() as connection:
            done = await connection.execute(update(outbox).where(this).values(_after(claimed, outcome, now)))
            if isinstance(outcome, RefusedForNow):
                again_at = now + outcome.wait
                place = within(outbox, outgoing.workspace, to=outgoing.to, repeatable=outgoing.is_repeatable, state=DUE)
                await connection.execute(
                    update(outbox).where(place, outbox.c.due_at < again_at).values(due_at=again_at)
                )
        return done.rowcount == 1

    async def end_leases(self, now: datetime) -> list[tuple[Outgoing, Outcome]]:
        """Settle what its sender never reported on: due again if it is harmless to repeat, else unknown.

        Gives what is unknown or refused for good and has consequences that nobody drew: they are this process's to
        draw, and to confirm by `followed`, until a lease ends.
        """
        over = outbox.c.lease_until <= now
        if not self._database.is_shared:
            # Nobody else uses this database: whoever holds another lease is no more.
            over = or_(over, outbox.c.lease != self._lease)
        unreported = and_(outbox.c.state == SENDING, over)
        unfollowed = and_(outbox.c.state.in_((UNKNOWN, REFUSED)), outbox.c.lease.is_not(None), over)
        mine = {"lease": self._lease, "lease_until": now + LEASE}
        async with self._database.writing() as connection:
            again = {"state": DUE, "due_at": now}
            await connection.execute(update(outbox).where(unreported, outbox.c.repeatable).values(again))
            lost = {"state": UNKNOWN, "error": "lease_ended"}
            await connection.execute(update(outbox).where(unreported).values(lost))
            rows = await connection.execute(update(outbox).where(unfollowed).values(mine).returning(outbox))
            return [(_outgoing(row), _settled(row)) for row in rows]

    async def followed(self, outgoing: Outgoing) -> None:
        """What follows from its being unknown or refused has been done."""
        this = within(outbox, outgoing.workspace, key=outgoing.key)
        async with self._database.writing() as connection:
            await connection.execute(update(outbox).where(this).values(lease=None))

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


def _first_at_each_place(now: datetime, limit: int) -> Select[Any]:
    """The keys of what may be said now, of each place and way the first."""
    other = outbox.alias("other")
    same = and_(other.c.enterprise_id == outbox.c.enterprise_id, other.c.team_id == outbox.c.team_id)
    is_base = and_(other.c.key == func.coalesce(outbox.c.changes, outbox.c.replies_to), other.c.state.in_(_OPEN))
    is_saying = and_(other.c.to == outbox.c.to, other.c.repeatable == outbox.c.repeatable, other.c.state == SENDING)
    order = (outbox.c.due_at, outbox.c.created_at, outbox.c.key)
    place = (outbox.c.enterprise_id, outbox.c.team_id, outbox.c.to, outbox.c.repeatable)
    turn = func.row_number().over(partition_by=place, order_by=order).label("turn")
    due = (
        select(*_KEY, outbox.c.due_at, turn)
        .where(outbox.c.state == DUE, outbox.c.due_at <= now, ~exists().where(same, or_(is_base, is_saying)))
        .subquery()
    )
    keys = (due.c.enterprise_id, due.c.team_id, due.c.key)
    return select(*keys).where(due.c.turn == 1).order_by(due.c.due_at).limit(limit)


def _settled(row: Row[Any]) -> Outcome:
    return Refused(row.error) if row.state == REFUSED else Unknown(row.error)


def _after(claimed: Claimed, outcome: Outcome, now: datetime) -> dict[str, Any]:
    match outcome:
        case Posted(channel_id, ts):
            return {"state": SENT, "channel_id": channel_id, "ts": ts, "sent_at": now, "error": None}
        case RefusedForNow(wait, error):
            return {"state": DUE, "due_at": now + wait, "error": error}
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
