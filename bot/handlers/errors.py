"""What a person is told when their request could not be answered, and what is logged for us."""

import json
import logging
import secrets
import traceback
from collections.abc import Mapping
from functools import partial
from typing import Any

from aiohttp import ClientError
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks.lists import apology
from bot.blocks.message import QUIETLY
from bot.blocks.submit import refused
from bot.errors import StoreUnavailableError, TooSlowError, UserError
from bot.handlers.forms import open_form
from bot.handlers.replies import Replies
from bot.slack_errors import error_of, is_refused_for_now, is_unconfirmed

Payload = Mapping[str, Any]

log = logging.getLogger(__name__)


def register(app: AsyncApp, replies: Replies) -> None:
    app.error(partial(tell, replies))


async def tell(
    replies: Replies, error: Exception, body: Payload, client: AsyncWebClient, response: BoltResponse
) -> None:
    """Say what went wrong to whoever asked, where they asked, and acknowledge what Slack sent.

    Only an event whose answer Slack refused for now, or that could not reach Slack (nothing was posted), is not
    acknowledged, so that Slack delivers it again.
    """
    if "event" in body and is_refused_for_now(error):
        response.status = 503
        return
    response.status = 200
    if "event" in body and is_unconfirmed(error):
        # It may have been posted: an apology beside the answer would only confuse.
        log.warning("Slack did not confirm an answer (%s)", _kind(error))
        return
    said = _words_for(error)
    message = apology(said)
    if body.get("type") == "view_submission":
        # On top of the form, so that what was typed is still there beneath.
        _answer(response, {"response_action": "push", "view": refused(said)})
        return
    if "command" in body:
        _answer(response, {"response_type": "ephemeral", **message})
        return
    try:
        if body.get("response_url"):
            await replies.whisper(body, message)
        elif body.get("trigger_id"):
            await _tell_one(body, client, said)
        elif channel_id := _asked_in(body):
            event = body["event"]
            in_channel = event["type"] == "app_mention"
            thread_ts = event.get("thread_ts") or (event.get("ts") if in_channel else None)
            text, blocks = message["text"], message["blocks"]
            await client.chat_postMessage(channel=channel_id, thread_ts=thread_ts, text=text, blocks=blocks, **QUIETLY)
    except (UserError, SlackApiError, ClientError, TimeoutError) as untold:
        log.warning("The person could not be told: %s", type(untold).__name__)


async def _tell_one(body: Payload, client: AsyncWebClient, said: str) -> None:
    """In a modal, or where Slack opens none any more, in a direct message."""
    try:
        await open_form(client, body, refused(said))
    except UserError:
        message = apology(said)
        text, blocks = message["text"], message["blocks"]
        await client.chat_postMessage(channel=body["user"]["id"], text=text, blocks=blocks, **QUIETLY)


def _answer(response: BoltResponse, answer: Payload) -> None:
    response.body = json.dumps(answer)
    response.headers["content-type"] = ["application/json"]


def _words_for(error: Exception) -> str:
    if isinstance(error, UserError):
        return str(error)
    if isinstance(error, TooSlowError):
        log.warning("An answer took longer than Slack waits")
        return "That took longer than Slack waits for me. Please try again in a moment."
    if isinstance(error, StoreUnavailableError):
        log.warning("An answer needs the database (%s)", error)
        return "I cannot reach what I keep just now. Please try again in a moment."
    reference = secrets.token_hex(4)
    # The message of an unexpected error may hold people's words: log where it happened, not what it says.
    where = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)))
    log.error("Unexpected %s, told as %s\n%s", _kind(error), reference, where)
    return f"Sorry, something went wrong on my side. If it happens again, tell whoever runs me: error {reference}."


def _kind(error: Exception) -> str:
    if isinstance(error, SlackApiError):
        return f"refusal by Slack ({error_of(error)})"
    return type(error).__name__


def _asked_in(body: Payload) -> str | None:
    match body:
        case {"event": {"type": "app_mention" | "message", "channel": str(channel_id)}}:
            return channel_id
    return None
