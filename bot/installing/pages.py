"""The pages of installing, as plain HTML without a script: what somebody sees, and what to do next."""

import base64
import hashlib
from collections.abc import Mapping
from html import escape
from urllib.parse import urlsplit

from aiohttp import web

_STYLE = """
:root { color-scheme: light dark; --ink: #1d1c1d; --paper: #fff; --quiet: #5a5759; --rule: #ddd; --deed: #4a2545; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #f2f0f1; --paper: #1b1a1b; --quiet: #b9b5b8; --rule: #444; --deed: #e3c3dd; }
}
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.6 system-ui, sans-serif; }
main { max-width: 38rem; margin: 0 auto; padding: 4rem 1.5rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 1rem; }
h2 { font-size: 1.125rem; margin: 2.5rem 0 .5rem; }
p, li, dd { margin: .5rem 0; }
dl { margin: 0; border-top: 1px solid var(--rule); }
dl div { padding: .5rem 0; border-bottom: 1px solid var(--rule); }
dd { margin: 0; color: var(--quiet); }
code { font: .9375em ui-monospace, monospace; }
.deed { display: inline-block; margin: 1rem 0; padding: .75rem 1.5rem; border: 0; border-radius: .5rem; cursor: pointer;
  background: var(--deed); color: var(--paper); font: inherit; font-weight: 600; text-decoration: none; }
.deed:focus-visible, a:focus-visible { outline: 3px solid var(--deed); outline-offset: 3px; }
a { color: inherit; }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}


def response(page: str, *, status: int = 200, leads_to: str = "") -> web.Response:
    """A page as an answer; `leads_to` is where its form sends the browser in the end."""
    goal = urlsplit(leads_to)
    forms = f"'self' {goal.scheme}://{goal.netloc}" if leads_to else "'none'"
    policy = (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action {forms}; frame-ancestors 'none'; "
        "base-uri 'none'"
    )
    headers = {**HEADERS, "Content-Security-Policy": policy}
    return web.Response(status=status, text=page, content_type="text/html", charset="utf-8", headers=headers)


def invitation(scopes: Mapping[str, str]) -> str:
    """What somebody is about to install; `scopes` and what each is for."""
    asked = "".join(
        f"<div><dt><code>{escape(scope)}</code></dt><dd>{escape(why[:1].upper() + why[1:])}.</dd></div>"
        for scope, why in scopes.items()
    )
    return _page(
        "Add Storybot to Slack",
        "<p>True stories of great customer service, told where your team already talks: by a command, in a mention, "
        "and once a week in the channels that you choose.</p>"
        '<form method="post"><button class="deed">Add to Slack</button></form>'
        "<p>Slack shows you the same list and asks you to allow it. Some workspaces let only admins do so.</p>"
        f"<h2>What it asks for</h2><dl>{asked}</dl>",
    )


def done(name: str, app_id: str, team_id: str, command: str) -> str:
    """It is installed in the workspace or organisation of this name; an organisation has no `team_id`."""
    where = f"https://slack.com/app_redirect?app={app_id}" + (f"&team={team_id}" if team_id else "")
    add = "" if team_id else "<li>Choose the workspaces that get it, in your organisation's settings of apps.</li>"
    return _page(
        f"Storybot is in {name}",
        f"<p>It has written to you in Slack.</p><h2>What to do next</h2><ol>{add}"
        f"<li>In any channel type <code>{command} empathy</code>.</li>"
        "<li>Type <code>/invite @storybot</code> where it should answer mentions.</li>"
        f"<li>Type <code>{command} schedule</code> to have a story told every week.</li></ol>"
        f'<a class="deed" href="{escape(where)}">Open Slack</a>',
    )


def cancelled() -> str:
    return _failed(
        "You did not install it", "Nothing has changed. If you may not install apps, ask an admin to open this page."
    )


def not_theirs() -> str:
    return _failed(
        "That did not work",
        "This link was used before, is older than ten minutes, or was begun in another browser. What is installed "
        "stays so.",
    )


def unavailable() -> str:
    return _failed(
        "That did not work just now",
        "Slack or our database does not answer. Try again in a minute; if it stays so, tell whoever runs this bot.",
    )


def _failed(title: str, why: str) -> str:
    return _page(title, f'<p>{escape(why)}</p><a class="deed" href="/slack/install">Begin again</a>')


def _page(title: str, body: str) -> str:
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<style>{_STYLE}</style></head><body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
