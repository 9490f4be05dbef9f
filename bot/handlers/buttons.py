"""The buttons of a card and of a list: share, another one, read it all, and whatever leads from list to story."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks import ids, lists
from bot.blocks.message import Message
from bot.blocks.pick import Pick, read_pick
from bot.blocks.story import full, shared
from bot.handlers.answer import draw
from bot.handlers.forms import open_form
from bot.handlers.permissions import reader_of
from bot.handlers.replies import Replies
from bot.services.once import Once
from bot.services.shelves import Shelves

Payload = Mapping[str, Any]


def register(app: AsyncApp, shelves: Shelves, replies: Replies, once: Once) -> None:
    app.action(ids.SHARE)(partial(share_story, shelves, replies, once))
    app.action(ids.ANOTHER)(partial(another_story, shelves, replies))
    app.action(ids.READ)(partial(read_story, shelves))
    app.action(_numbered(ids.RUNNER_UP))(partial(show_story, shelves, replies))
    app.action(ids.SHOW_STORY)(partial(show_story, shelves, replies))
    app.action(_numbered(ids.SHOW_THEME))(partial(show_theme, shelves, replies))
    app.action(ids.SHOW_THEMES)(partial(show_themes, shelves, replies))


async def share_story(
    shelves: Shelves, replies: Replies, once: Once, ack: AsyncAck, body: Payload, action: Payload, context: Payload
) -> None:
    await ack()
    pick, reader = read_pick(action["value"]), reader_of(context)
    sharing = await shelves.of(reader)
    await sharing.ponder(pick.words)
    story = sharing.story(pick.story_id)
    place = body["container"]

    async def post() -> None:
        await replies.tell_all(body, shared(story, sharing.library.themes_of(story), reader.user_id))

    # A second press before the card is redrawn is the same wish.
    key = ("share", reader, place.get("channel_id"), place.get("message_ts"), story.id)
    # Somebody who presses again after a failure has looked, and means it.
    await once.run(key, post, try_again_after=lambda error: True)
    if _is_ephemeral(body):
        found = sharing.show(reader, pick.story_id, pick.words, pick.shown)
        note = "You shared this story with the channel."
        await replies.replace(body, draw(sharing, reader.user_id, found, sharable=False, shown=pick.shown, note=note))


async def another_story(
    shelves: Shelves, replies: Replies, ack: AsyncAck, body: Payload, action: Payload, context: Payload
) -> None:
    await ack()
    pick, reader = read_pick(action["value"]), reader_of(context)
    sharing = await shelves.of(reader)
    await sharing.ponder(pick.words)
    shown = (*pick.shown, pick.story_id)
    sharable = not _is_direct(body)
    if found := sharing.another(reader, pick.words, shown):
        message = draw(sharing, reader.user_id, found, sharable=sharable, shown=shown)
    else:
        found = sharing.show(reader, pick.story_id, pick.words, pick.shown)
        note = _no_further(pick.words)
        message = draw(sharing, reader.user_id, found, sharable=sharable, shown=pick.shown, more=False, note=note)
    await _answer(replies, body, pick, message)


async def read_story(
    shelves: Shelves, ack: AsyncAck, body: Payload, action: Payload, context: Payload, client: AsyncWebClient
) -> None:
    await ack()
    sharing = await shelves.of(reader_of(context))
    story = sharing.story(read_pick(action["value"]).story_id)
    await open_form(client, body, full(story, sharing.library.themes_of(story)))


async def show_story(
    shelves: Shelves, replies: Replies, ack: AsyncAck, body: Payload, action: Payload, context: Payload
) -> None:
    await ack()
    pick, reader = read_pick(action["value"]), reader_of(context)
    sharing = await shelves.of(reader)
    await sharing.ponder(pick.words)
    found = sharing.show(reader, pick.story_id, pick.words, pick.shown)
    message = draw(sharing, reader.user_id, found, sharable=not _is_direct(body), shown=pick.shown)
    await _answer(replies, body, pick, message)


async def show_theme(
    shelves: Shelves, replies: Replies, ack: AsyncAck, body: Payload, action: Payload, context: Payload
) -> None:
    await ack()
    reader = reader_of(context)
    sharing = await shelves.of(reader)
    theme = sharing.theme(action["value"])
    message = lists.stories_of(theme, sharing.library.stories_with(theme.id), reader.user_id)
    await _answer(replies, body, Pick(""), message)


async def show_themes(shelves: Shelves, replies: Replies, ack: AsyncAck, body: Payload, context: Payload) -> None:
    await ack()
    sharing = await shelves.of(reader_of(context))
    await _answer(replies, body, Pick(""), lists.themes(sharing.library))


async def _answer(replies: Replies, body: Payload, pick: Pick, message: Message) -> None:
    """Redraw a message that is the presser's own; leave other people's as they are and answer beside them."""
    if _is_own(body, pick):
        await replies.replace(body, message)
    else:
        await replies.whisper(body, message)


def _is_own(body: Payload, pick: Pick) -> bool:
    return _is_ephemeral(body) or _is_direct(body) or pick.user_id == body["user"]["id"]


def _is_ephemeral(body: Payload) -> bool:
    return bool(body["container"].get("is_ephemeral"))


def _is_direct(body: Payload) -> bool:
    return str(body["container"].get("channel_id", "")).startswith("D")


def _no_further(words: str) -> str:
    return f"That was the last one on “{words}”." if words else "That was the last one."


def _numbered(action_id: str) -> re.Pattern[str]:
    # An action_id may stand once in a block: buttons in a row carry their position.
    return re.compile(rf"{re.escape(action_id)}(:\d+)?$")
