"""Answers to a click, sent to the `response_url` that came with it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession

from bot.blocks.message import QUIETLY, Message
from bot.errors import UserError

SLACK_HOOKS = "https://hooks.slack.com"


class Replies:
    """Posts to response URLs of Slack's own host, or of the host of another configured API base, and to no others.

    A `response_url` takes 5 posts within 30 minutes (Slack's limit) and lets whoever holds it write in the channel:
    it is never logged. Nothing is sent twice, since an answer that got lost may have been posted.
    """

    def __init__(self, session: ClientSession, api_url: str) -> None:
        api = urlsplit(api_url)
        self._session = session
        self._origins = {SLACK_HOOKS, f"{api.scheme}://{api.netloc}"}

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
        url = str(body.get("response_url") or "")
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" not in self._origins:
            raise UserError("I cannot answer here. Ask again, and the new answer will work.")
        try:
            async with self._session.post(url, json={**QUIETLY, **payload}, allow_redirects=False) as answer:
                status = answer.status
        except (ClientError, TimeoutError) as lost:
            raise UserError("Slack did not answer in time. Look whether it worked before you try again.") from lost
        if status != 200:
            raise UserError("Slack no longer takes answers to this message. Ask again, and the new one will work.")
