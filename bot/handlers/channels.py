"""Being in a channel before something is to be posted there, and who else is."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import UserError
from bot.slack_errors import FAILED, error_of

# Slack gives fewer than 1,000 members in one answer.
_MEMBERS = 999
# It is a kindness to say who is missing; a form that was sent cannot wait for it.
_ASK_SECONDS = 0.7


class NotInvitedError(UserError):
    """The bot is not in a public channel, which it may join by itself when asked to."""


async def be_in(client: AsyncWebClient, channel_id: str, *, joins: bool) -> Mapping[str, Any]:
    """Make sure that the bot is in a channel, and join a public one if `joins`; UserError tells what else to do.

    Gives the channel as Slack describes it (docs: conversation object).
    """
    try:
        channel = (await client.conversations_info(channel=channel_id))["channel"]
        if channel.get("is_archived"):
            raise UserError("That channel is archived, so nothing can be posted there. Choose another.")
        if channel.get("is_ext_shared"):
            raise UserError("That channel is shared with another organisation, who would read along. Choose another.")
        if channel.get("is_member"):
            return dict(channel)
        if channel.get("is_private"):
            raise UserError(_INVITE)
        if not joins:
            raise NotInvitedError("I am not in that channel. Tick that I may join it, or type /invite @storybot there.")
        await client.conversations_join(channel=channel_id)
        return dict(channel)
    except FAILED as failed:
        if error_of(failed) in ("channel_not_found", "missing_scope"):
            raise UserError(_INVITE) from failed
        if error_of(failed):
            raise UserError(f"Slack does not let me into that channel ({error_of(failed)}).") from failed
        raise UserError("Slack does not answer just now. Please try again in a moment.") from failed


async def missing_from(client: AsyncWebClient, channel_id: str, people: Collection[str]) -> Sequence[str] | None:
    """Those of `people` who are not in a channel; None when Slack does not say, or has not said all in one answer."""
    try:
        async with asyncio.timeout(_ASK_SECONDS):
            told = await client.conversations_members(channel=channel_id, limit=_MEMBERS)
        if (told.get("response_metadata") or {}).get("next_cursor"):
            return None
        there = set(told["members"])
    except FAILED:
        return None
    return [user_id for user_id in people if user_id not in there]


_INVITE = "I am not in that channel. Open it, type /invite @storybot, and then try again."
