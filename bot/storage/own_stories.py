"""Keeps the stories that a workspace's own people told and its moderators approved."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.story import Story
from bot.domain.workspace import Workspace
from bot.storage.database import Database
from bot.storage.news import Subject, tell
from bot.storage.statements import insert_or_update, of, within
from bot.storage.tables import libraries, stories


class OwnStoryStore:
    """A workspace's own stories, and their edition: a number that grows with each change."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def stories_of(self, workspace: Workspace) -> tuple[int, list[Story]]:
        """The edition and its stories, the first approved first; edition 0 when there never was one."""
        # The edition first: what is added in between makes these stories newer than they say, never older.
        async with self._database.reading() as connection:
            edition = await connection.scalar(select(libraries.c.edition).where(within(libraries, workspace))) or 0
            own = (
                select(stories.c.story).where(within(stories, workspace)).order_by(stories.c.approved_at, stories.c.id)
            )
            return edition, [Story.model_validate(story, strict=False) for story in await connection.scalars(own)]

    async def changed_since(self, moment: datetime) -> dict[Workspace, int]:
        """The edition of every workspace whose stories changed at or after `moment`."""
        changed = select(libraries).where(libraries.c.changed_at >= moment)
        async with self._database.reading() as connection:
            rows = await connection.execute(changed)
            return {Workspace(row.enterprise_id, row.team_id): row.edition for row in rows}

    async def approved_at(self, workspace: Workspace) -> dict[str, datetime]:
        """When each of its own stories was approved, by id."""
        query = select(stories.c.id, stories.c.approved_at).where(within(stories, workspace))
        async with self._database.reading() as connection:
            return {row.id: row.approved_at for row in await connection.execute(query)}

    async def import_all(self, workspace: Workspace, imported: Sequence[Story], at: datetime) -> int:
        """Add all or none; how many are new or different from what was there."""
        async with self._database.writing() as connection:
            rows = await connection.execute(select(stories.c.id, stories.c.story).where(within(stories, workspace)))
            known = {row.id: Story.model_validate(row.story, strict=False) for row in rows}
            new = [story for story in imported if known.get(story.id) != story]
            for position, story in enumerate(new):
                # A moment apart each: an export tells them in the order in which they came.
                moment = at + timedelta(microseconds=position)
                values = {"id": story.id, "story": story.model_dump(mode="json"), "approved_at": moment}
                await connection.execute(insert_or_update(connection, stories, {**of(workspace), **values}))
            if new:
                await _next_edition(connection, workspace, at)
        return len(new)

    async def workspaces(self) -> list[Workspace]:
        """Every workspace that has or had stories of its own."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(libraries.c.enterprise_id, libraries.c.team_id))
            return sorted(Workspace(row.enterprise_id, row.team_id) for row in rows)


async def add_story(
    connection: AsyncConnection, workspace: Workspace, story: Story, at: datetime, submission_id: str
) -> None:
    values = {
        "id": story.id,
        "story": story.model_dump(mode="json"),
        "submission_id": submission_id,
        "approved_at": at,
    }
    await connection.execute(insert(stories).values({**of(workspace), **values}))
    await _next_edition(connection, workspace, at)


async def remove_story(connection: AsyncConnection, workspace: Workspace, submission_id: str, at: datetime) -> None:
    await connection.execute(delete(stories).where(within(stories, workspace, submission_id=submission_id)))
    await _next_edition(connection, workspace, at)


async def _next_edition(connection: AsyncConnection, workspace: Workspace, at: datetime) -> None:
    values = {**of(workspace), "edition": 1, "changed_at": at}
    later = {"edition": libraries.c.edition + 1, "changed_at": at}
    await connection.execute(insert_or_update(connection, libraries, values, later))
    await tell(connection, Subject.STORIES, workspace.enterprise_id, workspace.team_id)
