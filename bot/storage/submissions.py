"""Keeps submissions, drafts, and each step of every decision."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Delete, Row, Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.outgoing import Kind, Outgoing
from bot.domain.submission import Author, Credit, State, Submission, Told
from bot.domain.workspace import Workspace
from bot.storage.database import Database
from bot.storage.outbox import put_in_line
from bot.storage.own_stories import add_story, remove_story
from bot.storage.statements import insert_or_ignore, insert_or_update, of, within
from bot.storage.tables import audit, drafts, outbox, submissions


class SubmissionStore:
    """Each change is one transaction: the submission, its step in the audit, and what has to be said about it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, submission: Submission, say: Sequence[Outgoing]) -> bool:
        """Keep a new submission and forget its author's draft; False when it is there already."""
        async with self._database.writing() as connection:
            values = of(submission.workspace) | _row(submission)
            added = await connection.execute(insert_or_ignore(connection, submissions, values))
            if added.rowcount != 1:
                return False
            await _audit(connection, None, submission, "submitted", submission.author.user_id)
            if submission.author.user_id:
                await connection.execute(_forgotten(submission.workspace, submission.author.user_id, submission.id))
            await put_in_line(connection, say, submission.created_at)
        return True

    async def change(
        self, before: Submission, after: Submission, what: str, who: str | None, at: datetime, say: Sequence[Outgoing]
    ) -> bool:
        """Keep `after` if `before` is still how things are; False when somebody was faster.

        An approved submission enters its workspace's library in the same moment, and leaves it when it is withdrawn.
        """
        this = within(submissions, before.workspace, id=before.id, revision=before.revision)
        async with self._database.writing() as connection:
            changed = await connection.execute(update(submissions).where(this).values(_row(after)))
            if changed.rowcount != 1:
                return False
            await _audit(connection, before, after, what, who, at)
            if after.state is State.APPROVED:
                await add_story(connection, after.workspace, after.as_story(), at, after.id)
            elif before.state is State.APPROVED:
                await remove_story(connection, before.workspace, before.id, at)
            await put_in_line(connection, say, at)
        return True

    async def get(self, workspace: Workspace, submission_id: str) -> Submission | None:
        async with self._database.reading() as connection:
            row = (
                await connection.execute(select(submissions).where(within(submissions, workspace, id=submission_id)))
            ).first()
        return _submission(row) if row else None

    async def by_author(self, workspace: Workspace, user_id: str, limit: int) -> list[Submission]:
        """The newest first."""
        theirs = within(submissions, workspace, author_id=user_id)
        return await self._list(
            select(submissions).where(theirs).order_by(submissions.c.created_at.desc()).limit(limit)
        )

    async def pending(self, workspace: Workspace, limit: int) -> list[Submission]:
        """What waits for a decision, the oldest first."""
        waiting = within(submissions, workspace, state=State.PENDING)
        return await self._list(select(submissions).where(waiting).order_by(submissions.c.created_at).limit(limit))

    async def before_change(self, workspace: Workspace, submission_id: str) -> Told | None:
        """The author's text before they last changed it; None when they never did."""
        this = within(audit, workspace, submission_id=submission_id, what="changed")
        query = select(audit.c.before).where(this).order_by(audit.c.revision.desc()).limit(1)
        async with self._database.reading() as connection:
            before = await connection.scalar(query)
        return Told.model_validate(before["told"]) if before else None

    async def carded(self, workspace: Workspace, submission_id: str) -> list[str]:
        """Where cards of a submission went, or will go."""
        cards = within(outbox, workspace, about=submission_id, kind=Kind.REVIEW_CARD)
        async with self._database.reading() as connection:
            return list(await connection.scalars(select(outbox.c.to).where(cards).order_by(outbox.c.to)))

    async def count_pending(self, workspace: Workspace) -> int:
        waiting = within(submissions, workspace, state=State.PENDING)
        async with self._database.reading() as connection:
            return await connection.scalar(select(func.count()).select_from(submissions).where(waiting)) or 0

    async def keep_draft(
        self, workspace: Workspace, user_id: str, form_id: str, draft: dict[str, Any], at: datetime
    ) -> None:
        """What stands in one form; those of other forms stay as they are."""
        values = of(workspace) | {"user_id": user_id, "form_id": form_id, "draft": draft, "changed_at": at}
        async with self._database.writing() as connection:
            await connection.execute(insert_or_update(connection, drafts, values))

    async def draft(self, workspace: Workspace, user_id: str) -> tuple[str, dict[str, Any]] | None:
        """The form that somebody wrote in last and did not send, and what stands in it."""
        theirs = within(drafts, workspace, user_id=user_id)
        query = select(drafts.c.form_id, drafts.c.draft).where(theirs).order_by(drafts.c.changed_at.desc()).limit(1)
        async with self._database.reading() as connection:
            found = (await connection.execute(query)).first()
        return (found.form_id, found.draft) if found else None

    async def forget_draft(self, workspace: Workspace, user_id: str, form_id: str) -> None:
        async with self._database.writing() as connection:
            await connection.execute(_forgotten(workspace, user_id, form_id))

    async def credit(self, submission: Submission, author: Author) -> bool:
        """Let a submission's author be known as `author`; of nobody no record is left. False: it has changed."""
        this = within(submissions, submission.workspace, id=submission.id, revision=submission.revision)
        known = {"credit": author.credit, "author_id": author.user_id, "author_name": author.name}
        steps = within(audit, submission.workspace, submission_id=submission.id, who=submission.author.user_id)
        async with self._database.writing() as connection:
            if (await connection.execute(update(submissions).where(this).values(known))).rowcount != 1:
                return False
            if author.user_id is None:
                await connection.execute(update(audit).where(steps).values(who=None))
        return True

    async def say(self, say: Sequence[Outgoing], at: datetime) -> None:
        """Put something in line that no change goes with."""
        async with self._database.writing() as connection:
            await put_in_line(connection, say, at)

    async def steps(self, workspace: Workspace, submission_id: str) -> list[tuple[str, str | None]]:
        """What was done to a submission and by whom, the first step first."""
        this = within(audit, workspace, submission_id=submission_id)
        async with self._database.reading() as connection:
            rows = await connection.execute(select(audit.c.what, audit.c.who).where(this).order_by(audit.c.revision))
            return [(row.what, row.who) for row in rows]

    async def _list(self, query: Select[Any]) -> list[Submission]:
        async with self._database.reading() as connection:
            return [_submission(row) for row in await connection.execute(query)]


async def _audit(
    connection: AsyncConnection,
    before: Submission | None,
    after: Submission,
    what: str,
    who: str | None,
    at: datetime | None = None,
) -> None:
    step = {
        "submission_id": after.id,
        "revision": after.revision,
        "who": who,
        "what": what,
        "at": at or after.created_at,
        "before": _state_of(before) if before else None,
        "after": _state_of(after),
    }
    await connection.execute(insert(audit).values(of(after.workspace) | step))


def _state_of(submission: Submission) -> dict[str, Any]:
    """What a step can change, as plain JSON."""
    return {
        "state": submission.state,
        "told": submission.told.model_dump(mode="json"),
        "edited": submission.edited.model_dump(mode="json") if submission.edited else None,
        "reason": submission.reason,
    }


def _row(submission: Submission) -> dict[str, Any]:
    return {
        "id": submission.id,
        "state": submission.state,
        "revision": submission.revision,
        "credit": submission.author.credit,
        "author_id": submission.author.user_id,
        "author_name": submission.author.name,
        "told": submission.told.model_dump(mode="json"),
        "edited": submission.edited.model_dump(mode="json") if submission.edited else None,
        "permalink": submission.permalink,
        "created_at": submission.created_at,
        "seconded_by": submission.seconded_by,
        "decided_by": submission.decided_by,
        "decided_at": submission.decided_at,
        "reason": submission.reason,
    }


def _submission(row: Row[Any]) -> Submission:
    return Submission(
        workspace=Workspace(row.enterprise_id, row.team_id),
        id=row.id,
        author=Author(Credit(row.credit), row.author_id, row.author_name),
        told=Told.model_validate(row.told),
        created_at=row.created_at,
        permalink=row.permalink,
        state=State(row.state),
        revision=row.revision,
        edited=Told.model_validate(row.edited) if row.edited else None,
        seconded_by=row.seconded_by,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reason=row.reason,
    )


def _forgotten(workspace: Workspace, user_id: str, form_id: str) -> Delete:
    return delete(drafts).where(within(drafts, workspace, user_id=user_id, form_id=form_id))
