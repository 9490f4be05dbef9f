"""Opening a form and taking it in; Slack allows three seconds for either, and opens only one for each click."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from slack_bolt.async_app import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks.submit import errors
from bot.domain.draft import DraftErrors
from bot.errors import StoreUnavailableError, TooSlowError, UserError
from bot.patience import in_time
from bot.slack_errors import FAILED, error_of

ANSWER_BY = "answer_by"
"""Under this name Bolt's context holds the moment, by the event loop's clock, until which Slack has to be answered."""
_NOT_SAVED = "I could not save this just now. Nothing here is lost: please send it again in a moment."
_EXPIRED = {"expired_trigger_id", "exchanged_trigger_id", "trigger_expired", "trigger_exchanged"}

_Told = TypeVar("_Told")


@asynccontextmanager
async def told_in_form(ack: AsyncAck, again: Callable[[UserError], Awaitable[object]]) -> AsyncIterator[None]:
    """Whatever is in the way of a form that was sent is told in it: under its fields, or else by `again`."""
    try:
        yield
    except DraftErrors as found:
        await ack(response_action="errors", errors=errors(found))
    except UserError as refused:
        await again(refused)
    except StoreUnavailableError:
        await again(UserError(_NOT_SAVED))


def under_field(ack: AsyncAck, block_id: str) -> Callable[[UserError], Awaitable[object]]:
    """Tells what is in the way under one field, where a form is too small to be redrawn for it."""
    return lambda trouble: ack(response_action="errors", errors={block_id: str(trouble)})


async def while_slack_waits(work: Coroutine[Any, Any, _Told], context: Mapping[str, Any]) -> _Told:
    """What `work` gives; TooSlowError when Slack can wait no longer, whatever took so long.

    What has begun goes on. So what is asked of Slack is one such work and what is kept another, which does not begin
    too late: nothing that is said not to be saved is saved because Slack was slow. A write cannot be called back, so
    sending the same form again must be harmless.
    """
    left = context[ANSWER_BY] - asyncio.get_running_loop().time()
    if left <= 0:
        work.close()
        raise TooSlowError("it took too long before")
    try:
        return await in_time(work, left)
    except TimeoutError:
        raise TooSlowError("it takes too long") from None


async def open_form(client: AsyncWebClient, body: Mapping[str, Any], view: dict[str, Any]) -> str:
    """Open `view` for whoever pressed or typed, and give its id; UserError tells what to do when Slack does not."""
    trigger_id = str(body.get("trigger_id"))
    try:
        # From a modal on top of it; the Home tab is a view too, and takes none.
        if (body.get("view") or {}).get("type") == "modal":
            opened = await client.views_push(trigger_id=trigger_id, view=view)
        else:
            opened = await client.views_open(trigger_id=trigger_id, view=view)
    except FAILED as failed:
        if error_of(failed) in _EXPIRED:
            raise UserError("That took too long, and Slack gave up opening it. Please try once more.") from failed
        raise UserError("Slack could not open it just now. Please try again in a moment.") from failed
    return str((opened.get("view") or {}).get("id") or "")
