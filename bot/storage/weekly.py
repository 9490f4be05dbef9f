"""Keeps schedules, what became of each of their slots, who tried a story, and what people saved."""

import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import (
    Row,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.outgoing import Kind, Outgoing
from bot.domain.rotation import Pin, Telling
from bot.domain.schedule import History, Move, Pause, Schedule, SlotState, Week, about, post_key
from bot.domain.slots import Slot, Timing
from bot.domain.story import Story
from bot.domain.workspace import Workspace
from bot.errors import UserError
from bot.storage.database import Database
from bot.storage.news import Subject, tell
from bot.storage.outbox import DUE, REFUSED, SENT, UNKNOWN, put_in_line
from bot.storage.statements import insert_or_ignore, of, same, those, within
from bot.storage.tables import outbox, saved, schedules, tried, weeks

log = logging.getLogger(__name__)


class WeeklyStore:
    """A change to a schedule is one transaction: the schedule, the slots it used, and what has to be said."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def schedule(self, workspace: Workspace, channel_id: str) -> Schedule | None:
        one = those(workspace, channel_id=channel_id)
        return next(iter(await self._schedules(_SCHEDULE, one)), None)

    async def schedules(self, workspace: Workspace) -> list[Schedule]:
        """All of a workspace: the next one due first, paused ones last."""
        order = (schedules.c.next_due_at.is_(None), schedules.c.next_due_at, schedules.c.channel_id)
        return await self._schedules(select(schedules).where(within(schedules, workspace)).order_by(*order))

    async def due(self, now: datetime, limit: int) -> list[Schedule]:
        """Schedules of all workspaces whose slot has come, the one that waits longest first."""
        query = select(schedules).where(schedules.c.next_due_at <= now).order_by(schedules.c.next_due_at).limit(limit)
        return await self._schedules(query)

    async def next_due(self) -> datetime | None:
        """When the next slot of all workspaces is due."""
        async with self._database.reading() as connection:
            found: datetime | None = await connection.scalar(select(func.min(schedules.c.next_due_at)))
        return found

    async def keep(
        self,
        before: Schedule | None,
        after: Schedule,
        now: datetime,
        used: Sequence[Week] = (),
        say: Sequence[Outgoing] = (),
        unused: Sequence[Week] = (),
    ) -> bool:
        """Keep `after` if `before` is still how things are, and no slot of `used` was used before; else False.

        `unused` are slots that were skipped and are not, after all.
        """
        try:
            async with self._database.writing() as connection:
                if not await _kept(connection, before, after):
                    return False
                for week in unused:
                    skipped = {"channel_id": week.channel_id, "on": week.on, "state": SlotState.SKIPPED}
                    await connection.execute(delete(weeks).where(within(weeks, week.workspace, **skipped)))
                for week in used:
                    await connection.execute(insert(weeks).values({**of(week.workspace), **_week_row(week)}))
                await put_in_line(connection, say, now)
                if _is_sooner(before, after):
                    await tell(connection, Subject.SCHEDULE, after.workspace.enterprise_id, after.workspace.team_id)
        except IntegrityError:
            return False
        return True

    async def delete(self, schedule: Schedule) -> None:
        """The schedule goes; what its slots became stays, so that a new one does not post twice in a week."""
        this = within(schedules, schedule.workspace, channel_id=schedule.channel_id)
        async with self._database.writing() as connection:
            await connection.execute(delete(schedules).where(this))

    async def move_on(self, moves: Sequence[Move], now: datetime) -> int:
        """Keep every move whose schedule is still as it was before, all together; how many those are.

        One of which a slot was used meanwhile in another way is left out.
        """
        # Replicas that meet lock their rows in the same order.
        moves = sorted(moves, key=lambda move: _place(move.before.workspace, move.before.channel_id))
        try:
            async with self._database.writing() as connection:
                kept = [move for move in moves if await _kept(connection, move.before, move.after)]
                used = [{**of(week.workspace), **_week_row(week)} for move in kept for week in move.used]
                if used:
                    await connection.execute(insert(weeks), used)
                await put_in_line(connection, [outgoing for move in kept for outgoing in move.say], now)
        except IntegrityError:
            return sum([await self.move_on([move], now) for move in moves]) if len(moves) > 1 else 0
        return len(kept)

    async def histories(self, schedules: Sequence[Schedule]) -> list[History]:
        """What became of the slots of each schedule's channel, in the same order."""
        places = [_place(one.workspace, one.channel_id) for one in schedules]
        told: dict[tuple[str, str, str], list[Telling]] = {place: [] for place in places}
        used: dict[tuple[str, str, str], set[date]] = {place: set() for place in places}
        async with self._database.reading() as connection:
            for row in await connection.execute(_HISTORIES, {"places": places}):
                place = (row.enterprise_id, row.team_id, row.channel_id)
                used[place].add(row.on)
                if row.state == SlotState.TOLD:
                    told[place].append(Telling(row.on, row.story_id))
        return [History(frozenset(used[place]), tuple(told[place])) for place in places]

    async def week(self, workspace: Workspace, channel_id: str, on: date) -> Week | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(_WEEK, those(workspace, channel_id=channel_id, on=on))).first()
        return _week(row) if row else None

    async def weeks(self, workspace: Workspace, channel_id: str, limit: int) -> list[tuple[Week, str | None]]:
        """The latest slots of a channel, the newest first, and the state of each one's post in the outbox."""
        found = await self._weeks(within(weeks, workspace, channel_id=channel_id), limit)
        keys = {week.on: post_key(channel_id, week.on) for week in found}
        query = select(outbox.c.key, outbox.c.state).where(within(outbox, workspace), outbox.c.key.in_(keys.values()))
        async with self._database.reading() as connection:
            states = {row.key: row.state for row in await connection.execute(query)}
        return [(week, states.get(keys[week.on])) for week in found]

    async def last_slot(self, workspace: Workspace, channel_id: str) -> Slot | None:
        """The slot that the channel used last, under whatever schedule."""
        found = await self._weeks(within(weeks, workspace, channel_id=channel_id), 1)
        return found[0].slot if found else None

    async def say(self, say: Sequence[Outgoing], at: datetime) -> None:
        """Put something in line that no change goes with."""
        async with self._database.writing() as connection:
            await put_in_line(connection, say, at)

    async def mark(self, week: Week, state: SlotState) -> None:
        """What became of a slot after all."""
        this = within(weeks, week.workspace, channel_id=week.channel_id, on=week.on)
        async with self._database.writing() as connection:
            await connection.execute(update(weeks).where(this).values(state=state))

    async def retell(self, before: Week, after: Week) -> None:
        """Another story for a slot whose own may not be told any more, unless somebody chose another already."""
        told = _week_row(after)
        this = within(weeks, before.workspace, channel_id=before.channel_id, on=before.on, key=before.key)
        mine = weeks.c.story_id == (before.story.id if before.story else None)
        new = {name: told[name] for name in ("story_id", "story", "why", "message")}
        async with self._database.writing() as connection:
            await connection.execute(update(weeks).where(this, mine).values(new))

    # What became of a post

    async def refused_before(self, week: Week, again_at: datetime) -> bool:
        """Whether Slack refused this slot's post before; the first time it is put in line again."""
        this = within(weeks, week.workspace, channel_id=week.channel_id, on=week.on)
        async with self._database.writing() as connection:
            first = update(weeks).where(this, weeks.c.refusals == 0).values(refusals=1)
            if (await connection.execute(first)).rowcount != 1:
                return True
            await _say_again(connection, week, REFUSED, again_at)
        return False

    async def found(self, week: Week, now: datetime) -> bool:
        """A post of which nobody knew is there. False when that was settled before."""
        there = {"state": SENT, "sent_at": now, "error": None}
        this = within(outbox, week.workspace, key=post_key(week.channel_id, week.on), state=UNKNOWN)
        async with self._database.writing() as connection:
            return (await connection.execute(update(outbox).where(this).values(there))).rowcount == 1

    async def not_found(self, week: Week, now: datetime) -> bool:
        """A post of which nobody knew is not there: put it in line again. False when that was settled before.

        Whoever was asked may have to be asked once more, so what was asked is forgotten.
        """
        asked = within(outbox, week.workspace, kind=Kind.WEEKLY_UNKNOWN, about=about(week.channel_id, week.on))
        async with self._database.writing() as connection:
            if not await _say_again(connection, week, UNKNOWN, now):
                return False
            await connection.execute(delete(outbox).where(asked))
        return True

    # What people do with a story

    async def toggle_tried(self, workspace: Workspace, channel_id: str, on: date, user_id: str) -> tuple[bool, int]:
        """Say that somebody tried it, or take that back; whether they have now, and how many have."""
        one = within(tried, workspace, channel_id=channel_id, on=on, user_id=user_id)
        values = {**of(workspace), "channel_id": channel_id, "on": on, "user_id": user_id}
        async with self._database.writing() as connection:
            taken_back = (await connection.execute(delete(tried).where(one))).rowcount
            if not taken_back:
                await connection.execute(insert_or_ignore(connection, tried, values))
            every = within(tried, workspace, channel_id=channel_id, on=on)
            count = await connection.scalar(select(func.count()).select_from(tried).where(every))
        return not taken_back, count or 0

    async def tried(self, workspace: Workspace, channel_id: str, on: date) -> int:
        """How many tried it."""
        every = within(tried, workspace, channel_id=channel_id, on=on)
        async with self._database.reading() as connection:
            return await connection.scalar(select(func.count()).select_from(tried).where(every)) or 0

    async def save(self, workspace: Workspace, user_id: str, story_id: str, at: datetime) -> bool:
        """Save a story for somebody; False when it was saved before."""
        values = {**of(workspace), "user_id": user_id, "story_id": story_id, "saved_at": at}
        async with self._database.writing() as connection:
            return (await connection.execute(insert_or_ignore(connection, saved, values))).rowcount == 1

    async def unsave(self, workspace: Workspace, user_id: str, story_id: str) -> None:
        """Take a story off somebody's list, if it is there."""
        one = within(saved, workspace, user_id=user_id, story_id=story_id)
        async with self._database.writing() as connection:
            await connection.execute(delete(saved).where(one))

    async def saved_by(self, workspace: Workspace, user_id: str) -> list[str]:
        """Ids of the stories that somebody saved, the newest first."""
        theirs = within(saved, workspace, user_id=user_id)
        async with self._database.reading() as connection:
            rows = await connection.scalars(select(saved.c.story_id).where(theirs).order_by(saved.c.saved_at.desc()))
            return list(rows)

    async def _schedules(self, query: Select[Any], parameters: Mapping[str, Any] | None = None) -> list[Schedule]:
        async with self._database.reading() as connection:
            found = (_readable(row) for row in await connection.execute(query, parameters))
            return [schedule for schedule in found if schedule]

    async def _weeks(self, where: Any, limit: int) -> list[Week]:
        query = select(weeks).where(where).order_by(weeks.c.on.desc()).limit(limit)
        async with self._database.reading() as connection:
            return [_week(row) for row in await connection.execute(query)]


# What is asked for each post: built once, since building takes as long as asking.
_SCHEDULE = select(schedules).where(same(schedules, "channel_id"))
_PLACE = (weeks.c.enterprise_id, weeks.c.team_id, weeks.c.channel_id)
_HISTORIES = (
    select(*_PLACE, weeks.c.on, weeks.c.state, weeks.c.story_id)
    .where(tuple_(*_PLACE).in_(bindparam("places", expanding=True)))
    .order_by(weeks.c.on)
)
_CHANGE = update(schedules).where(same(schedules, "channel_id", "id", "revision"))
_WEEK = select(weeks).where(same(weeks, "channel_id", "on"))


async def _say_again(connection: AsyncConnection, week: Week, state: str, at: datetime) -> bool:
    """Put a slot's post in line again if it is in this state; the question in its thread has waited for it."""
    this = within(outbox, week.workspace, key=post_key(week.channel_id, week.on), state=state)
    again = update(outbox).where(this).values(state=DUE, due_at=at, lease=None)
    if (await connection.execute(again)).rowcount != 1:
        return False
    slot = within(weeks, week.workspace, channel_id=week.channel_id, on=week.on)
    await connection.execute(update(weeks).where(slot).values(reads=0))
    return True


def _place(workspace: Workspace, channel_id: str) -> tuple[str, str, str]:
    return workspace.enterprise_id, workspace.team_id, channel_id


def _is_sooner(before: Schedule | None, after: Schedule) -> bool:
    """Whether some replica may sleep past the next slot; of a later one it learns when it wakes."""
    if after.next is None:
        return False
    return before is None or before.next is None or after.next.due_at < before.next.due_at


async def _kept(connection: AsyncConnection, before: Schedule | None, after: Schedule) -> bool:
    if before is None:
        values = {**of(after.workspace), **_row(after)}
        return (await connection.execute(insert_or_ignore(connection, schedules, values))).rowcount == 1
    this = those(before.workspace, channel_id=before.channel_id, id=before.id, revision=before.revision)
    return (await connection.execute(_CHANGE, {**this, **_row(after)})).rowcount == 1


def _row(schedule: Schedule) -> dict[str, Any]:
    next_, last, pin = schedule.next, schedule.last, schedule.pin
    return {
        "channel_id": schedule.channel_id,
        "id": schedule.id,
        "owner_id": schedule.owner_id,
        "weekday": schedule.timing.weekday,
        "at": schedule.timing.at.strftime("%H:%M"),
        "zone": schedule.timing.zone,
        "themes": list(schedule.themes),
        "asks_question": schedule.asks_question,
        "next_on": next_.on if next_ else None,
        "next_due_at": next_.due_at if next_ else None,
        "last_on": last.on if last else None,
        "last_due_at": last.due_at if last else None,
        "pause": schedule.pause,
        "pin_story_id": pin.story_id if pin else None,
        "pin_user_id": pin.user_id if pin else None,
        "refused_with": schedule.refused_with,
        "revision": schedule.revision,
    }


def _readable(row: Row[Any]) -> Schedule | None:
    """A schedule, unless its time zone is unknown on this machine: that one must not keep all others waiting."""
    try:
        return _schedule(row)
    except (UserError, ValueError):
        log.error("A schedule cannot be read: its time zone %r is not known here", row.zone)
        return None


def _schedule(row: Row[Any]) -> Schedule:
    return Schedule(
        workspace=Workspace(row.enterprise_id, row.team_id),
        channel_id=row.channel_id,
        id=row.id,
        owner_id=row.owner_id,
        timing=Timing(row.weekday, time.fromisoformat(row.at), row.zone),
        themes=tuple(row.themes),
        asks_question=row.asks_question,
        next=Slot(row.next_on, row.next_due_at) if row.next_on else None,
        last=Slot(row.last_on, row.last_due_at) if row.last_on else None,
        pause=Pause(row.pause) if row.pause else None,
        pin=Pin(row.pin_story_id, row.pin_user_id) if row.pin_story_id else None,
        refused_with=row.refused_with,
        revision=row.revision,
    )


def _week_row(week: Week) -> dict[str, Any]:
    return {
        "channel_id": week.channel_id,
        "on": week.slot.on,
        "schedule_id": week.schedule_id,
        "due_at": week.slot.due_at,
        "state": week.state,
        "key": week.key,
        "story_id": week.story.id if week.story else None,
        "story": week.story.model_dump(mode="json") if week.story else None,
        "why": week.why[:200],
        "message": week.message,
        "refusals": 0,
        "reads": 0,
    }


def _week(row: Row[Any]) -> Week:
    return Week(
        workspace=Workspace(row.enterprise_id, row.team_id),
        channel_id=row.channel_id,
        schedule_id=row.schedule_id,
        slot=Slot(row.on, row.due_at),
        state=SlotState(row.state),
        key=row.key,
        story=Story.model_validate(row.story, strict=False) if row.story else None,
        why=row.why,
        message=row.message,
    )
