"""A story asked for in words: by mentioning the bot, answered in the thread, or in a direct message, answered there."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks.message import QUIETLY
from bot.blocks.text import typed
from bot.domain import request
from bot.handlers.answer import answer
from bot.handlers.permissions import reader_of
from bot.services.once import Once
from bot.services.shelves import Shelves
from bot.slack_errors import is_refused_for_now

Payload = Mapping[str, Any]


def register(app: AsyncApp, command: str, shelves: Shelves, once: Once) -> None:
    app.event("app_mention")(partial(asked_in_words, shelves, once, command))
    app.event("message")(partial(asked_in_words, shelves, once, command))


async def asked_in_words(
    shelves: Shelves,
    once: Once,
    command: str,
    event: Payload,
    body: Payload,
    context: Payload,
    client: AsyncWebClient,
) -> None:
    match event:
        case {"channel": str(channel_id), "ts": str(ts), "text": str(text)} if _is_a_persons(event):
            reader, in_channel = reader_of(context), event.get("type") == "app_mention"
        case _:
            return

    async def post() -> None:
        asked = request.parse_said(typed(text))
        sharing = await shelves.of(reader)
        if isinstance(asked, request.Find):
            await sharing.ponder(asked.words)
        message = answer(sharing, reader, asked, command=command, sharable=in_channel)
        await client.chat_postMessage(
            channel=channel_id,
            thread_ts=event.get("thread_ts") or (ts if in_channel else None),
            text=message["text"],
            blocks=message["blocks"],
            **QUIETLY,
        )

    # The same words can arrive as two events: as `app_mention` and as `message`.
    await once.run(("message", reader.workspace, channel_id, ts), post, try_again_after=is_refused_for_now)


def _is_a_persons(event: Payload) -> bool:
    """Whether a person said this to the bot: no bot (itself included), no edit, no deletion, no join.

    Messages in channels are none of our business unless they mention us, and then come as `app_mention`.
    """
    to_us = event.get("type") == "app_mention" or event.get("channel_type") == "im"
    said = event.get("subtype") in (None, "file_share") and not event.get("bot_id")
    return to_us and said and bool(event.get("user"))
