"""What somebody has told, and what they can still do with it: change, withdraw, send again."""

import uuid
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks import ids
from bot.blocks.message import Message
from bot.blocks.mine import mine
from bot.blocks.review import read_version
from bot.blocks.submit import FormMeta, Purpose
from bot.domain.draft import Draft
from bot.domain.person import Person
from bot.handlers.permissions import person_of
from bot.handlers.replies import Replies
from bot.handlers.submit import Submitting
from bot.services.submissions import Submissions

Payload = Mapping[str, Any]


class Mine:
    """`command` is the slash command's name."""

    def __init__(self, submissions: Submissions, submitting: Submitting, replies: Replies, command: str) -> None:
        self._submissions = submissions
        self._submitting = submitting
        self._replies = replies
        self._command = command

    def register(self, app: AsyncApp) -> None:
        app.action(ids.CHANGE_OWN)(self.change)
        app.action(ids.WITHDRAW)(self.withdraw)
        app.action(ids.TELL_AGAIN)(self.tell_again)

    async def listed(self, person: Person) -> Message:
        return mine(await self._submissions.mine(person), self._command)

    async def change(
        self, ack: AsyncAck, body: Payload, action: Payload, context: Payload, client: AsyncWebClient
    ) -> None:
        await ack()
        person = person_of(context)
        submission = await self._submissions.to_change(person, read_version(action["value"]).submission_id)
        meta = FormMeta(uuid.uuid4().hex, Purpose.EDIT, submission.id, submission.revision, submission.permalink or "")
        draft = Draft.from_told(submission.told, submission.author.credit)
        await self._submitting.open(person, draft, meta, body, client)

    async def tell_again(
        self, ack: AsyncAck, body: Payload, action: Payload, context: Payload, client: AsyncWebClient
    ) -> None:
        """A story that was not taken, to be changed and sent as a new one."""
        await ack()
        person = person_of(context)
        submission = await self._submissions.own(person, read_version(action["value"]).submission_id)
        meta = FormMeta(uuid.uuid4().hex, permalink=submission.permalink or "")
        draft = Draft.from_told(submission.told, submission.author.credit)
        await self._submitting.open(person, draft, meta, body, client)

    async def withdraw(self, ack: AsyncAck, body: Payload, action: Payload, context: Payload) -> None:
        await ack()
        person = person_of(context)
        await self._submissions.withdraw(person, read_version(action["value"]).submission_id)
        await self._replies.replace(body, await self.listed(person))
