"""The HTTP edge: nothing is parsed before its signature is verified, and what Slack signed is acknowledged."""

import asyncio
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from aiohttp import web
from slack_bolt.response import BoltResponse

from bot.door.dispatch import Dispatch
from bot.door.replays import Replays

log = logging.getLogger(__name__)

# Slack refuses nothing by size in its documentation; its largest payloads (a modal's state) stay far below this.
BODY_LIMIT = 1024 * 1024
# Slack's limit against replayed requests (docs: "Verifying requests from Slack").
TIMESTAMP_TOLERANCE = 5 * 60
READ_WITHIN = 10.0
RETRY_HEADERS = ("X-Slack-Retry-Num", "X-Slack-Retry-Reason")


def is_recent(headers: Mapping[str, str], now: float) -> bool:
    """Whether a request says that it was signed, and within the last five minutes."""
    timestamp = headers.get("X-Slack-Request-Timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit() and headers.get("X-Slack-Signature")):
        return False
    return abs(now - int(timestamp[:15])) <= TIMESTAMP_TOLERANCE


def is_signed(signing_secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether Slack signed these raw bytes within the last five minutes: HMAC-SHA256 over `v0:timestamp:body`.

    Source: https://docs.slack.dev/authentication/verifying-requests-from-slack.
    """
    if not is_recent(headers, now):
        return False
    base = b"v0:" + headers["X-Slack-Request-Timestamp"].encode() + b":" + body
    expected = b"v0=" + hmac.new(signing_secret.encode(), base, hashlib.sha256).hexdigest().encode()
    return hmac.compare_digest(expected, headers["X-Slack-Signature"].encode("utf-8", "replace"))


def parse(body: bytes, content_type: str) -> dict[str, Any] | None:
    """A Slack request body (JSON, a form, or a form with JSON in `payload`) as a dict; None if it is not one.

    Bolt's own parser takes any form that mentions "payload" for one that has that field, and so loses the command
    `/story payload`.
    """
    try:
        text = body.decode()
        if content_type == "application/json":
            parsed = json.loads(text)
        else:
            form = parse_form(text)
            parsed = json.loads(form["payload"]) if "payload" in form else form
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def parse_form(text: str) -> dict[str, str]:
    """The fields of a form, the last of each name.

    `urllib.parse.parse_qsl` reads the same and takes four times as long.
    """
    # A command quotes its own slash and those of a URL, seldom anything else: these are read all at once.
    text = text.replace("%2F", "/").replace("%3A", ":")
    is_quoted = "%" in text or "+" in text
    form = {}
    for field in filter(None, text.split("&")):
        name, _, value = field.partition("=")
        if is_quoted and ("%" in field or "+" in field):
            name, value = _unquoted(name), _unquoted(value)
        form[name] = value
    return form


def _unquoted(quoted: str) -> str:
    return unquote_to_bytes(quoted.replace("+", " ")).decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Health:
    """A line each for an operator: what keeps the bot from answering (none: it is ready), what it does less well."""

    hindrances: list[str]
    remarks: list[str]


class Edge:
    """Takes requests from Slack to Bolt, and tells how the bot is.

    A request is Slack's when it is signed with one of `signing_secrets`. Without any, behind Socket Mode, it takes
    none; the health pages and `more` are served all the same.
    """

    def __init__(
        self,
        signing_secrets: Sequence[str],
        dispatch: Dispatch,
        replays: Replays,
        health: Callable[[], Health],
        more: Sequence[web.RouteDef] = (),
    ) -> None:
        self._more = more
        self._signing_secrets = signing_secrets
        self._dispatch = dispatch
        self._replays = replays
        self._health = health
        self._is_leaving = False
        self._is_stopping = False

    async def leave(self, seconds: float) -> None:
        """Say that nothing more should be sent here, and take what is sent all the same, for so long."""
        self._is_leaving = True
        await asyncio.sleep(seconds)

    async def stop(self) -> None:
        """Refuse what still comes in over connections that are open: Slack, or a balancer, goes elsewhere."""
        self._is_stopping = True

    def application(self) -> web.Application:
        app = web.Application(client_max_size=BODY_LIMIT)
        if self._signing_secrets:
            app.router.add_post("/slack/events", self.slack_events)
        app.router.add_routes(self._more)
        app.router.add_get("/healthz", self.healthz)
        app.router.add_get("/readyz", self.readyz)
        app.on_response_prepare.append(self._let_go)
        return app

    async def slack_events(self, request: web.Request) -> web.Response:
        """401 unless signed (413 over `BODY_LIMIT`); after that 2xx, whether or not anybody listens.

        The exceptions, each 503: an event that Slack should deliver again (see `bot.handlers.errors`), and whatever
        comes in while the process stops.
        """
        body = await _body(request)
        if body is None or not self._is_slacks(request.headers, body):
            return web.Response(status=401, text="This request is not signed by Slack, or its clock is off.\n")
        if self._is_stopping:
            return web.Response(status=503, headers={"Connection": "close"})
        parsed = parse(body, request.content_type)
        if parsed is None:
            log.warning("Slack signed a request that cannot be read")
            return web.Response()
        retries = {name: request.headers[name] for name in RETRY_HEADERS if name in request.headers}
        signature = request.headers["X-Slack-Signature"].removeprefix("v0=")
        response = await self._replays.answer(parsed, signature, lambda: self._dispatch.answer(parsed, retries))
        return _web_response(response)

    def _is_slacks(self, headers: Mapping[str, str], body: bytes) -> bool:
        now = time.time()
        # Each is tried, so that the time it takes does not tell which one fits.
        fits = [is_signed(secret, headers, body, now) for secret in self._signing_secrets]
        return any(fits)

    async def healthz(self, _: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def readyz(self, _: web.Request) -> web.Response:
        health = self._health()
        hindrances = [*(["it is stopping"] if self._is_leaving else []), *health.hindrances]
        lines = [*(hindrances or ["ready"]), *health.remarks]
        return web.Response(status=503 if hindrances else 200, text="\n".join(lines) + "\n")

    async def _let_go(self, _: web.Request, response: web.StreamResponse) -> None:
        if self._is_leaving:
            # Whatever came next over this connection might meet a door that just closes.
            response.force_close()
            response.headers["Connection"] = "close"


async def _body(request: web.Request) -> bytes | None:
    """The raw body; None from whoever does not even claim a signature, or keeps us waiting."""
    if (request.content_length or 0) <= BODY_LIMIT and not is_recent(request.headers, time.time()):
        return None
    if request.content.is_eof():
        # It came with its headers, as most do: there is nothing to wait for.
        return await request.read()
    try:
        async with asyncio.timeout(READ_WITHIN):
            return await request.read()
    except TimeoutError:
        return None


def _web_response(response: BoltResponse) -> web.Response:
    if response.status == 404:
        # Nobody listens to this. To Slack a 404 is a failing app, and too many switch its events off.
        return web.Response()
    headers = {"Content-Type": response.headers["content-type"][0]}
    return web.Response(status=response.status, body=response.body.encode(), headers=headers)
