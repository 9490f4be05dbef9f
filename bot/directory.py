"""Who somebody is: asked of Slack whenever it decides what they may do."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.clients import ClientOf
from bot.domain.moderation import Moderation
from bot.domain.permissions import Role
from bot.domain.person import Person
from bot.domain.workspace import Reader, Workspace
from bot.errors import UserError
from bot.slack_errors import FAILED, error_of

log = logging.getLogger(__name__)

# A person's name and standing may be this old where little hangs on it.
KEPT_SECONDS = 60.0
# Nobody moves from one workspace to another.
HOME_KEPT_SECONDS = 24 * 3600.0
PEOPLE = 10_000
# A modal must be opened within three seconds of the click, so whoever clicked cannot wait longer for this.
ASK_SECONDS = 1.5
# Slack may well know, but does not say.
_NO_WORD = (None, "ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout")


ModerationOf = Callable[..., Awaitable[Moderation]]
"""Gives how a workspace reviews its stories; with `fresh=True` as it is at this moment."""
InstallerOf = Callable[[Workspace], Awaitable[str | None]]
"""Gives the id of whoever installed the bot in a workspace, where that is known."""


class Directory:
    """Looks people up with `users.info`, and the moderators' group with `usergroups.users.list`."""

    def __init__(self, moderation_of: ModerationOf, installer_of: InstallerOf, client_of: ClientOf) -> None:
        self._moderation_of = moderation_of
        self._installer_of = installer_of
        self._client_of = client_of
        self._known: OrderedDict[tuple[Workspace, str, str], tuple[float, Any]] = OrderedDict()

    async def person(self, workspace: Workspace, user_id: str, *, fresh: bool = False) -> Person:
        """Somebody as they stand now; `fresh` asks Slack even if it answered a moment ago.

        UserError when Slack does not say: who is unknown may nothing.
        """
        kept = 0.0 if fresh else KEPT_SECONDS
        try:
            user, (moderation, members) = await asyncio.gather(
                self._user(workspace, user_id, kept), self._moderation(workspace, fresh, kept)
            )
        except FAILED as failed:
            if error_of(failed) in ("user_not_found", "user_not_visible"):
                return Person(workspace, user_id, "Somebody", frozenset({Role.STRANGER}))
            raise UserError("Slack does not tell me who you are just now. Please try again in a moment.") from failed
        roles = _roles(workspace, user)
        if Role.MEMBER in roles and user_id in {*moderation.moderators, *members}:
            roles |= {Role.MODERATOR}
        if Role.MEMBER in roles and not moderation.has_moderators and user_id == await self._installer_of(workspace):
            roles |= {Role.INSTALLER}
        return Person(workspace, user_id, _name(user), roles, str(user.get("tz") or "UTC"))

    async def groups(self, workspace: Workspace) -> dict[str, str]:
        """The workspace's user groups, their handles by id; none where Slack does not tell, such as without a scope."""

        async def ask() -> dict[str, str]:
            client = await self._client_of(workspace)
            groups = (await client.usergroups_list())["usergroups"]
            return {str(group["id"]): str(group["handle"]) for group in groups}

        try:
            found: dict[str, str] = await self._asked((workspace, "groups", ""), ask, KEPT_SECONDS)
        except FAILED as failed:
            log.info("Slack does not tell which user groups there are (%s)", error_of(failed))
            return {}
        return found

    async def name_of(self, workspace: Workspace, user_id: str) -> str:
        """What somebody is called; "somebody" when Slack does not say."""
        try:
            return _name(await self._user(workspace, user_id, KEPT_SECONDS))
        except FAILED:
            return "somebody"

    async def is_at_home(self, reader: Reader) -> bool:
        """Whether somebody belongs to the workspace that they ask in; who is unknown does not.

        A slash command tells only where it was typed, not where its typist comes from.
        """
        try:
            user = await self._user(reader.workspace, reader.user_id, HOME_KEPT_SECONDS)
        except FAILED:
            return False
        return not _is_stranger(reader.workspace, user)

    async def _user(self, workspace: Workspace, user_id: str, kept: float) -> Mapping[str, Any]:
        async def ask() -> Mapping[str, Any]:
            client = await self._client_of(workspace)
            user: Mapping[str, Any] = (await client.users_info(user=user_id))["user"]
            return user

        found: Mapping[str, Any] = await self._asked((workspace, "user", user_id), ask, kept)
        return found

    async def _moderation(self, workspace: Workspace, fresh: bool, kept: float) -> tuple[Moderation, list[str]]:
        """How a workspace moderates, and who is in its moderators' group."""
        moderation = await self._moderation_of(workspace, fresh=fresh)
        return moderation, await self._group(workspace, moderation.group, kept)

    async def _group(self, workspace: Workspace, group: str | None, kept: float) -> list[str]:
        """The members of the moderators' group; none where Slack refuses to tell, such as of a group that is gone."""
        if not group:
            return []

        async def ask() -> list[str]:
            client = await self._client_of(workspace)
            members: list[str] = (await client.usergroups_users_list(usergroup=group))["users"]
            return members

        try:
            found: list[str] = await self._asked((workspace, "group", group), ask, kept)
        except FAILED as failed:
            if error_of(failed) in _NO_WORD:
                raise
            log.warning("Slack does not tell who is in the group %s (%s)", group, error_of(failed))
            return []
        return found

    async def _asked(self, key: tuple[Workspace, str, str], ask: Callable[[], Awaitable[Any]], kept: float) -> Any:
        """What Slack says, or said within the last `kept` seconds."""
        known = self._known.get(key)
        age = time.monotonic() - known[0] if known else float("inf")
        if known and age < kept:
            return known[1]
        async with asyncio.timeout(ASK_SECONDS):
            found = await ask()
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
    if _is_stranger(workspace, user):
        return frozenset({Role.STRANGER})
    if user.get("is_ultra_restricted"):
        return frozenset({Role.SINGLE_CHANNEL_GUEST})
    if user.get("is_restricted"):
        return frozenset({Role.GUEST})
    if user.get("is_admin") or user.get("is_owner"):
        return frozenset({Role.MEMBER, Role.ADMIN})
    return frozenset({Role.MEMBER})


def _is_stranger(workspace: Workspace, user: Mapping[str, Any]) -> bool:
    """Whether somebody belongs neither to the workspace nor to its Enterprise organisation.

    `is_stranger` is true only of those who share no channel with us (docs: user object).
    """
    if user.get("is_stranger"):
        return True
    enterprise = user.get("enterprise_user") or {}
    if workspace.enterprise_id and workspace.enterprise_id in (enterprise.get("enterprise_id"), user.get("team_id")):
        return False
    is_member = user.get("team_id") in (None, workspace.team_id) or workspace.team_id in (enterprise.get("teams") or ())
    return not is_member


def _name(user: Mapping[str, Any]) -> str:
    profile = user.get("profile") or {}
    name = profile.get("real_name") or user.get("real_name") or profile.get("display_name") or user.get("name")
    return " ".join(str(name or "somebody").split())[:60]
