"""The whole stand-in: one loopback server that is Slack to one app."""

from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import aiohttp
from aiohttp import web

from playground.cloud import Cloud
from playground.consent import PATH, Consent
from playground.delivery import HttpLine, Line, sign
from playground.faults import KINDS, Fault, Kind
from playground.inspector import Call, Delivery
from playground.manifest import read
from playground.oauth import OAuth
from playground.page import Page
from playground.person import Person
from playground.rate_limits import Limits, RateLimits
from playground.socket_mode import SocketMode
from playground.team import Team
from playground.web_api import WebApi
from playground.workspace import Organisation

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


class Playground(Team):
    """Slack on 127.0.0.1 for as long as the `async with` lasts.

    Ada, Grace, Linus and Margaret are in #general, #support and #random, the guest Gus in #support only. Grace and
    Margaret (`lead_ids`) are in the private #story-review (`review_channel_id`). The app joins #general, #support and
    #story-review when it is installed. #old-office is archived.

    Without `rate_limits` an app may post as fast as it can. `now` is the time here, for an app that should share it.
    """

    def __init__(self, port: int = 0, *, rate_limits: Limits | None = None) -> None:
        cloud = Cloud()
        super().__init__(cloud, cloud.add_workspace("Playground"))
        self._port = port
        self._limits = rate_limits
        self._slack.rate_limits = RateLimits(rate_limits)
        self.socket_mode = SocketMode(self._slack)
        self.clock = cloud.clock
        self.now = cloud.clock.utc
        app = cloud.registration
        self.app_id, self.app_token, self.signing_secret = app.app_id, app.app_token, app.signing_secret
        self.client_id, self.client_secret = app.client_id, app.client_secret
        cloud.tokens.give(self.team_id)
        self._consent = Consent(cloud)
        everybody = {self.workspace.add_user(name, note, tz).id for name, (note, tz) in PEOPLE.items()}
        for name, topic in CHANNELS.items():
            self.workspace.add_channel(name, everybody, topic)
        self.workspace.add_channel("old-office", everybody, "Closed", is_archived=True)
        self.lead_ids = tuple(self.person(name).id for name in LEADS)
        name, topic = REVIEW
        self.review_channel_id = self.workspace.add_channel(name, set(self.lead_ids), topic, is_private=True).id
        self.add_person("Gus", "guest from an agency", role="guest", channels=("support",))

    async def __aenter__(self) -> Self:
        page, oauth = Page(self._slack, self._gestures), OAuth(self._cloud, self._consent)
        web_api = WebApi(self._cloud, {**oauth.methods(), "apps.connections.open": self.socket_mode.method()})
        site = web.Application(client_max_size=4 << 20)
        site.add_routes([*web_api.routes(), *self.socket_mode.routes(), *self._consent.routes(), *page.routes()])
        site.on_shutdown.append(page.stop)
        self._runner = web.AppRunner(site, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._cloud.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        # A new connection for each request, so that an app which was restarted is never met through a dead one.
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.clock.close()
        await self._cloud.deliveries.close()
        await self.socket_mode.close()
        await self._session.close()
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return self._cloud.url

    @property
    def api_url(self) -> str:
        """The base URL for a Web API client."""
        return f"{self.url}/api/"

    # The app

    def register(self, manifest: Json, request_url: str | None = None) -> None:
        """Make known the app that a Slack app manifest describes, and leave installing it to people.

        `request_url` stands for every request URL of the manifest. With neither, everything goes through Socket Mode.
        """
        registered = self._cloud.registration.manifest = read(manifest, request_url)
        line: Line = self.socket_mode
        if registered.request_url:
            line = HttpLine(self._session, registered.request_url, self.signing_secret)
        self._cloud.deliveries.line = line
        for slack in self._cloud.slacks.values():
            slack.app.be_named()
        self._cloud.changed()

    def install(self, manifest: Json, request_url: str | None = None) -> None:
        """Register the app and install it in the first workspace. Installing again changes it where it stands."""
        self.register(manifest, request_url)
        registered = self._cloud.registration.manifest
        assert registered is not None
        self._cloud.tokens.give(self.team_id)
        self._slack.app.grant(registered.scopes)
        for channel in APP_JOINS:
            self.channel(channel).members.add(self.bot_user_id)
        self.workspace.changed()

    def consents(self, url: str, person: Person, *, allow: bool = True, org_wide: bool = False) -> str:
        """Follow an app's link to Slack's consent page as somebody, and answer: where Slack then sends the browser.

        They answer for their workspace, or with `org_wide` for its organisation. Refusal when the link is a wrong one.
        """
        asked = self._consent.read(dict(parse_qsl(urlsplit(url).query)))
        if not allow:
            return asked.refused()
        owner = self._cloud.slacks[person.user.team_id]
        return self._consent.allow(asked, (org_wide and owner.organisation_id) or person.user.team_id, person.id)

    @property
    def authorize_url(self) -> str:
        """Slack's consent page, which an app's link leads to."""
        return self.url + PATH

    # More workspaces

    def add_team(self, name: str, organisation: Organisation | None = None) -> Team:
        """Another workspace, perhaps of an organisation, with an empty #general; the app is not installed there."""
        slack = self._cloud.add_workspace(name, organisation)
        slack.rate_limits = RateLimits(self._limits)
        slack.workspace.add_channel("general", set(), "Everything and everybody")
        return Team(self._cloud, slack)

    def add_organisation(self, name: str, teams: list[str]) -> tuple[Organisation, list[Team]]:
        """An enterprise organisation and its workspaces, by their names."""
        organisation = self._cloud.add_organisation(name)
        return organisation, [self.add_team(team, organisation) for team in teams]

    def grant_access(self, team: Team) -> None:
        """Add a workspace to those of its organisation that an org-wide installation counts in."""
        self._cloud.change_access(team.team_id, granted=True)

    def revoke_access(self, team: Team) -> None:
        self._cloud.change_access(team.team_id, granted=False)

    def wait_for_acks(self, seconds: float) -> None:
        """How long Slack waits for an acknowledgement: 3 seconds, unless a test is in a hurry."""
        self._cloud.deliveries.ack_seconds = seconds

    def sign(self, body: bytes, timestamp: int | None = None) -> dict[str, str]:
        """Headers that prove `body` to be Slack's."""
        return sign(self.signing_secret, body, timestamp)

    async def sends(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        """Any request at all to the app, for hostile tests: its status and body."""
        line = self._cloud.deliveries.line
        if not isinstance(line, HttpLine):
            raise LookupError("the app has no request URL")
        async with line.post(body, headers) as response:
            return response.status, await response.text()

    async def redelivers(self, delivery: Delivery, reason: str = "http_timeout") -> Delivery:
        """The same event again, as when Slack missed the app's answer."""
        return await self._cloud.deliveries.again(delivery, reason)

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
        self._cloud.faults.add(Fault(method, error, times, status, retry_after, html, lost, cut, delay))

    def flaky(self, share: float = 0.3, seed: int = 0, kinds: Sequence[Kind] = KINDS, delay: float = 0.0) -> None:
        """Let a share of all calls go wrong by chance until `heal`.

        The same seed gives the same faults to the same calls. After a `delay` in seconds, which stands for a time-out
        where it is longer than the app waits, "cut" and "lost" close the connection.
        """
        self._cloud.faults.by_chance(share, seed, kinds, delay)

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        self._cloud.faults.clear()

    # The record

    @property
    def requests(self) -> list[Delivery]:
        """Every request to the app, oldest first."""
        return self._cloud.inspector.requests

    @property
    def calls(self) -> list[Call]:
        """Every Web API call and every post to a response_url that the app made, oldest first."""
        return self._cloud.inspector.calls

    async def settled(self) -> None:
        """Wait until every request that is due has been answered by the app."""
        await self._cloud.deliveries.settled()
