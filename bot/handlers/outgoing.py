"""Says what is due in the outbox: draws it as things are now, posts it, and reads Slack's answer."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from slack_sdk.errors import SlackApiError

from bot.blocks.message import QUIETLY, Message
from bot.clients import ClientOf
from bot.domain.clock import Now
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
from bot.seeing import tracing
from bot.seeing.incoming import CURRENT, Saying
from bot.slack_errors import FAILED, error_of, is_refused_for_now, is_unconfirmed, retry_after

log = logging.getLogger(__name__)

Draw = Callable[[Outgoing], Awaitable[Message | None]]

# How long to wait where Slack does not say; twice as long with each try.
_AGAIN_AFTER = timedelta(seconds=5)
_AGAIN_AFTER_AT_MOST = timedelta(minutes=5)
# What somebody mends, or invites us to, before long; until then nothing that we would say is lost.
_UNTIL_MENDED = frozenset(
    {
        "access_denied",
        "account_inactive",
        "invalid_auth",
        "missing_scope",
        "not_authed",
        "org_login_required",
        "team_added_to_org",
        "token_expired",
        "token_revoked",
    }
)
_UNTIL_INVITED = frozenset({"channel_not_found", "is_archived", "not_in_channel"})


class Sender:
    """Sends one claimed row; `draws` says how each kind looks, None for what there is no reason to say any more."""

    def __init__(self, draws: Mapping[Kind, Draw], client_of: ClientOf, now: Now) -> None:
        self._draws = draws
        self._client_of = client_of
        self._now = now

    async def send(self, claimed: Claimed) -> Outcome:
        outgoing = claimed.outgoing
        saying = Saying(outgoing.workspace.team_id, outgoing.kind)
        CURRENT.set(saying)
        with tracing.trace("outbox", saying):
            return await self._send(claimed)

    async def _send(self, claimed: Claimed) -> Outcome:
        outgoing = claimed.outgoing
        message = await self._draws[outgoing.kind](outgoing)
        needs_base = outgoing.changes or outgoing.replies_to
        if message is None or (needs_base and claimed.base is None):
            return Dropped()
        # Drawn beforehand, it is said in its very moment: what bunches, Slack refuses.
        await asyncio.sleep((claimed.say_at - self._now()).total_seconds())
        if self._now() > claimed.say_until:
            # This process stood still: by the time of an answer its lease may be over, and another's word count.
            return RefusedForNow(timedelta(), "too_late")
        try:
            return await self._call(outgoing, claimed.base, message)
        except FAILED as failed:
            return _outcome(claimed, failed)

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


def _outcome(claimed: Claimed, failed: BaseException) -> Outcome:
    error = error_of(failed) or type(failed).__name__
    if is_refused_for_now(failed):
        return RefusedForNow(retry_after(failed) or _longer_each_time(claimed.tries), error)
    if is_unconfirmed(failed) or not isinstance(failed, SlackApiError):
        return Unknown(error)
    is_card = claimed.outgoing.kind is Kind.REVIEW_CARD
    if error in _UNTIL_MENDED or (is_card and error in _UNTIL_INVITED):
        log.error("Slack takes a message once this is mended: %s (%s)", error, claimed.outgoing.kind)
        return RefusedForNow(_AGAIN_AFTER_AT_MOST, error)
    return Refused(error)


def _longer_each_time(tries: int) -> timedelta:
    return min(_AGAIN_AFTER * (1 << min(tries - 1, 10)), _AGAIN_AFTER_AT_MOST)
