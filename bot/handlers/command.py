"""`/story …`: answered in the acknowledgement itself, for the eyes of whoever typed it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.text import typed
from bot.domain import request
from bot.handlers.answer import answer, reader_of
from bot.services.sharing import Sharing


def register(app: AsyncApp, command: str, sharing: Sharing) -> None:
    app.command(command)(partial(story_command, sharing))


async def story_command(
    sharing: Sharing, ack: AsyncAck, command: Mapping[str, Any], context: Mapping[str, Any]
) -> None:
    asked = request.parse(typed(command.get("text") or ""))
    # In a direct message there is nobody to share a story with.
    in_channel = not str(command.get("channel_id") or "").startswith("D")
    message = answer(sharing, reader_of(context), asked, command=command["command"], sharable=in_channel)
    await ack(response_type="ephemeral", unfurl_links=False, unfurl_media=False, **message)
