"""Somebody opens the conversation with the bot: suggest what to ask, and draw its Home tab."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks.home import home
from bot.domain.permissions import Action
from bot.domain.workspace import Reader
from bot.errors import StoreUnavailableError, UserError
from bot.handlers.permissions import Guard, PersonOf, reader_of

# Slack shows up to four (docs: assistant.threads.setSuggestedPrompts).
PROMPTS = [
    {"title": "A story about empathy", "message": "A story about empathy"},
    {"title": "Somebody lost something precious", "message": "Somebody lost something precious"},
    {"title": "Surprise me", "message": "Surprise me"},
    {"title": "Show me the themes", "message": "Themes"},
]


class Home:
    """`look_up` tells who somebody is; `command` is the slash command's name."""

    def __init__(self, look_up: PersonOf, guard: Guard, command: str) -> None:
        self._look_up = look_up
        self._guard = guard
        self._command = command

    def register(self, app: AsyncApp) -> None:
        app.event("app_home_opened")(self.opened)

    async def opened(self, event: Mapping[str, Any], context: Mapping[str, Any], client: AsyncWebClient) -> None:
        match event:
            case {"tab": "messages", "channel": str(channel_id)}:
                # No thread_ts: in the agent messaging experience the call would silently fail with one.
                await client.assistant_threads_setSuggestedPrompts(
                    channel_id=channel_id, title="Ask me for a story", prompts=PROMPTS
                )
            case {"tab": "home"}:
                reader = reader_of(context)
                view = home(self._command, chooses=await self._chooses(reader))
                await client.views_publish(user_id=reader.user_id, view=view)

    async def _chooses(self, reader: Reader) -> bool:
        """Whether they may choose who reviews stories; not while nobody knows who they are."""
        if reader.is_stranger:
            return False
        try:
            person = await self._look_up(reader.workspace, reader.user_id)
        except (UserError, StoreUnavailableError):
            return False
        return self._guard.may(Action.CHOOSE_MODERATION, person)
