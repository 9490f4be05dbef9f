"""What Slack says of the bot, for `storybot doctor`: its tokens and scopes, the clock, the channels it posts in."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import Connection, Settings
from bot.domain.clock import Now
from bot.domain.moderation import Moderation
from bot.domain.workspace import Workspace
from bot.errors import ProblemsError
from bot.manifest import scopes
from bot.seeing.finding import Finding, note, problems, well, wrong
from bot.slack_errors import FAILED, error_of
from bot.storage.database import Database
from bot.storage.installations import InstallationStore
from bot.storage.moderation import ModerationStore
from bot.storage.sealing import Seal
from bot.storage.weekly import WeeklyStore
from bot.terminal.printing import count

TIMEOUT_SECONDS = 10
# Slack's requests are refused when they seem older than five minutes; its header tells whole seconds.
CLOCK_MAY_DIFFER, CLOCK_MUST_NOT_DIFFER = 30, 240
# `conversations.info` may be asked some fifty times a minute (docs: rate limits, tier 3).
CHANNELS = 40


class SlackCheckup:
    """Without a `database` what is kept of workspaces is left out."""

    def __init__(self, settings: Settings, connection: Connection, database: Database | None, now: Now) -> None:
        self._settings = settings
        self._connection = connection
        self._database = database
        self._now = now

    async def examine(self) -> AsyncIterator[Finding]:
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            if token := self._connection.app_token:
                yield await self._app_token(self._client(session, token.get_secret_value()))
            try:
                tokens = await self._bot_tokens()
            except ProblemsError as error:
                for finding in problems("Tokens", error):
                    yield finding
                return
            if not tokens and self._database:
                yield note("Tokens", "It is installed nowhere yet.", "Open /slack/install in a browser.")
            for nth, (about, access) in enumerate(tokens.items()):
                async for finding in self._workspace(self._client(session, access), about, with_clock=nth == 0):
                    yield finding

    def _client(self, session: aiohttp.ClientSession, token: str) -> AsyncWebClient:
        return AsyncWebClient(token=token, base_url=self._connection.api_url, session=session, retry_handlers=[])

    async def _bot_tokens(self) -> dict[str, str]:
        """The one, or all that people installed it with, by how they are called; none of those without a database."""
        if one := self._connection.bot_token:
            return {"Token": one.get_secret_value()}
        credentials = self._connection.credentials
        if credentials is None or self._database is None:
            return {}
        store = InstallationStore(self._database, Seal([key.get_secret_value() for key in credentials.secret_keys]))
        return {f"Token of {one.home.team_id}": one.tokens.access for one in await store.all() if one.tokens}

    async def _app_token(self, client: AsyncWebClient) -> Finding:
        try:
            await client.apps_connections_open(app_token=client.token or "")
        except FAILED as failed:
            mend = "Take one with connections:write from Basic Information, App-Level Tokens."
            return self._refused("App token", failed, mend)
        return well("App token", "Slack opens a connection with it.")

    async def _workspace(self, client: AsyncWebClient, about: str, *, with_clock: bool) -> AsyncIterator[Finding]:
        try:
            known = await client.auth_test()
        except FAILED as failed:
            yield self._refused(about, failed, "Copy the Bot User OAuth Token again, or reinstall the app.")
            return
        workspace = Workspace(known.get("enterprise_id") or "", known["team_id"])
        yield well(about, f"@{known.get('user')} in {known.get('team')} ({workspace.team_id}).")
        if with_clock:
            yield _clock(known.headers, self._now())
        yield self._scopes(known.headers)
        # As in abilities.py: where people install it by themselves, the settings do not count.
        moderation = self._settings.moderation if self._connection.bot_token else Moderation()
        if self._database and (chosen := await ModerationStore(self._database).chosen(workspace)):
            moderation = chosen.moderation
        async for finding in self._channels(client, workspace, moderation):
            yield finding

    def _scopes(self, headers: Mapping[str, str]) -> Finding:
        granted = {scope.strip() for scope in _header(headers, "x-oauth-scopes").split(",")}
        needed = scopes(self._settings)
        if missing := [scope for scope in needed if scope not in granted]:
            mend = "Paste “storybot manifest” into the app's manifest again, and reinstall the app."
            return wrong("Scopes", f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing.", mend)
        return well("Scopes", f"all {len(needed)} of the manifest.")

    async def _channels(
        self, client: AsyncWebClient, workspace: Workspace, moderation: Moderation
    ) -> AsyncIterator[Finding]:
        if moderation.channel:
            yield await self._channel(client, "Review channel", moderation.channel)
        if not moderation.has_moderators:
            mend = f"An admin chooses them with “{self._settings.command} settings”."
            yield note("Moderators", "There are none: stories that people submit wait.", mend)
        schedules = await WeeklyStore(self._database).schedules(workspace) if self._database else []
        active = [schedule.channel_id for schedule in schedules if schedule.next]
        looked = [await self._channel(client, "Weekly channel", channel_id) for channel_id in active[:CHANNELS]]
        amiss = [finding for finding in looked if finding.mend]
        for finding in amiss:
            yield finding
        if active and not amiss:
            yield well("Weekly channels", f"{count(len(looked), 'channel', 'channels')} of {len(active)} looked at.")

    async def _channel(self, client: AsyncWebClient, about: str, channel_id: str) -> Finding:
        try:
            channel: dict[str, Any] = (await client.conversations_info(channel=channel_id))["channel"]
        except FAILED as failed:
            mend = "Open the channel and type /invite @storybot there; or choose another, if it is gone."
            return self._refused(f"{about} {channel_id}", failed, mend)
        told = f"{about} #{channel.get('name')}"
        if channel.get("is_archived"):
            return wrong(told, "It is archived.", "Choose another channel.")
        if not channel.get("is_member"):
            return wrong(told, "The bot is not in it.", "Open the channel and type /invite @storybot there.")
        return well(told, "the bot is in it.")

    def _refused(self, about: str, failed: BaseException, mend: str) -> Finding:
        if said := error_of(failed):
            return wrong(about, f"Slack refuses it ({said}).", mend)
        mend = f"Look whether this machine reaches {self._connection.api_url}, and what a proxy says."
        return wrong(about, f"Slack does not answer ({type(failed).__name__}).", mend)


def _clock(headers: Mapping[str, str], now: datetime) -> Finding:
    told = _header(headers, "date")
    if not told:
        return note("Clock", "Slack did not tell the time.", "Compare this machine's clock with another.")
    differs = abs((now - parsedate_to_datetime(told)).total_seconds())
    mend = "Let this machine keep its time by NTP."
    if differs > CLOCK_MUST_NOT_DIFFER:
        return wrong("Clock", f"It is {differs:.0f} s off Slack's: what Slack sends will be refused.", mend)
    if differs > CLOCK_MAY_DIFFER:
        return note("Clock", f"It is {differs:.0f} s off Slack's.", mend)
    return well("Clock", "as Slack's.")


def _header(headers: Mapping[str, str], wanted: str) -> str:
    return next((value for name, value in headers.items() if name.lower() == wanted), "")
