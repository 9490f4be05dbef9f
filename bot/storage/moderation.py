"""Keeps how each workspace chose to review its people's stories."""

from typing import Any

from sqlalchemy import Row, and_, delete, or_, select

from bot.domain.moderation import Chosen, Moderation, Say
from bot.domain.outgoing import Kind
from bot.domain.submission import State
from bot.domain.workspace import Workspace
from bot.storage.database import Database
from bot.storage.outbox import DUE, REFUSED, put_in_line
from bot.storage.statements import insert_or_update, of, within
from bot.storage.tables import moderation as table
from bot.storage.tables import outbox, submissions


class ModerationStore:
    """One row a workspace, the choice that was made last."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def chosen(self, workspace: Workspace) -> Chosen | None:
        """None where nobody has chosen yet."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(table).where(within(table, workspace)))).first()
        return _chosen(row) if row else None

    async def choose(self, workspace: Workspace, chosen: Chosen, say: Say) -> int:
        """Keep it, and put what has to be said in line; how many submissions wait.

        A card that is there already stays one. What is still to be said to those who reviewed before is never said.
        What Slack refused is tried once more.
        """
        moderation = chosen.moderation
        values = {
            **of(workspace),
            "channel_id": moderation.channel,
            "moderator_ids": list(moderation.moderators),
            "group_id": moderation.group,
            "four_eyes": moderation.four_eyes,
            "self_approval": moderation.self_approval,
            "chosen_by": chosen.by,
            "chosen_at": chosen.at,
        }
        waiting = select(submissions.c.id).where(within(submissions, workspace, state=State.PENDING))
        # A card that is there already is redrawn all the same: whoever sees it sees the verdict.
        is_over = and_(outbox.c.state == DUE, outbox.c.to.not_in(moderation.reviewers))
        unsaid = delete(outbox).where(
            within(outbox, workspace, kind=Kind.REVIEW_CARD, changes=None), or_(is_over, outbox.c.state == REFUSED)
        )
        # Of two who choose at once, the second sees what the first chose; not so where nobody had chosen before, and
        # somebody whom both name hears it twice.
        last = select(table).where(within(table, workspace)).with_for_update()
        async with self._database.writing() as connection:
            row = (await connection.execute(last)).first()
            await connection.execute(insert_or_update(connection, table, values))
            await connection.execute(unsaid)
            ids = list(await connection.scalars(waiting.order_by(submissions.c.created_at)))
            await put_in_line(connection, say(_chosen(row) if row else None, ids), chosen.at)
        return len(ids)


def _chosen(row: Row[Any]) -> Chosen:
    moderation = Moderation(
        channel=row.channel_id,
        moderators=tuple(row.moderator_ids),
        group=row.group_id,
        four_eyes=row.four_eyes,
        self_approval=row.self_approval,
    )
    return Chosen(moderation, row.chosen_by, row.chosen_at)
