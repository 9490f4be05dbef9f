"""Who somebody is: asked of Slack whenever it decides what they may do."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.config import Moderation
from bot.domain.permissions import Role
from bot.domain.person import Person
from bot.domain.workspace import Workspace
from bot.errors import UserError
from bot.slack_errors import FAILED, error_of

ClientOf = Callable[[Workspace], Awaitable[AsyncWebClient]]

# A person's name and standing may be this old where little hangs on it, a group's members where Slack does not answer.
KEPT_SECONDS = 60.0
PEOPLE = 10_000
# A modal must be opened within three seconds of the click, so whoever clicked cannot wait longer for this.
ASK_SECONDS = 1.5


class Directory:
    """Looks people up with `users.info`, and the moderators' group with `usergroups.users.list`."""

    def __init__(self, moderation: Moderation, client_of: ClientOf) -> None:
        self._moderation = moderation
        self._client_of = client_of
        self._known: OrderedDict[tuple[Workspace, str, str], tuple[float, Any]] = OrderedDict()

    async def person(self, workspace: Workspace, user_id: str, *, fresh: bool = False) -> Person:
        """Somebody as they stand now; `fresh` asks Slack even if it answered a moment ago.

        UserError when Slack does not say: who is unknown may nothing.
        """
        try:
            user, members = await asyncio.gather(
                self._user(workspace, user_id, fresh=fresh), self._group(workspace, fresh=fresh)
            )
        except FAILED as failed:
            if error_of(failed) in ("user_not_found", "user_not_visible"):
                return Person(workspace, user_id, "Somebody", frozenset({Role.STRANGER}))
            raise UserError("Slack does not tell me who you are just now. Please try again in a moment.") from failed
        roles = _roles(workspace, user)
        if Role.MEMBER in roles and user_id in {*self._moderation.moderators, *members}:
            roles |= {Role.MODERATOR}
        return Person(workspace, user_id, _name(user), roles, str(user.get("tz") or "UTC"))

    async def name_of(self, workspace: Workspace, user_id: str) -> str:
        """What somebody is called; "somebody" when Slack does not say."""
        try:
            return _name(await self._user(workspace, user_id, fresh=False))
        except FAILED:
            return "somebody"

    async def _user(self, workspace: Workspace, user_id: str, *, fresh: bool) -> Mapping[str, Any]:
        async def ask() -> Mapping[str, Any]:
            client = await self._client_of(workspace)
            user: Mapping[str, Any] = (await client.users_info(user=user_id))["user"]
            return user

        found: Mapping[str, Any] = await self._asked((workspace, "user", user_id), ask, fresh=fresh)
        return found

    async def _group(self, workspace: Workspace, *, fresh: bool) -> list[str]:
        if not (group := self._moderation.group):
            return []

        async def ask() -> list[str]:
            client = await self._client_of(workspace)
            members: list[str] = (await client.usergroups_users_list(usergroup=group))["users"]
            return members

        found: list[str] = await self._asked((workspace, "group", group), ask, fresh=fresh)
        return found

    async def _asked(self, key: tuple[Workspace, str, str], ask: Callable[[], Awaitable[Any]], *, fresh: bool) -> Any:
        known = self._known.get(key)
        is_recent = known is not None and time.monotonic() - known[0] < KEPT_SECONDS
        if known and is_recent and not fresh:
            return known[1]
        try:
            async with asyncio.timeout(ASK_SECONDS):
                found = await ask()
        except FAILED as failed:
            # Slack's own word counts; where it cannot be had, what it said a moment ago.
            if known and is_recent and error_of(failed) in (None, "ratelimited", "internal_error"):
                return known[1]
            raise
        self._known[key] = (time.monotonic(), found)
        self._known.move_to_end(key)
        if len(self._known) > PEOPLE:
            self._known.popitem(last=False)
        return found


def _roles(workspace: Workspace, user: Mapping[str, Any]) -> frozenset[Role]:
    if user.get("deleted"):
        return frozenset({Role.DEACTIVATED})
    if user.get("is_bot") or user.get("id") == "USLACKBOT":
        return frozenset({Role.BOT})
    if user.get("is_stranger") or not _is_at_home(workspace, user):
        return frozenset({Role.STRANGER})
    if user.get("is_ultra_restricted"):
        return frozenset({Role.SINGLE_CHANNEL_GUEST})
    if user.get("is_restricted"):
        return frozenset({Role.GUEST})
    if user.get("is_admin") or user.get("is_owner"):
        return frozenset({Role.MEMBER, Role.ADMIN})
    return frozenset({Role.MEMBER})


def _is_at_home(workspace: Workspace, user: Mapping[str, Any]) -> bool:
    """Whether somebody belongs to the workspace, or to its Enterprise organisation."""
    enterprise = user.get("enterprise_user") or {}
    if workspace.enterprise_id and workspace.enterprise_id in (enterprise.get("enterprise_id"), user.get("team_id")):
        return True
    return user.get("team_id") in (None, workspace.team_id) or workspace.team_id in (enterprise.get("teams") or ())


def _name(user: Mapping[str, Any]) -> str:
    profile = user.get("profile") or {}
    name = profile.get("real_name") or user.get("real_name") or profile.get("display_name") or user.get("name")
    return " ".join(str(name or "somebody").split())[:60]
