"""Keeps what must be said later or must not be lost, and who is saying it."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.outgoing import (
    IN_HERDS,
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
from bot.domain.pace import AHEAD, AT_ONCE, CHANNEL_APART, WORKSPACE_APART, Pace
from bot.domain.workspace import Workspace
from bot.storage.database import Database
from bot.storage.statements import insert_or_ignore, of, same, those, within
from bot.storage.tables import outbox

# Whoever claims a row has so long to say it; after that nobody knows what became of it.
LEASE = timedelta(seconds=60)
# A call takes ten seconds at most: begun no later than this, it ends well before the lease.
_LAST_CALL = timedelta(seconds=40)

DUE, SENDING, SENT, UNKNOWN, REFUSED, DROPPED = "due", "sending", "sent", "unknown", "refused", "dropped"
_OPEN = (DUE, SENDING)
RATE_LIMITED = "ratelimited"
_KEY = (outbox.c.enterprise_id, outbox.c.team_id, outbox.c.key)
_PLACE = (outbox.c.enterprise_id, outbox.c.team_id, outbox.c.to, outbox.c.repeatable)


class OutboxStore:
    """due → sending → sent, unknown, refused or dropped; refused for now goes back to due."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # This process: what it claims nobody else may send or settle before the lease ends.
        self._lease = secrets.token_hex(16)

    async def claim(self, now: datetime, limit: int) -> list[Claimed]:
        """What is due, the longest waiting first, and from now on this process's to send.

        What changes a message or replies to it waits until that was sent. At one place things are said one after the
        other, and redrawn one after the other: of two redrawings side by side the older might come last. What comes in
        herds keeps pace with what was said of late, by whatever replica.
        """
        async with self._database.writing() as connection:
            rows = list(await connection.execute(_may_be_said(), _may_be_said_at(now, limit)))
            if not rows:
                return []
            pace = Pace.of(now, await _said_lately(connection, now))
            claimed = [one for row in rows if (one := self._claimed(row, pace))]
            if claimed:
                await connection.execute(_CLAIM, [_claiming(one, now) for one in claimed])
        return claimed

    def _claimed(self, row: Row[Any], pace: Pace) -> Claimed | None:
        """None for what would be too soon."""
        outgoing, say_at = outgoing_of(row), pace.now
        if outgoing.kind in IN_HERDS:
            moment = pace.moment(outgoing.workspace, row.base_sent_at)
            if moment is None:
                return None
            say_at = moment
        base = Posted(row.base_channel_id, row.base_ts) if row.base_ts else None
        return Claimed(outgoing, self._lease, row.tries + 1, base, say_at, pace.now + _LAST_CALL)

    async def record(self, claimed: Claimed, outcome: Outcome, now: datetime) -> bool:
        """What became of it; False when the lease had ended meanwhile, so that it is somebody else's word by now.

        That it was sent is the truth, however late: it counts while nobody knows better. What was refused for now makes
        everything wait that is to be said at the same place in the same way.
        """
        outgoing = claimed.outgoing
        this = within(outbox, outgoing.workspace, key=outgoing.key, tries=claimed.tries)
        mine = and_(outbox.c.state == SENDING, outbox.c.lease == claimed.lease)
        if isinstance(outcome, Posted):
            mine = or_(mine, outbox.c.state == UNKNOWN)
        async with self._database.writing() as connection:
            done = await connection.execute(update(outbox).where(this, mine).values(_after(claimed, outcome, now)))
            if isinstance(outcome, RefusedForNow):
                await _hold_back(connection, outgoing, outcome, now)
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
            return [(outgoing_of(row), _settled(row)) for row in rows]

    async def followed(self, outgoing: Outgoing) -> None:
        """What follows from its being unknown or refused has been done."""
        # By now somebody may have had it put in line again: what another process is saying is not ours to touch.
        this = within(outbox, outgoing.workspace, key=outgoing.key, lease=self._lease)
        is_settled = outbox.c.state.in_((UNKNOWN, REFUSED))
        async with self._database.writing() as connection:
            await connection.execute(update(outbox).where(this, is_settled).values(lease=None))

    async def next_due(self) -> datetime | None:
        """When something is next to be said; past while it is being said."""
        query = select(func.min(outbox.c.due_at)).where(outbox.c.state.in_(_OPEN))
        async with self._database.reading() as connection:
            found: datetime | None = await connection.scalar(query)
        return found

    async def states_of(self, workspace: Workspace, about: str) -> dict[str, str]:
        """The state of everything that was to be said about something, by key."""
        query = select(outbox.c.key, outbox.c.state).where(within(outbox, workspace, about=about))
        async with self._database.reading() as connection:
            return {row.key: row.state for row in await connection.execute(query)}


async def put_in_line(connection: AsyncConnection, say: Sequence[Outgoing], at: datetime) -> None:
    """Say these later; one whose key is there already is said once."""
    rows = [
        {
            **of(outgoing.workspace),
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
        for outgoing in say
    ]
    if rows:
        await connection.execute(insert_or_ignore(connection, outbox), rows)


_ORDER = (outbox.c.due_at, outbox.c.created_at, outbox.c.key)
_CLAIM = (
    update(outbox)
    .where(same(outbox, "key"))
    .values({name: bindparam(name) for name in ("state", "lease", "lease_until", "tries", "due_at")})
)


def _claiming(claimed: Claimed, now: datetime) -> dict[str, Any]:
    """What `_CLAIM` writes; from then on `due_at` is the moment at which it is said."""
    outgoing = claimed.outgoing
    return {
        **those(outgoing.workspace, key=outgoing.key),
        "state": SENDING,
        "lease": claimed.lease,
        "lease_until": now + LEASE,
        "tries": claimed.tries,
        "due_at": claimed.say_at,
    }


@cache
def _may_be_said() -> Select[Any]:
    """What `claim` reads, with the base of each; its parameters are those of `_may_be_said_at`.

    Building it takes as long as twenty answers, and it is asked by the second.
    """
    base = outbox.alias("base")
    return (
        select(outbox, *(base.c[name].label(f"base_{name}") for name in ("channel_id", "ts", "sent_at")))
        .outerjoin(base, and_(_is_base(base), base.c.state == SENT, base.c.ts.is_not(None)))
        .where(tuple_(*_KEY).in_(_first_at_each_place()), outbox.c.state == DUE)
        .order_by(*_ORDER)
        .with_for_update(skip_locked=True, of=outbox)
    )


def _may_be_said_at(now: datetime, limit: int) -> dict[str, Any]:
    return {"now": now, "lease_ago": now - LEASE, "apart_ago": now - CHANNEL_APART + AHEAD, "most": limit}


def _first_at_each_place() -> Select[Any]:
    """The keys of what may be said now: of each place and way the first, and of a herd those that can keep pace.

    What has to wait is asked for as sets, once: asked for each row, many rows would take seconds.
    """
    saying = select(*_PLACE).where(outbox.c.state == SENDING).correlate(None)
    is_open, is_unknown = outbox.c.state.in_(_OPEN), outbox.c.state == UNKNOWN
    open_ = select(*_KEY).where(is_open).correlate(None)
    undecided = select(*_KEY).where(or_(is_open, is_unknown, _is_refused_undecided(), _is_just_said()))
    may_be_said = (
        tuple_(*_PLACE).not_in(saying),
        or_(outbox.c.changes.is_(None), tuple_(*_KEY[:2], outbox.c.changes).not_in(open_)),
        or_(outbox.c.replies_to.is_(None), tuple_(*_KEY[:2], outbox.c.replies_to).not_in(undecided.correlate(None))),
    )
    is_of_herd = outbox.c.kind.in_(IN_HERDS)
    turn = func.row_number().over(partition_by=_PLACE, order_by=_ORDER)
    due = (
        select(*_ORDER, *_KEY[:2], is_of_herd.label("is_of_herd"), turn.label("turn"))
        .where(outbox.c.state == DUE, outbox.c.due_at <= bindparam("now"), *may_be_said)
        .subquery()
    )
    herd = (due.c.enterprise_id, due.c.team_id, due.c.is_of_herd)
    order = (due.c.due_at, due.c.created_at, due.c.key)
    number = func.row_number().over(partition_by=herd, order_by=order)
    first = select(due, number.label("number")).where(due.c.turn == 1).subquery()
    return (
        select(first.c.enterprise_id, first.c.team_id, first.c.key)
        .where(or_(~first.c.is_of_herd, first.c.number <= AT_ONCE))
        .order_by(first.c.due_at)
        .limit(bindparam("most", type_=Integer))
    )


def _is_refused_undecided() -> ColumnElement[bool]:
    """Refused, and nobody has said yet whether it will be said again."""
    return and_(outbox.c.state == REFUSED, outbox.c.lease.is_not(None))


def _is_just_said() -> ColumnElement[bool]:
    """Said so short a time ago that nothing more may be said in its channel."""
    now: BindParameter[datetime] = bindparam("now")
    lately = outbox.c.due_at.between(bindparam("lease_ago"), now)
    return and_(outbox.c.state == SENT, lately, outbox.c.sent_at.between(bindparam("apart_ago"), now))


def _is_base(other: FromClause) -> ColumnElement[bool]:
    """Whether it is the message that a row changes or replies to."""
    is_of_same_workspace = (other.c[name] == outbox.c[name] for name in ("enterprise_id", "team_id"))
    return and_(*is_of_same_workspace, other.c.key == func.coalesce(outbox.c.changes, outbox.c.replies_to))


async def _said_lately(connection: AsyncConnection, now: datetime) -> dict[Workspace, datetime]:
    """The last moment of each workspace at which something of a herd is said, as far as pace has to be kept with it."""
    is_said = and_(outbox.c.state.in_((SENDING, SENT, UNKNOWN)), outbox.c.due_at > now - WORKSPACE_APART)
    query = (
        select(outbox.c.enterprise_id, outbox.c.team_id, func.max(outbox.c.due_at).label("last"))
        .where(is_said, outbox.c.kind.in_(IN_HERDS))
        .group_by(outbox.c.enterprise_id, outbox.c.team_id)
    )
    return {Workspace(row.enterprise_id, row.team_id): row.last for row in await connection.execute(query)}


async def _hold_back(connection: AsyncConnection, outgoing: Outgoing, refused: RefusedForNow, now: datetime) -> None:
    """Let wait what is to be said at the same place; where another place of the workspace waits too, all of it."""
    again_at = now + refused.wait
    waiting = within(outbox, outgoing.workspace, repeatable=outgoing.is_repeatable, state=DUE)
    here, elsewhere = outbox.c.to == outgoing.to, outbox.c.to != outgoing.to
    too_many = and_(outbox.c.error == RATE_LIMITED, outbox.c.due_at > now)
    repeats = refused.error == RATE_LIMITED and await connection.scalar(
        select(exists().where(waiting, elsewhere, too_many))
    )
    where = waiting if repeats else and_(waiting, here)
    await connection.execute(update(outbox).where(where, outbox.c.due_at < again_at).values(due_at=again_at))


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


def outgoing_of(row: Row[Any]) -> Outgoing:
    """What a row of the outbox says."""
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
