"""Says what is due in the outbox: draws it as things are now, posts it, and reads Slack's answer."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks.message import QUIETLY, Message
from bot.domain.outgoing import (
    Claimed,
    Dropped,
    Kind,
    Outcome,
    Outgoing,
    Posted,
    Refused,
    RefusedForNow,
    Unknown,
)
from bot.domain.workspace import Workspace
from bot.slack_errors import FAILED, error_of, is_refused_for_now, is_unconfirmed

Draw = Callable[[Outgoing], Awaitable[Message | None]]
ClientOf = Callable[[Workspace], Awaitable[AsyncWebClient]]

# How long to wait where Slack does not say.
_AGAIN_AFTER = timedelta(seconds=5)


class Sender:
    """Sends one claimed row; `draws` says how each kind looks, None for what there is no reason to say any more."""

    def __init__(self, draws: Mapping[Kind, Draw], client_of: ClientOf) -> None:
        self._draws = draws
        self._client_of = client_of

    async def send(self, claimed: Claimed) -> Outcome:
        outgoing = claimed.outgoing
        message = await self._draws[outgoing.kind](outgoing)
        needs_base = outgoing.changes or outgoing.replies_to
        if message is None or (needs_base and claimed.base is None):
            return Dropped()
        try:
            return await self._call(outgoing, claimed.base, message)
        except FAILED as failed:
            return _outcome(failed)

    async def _call(self, outgoing: Outgoing, base: Posted | None, message: Message) -> Posted:
        client = await self._client_of(outgoing.workspace)
        if base and outgoing.changes:
            await client.chat_update(
                channel=base.channel_id, ts=base.ts, text=message["text"], blocks=message["blocks"]
            )
            return base
        posted = await client.chat_postMessage(
            channel=outgoing.to,
            thread_ts=base.ts if base else None,
            text=message["text"],
            blocks=message["blocks"],
            metadata=message.get("metadata"),
            **QUIETLY,
        )
        return Posted(posted["channel"], posted["ts"])


def _outcome(failed: BaseException) -> Outcome:
    error = error_of(failed) or type(failed).__name__
    if is_refused_for_now(failed):
        return RefusedForNow(_retry_after(failed), error)
    if is_unconfirmed(failed) or not isinstance(failed, SlackApiError):
        return Unknown(error)
    return Refused(error)


def _retry_after(failed: BaseException) -> timedelta:
    headers = getattr(getattr(failed, "response", None), "headers", None) or {}
    seconds = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return timedelta(seconds=min(int(seconds), 3600)) if str(seconds).isdigit() else _AGAIN_AFTER
