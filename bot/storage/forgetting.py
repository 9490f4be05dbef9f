"""Forgets workspaces and people: what is kept of them is gone for good."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.submission import COLLEAGUE, Credit
from bot.storage.database import Database
from bot.storage.installations import served
from bot.storage.tables import (
    audit,
    drafts,
    installations,
    libraries,
    metadata,
    outbox,
    saved,
    schedules,
    stories,
    submissions,
    tried,
    weeks,
)

# Slack's own bot is in every workspace: a schedule has to show somebody, and nobody is told by it.
_NOBODY = "USLACKBOT"
# These say that a workspace was here; without them a replica that runs on would not learn that it is not.
_STAY = (installations, libraries)
_ERASED = dict.fromkeys(("tokens", "expires_at", "renewed", "renewed_expires_at", "renewing_until", "installer_id"))


class Forgetting:
    """A `team` is the id of a workspace (T…), or of an organisation with all of its workspaces (E…)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def erase_gone(self, before: datetime, now: datetime) -> int:
        """Erase what is kept of the workspaces that left until `before`; how many installations these were."""
        gone = select(installations).where(installations.c.gone_at <= before, installations.c.erased_at.is_(None))
        async with self._database.writing() as connection:
            rows = (await connection.execute(gone.with_for_update(skip_locked=True))).all()
            for row in rows:
                await _erase(connection, partial(served, enterprise_id=row.enterprise_id, team_id=row.team_id), now)
        return len(rows)

    async def forget_team(self, team: str, now: datetime) -> int:
        """Erase what is kept of a workspace, its tokens too; how many rows that were."""
        async with self._database.writing() as connection:
            return await _erase(connection, partial(_of, team=team), now)

    async def forget_user(self, team: str, user_id: str, now: datetime) -> int:
        """Take a person out of everything; how many rows named them. Their stories stay, as a colleague's."""
        async with self._database.writing() as connection:
            await _uncredit(connection, team, user_id, now)
            count = 0
            for column in (drafts.c.user_id, tried.c.user_id, saved.c.user_id, outbox.c.to):
                theirs = delete(column.table).where(_of(column.table, team), column == user_id)
                count += (await connection.execute(theirs)).rowcount
            for column, nobody in _NAMED.items():
                theirs_too = update(column.table).where(_of(column.table, team), column == user_id).values(nobody)
                count += (await connection.execute(theirs_too)).rowcount
        return count


_NAMED: dict[Any, dict[str, Any]] = {
    submissions.c.author_id: {
        "author_id": None,
        "author_name": COLLEAGUE,
        "credit": Credit.NOBODY,
        "permalink": None,
    },
    submissions.c.seconded_by: {"seconded_by": None},
    submissions.c.decided_by: {"decided_by": None},
    audit.c.who: {"who": None},
    schedules.c.owner_id: {"owner_id": _NOBODY},
    schedules.c.pin_user_id: {"pin_user_id": ""},
    installations.c.installer_id: {"installer_id": None},
}
"""Every other column that may hold a person's id, and what stands there when they are forgotten."""


async def _erase(connection: AsyncConnection, of: Callable[[Any], ColumnElement[bool]], now: datetime) -> int:
    """Erase the rows of all tables for which `of(table)` is true."""
    kept = {"edition": libraries.c.edition + 1, "changed_at": now}
    gone = {**_ERASED, "gone_at": now, "erased_at": now, "changed_at": now}
    left = update(installations).where(of(installations), or_(installations.c.tokens.is_not(None), _IS_GONE))
    count = (await connection.execute(update(libraries).where(of(libraries)).values(kept))).rowcount
    for table in metadata.sorted_tables:
        if table not in _STAY and "team_id" in table.c:
            count += (await connection.execute(delete(table).where(of(table)))).rowcount
    return count + (await connection.execute(left.values(gone))).rowcount


_IS_GONE = installations.c.gone_at.is_not(None)


async def _uncredit(connection: AsyncConnection, team: str, user_id: str, now: datetime) -> None:
    """Credit the stories of a person to a colleague, also where one is frozen for its week."""
    theirs = select(submissions.c.id).where(_of(submissions, team), submissions.c.author_id == user_id)
    told = select(stories).where(_of(stories, team), stories.c.submission_id.in_(theirs))
    for row in (await connection.execute(told)).all():
        name = row.story["told_by"]
        this = (row.enterprise_id, row.team_id, row.id)
        nameless = {**row.story, "told_by": COLLEAGUE, "sources": []}
        await connection.execute(update(stories).where(_is(stories, *this)).values(story=nameless))
        for week in (await connection.execute(select(weeks).where(_is(weeks, *this, key="story_id")))).all():
            frozen = {"story": {**week.story, "told_by": COLLEAGUE, "sources": []}}
            if week.message:
                frozen["message"] = _without(week.message, name)
            at = {"channel_id": week.channel_id, "on": week.on}
            one = [_is(weeks, *this, key="story_id"), *(weeks.c[column] == value for column, value in at.items())]
            await connection.execute(update(weeks).where(*one).values(frozen))
        its_library = (libraries.c.enterprise_id == row.enterprise_id, libraries.c.team_id == row.team_id)
        newer = {"edition": libraries.c.edition + 1, "changed_at": now}
        await connection.execute(update(libraries).where(*its_library).values(newer))


def _without(message: Any, name: str) -> Any:
    """A frozen message in which a story is told by a colleague."""
    match message:
        case str():
            escaped = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            for told_by in (name, escaped):
                message = message.replace(f"told by {told_by}", f"told by {COLLEAGUE}")
            return message
        case list():
            return [_without(part, name) for part in message]
        case dict():
            return {key: _without(part, name) for key, part in message.items()}
    return message


def _of(table: Any, team: str) -> ColumnElement[bool]:
    return or_(table.c.team_id == team, table.c.enterprise_id == team)


def _is(table: Table, enterprise_id: str, team_id: str, value: str, key: str = "id") -> ColumnElement[bool]:
    return (table.c.enterprise_id == enterprise_id) & (table.c.team_id == team_id) & (table.c[key] == value)
