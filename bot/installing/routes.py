"""Installing in a browser: from our page to Slack's and back, and what became of it."""

import hmac
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence

from aiohttp import web

from bot.domain.clock import Now
from bot.domain.installation import Installation
from bot.domain.outgoing import Outgoing
from bot.errors import StoreUnavailableError
from bot.handlers.lifecycle import welcome_to
from bot.installing import pages
from bot.installing.oauth import Installed, OAuth
from bot.slack_errors import FAILED, error_of
from bot.storage.installations import STATE_LIFE, InstallationStore

log = logging.getLogger(__name__)

INSTALL, BACK = "/slack/install", "/slack/oauth_redirect"
_COOKIE = "storybot_install"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_LONGEST = 200
# Slack's names for a code that is no good (docs: oauth.v2.access); with another it can work at once.
_BAD_CODE = frozenset({"invalid_code", "code_already_used", "code_expired", "bad_redirect_uri"})

Keep = Callable[[Installation, Sequence[Outgoing]], Awaitable[None]]


class Installing:
    """The pages of `/slack/install`.

    `scopes` are what the bot asks for and what each is for; `keep` keeps what was installed; `command` is the slash
    command's name.
    """

    def __init__(
        self, store: InstallationStore, oauth: OAuth, scopes: Mapping[str, str], keep: Keep, command: str, now: Now
    ) -> None:
        self._store = store
        self._oauth = oauth
        self._scopes = scopes
        self._keep = keep
        self._command = command
        self._now = now

    def routes(self) -> list[web.RouteDef]:
        return [web.get(INSTALL, self.show), web.post(INSTALL, self.set_out), web.get(BACK, self.come_back)]

    async def show(self, _: web.Request) -> web.Response:
        """What installing means, and its button."""
        return pages.response(pages.invitation(self._scopes), leads_to=self._oauth.authorize_url)

    async def set_out(self, request: web.Request) -> web.Response:
        """Off to Slack, with a state that this browser alone brings back."""
        state = secrets.token_urlsafe(32)
        try:
            await self._store.begin(state, self._now())
        except StoreUnavailableError as error:
            return _unavailable(f"the database: {error}")
        answer = web.Response(status=303, headers={"Location": self._oauth.link(self._scopes, state), **pages.HEADERS})
        answer.set_cookie(
            _COOKIE,
            state,
            max_age=int(STATE_LIFE.total_seconds()),
            path=BACK,
            httponly=True,
            # Lax: it comes along when Slack sends the browser back, and with nothing that another page makes it send.
            samesite="Lax",
            secure=request.url.host not in _LOOPBACK,
        )
        return answer

    async def come_back(self, request: web.Request) -> web.Response:
        """Back from Slack: change the code for a token, if it was this browser that set out."""
        state, code = request.query.get("state", ""), request.query.get("code", "")
        is_theirs = hmac.compare_digest(state.encode(), request.cookies.get(_COOKIE, "").encode())
        try:
            if not (state and is_theirs and len(state) <= _LONGEST and await self._store.take(state, self._now())):
                answer = pages.response(pages.not_theirs(), status=400)
            elif request.query.get("error") == "access_denied":
                answer = pages.response(pages.cancelled())
            elif not code:
                answer = pages.response(pages.not_theirs(), status=400)
            else:
                answer = await self._exchange(code[:_LONGEST])
        except StoreUnavailableError as error:
            return _unavailable(f"the database: {error}")
        answer.del_cookie(_COOKIE, path=BACK)
        return answer

    async def _exchange(self, code: str) -> web.Response:
        try:
            installed = await self._oauth.installed(code, self._now())
        except FAILED as failed:
            said = error_of(failed)
            if said in _BAD_CODE:
                return pages.response(pages.not_theirs(), status=400)
            return _unavailable(f"Slack: {said or type(failed).__name__}")
        await self._keep(installed.installation, _welcome(installed))
        log.info("Installed in %s", installed.installation.home.team_id)
        return pages.response(
            pages.done(installed.name, installed.app_id, installed.installation.team_id, self._command)
        )


def _welcome(installed: Installed) -> list[Outgoing]:
    installation = installed.installation
    return [welcome_to(installation)] if installation.installer_id else []


def _unavailable(why: str) -> web.Response:
    log.error("Somebody could not install (%s)", why)
    return pages.response(pages.unavailable(), status=503)
