"""What Slack tells of installations that begin, change and end, and what people read where there is none."""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from bot.blocks.message import Message
from bot.blocks.welcome import welcome
from bot.domain.installation import Installation, team
from bot.domain.outgoing import Kind, Outgoing
from bot.errors import UserError
from bot.slack_errors import FAILED, error_of

Payload = Mapping[str, Any]

log = logging.getLogger(__name__)

EVENTS = frozenset({"app_uninstalled", "team_access_granted", "team_access_revoked", "tokens_revoked"})


class Followed(Protocol):
    """What is known of installations, and follows what Slack tells."""

    async def ended(self, enterprise_id: str, team_id: str, is_sure: Callable[[Installation], bool]) -> None: ...
    async def left(self, enterprise_id: str, team_ids: Iterable[str]) -> None: ...
    async def came_back(self, enterprise_id: str, team_ids: Iterable[str]) -> None: ...


class Lifecycle:
    """Stands before all listeners, and before the table of who may do what: these events are nobody's wish.

    `address` is where people find `/slack/install`, where that is known; `command` the slash command's name.
    """

    def __init__(self, installations: Followed, command: str, address: str | None) -> None:
        self._installations = installations
        self._command = command
        self._address = address

    def register(self, app: AsyncApp) -> None:
        app.middleware(self.hear)

    @property
    def draws(self) -> dict[Kind, Callable[[Outgoing], Awaitable[Message | None]]]:
        return {Kind.WELCOME: self.draw_welcome}

    async def hear(
        self, body: Payload, context: AsyncBoltContext, next_: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse:
        event = body.get("event")
        if isinstance(event, dict) and event.get("type") in EVENTS:
            return await self._follow(event, body, context)
        if context.get("token"):
            return await next_()
        if "command" in body or body.get("response_url") or body.get("type") == "view_submission":
            raise UserError(self._not_installed())
        # An event, or a click that nothing can be answered to.
        return BoltResponse(status=200)

    async def draw_welcome(self, _: Outgoing) -> Message:
        return welcome(self._command)

    async def _follow(self, event: Payload, body: Payload, context: Payload) -> BoltResponse:
        """503 where Slack does not say enough just now, so that it tells again."""
        enterprise_id = team(context.get("enterprise_id"))
        team_id = "" if context.get("is_enterprise_install") else team(context.get("team_id"))
        told_at = _told_at(event, body)
        try:
            match event:
                case {"type": "app_uninstalled"}:
                    await self._installations.ended(enterprise_id, team_id, lambda one: one.installed_at <= told_at)
                case {"type": "tokens_revoked", "tokens": {"bot": [_, *_]}}:
                    # Where tokens rotate, it may be an old one that ends.
                    await self._installations.ended(
                        enterprise_id,
                        team_id,
                        lambda one: one.installed_at <= told_at and not (one.tokens and one.tokens.refresh),
                    )
                case {"type": "team_access_revoked", "team_ids": [*team_ids]}:
                    await self._installations.left(enterprise_id, filter(team, team_ids))
                case {"type": "team_access_granted", "team_ids": [*team_ids]}:
                    await self._installations.came_back(enterprise_id, filter(team, team_ids))
        except FAILED as failed:
            log.warning("Slack does not say whether a token is revoked (%s)", error_of(failed))
            return BoltResponse(status=503)
        return BoltResponse(status=200)

    def _not_installed(self) -> str:
        where = f" at {self._address}/slack/install" if self._address else ""
        return f"I am not installed in this workspace any more. Somebody who may install apps can add me again{where}."


def welcome_to(installation: Installation) -> Outgoing:
    """What its installer is told, once an installation."""
    installer_id = installation.installer_id or ""
    key = f"welcome:{installation.installed_at.timestamp():.6f}"
    return Outgoing(installation.home, key, Kind.WELCOME, installer_id, installer_id)


def _told_at(event: Payload, body: Payload) -> datetime:
    """When Slack says that it happened; a time long ago where it does not, so that it is asked."""
    try:
        # `event_time` is cut to whole seconds, so it may be a second later.
        return datetime.fromtimestamp(float(event.get("event_ts") or int(body["event_time"]) + 1), UTC)
    except (KeyError, ValueError, TypeError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)
