"""Somebody opens the conversation with the bot: suggest what to ask."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

# Slack shows up to four (docs: assistant.threads.setSuggestedPrompts).
PROMPTS = [
    {"title": "A story about empathy", "message": "A story about empathy"},
    {"title": "Somebody lost something precious", "message": "Somebody lost something precious"},
    {"title": "Surprise me", "message": "Surprise me"},
    {"title": "Show me the themes", "message": "Themes"},
]


def register(app: AsyncApp) -> None:
    app.event("app_home_opened")(conversation_opened)


async def conversation_opened(event: Mapping[str, Any], client: AsyncWebClient) -> None:
    match event:
        case {"tab": "messages", "channel": str(channel_id)}:
            # No thread_ts: in the agent messaging experience the call would silently fail with one.
            await client.assistant_threads_setSuggestedPrompts(
                channel_id=channel_id, title="Ask me for a story", prompts=PROMPTS
            )
