"""How things stand in all workspaces together, counted for whoever watches the bot from outside."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, and_, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.outgoing import Kind
from bot.domain.schedule import LATE_FROM, Pause, SlotState
from bot.storage.database import Database
from bot.storage.outbox import DUE, SENDING, SENT, UNKNOWN
from bot.storage.tables import outbox, schedules, weeks

# A slot can be missed a week after it was due (`weekly.catch_up`), and is counted a day longer.
SLOTS_FOR = timedelta(days=8)

POSTED, LATE, WAITING = "posted", "late", "waiting"
RESULTS = (POSTED, LATE, WAITING, "missed", "unknown", "refused", "skipped", "empty")
PAUSES = ("active", "paused", "refused")


@dataclass(frozen=True, slots=True)
class Waiting:
    """What of the outbox is due and not said: how much, since how many seconds the oldest, and how much is unknown."""

    due: int
    oldest_seconds: float
    unknown: int


class Tally:
    """Each count looks at what is open or scheduled, and not at all that was ever kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def outbox(self, now: datetime) -> Waiting:
        is_due = and_(outbox.c.state.in_((DUE, SENDING)), outbox.c.due_at <= now)
        due = select(func.count(), func.min(outbox.c.due_at)).where(is_due)
        unknown = select(func.count()).where(outbox.c.state == UNKNOWN)
        async with self._database.reading() as connection:
            count, oldest = (await connection.execute(due)).one()
            unknowns = await connection.scalar(unknown) or 0
        return Waiting(count, (now - oldest).total_seconds() if oldest else 0.0, unknowns)

    async def slots(self, now: datetime) -> dict[str, int]:
        """What became of the latest slot of each channel, if it was due lately: one of `RESULTS`."""
        async with self._database.reading() as connection:
            said = case(
                (outbox.c.state == SENT, case((_is_late(connection), LATE), else_=POSTED)),
                (outbox.c.state.in_((DUE, SENDING)), WAITING),
                else_=outbox.c.state,
            )
            result = case((weeks.c.state == SlotState.TOLD, func.coalesce(said, WAITING)), else_=weeks.c.state)
            query = (
                select(result.label("result"), func.count().label("many"))
                .select_from(schedules)
                .join(weeks, and_(_same_channel(), weeks.c.on == schedules.c.last_on))
                .outerjoin(outbox, _is_post())
                .where(schedules.c.last_due_at >= now - SLOTS_FOR)
                .group_by("result")
            )
            found = {row.result: row.many for row in await connection.execute(query)}
        return {result: found.get(result, 0) for result in RESULTS}

    async def schedules(self) -> dict[str, int]:
        """How many schedules go on, were paused by hand, or pause because Slack refuses their posts: `PAUSES`."""
        state = case(
            (schedules.c.pause.is_(None), "active"), (schedules.c.pause == Pause.REFUSED, "refused"), else_="paused"
        )
        query = select(state.label("state"), func.count().label("many")).group_by("state")
        async with self._database.reading() as connection:
            found = {row.state: row.many for row in await connection.execute(query)}
        return {state: found.get(state, 0) for state in PAUSES}


def _same_channel() -> ColumnElement[bool]:
    names = ("enterprise_id", "team_id", "channel_id")
    return and_(*(weeks.c[name] == schedules.c[name] for name in names))


def _is_post() -> ColumnElement[bool]:
    """The post of a slot; its question, and what its owner is asked, are of other kinds."""
    about = weeks.c.channel_id + ":" + cast(weeks.c.on, String)
    same = (outbox.c[name] == weeks.c[name] for name in ("enterprise_id", "team_id"))
    return and_(*same, outbox.c.about == about, outbox.c.kind == Kind.WEEKLY_STORY)


def _is_late(connection: AsyncConnection) -> ColumnElement[bool]:
    """Said longer after the slot than somebody would call in time."""
    if connection.dialect.name == "postgresql":
        return outbox.c.sent_at - weeks.c.due_at > LATE_FROM
    days = func.julianday(outbox.c.sent_at) - func.julianday(weeks.c.due_at)
    return days > LATE_FROM / timedelta(days=1)
