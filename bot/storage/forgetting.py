"""Forgets workspaces and people: what is kept of them is gone for good."""

import html
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Update, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.submission import COLLEAGUE, Credit
from bot.domain.workspace import Workspace
from bot.storage.database import Database
from bot.storage.installations import served
from bot.storage.news import Subject, tell
from bot.storage.statements import within
from bot.storage.tables import (
    audit,
    drafts,
    installations,
    libraries,
    metadata,
    moderation,
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
            await _touch_installed_by(connection, team, user_id, now)
            count = await _dismiss(connection, team, user_id)
            for column in OWN:
                theirs = delete(column.table).where(_of(column.table, team), column == user_id)
                count += (await connection.execute(theirs)).rowcount
            for column, nobody in NAMING.items():
                naming = update(column.table).where(_of(column.table, team), column == user_id).values(nobody)
                count += (await connection.execute(naming)).rowcount
        return count


OWN = (drafts.c.user_id, tried.c.user_id, saved.c.user_id, outbox.c.to)
"""Columns with the id of a person whose row goes with them."""
NAMING: dict[Any, dict[str, Any]] = {
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
    moderation.c.chosen_by: {"chosen_by": None},
}
"""Every other column that may hold a person's id, and what its row holds when they are forgotten."""


async def _erase(connection: AsyncConnection, of: Callable[[Any], ColumnElement[bool]], now: datetime) -> int:
    """Erase the rows of all tables for which `of(table)` is true."""
    kept = {"edition": libraries.c.edition + 1, "changed_at": now}
    gone = {**_ERASED, "gone_at": now, "erased_at": now, "changed_at": now}
    left = update(installations).where(of(installations), or_(installations.c.tokens.is_not(None), _IS_GONE))
    count = await _change(connection, update(libraries).where(of(libraries)).values(kept), Subject.STORIES)
    for table in metadata.sorted_tables:
        if table not in _STAY and "team_id" in table.c:
            count += (await connection.execute(delete(table).where(of(table)))).rowcount
    return count + await _change(connection, left.values(gone), Subject.INSTALLATION)


_IS_GONE = installations.c.gone_at.is_not(None)


async def _uncredit(connection: AsyncConnection, team: str, user_id: str, now: datetime) -> None:
    """Credit the stories of a person to a colleague, also where one is frozen for its week."""
    theirs = select(submissions).where(_of(submissions, team), submissions.c.author_id == user_id)
    for told in (await connection.execute(theirs)).all():
        workspace = Workspace(told.enterprise_id, told.team_id)
        story = within(stories, workspace, submission_id=told.id)
        for row in (await connection.execute(select(stories).where(story))).all():
            await connection.execute(update(stories).where(story).values(story=_uncredited(row.story)))
        # A story that was withdrawn since has only its weeks left; its id ends with the beginning of the submission's.
        told_in = select(weeks).where(within(weeks, workspace), weeks.c.story_id.endswith(f"-{told.id[:8]}"))
        for week in (await connection.execute(told_in)).all():
            this = within(weeks, workspace, channel_id=week.channel_id, on=week.on)
            frozen = {"story": _uncredited(week.story), "message": _retold(week.message, told.author_name)}
            await connection.execute(update(weeks).where(this).values(frozen))
        newer = {"edition": libraries.c.edition + 1, "changed_at": now}
        await _change(connection, update(libraries).where(within(libraries, workspace)).values(newer), Subject.STORIES)


async def _touch_installed_by(connection: AsyncConnection, team: str, user_id: str, now: datetime) -> None:
    """Have every replica look again at the installations of a person, by which each knows what they may."""
    theirs = update(installations).where(_of(installations, team), installations.c.installer_id == user_id)
    await _change(connection, theirs.values(changed_at=now), Subject.INSTALLATION)


async def _change(connection: AsyncConnection, change: Update, subject: Subject) -> int:
    """Change what each replica keeps in memory, and tell them; how many rows that were."""
    changed = (await connection.execute(change.returning(change.table.c.enterprise_id, change.table.c.team_id))).all()
    for key in changed:
        await tell(connection, subject, *key)
    return len(changed)


async def _dismiss(connection: AsyncConnection, team: str, user_id: str) -> int:
    """Take a person off the moderators; in how many workspaces they were one."""
    count = 0
    for row in (await connection.execute(select(moderation).where(_of(moderation, team)))).all():
        left = [moderator_id for moderator_id in row.moderator_ids if moderator_id != user_id]
        if left != row.moderator_ids:
            this = within(moderation, Workspace(row.enterprise_id, row.team_id))
            await connection.execute(update(moderation).where(this).values(moderator_ids=left))
            count += 1
    return count


def _uncredited(story: dict[str, Any]) -> dict[str, Any]:
    return {**story, "told_by": COLLEAGUE, "sources": []}


def _retold(message: Any, name: str) -> Any:
    """A frozen message in which a story is told by a colleague."""
    match message:
        case str():
            return message.replace(f"told by {name}", _BY).replace(f"told by {html.escape(name, quote=False)}", _BY)
        case list():
            return [_retold(part, name) for part in message]
        case dict():
            return {key: _retold(part, name) for key, part in message.items()}
    return message


_BY = f"told by {COLLEAGUE}"


def _of(table: Any, team: str) -> ColumnElement[bool]:
    return or_(table.c.team_id == team, table.c.enterprise_id == team)
