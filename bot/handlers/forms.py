"""Opening a form, which Slack allows once and within three seconds of the click."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import UserError
from bot.slack_errors import FAILED, error_of

_EXPIRED = {"expired_trigger_id", "exchanged_trigger_id", "trigger_expired", "trigger_exchanged"}


async def open_form(client: AsyncWebClient, body: Mapping[str, Any], view: dict[str, Any]) -> None:
    """Open `view` for whoever pressed or typed; UserError tells what to do when Slack does not."""
    trigger_id = body["trigger_id"]
    try:
        if body.get("view"):
            await client.views_push(trigger_id=trigger_id, view=view)
        else:
            await client.views_open(trigger_id=trigger_id, view=view)
    except FAILED as failed:
        if error_of(failed) in _EXPIRED:
            raise UserError("That took too long, and Slack gave up opening it. Please try once more.") from failed
        raise UserError("Slack could not open it just now. Please try again in a moment.") from failed
