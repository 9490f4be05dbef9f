"""Being in a channel before something is to be posted there."""

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import UserError
from bot.slack_errors import FAILED, error_of


class NotInvitedError(UserError):
    """The bot is not in a public channel, which it may join by itself when asked to."""


async def be_in(client: AsyncWebClient, channel_id: str, *, joins: bool) -> None:
    """Make sure that the bot is in a channel, and join a public one if `joins`; UserError tells what else to do."""
    try:
        channel = (await client.conversations_info(channel=channel_id))["channel"]
        if channel.get("is_archived"):
            raise UserError("That channel is archived, so nothing can be posted there. Choose another.")
        if channel.get("is_ext_shared"):
            raise UserError("That channel is shared with another organisation, who would read along. Choose another.")
        if channel.get("is_member"):
            return
        if channel.get("is_private"):
            raise UserError(_INVITE)
        if not joins:
            raise NotInvitedError("I am not in that channel. Tick that I may join it, or type /invite @storybot there.")
        await client.conversations_join(channel=channel_id)
    except FAILED as failed:
        if error_of(failed) in ("channel_not_found", "missing_scope"):
            raise UserError(_INVITE) from failed
        if error_of(failed):
            raise UserError(f"Slack does not let me into that channel ({error_of(failed)}).") from failed
        raise UserError("Slack does not answer just now. Please try again in a moment.") from failed


_INVITE = "I am not in that channel. Open it, type /invite @storybot, and then try again."
