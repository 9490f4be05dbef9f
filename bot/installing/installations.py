"""Which token the bot speaks with in which workspace: kept in memory, and followed in the store by every replica."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.clock import Now
from bot.domain.installation import Installation, serving, team
from bot.domain.outgoing import Outgoing
from bot.domain.workspace import Workspace
from bot.errors import StoreUnavailableError
from bot.installing.oauth import OAuth
from bot.patience import in_time
from bot.storage.installations import InstallationStore

log = logging.getLogger(__name__)

# What another replica changed, and no news came of, is seen after so many seconds at most.
LOOK_EVERY = 2.0
# Clocks of replicas differ, and a transaction is seen later than it began.
_OVERLAP = timedelta(minutes=1)
# A command has three seconds in all.
FIND_SECONDS = 1.0


class NotInstalledError(SlackApiError):
    """There is no token; said as Slack says it of a call without one."""

    def __init__(self) -> None:
        super().__init__("not installed in this workspace", {"ok": False, "error": "not_authed"})  # type: ignore[no-untyped-call]


class Installations:
    """Every installation there is; `client` is the line to Slack on which each workspace's calls are made."""

    def __init__(self, store: InstallationStore, oauth: OAuth, client: AsyncWebClient, now: Now) -> None:
        self._store = store
        self._oauth = oauth
        self._client = client
        self._now = now
        self._known: dict[tuple[str, str], Installation] = {}

    async def learn(self) -> None:
        """Read them all, before anybody asks."""
        self._take(await self._store.all())

    @property
    def are_none(self) -> bool:
        """Whether the bot is installed nowhere."""
        return not any(installation.tokens for installation in self._known.values())

    async def watch(self) -> None:
        """Follow, for ever, what is installed and what ends."""
        since = self._now()
        while True:
            await asyncio.sleep(LOOK_EVERY)
            looked = self._now()
            try:
                self._take(await self._store.changed_since(since - _OVERLAP))
                since = looked
            except StoreUnavailableError as error:
                log.warning("The installations cannot be looked at (%s)", error)
            except Exception:
                # A mistake of ours, or one row that no key opens, must not stop all others.
                log.exception("The installations were not looked at")

    async def authorize(
        self, context: Mapping[str, Any], enterprise_id: str | None, team_id: str | None
    ) -> AuthorizeResult:
        """What Bolt wants to know with every request; no token where the bot is not installed."""
        found = None
        if context.get("is_enterprise_install") and team(enterprise_id):
            found = await self._of(team(enterprise_id), "")
        elif team(team_id):
            found = await self._of(team(enterprise_id), team(team_id))
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=found.tokens.access if found and found.tokens else None,
            bot_id=found.bot_id if found else None,
            bot_user_id=found.bot_user_id if found else None,
        )

    async def client_of(self, workspace: Workspace) -> AsyncWebClient:
        """A client that speaks in this workspace alone; SlackApiError where the bot is not installed."""
        found = await self._of(workspace.enterprise_id, workspace.team_id)
        if found is None or found.tokens is None:
            raise NotInstalledError
        # An organisation's token has to be told for which of its workspaces it speaks.
        is_one_of_many = found.is_org_wide and workspace != found.home
        return AsyncWebClient(
            token=found.tokens.access,
            base_url=self._client.base_url,
            session=self._client.session,
            team_id=workspace.team_id if is_one_of_many else None,
            retry_handlers=[],
        )

    async def installer_of(self, workspace: Workspace) -> str | None:
        """The id of whoever installed the bot there; None where it is not installed, or they are forgotten."""
        found = await self._of(workspace.enterprise_id, workspace.team_id)
        return found.installer_id if found else None

    # What Slack tells of installations

    async def installed(self, installation: Installation, say: Sequence[Outgoing]) -> None:
        """Somebody has installed the bot, perhaps not for the first time."""
        await self._store.install(installation, say)
        await self.refresh(*installation.key)

    async def ended(self, enterprise_id: str, team_id: str, is_sure: Callable[[Installation], bool]) -> None:
        """An installation has ended, if `is_sure` of the one that is kept, or else if Slack refuses its token.

        What was told late, or again, is not about whoever installed the bot since. Raises one of `FAILED` when Slack
        does not say.
        """
        found = next((one for one in await self._store.find(enterprise_id, team_id) if one.team_id == team_id), None)
        if found is None or found.tokens is None:
            return
        if is_sure(found) or await self._oauth.is_revoked(found.tokens):
            await self._store.remove(found, self._now())
        await self.refresh(enterprise_id, team_id)

    async def left(self, enterprise_id: str, team_ids: Iterable[str]) -> None:
        """An organisation took workspaces away from its installation."""
        for team_id in team_ids:
            await self._store.leave(enterprise_id, team_id, self._now())
            await self.refresh(enterprise_id, team_id)

    async def came_back(self, enterprise_id: str, team_ids: Iterable[str]) -> None:
        """An organisation lets its installation count in workspaces, perhaps again."""
        for team_id in team_ids:
            await self._store.come_back(enterprise_id, team_id, self._now())
            await self.refresh(enterprise_id, team_id)

    async def _of(self, enterprise_id: str, team_id: str) -> Installation | None:
        """The installation that counts there; StoreUnavailableError when nobody knows."""
        if found := self._serving(enterprise_id, team_id):
            return found
        # Another replica may have installed it a moment ago.
        try:
            await in_time(self.refresh(enterprise_id, team_id), FIND_SECONDS)
        except TimeoutError:
            raise StoreUnavailableError("it does not answer") from None
        return self._serving(enterprise_id, team_id)

    async def refresh(self, enterprise_id: str, team_id: str) -> None:
        """Take in what has just changed."""
        self._take(await self._store.find(enterprise_id, team_id))

    def _serving(self, enterprise_id: str, team_id: str) -> Installation | None:
        return serving(self._known.get((enterprise_id, team_id)), self._known.get((enterprise_id, "")))

    def _take(self, changed: list[Installation]) -> None:
        self._known.update((installation.key, installation) for installation in changed)
