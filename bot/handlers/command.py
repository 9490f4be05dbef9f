"""`/story …`: answered in the acknowledgement itself, for the eyes of whoever typed it."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks.message import Message
from bot.blocks.text import typed, typed_lines
from bot.domain import request
from bot.domain.request import (
    ChooseModeration,
    Find,
    Help,
    ListOwn,
    ListSaved,
    ListSchedules,
    ListThemes,
    Review,
    Submit,
    Surprise,
    ThisWeek,
)
from bot.domain.workspace import Reader
from bot.handlers.answer import answer, find, show
from bot.handlers.mine import Mine
from bot.handlers.moderation import Choosing
from bot.handlers.permissions import person_of, reader_of
from bot.handlers.review import Reviewing
from bot.handlers.schedule import Scheduling
from bot.handlers.submit import Submitting
from bot.handlers.weekly import WeeklyPosts
from bot.handlers.written import Written
from bot.services.sharing import Sharing
from bot.services.shelves import Shelves

Payload = Mapping[str, Any]

_JSON: dict[str, str | Sequence[str]] = {"content-type": ["application/json"]}


class Reading(AsyncMiddleware):
    """Answers whoever asks for a story, before Bolt looks through its listeners: this is what people wait for.

    Everybody may read, so it stands before the table of who may do what; and where there is one workspace, whose token
    is known, before Bolt authorises the request, since reading needs no token (`bot.app`).
    """

    def __init__(self, command: str, shelves: Shelves) -> None:
        self._command = command
        self._shelves = shelves
        self._written = Written()

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse | None:
        if req.body.get("command") != self._command:
            return await next()
        match _asked(req.body.get("text") or ""):
            case (Find() | Surprise() | ListThemes() | Help()) as asked:
                reader = reader_of(req.context)
                # In a direct message there is nobody to share a story with.
                in_channel = not str(req.body.get("channel_id") or "").startswith("D")
                sharing = await self._shelves.of(reader)
                if isinstance(asked, Find):
                    await sharing.ponder(asked.words)
                body = self._body(sharing, reader, asked, in_channel=in_channel)
                return BoltResponse(status=200, body=body, headers=_JSON)
            case _:
                return await next()

    def _body(
        self, sharing: Sharing, reader: Reader, asked: Find | Surprise | ListThemes | Help, *, in_channel: bool
    ) -> str:
        if not isinstance(asked, Find):
            return _json(answer(sharing, reader, asked, command=self._command, sharable=in_channel))
        found = find(sharing, reader, asked.words)
        # Nobody else sees an acknowledgement, so its buttons need not know whose it is: it serves the next one as well.
        return self._written.body(
            sharing, found, in_channel, lambda: _json(show(sharing, "", found, sharable=in_channel))
        )


@dataclass(frozen=True, slots=True)
class Forms:
    """What a command can lead to beside a story."""

    submitting: Submitting
    mine: Mine
    reviewing: Reviewing
    choosing: Choosing
    scheduling: Scheduling
    posts: WeeklyPosts


def register(app: AsyncApp, command: str, forms: Forms) -> None:
    app.command(command)(partial(story_command, forms))


async def story_command(
    forms: Forms, ack: AsyncAck, command: Payload, context: Payload, client: AsyncWebClient
) -> None:
    """What is about one's own stories, other people's, or a channel's."""
    message = await _answer(forms, command, context, client)
    await (ack() if message is None else ack(**_whispered(message)))


async def _answer(forms: Forms, command: Payload, context: Payload, client: AsyncWebClient) -> Message | None:
    """What is shown; None where a form was opened instead."""
    text = command.get("text") or ""
    match request.parse(typed(text)):
        case Submit():
            begun = request.parse(typed_lines(text))
            words = begun.words if isinstance(begun, Submit) else ""
            await forms.submitting.begin(person_of(context), words, command, client)
        case ListOwn():
            return await forms.mine.listed(person_of(context))
        case Review():
            return await forms.reviewing.queue(person_of(context))
        case ChooseModeration():
            await forms.choosing.open(person_of(context), command, client)
        case ListSchedules():
            return await forms.scheduling.listed(person_of(context), command, client)
        case ThisWeek():
            return await forms.posts.this_week(reader_of(context), str(command.get("channel_id") or ""))
        case ListSaved():
            return await forms.posts.saved(person_of(context))
    return None


# Of a command, which many type alike, and of no message.
@lru_cache(maxsize=256)
def _asked(text: str) -> request.Request:
    return request.parse(typed(text))


def _json(message: Message) -> str:
    return json.dumps(_whispered(message), separators=(",", ":"))


def _whispered(message: Message) -> dict[str, Any]:
    """A message as an acknowledgement, for the eyes of whoever typed."""
    return {
        "response_type": "ephemeral",
        "unfurl_links": False,
        "unfurl_media": False,
        "text": message["text"],
        "blocks": message["blocks"],
    }
