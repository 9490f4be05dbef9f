"""Deciding about stories: the card and its buttons, what waits, and what is said about it later."""

import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks import ids
from bot.blocks.message import Message
from bot.blocks.review import (
    card,
    decision,
    queue,
    read_rejection,
    read_version,
    reject_form,
    reminder,
)
from bot.blocks.submit import FormMeta, Purpose, form, read
from bot.domain.draft import Draft
from bot.domain.outgoing import Kind, Outgoing
from bot.domain.person import Person
from bot.domain.submission import Credit, State, Submission
from bot.errors import UserError
from bot.handlers.forms import open_form, told_in_form, under_field, while_slack_waits
from bot.handlers.permissions import person_of
from bot.handlers.replies import Replies
from bot.services.shelves import Shelves
from bot.services.submissions import Submissions

Payload = Mapping[str, Any]


class Reviewing:
    """`command` is the slash command's name."""

    def __init__(self, submissions: Submissions, shelves: Shelves, replies: Replies, command: str) -> None:
        self._submissions = submissions
        self._shelves = shelves
        self._replies = replies
        self._command = command

    def register(self, app: AsyncApp) -> None:
        app.action(ids.APPROVE)(self.approve)
        app.action(ids.EDIT_AND_APPROVE)(self.edit)
        app.action(ids.REJECT)(self.ask_why)
        app.action(ids.SHOW_SUBMISSION)(self.show)
        app.view(ids.EDIT_FORM)(self.edited)
        app.view(ids.REJECT_FORM)(self.reject)

    @property
    def draws(self) -> dict[Kind, Callable[[Outgoing], Awaitable[Message | None]]]:
        """How what is in the outbox looks."""
        return {
            Kind.REVIEW_CARD: self.draw_card,
            Kind.REVIEW_UPDATE: self.draw_card,
            Kind.REVIEW_REMINDER: self.draw_reminder,
            Kind.DECISION: self.draw_decision,
        }

    # What moderators do

    async def queue(self, moderator: Person) -> Message:
        waiting = await self._submissions.waiting(moderator)
        return queue(waiting, await self._submissions.count_waiting(moderator.workspace))

    async def show(self, ack: AsyncAck, body: Payload, action: Payload, context: Payload) -> None:
        await ack()
        version = read_version(action["value"])
        submission = await self._submissions.get(person_of(context).workspace, version.submission_id)
        await self._replies.replace(body, await self._card(submission))

    async def approve(self, ack: AsyncAck, body: Payload, action: Payload, context: Payload) -> None:
        await ack()
        version = read_version(action["value"])
        decided = await self._submissions.approve(person_of(context), version.submission_id, version.revision)
        await self._show_verdict(body, decided)

    async def edit(
        self, ack: AsyncAck, body: Payload, action: Payload, context: Payload, client: AsyncWebClient
    ) -> None:
        await ack()
        version, moderator = read_version(action["value"]), person_of(context)
        submission = await self._submissions.to_decide(moderator, version.submission_id, version.revision)
        meta = FormMeta(uuid.uuid4().hex, Purpose.EDIT_AND_APPROVE, submission.id, submission.revision)
        sharing = await self._shelves.of_workspace(moderator.workspace)
        # Who wrote it is no part of the form.
        draft = Draft.from_told(submission.text, Credit.NOBODY)
        await open_form(client, body, form(sharing.library.themes, draft, meta))

    async def edited(self, ack: AsyncAck, view: Payload, context: Payload) -> None:
        """Approve the moderator's version; whatever is in the way is told in the form, with their text."""
        meta, draft = read(view)
        moderator = person_of(context)
        themes = (await self._shelves.of_workspace(moderator.workspace)).library.themes

        async def again(trouble: UserError) -> None:
            await ack(response_action="update", view=form(themes, draft, meta, trouble=str(trouble)))

        async with told_in_form(ack, again):
            told = draft.told([theme.id for theme in themes])
            await while_slack_waits(
                self._submissions.approve(moderator, meta.submission_id, meta.revision, told), context
            )
            await ack()

    async def ask_why(
        self, ack: AsyncAck, body: Payload, action: Payload, context: Payload, client: AsyncWebClient
    ) -> None:
        await ack()
        version, moderator = read_version(action["value"]), person_of(context)
        submission = await self._submissions.to_decide(moderator, version.submission_id, version.revision)
        meta = FormMeta(uuid.uuid4().hex, Purpose.REJECT, submission.id, submission.revision)
        is_told = submission.author.user_id is not None
        await open_form(client, body, reject_form(meta, submission.text.title, author_is_told=is_told))

    async def reject(self, ack: AsyncAck, view: Payload, context: Payload) -> None:
        async with told_in_form(ack, under_field(ack, "own_words")):
            meta, reason = read_rejection(view)
            moderator = person_of(context)
            await while_slack_waits(
                self._submissions.reject(moderator, meta.submission_id, meta.revision, reason), context
            )
            await ack()

    async def _show_verdict(self, body: Payload, decided: Submission) -> None:
        """Cards in conversations are redrawn by way of the outbox; one for the presser's eyes only is redrawn here."""
        if body["container"].get("is_ephemeral"):
            await self._replies.replace(body, await self._card(decided))

    # What is said later

    async def draw_card(self, outgoing: Outgoing) -> Message | None:
        submission = await self._submissions.get(outgoing.workspace, outgoing.about)
        return await self._card(submission, name_in=f"{self._command} review" if outgoing.is_in_channel else None)

    async def draw_reminder(self, outgoing: Outgoing) -> Message | None:
        submission = await self._submissions.get(outgoing.workspace, outgoing.about)
        if submission.state is not State.PENDING:
            return None
        return reminder(await self._submissions.count_waiting(outgoing.workspace), self._command)

    async def draw_decision(self, outgoing: Outgoing) -> Message | None:
        submission = await self._submissions.get(outgoing.workspace, outgoing.about)
        return decision(submission, self._command) if submission.state is not State.WITHDRAWN else None

    async def _card(self, submission: Submission, name_in: str | None = None) -> Message:
        themes = (await self._shelves.of_workspace(submission.workspace)).library
        hints: list[str] = []
        if submission.state is State.PENDING:
            hints = await self._submissions.warnings(submission.workspace, submission.text, submission.id)
        shown = [theme for theme in map(themes.theme, submission.text.themes) if theme]
        before = await self._submissions.before_change(submission)
        return card(submission, shown, hints=hints, before=before, name_in=name_in)
