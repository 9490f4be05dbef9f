"""Answers to a click, sent to the `response_url` that came with it."""

from collections.abc import Mapping
from typing import Any

from aiohttp import ClientError, ClientSession
from yarl import URL

from bot.blocks.message import QUIETLY, Message
from bot.errors import UserError

SLACK_HOOKS = "https://hooks.slack.com"


class Replies:
    """Posts to response URLs of Slack's own host, or of the host of another configured API base, and to no others.

    A `response_url` takes 5 posts within 30 minutes (Slack's limit) and lets whoever holds it write in the channel:
    it is never logged. Nothing is sent twice, since an answer that got lost may have been posted.
    """

    def __init__(self, session: ClientSession, api_url: str) -> None:
        self._session = session
        self._origins = {URL(SLACK_HOOKS).origin(), URL(api_url).origin()}

    async def replace(self, body: Mapping[str, Any], message: Message) -> None:
        """Redraw the message whose button was pressed."""
        await self._post(body, {"replace_original": True, **message})

    async def whisper(self, body: Mapping[str, Any], message: Message) -> None:
        """Answer for the eyes of whoever pressed, in the thread they are in."""
        thread_ts = (body.get("message") or {}).get("thread_ts") or (body.get("container") or {}).get("thread_ts")
        in_thread = {"thread_ts": thread_ts} if thread_ts else {}
        await self._post(body, {"replace_original": False, "response_type": "ephemeral", **in_thread, **message})

    async def tell_all(self, body: Mapping[str, Any], message: Message) -> None:
        """Post to everybody in the conversation, even where the bot is not a member."""
        await self._post(body, {"replace_original": False, "response_type": "in_channel", **message})

    async def _post(self, body: Mapping[str, Any], payload: Mapping[str, Any]) -> None:
        url = self._trusted(str(body.get("response_url") or ""))
        try:
            async with self._session.post(url, json={**QUIETLY, **payload}, allow_redirects=False) as answer:
                status = answer.status
        except (ClientError, TimeoutError) as lost:
            raise UserError("Slack did not answer in time. Look whether it worked before you try again.") from lost
        if status != 200:
            raise UserError("Slack no longer takes answers to this message. Ask again, and the new one will work.")

    def _trusted(self, response_url: str) -> URL:
        """The address as it will be called, so that nobody else reads another host in it."""
        try:
            url = URL(response_url)
            if url.origin() in self._origins:
                return url
        except ValueError:
            # It is no address, or has no host.
            pass
        raise UserError("I cannot answer here. Ask again, and the new answer will work.")
