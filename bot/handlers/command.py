"""`/story …`: answered in the acknowledgement itself, for the eyes of whoever typed it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks.message import Message
from bot.blocks.text import typed, typed_lines
from bot.domain import request
from bot.domain.request import ListOwn, ListSaved, ListSchedules, Request, Review, Submit, ThisWeek
from bot.handlers.answer import answer
from bot.handlers.mine import Mine
from bot.handlers.permissions import person_of, reader_of
from bot.handlers.review import Reviewing
from bot.handlers.schedule import Scheduling
from bot.handlers.submit import Submitting
from bot.handlers.weekly import WeeklyPosts
from bot.services.shelves import Shelves

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Forms:
    """What a command can lead to beside a story."""

    submitting: Submitting
    mine: Mine
    reviewing: Reviewing
    scheduling: Scheduling
    posts: WeeklyPosts


def register(app: AsyncApp, command: str, shelves: Shelves, forms: Forms) -> None:
    app.command(command)(partial(story_command, shelves, forms))


async def story_command(
    shelves: Shelves, forms: Forms, ack: AsyncAck, command: Payload, context: Payload, client: AsyncWebClient
) -> None:
    text = command.get("text") or ""
    message = await _answer(shelves, forms, request.parse(typed(text)), command, context, client)
    if message is None:
        await ack()
    else:
        await ack(
            response_type="ephemeral",
            unfurl_links=False,
            unfurl_media=False,
            text=message["text"],
            blocks=message["blocks"],
        )


async def _answer(
    shelves: Shelves, forms: Forms, asked: Request, command: Payload, context: Payload, client: AsyncWebClient
) -> Message | None:
    """What is shown; None where a form was opened instead."""
    channel_id = str(command.get("channel_id") or "")
    match asked:
        case Submit():
            begun = request.parse(typed_lines(command.get("text") or ""))
            words = begun.words if isinstance(begun, Submit) else ""
            await forms.submitting.begin(person_of(context), words, command, client)
            return None
        case ListOwn():
            return await forms.mine.listed(person_of(context))
        case Review():
            return await forms.reviewing.queue(person_of(context))
        case ListSchedules():
            return await forms.scheduling.listed(person_of(context), command, client)
        case ThisWeek():
            return await forms.posts.this_week(reader_of(context), channel_id)
        case ListSaved():
            return await forms.posts.saved(person_of(context))
    reader = reader_of(context)
    # In a direct message there is nobody to share a story with.
    in_channel = not channel_id.startswith("D")
    return answer(await shelves.of(reader), reader, asked, command=command["command"], sharable=in_channel)
