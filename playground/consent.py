"""Where somebody allows an app to be installed: what it asks for, the page that shows it, and the code that it gets.

Source: https://docs.slack.dev/authentication/installing-with-oauth.
"""

import html
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from playground.cloud import Cloud
from playground.errors import Refusal
from playground.page import LOOPBACK
from playground.workspace import Organisation, User

Json = dict[str, Any]

CODE_SECONDS = 600
PATH = "/oauth/v2/authorize"
PAGE = Path(__file__).with_name("static") / "consent.html"


@dataclass(frozen=True)
class Asked:
    """What an app asks for when it sends somebody to the page; `named_uri` is the redirect_uri if it named one."""

    scopes: frozenset[str]
    redirect_uri: str
    named_uri: str | None
    state: str

    def refused(self) -> str:
        """Where the browser goes when somebody cancels."""
        return self._back(error="access_denied")

    def allowed(self, code: str) -> str:
        return self._back(code=code)

    def _back(self, **told: str) -> str:
        mark = "&" if urlsplit(self.redirect_uri).query else "?"
        return f"{self.redirect_uri}{mark}{urlencode({**told, 'state': self.state})}"


@dataclass
class Code:
    """What somebody allowed: an installation in a workspace, or with an organisation in all of its workspaces."""

    asked: Asked
    user_id: str
    owner: str
    organisation: Organisation | None
    expires: float
    used: bool = False


class Consent:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._open: dict[str, Asked] = {}
        self.codes: dict[str, Code] = {}

    def routes(self) -> list[web.RouteDef]:
        return [web.get(PATH, self._show), web.post(PATH, self._take_answer)]

    def read(self, query: Json) -> Asked:
        """What an app asks for, or the refusal that the page tells of."""
        registration = self._cloud.registration
        manifest = registration.manifest
        if manifest is None or query.get("client_id") != registration.client_id:
            raise Refusal("invalid_client_id")
        scopes = frozenset(filter(None, str(query.get("scope") or "").split(",")))
        if not scopes or scopes - manifest.scopes:
            raise Refusal("invalid_scope" if scopes else "no_scopes")
        named = query.get("redirect_uri")
        redirect_uri = str(named or next(iter(manifest.redirect_urls), ""))
        if not any(_is_under(redirect_uri, registered) for registered in manifest.redirect_urls):
            raise Refusal("bad_redirect_uri")
        return Asked(scopes, redirect_uri, named, str(query.get("state") or ""))

    def allow(self, asked: Asked, owner: str, user_id: str) -> str:
        """Somebody allows it for their workspace, or for their organisation: where the browser goes."""
        roofs = (slack.workspace.organisation for slack in self._cloud.slacks.values())
        organisation = next((roof for roof in roofs if roof and roof.id == owner), None)
        code = f"{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self.codes[code] = Code(asked, user_id, owner, organisation, self._cloud.clock.now() + CODE_SECONDS)
        return asked.allowed(code)

    # The page

    async def _show(self, request: web.Request) -> web.StreamResponse:
        if request.url.host not in LOOPBACK:
            raise web.HTTPForbidden(text="the playground answers on this machine only")
        try:
            asked = self.read(dict(request.query))
        except Refusal as refusal:
            return _page("Something went wrong", f"<p>The app asked for something wrong: {refusal.error}</p>", 400)
        ticket = secrets.token_urlsafe(16)
        self._open[ticket] = asked
        manifest = self._cloud.registration.manifest
        app = html.escape(manifest.name if manifest else "The app")
        scopes = "".join(f"<li><code>{html.escape(scope)}</code></li>" for scope in sorted(asked.scopes))
        body = (
            f"<p>{app} asks to be added to a workspace. It would get these permissions:</p><ul>{scopes}</ul>"
            f'<form method="post"><input type="hidden" name="ticket" value="{ticket}">'
            f'<label for="who">You are</label><select id="who" name="who">{"".join(self._choices())}</select>'
            '<p class="answers"><button name="answer" value="cancel">Cancel</button>'
            '<button class="primary" name="answer" value="allow">Allow</button></p></form>'
        )
        return _page(f"Install {app}?", body, leads_to=asked.redirect_uri)

    async def _take_answer(self, request: web.Request) -> web.StreamResponse:
        told = await request.post()
        asked = self._open.pop(str(told.get("ticket")), None)
        if asked is None:
            return _page("Something went wrong", "<p>This page was answered already.</p>", 400)
        owner, _, user_id = str(told.get("who")).partition(" ")
        if told.get("answer") != "allow":
            raise web.HTTPFound(asked.refused())
        raise web.HTTPFound(self.allow(asked, owner, user_id))

    def _choices(self) -> Iterator[str]:
        """Who may install, by workspace, and after that by organisation where the app is ready for one."""
        manifest = self._cloud.registration.manifest
        roofs: dict[str, tuple[Organisation, list[User]]] = {}
        for slack in self._cloud.slacks.values():
            workspace = slack.workspace
            people = [user for user in workspace.users.values() if _may_install(user, workspace.team_id)]
            yield _group(workspace.name, workspace.team_id, people)
            if manifest and manifest.org_wide and workspace.organisation:
                roofs.setdefault(workspace.organisation.id, (workspace.organisation, []))[1].extend(people)
        for roof, people in roofs.values():
            yield _group(f"{roof.name}, all workspaces", roof.id, people)


def _group(label: str, owner: str, people: list[User]) -> str:
    options = (f'<option value="{owner} {user.id}">{html.escape(user.real_name)}</option>' for user in people)
    return f'<optgroup label="{html.escape(label)}">{"".join(options)}</optgroup>'


def _may_install(user: User, team_id: str) -> bool:
    return not (user.is_bot or user.deleted or user.is_restricted) and user.team_id == team_id


def _is_under(redirect_uri: str, registered: str) -> bool:
    """Whether an address is one that the manifest names, or lies below it."""
    return redirect_uri == registered or redirect_uri.startswith(registered.rstrip("/") + "/")


def _page(title: str, body: str, status: int = 200, leads_to: str = "") -> web.Response:
    """A page of Slack's own; `leads_to` is where its form sends the browser in the end."""
    where = urlsplit(leads_to)
    goal = f"{where.scheme}://{where.netloc}" if leads_to else ""
    policy = f"default-src 'none'; style-src 'self'; form-action 'self' {goal}; frame-ancestors 'none'; base-uri 'none'"
    text = Template(PAGE.read_text()).substitute(title=title, body=body)
    headers = {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
    return web.Response(status=status, text=text, content_type="text/html", headers=headers)
