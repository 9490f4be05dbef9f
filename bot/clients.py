"""Which client speaks in a workspace: the seam between one installation and many."""

from collections.abc import Awaitable, Callable

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.workspace import Workspace

ClientOf = Callable[[Workspace], Awaitable[AsyncWebClient]]
"""Gives the client that holds a workspace's token."""
