"""Keeps what is known of posts whose answer got lost, until they are found or are put in line again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, String, and_, cast, or_, select, update

from bot.domain.outgoing import IN_HERDS, Lost, Outgoing, Posted
from bot.domain.schedule import read_about
from bot.storage.database import Database
from bot.storage.outbox import DUE, SENT, UNKNOWN, outgoing_of, put_in_line
from bot.storage.statements import within
from bot.storage.tables import outbox, schedules, weeks


class LostPostStore:
    """Of all workspaces; each change tells for itself whether it came too late."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def lost(self, now: datetime, look_after: timedelta, looks: int, limit: int) -> list[Lost]:
        """Posts and questions that are to be looked for, the longest lost first.

        Each was looked for less than `looks` times, and is due `look_after` after it was said, and so long again after
        each look. A question whose post's place nobody knows cannot be found.
        """
        base = outbox.alias("base")
        of_slot = outbox.c.about == weeks.c.channel_id + ":" + cast(weeks.c.on, String)
        is_due = [and_(weeks.c.reads == n, outbox.c.due_at <= now - (n + 1) * look_after) for n in range(looks)]
        query = (
            select(outbox, weeks.c.key.label("post"), weeks.c.reads, base.c.ts.label("thread"), schedules.c.owner_id)
            .join(weeks, and_(_same_workspace(weeks), weeks.c.channel_id == outbox.c.to, of_slot))
            .outerjoin(base, and_(_same_workspace(base), base.c.key == outbox.c.replies_to))
            .outerjoin(schedules, and_(_same_workspace(schedules), schedules.c.id == weeks.c.schedule_id))
            .where(outbox.c.state == UNKNOWN, outbox.c.kind.in_(IN_HERDS), or_(*is_due))
            .where(or_(outbox.c.replies_to.is_(None), base.c.ts.is_not(None)))
            .order_by(outbox.c.due_at)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            return [_lost(row) for row in await connection.execute(query)]

    async def found_again(self, lost: Lost, posted: Posted, now: datetime) -> None:
        """It is there; nothing happens when that was settled before."""
        there = {"state": SENT, "sent_at": now, "error": None, "channel_id": posted.channel_id, "ts": posted.ts}
        async with self._database.writing() as connection:
            await connection.execute(update(outbox).where(_unknown(lost)).values(there))
            await connection.execute(update(weeks).where(_slot(lost)).values(reads=0))

    async def looked_in_vain(self, lost: Lost, now: datetime, *, is_last: bool) -> None:
        """It was not there, if nobody else looked in the same moment; after the last look it is put in line again."""
        looked = update(weeks).where(_slot(lost), weeks.c.reads == lost.looks)
        again = update(outbox).where(_unknown(lost)).values(state=DUE, due_at=now, lease=None)
        async with self._database.writing() as connection:
            reads = 0 if is_last else lost.looks + 1
            counts = (await connection.execute(looked.values(reads=reads))).rowcount == 1
            if counts and is_last:
                await connection.execute(again)

    async def look_no_more(self, lost: Lost, looks: int, say: Sequence[Outgoing], now: datetime) -> None:
        """It cannot be looked for: say this instead."""
        async with self._database.writing() as connection:
            await connection.execute(update(weeks).where(_slot(lost)).values(reads=looks))
            await put_in_line(connection, say, now)


def _unknown(lost: Lost) -> ColumnElement[bool]:
    return within(outbox, lost.outgoing.workspace, key=lost.outgoing.key, state=UNKNOWN)


def _slot(lost: Lost) -> ColumnElement[bool]:
    channel_id, on = read_about(lost.outgoing.about)
    return within(weeks, lost.outgoing.workspace, channel_id=channel_id, on=on)


def _lost(row: Row[Any]) -> Lost:
    thread = Posted(row.to, row.thread) if row.thread else None
    return Lost(outgoing_of(row), row.post, row.due_at, row.reads, thread, row.owner_id)


def _same_workspace(table: FromClause) -> ColumnElement[bool]:
    return and_(table.c.enterprise_id == outbox.c.enterprise_id, table.c.team_id == outbox.c.team_id)
