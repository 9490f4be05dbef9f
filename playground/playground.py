"""The whole stand-in: one loopback server that is Slack to one app."""

from collections.abc import Sequence
from types import TracebackType
from typing import Any, Literal, Self

import aiohttp
from aiohttp import web

from playground.delivery import HttpLine, Line, sign
from playground.faults import KINDS, Fault, Kind
from playground.gestures import Gestures
from playground.inspector import Call, Delivery
from playground.manifest import read
from playground.page import Page
from playground.person import Person
from playground.rate_limits import Limits, RateLimits
from playground.slack import Slack
from playground.socket_mode import SocketMode
from playground.web_api import WebApi
from playground.workspace import Channel

Json = dict[str, Any]

PEOPLE = {
    "Ada": ("support agent", "Europe/London"),
    "Grace": ("leads the support team", "America/New_York"),
    "Linus": ("new this week", "Europe/Helsinki"),
    "Margaret": ("works nights", "Asia/Kolkata"),
}
CHANNELS = {"general": "Everything and everybody", "support": "Hard cases, good answers", "random": "Anything else"}
LEADS = ("Grace", "Margaret")
REVIEW = ("story-review", "Stories wait here for a decision")
APP_JOINS = ("general", "support", "story-review")

Role = Literal["member", "admin", "owner", "guest", "single-channel guest", "stranger", "bot", "deactivated"]
_FLAGS: dict[Role, dict[str, bool]] = {
    "member": {},
    "admin": {"is_admin": True},
    "owner": {"is_admin": True, "is_owner": True},
    "guest": {"is_restricted": True},
    "single-channel guest": {"is_restricted": True, "is_ultra_restricted": True},
    "stranger": {},
    "bot": {"is_bot": True},
    "deactivated": {"deleted": True},
}


class Playground:
    """Slack on 127.0.0.1 for as long as the `async with` lasts.

    Ada, Grace, Linus and Margaret are in #general, #support and #random, the guest Gus in #support only. Grace and
    Margaret (`lead_ids`) are in the private #story-review (`review_channel_id`). The app joins #general, #support and
    #story-review when it is installed. #old-office is archived.

    Without `rate_limits` an app may post as fast as it can. `now` is the time here, for an app that should share it.
    """

    def __init__(self, port: int = 0, *, rate_limits: Limits | None = None) -> None:
        self._port = port
        self._slack = slack = Slack()
        self._gestures = Gestures(slack)
        self.socket_mode = SocketMode(slack)
        self.workspace = slack.workspace
        self.clock = slack.clock
        self.now = slack.clock.utc
        slack.rate_limits = RateLimits(rate_limits)
        self.team_id = slack.workspace.team_id
        self.app_id, self.bot_id, self.bot_user_id = slack.app.app_id, slack.app.bot_id, slack.app.bot_user.id
        self.bot_token, self.app_token = slack.app.bot_token, slack.app.app_token
        self.signing_secret = slack.app.signing_secret
        everybody = {self.workspace.add_user(name, note, tz).id for name, (note, tz) in PEOPLE.items()}
        for name, topic in CHANNELS.items():
            self.workspace.add_channel(name, everybody, topic)
        self.workspace.add_channel("old-office", everybody, "Closed", is_archived=True)
        self.lead_ids = tuple(self.person(name).id for name in LEADS)
        name, topic = REVIEW
        self.review_channel_id = self.workspace.add_channel(name, set(self.lead_ids), topic, is_private=True).id
        self.add_person("Gus", "guest from an agency", role="guest", channels=("support",))

    async def __aenter__(self) -> Self:
        page = Page(self._slack, self._gestures)
        site = web.Application(client_max_size=4 << 20)
        site.add_routes([*WebApi(self._slack, self.socket_mode).routes(), *self.socket_mode.routes(), *page.routes()])
        site.on_shutdown.append(page.stop)
        self._runner = web.AppRunner(site, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._slack.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        # A new connection for each request, so that an app which was restarted is never met through a dead one.
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.clock.close()
        await self._slack.deliveries.close()
        await self.socket_mode.close()
        await self._session.close()
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return self._slack.url

    @property
    def api_url(self) -> str:
        """The base URL for a Web API client."""
        return f"{self.url}/api/"

    # The app

    def install(self, manifest: Json, request_url: str | None = None) -> None:
        """Install the app that a Slack app manifest describes.

        `request_url` stands for every URL of the manifest. With neither, everything goes through Socket Mode.
        Installing again changes the app where it stands.
        """
        app = self._slack.app
        app.manifest = read(manifest, request_url)
        app.bot_user.name, app.bot_user.real_name = app.manifest.name.lower().replace(" ", ""), app.manifest.name
        for channel in APP_JOINS:
            self.channel(channel).members.add(app.bot_user.id)
        line: Line = self.socket_mode
        if app.manifest.request_url:
            line = HttpLine(self._session, app.manifest.request_url, app.signing_secret)
        self._slack.deliveries.line = line
        self.workspace.changed()

    def wait_for_acks(self, seconds: float) -> None:
        """How long Slack waits for an acknowledgement: 3 seconds, unless a test is in a hurry."""
        self._slack.deliveries.ack_seconds = seconds

    def sign(self, body: bytes, timestamp: int | None = None) -> dict[str, str]:
        """Headers that prove `body` to be Slack's."""
        return sign(self.signing_secret, body, timestamp)

    async def sends(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        """Any request at all to the app, for hostile tests: its status and body."""
        line = self._slack.deliveries.line
        if not isinstance(line, HttpLine):
            raise LookupError("the app has no request URL")
        async with line.post(body, headers) as response:
            return response.status, await response.text()

    async def redelivers(self, delivery: Delivery, reason: str = "http_timeout") -> Delivery:
        """The same event again, as when Slack missed the app's answer."""
        return await self._slack.deliveries.again(delivery, reason)

    def fail(
        self,
        method: str,
        error: str | None = None,
        *,
        times: int = 1,
        retry_after: int | None = None,
        status: int | None = None,
        html: bool = False,
        lost: bool = False,
        cut: bool = False,
        delay: float = 0.0,
    ) -> None:
        """Let the next calls of a method go wrong ("response_url" and "*" are methods too): see `Fault`."""
        self._slack.faults.add(Fault(method, error, times, status, retry_after, html, lost, cut, delay))

    def flaky(self, share: float = 0.3, seed: int = 0, kinds: Sequence[Kind] = KINDS, delay: float = 0.0) -> None:
        """Let a share of all calls go wrong by chance until `heal`.

        The same seed gives the same faults to the same calls. After a `delay` in seconds, which stands for a time-out
        where it is longer than the app waits, "cut" and "lost" close the connection.
        """
        self._slack.faults.by_chance(share, seed, kinds, delay)

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        self._slack.faults.clear()

    # The record

    @property
    def requests(self) -> list[Delivery]:
        """Every request to the app, oldest first."""
        return self._slack.inspector.requests

    @property
    def calls(self) -> list[Call]:
        """Every Web API call and every post to a response_url that the app made, oldest first."""
        return self._slack.inspector.calls

    async def settled(self) -> None:
        """Wait until every request that is due has been answered by the app."""
        await self._slack.deliveries.settled()

    # People and channels

    def person(self, name: str) -> Person:
        user = self.workspace.user_named(name)
        if user is None:
            raise LookupError(f"nobody is called {name}")
        return Person(self._slack, self._gestures, user)

    def add_person(
        self,
        name: str,
        note: str = "",
        *,
        role: Role = "member",
        channels: tuple[str, ...] = ("general",),
        team: str = "Elsewhere",
        tz: str = "Etc/UTC",
    ) -> Person:
        """Somebody new. `team` names the workspace of a stranger, through whom the `channels` become shared ones.

        What somebody is can change later: `person.user.is_admin = True`.
        """
        of = team if role == "stranger" else None
        user = self.workspace.add_user(name, note, tz, of, **_FLAGS[role])
        for channel in channels:
            self.channel(channel).members.add(user.id)
        return Person(self._slack, self._gestures, user)

    def remove(self, name: str, channel: str) -> None:
        """Somebody, or the app by its name, is no longer in a channel."""
        self._slack.leave(self.channel(channel), self.person(name).id)

    def archive(self, channel: str) -> None:
        self._slack.archive(self.channel(channel), self.lead_ids[0])

    def unarchive(self, channel: str) -> None:
        self._slack.unarchive(self.channel(channel), self.lead_ids[0])

    def delete_channel(self, channel: str) -> None:
        self._slack.delete_channel(self.channel(channel))

    def add_user_group(self, handle: str, members: list[str]) -> str:
        """A new user group; `members` by name. Returns its id."""
        return self.workspace.add_user_group(handle, [self.person(member).id for member in members]).id

    def change_user_group(self, group_id: str, members: list[str]) -> None:
        self.workspace.user_groups[group_id].members = [self.person(member).id for member in members]

    def channel(self, name: str) -> Channel:
        channel = self.workspace.channel_named(name)
        if channel is None:
            raise LookupError(f"no channel is called {name}")
        return channel

    def add_channel(
        self, name: str, members: list[str], *, is_private: bool = False, is_archived: bool = False
    ) -> Channel:
        """A new channel; `members` by name."""
        ids = {self.person(member).id for member in members}
        return self.workspace.add_channel(name, ids, is_private=is_private, is_archived=is_archived)
