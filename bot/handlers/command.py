"""`/story …`: answered in the acknowledgement itself, for the eyes of whoever typed it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks.message import Message
from bot.blocks.text import typed, typed_lines
from bot.domain import request
from bot.domain.request import ListOwn, Review, Submit
from bot.handlers.answer import answer
from bot.handlers.mine import Mine
from bot.handlers.permissions import person_of, reader_of
from bot.handlers.review import Reviewing
from bot.handlers.submit import Submitting
from bot.services.shelves import Shelves


def register(
    app: AsyncApp, command: str, shelves: Shelves, submitting: Submitting, mine: Mine, reviewing: Reviewing
) -> None:
    app.command(command)(partial(story_command, shelves, submitting, mine, reviewing))


async def story_command(
    shelves: Shelves,
    submitting: Submitting,
    mine: Mine,
    reviewing: Reviewing,
    ack: AsyncAck,
    command: Mapping[str, Any],
    context: Mapping[str, Any],
    client: AsyncWebClient,
) -> None:
    async def show(message: Message) -> None:
        await ack(
            response_type="ephemeral",
            unfurl_links=False,
            unfurl_media=False,
            text=message["text"],
            blocks=message["blocks"],
        )

    text = command.get("text") or ""
    match request.parse(typed(text)):
        case Submit():
            begun = request.parse(typed_lines(text))
            words = begun.words if isinstance(begun, Submit) else ""
            await submitting.begin(person_of(context), words, command, client)
            await ack()
        case ListOwn():
            await show(await mine.listed(person_of(context)))
        case Review():
            await show(await reviewing.queue(person_of(context)))
        case asked:
            reader = reader_of(context)
            sharing = await shelves.of(reader)
            # In a direct message there is nobody to share a story with.
            in_channel = not str(command.get("channel_id") or "").startswith("D")
            await show(answer(sharing, reader, asked, command=command["command"], sharable=in_channel))
