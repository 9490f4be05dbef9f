"""The HTTP edge: nothing is parsed before its signature is verified, and everything Slack signed is acknowledged."""

import asyncio
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

log = logging.getLogger(__name__)

# Slack refuses nothing by size in its documentation; its largest payloads (a modal's state) stay far below this.
BODY_LIMIT = 1024 * 1024
# Slack's limit against replayed requests (docs: "Verifying requests from Slack").
TIMESTAMP_TOLERANCE = 5 * 60
# Slack tells the person that the app failed after 3 seconds; a slow Web API must not make a click fail.
ACKNOWLEDGE_WITHIN = 2.5
READ_WITHIN = 10.0

Dispatch = Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]


def is_signed(signing_secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether Slack signed these raw bytes within the last five minutes: HMAC-SHA256 over `v0:timestamp:body`."""
    timestamp, signature = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
    if not (timestamp.isascii() and timestamp.isdigit() and abs(now - int(timestamp[:15])) <= TIMESTAMP_TOLERANCE):
        return False
    expected = hmac.new(signing_secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    return hmac.compare_digest(b"v0=" + expected.hexdigest().encode(), signature.encode("utf-8", "replace"))


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
            form = dict(parse_qsl(text, keep_blank_values=True))
            parsed = json.loads(form["payload"]) if "payload" in form else form
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


@dataclass(frozen=True, slots=True)
class Health:
    """A line each for an operator: what keeps the bot from answering (none: it is ready), what it does less well."""

    hindrances: list[str]
    remarks: list[str]


class Edge:
    """Takes requests from Slack to `dispatch`, and keeps count of what is in flight so that stopping can wait for it.

    Without a `signing_secret`, behind Socket Mode, only the health pages are served.
    """

    def __init__(self, signing_secret: str | None, dispatch: Dispatch, health: Callable[[], Health]) -> None:
        self._signing_secret = signing_secret
        self._dispatch = dispatch
        self._health = health
        self._in_flight: set[asyncio.Future[BoltResponse]] = set()

    def application(self) -> web.Application:
        app = web.Application(client_max_size=BODY_LIMIT)
        if self._signing_secret:
            app.router.add_post("/slack/events", self.slack_events)
        app.router.add_get("/healthz", self.healthz)
        app.router.add_get("/readyz", self.readyz)
        return app

    async def slack_events(self, request: web.Request) -> web.Response:
        """401 unless signed (413 over `BODY_LIMIT`); after that 2xx, whether or not anybody listens."""
        async with asyncio.timeout(READ_WITHIN):
            body = await request.read()
        if not is_signed(self._signing_secret or "", request.headers, body, time.time()):
            return web.Response(status=401, text="This request is not signed by Slack, or its clock is off.\n")
        bolt_request = _bolt_request(parse(body, request.content_type), request.headers)
        if bolt_request is None:
            log.warning("Slack signed a request that cannot be read")
            return web.Response()
        try:
            return _web_response(await self._acknowledged(bolt_request))
        except Exception as error:
            # Our own errors are told by the error listener; but Bolt reads the payload for it, and trusts its shape.
            log.error("Bolt could not read a request that Slack signed (%s)", type(error).__name__)
            return web.Response()

    async def _acknowledged(self, request: AsyncBoltRequest) -> BoltResponse:
        """Bolt's response; for a click whose work takes long, an acknowledgement while the work goes on."""
        work = asyncio.ensure_future(self._dispatch(request))
        self._in_flight.add(work)
        work.add_done_callback(self._in_flight.discard)
        if request.body.get("type") == "block_actions":
            await asyncio.wait({work}, timeout=ACKNOWLEDGE_WITHIN)
            return work.result() if work.done() else BoltResponse(status=200)
        return await asyncio.shield(work)

    async def drain(self, seconds: float) -> None:
        """Wait for what is in flight, at most this long."""
        if self._in_flight:
            await asyncio.wait(self._in_flight, timeout=seconds)

    async def healthz(self, _: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def readyz(self, _: web.Request) -> web.Response:
        health = self._health()
        lines = [*(health.hindrances or ["ready"]), *health.remarks]
        return web.Response(status=503 if health.hindrances else 200, text="\n".join(lines) + "\n")


def _bolt_request(body: dict[str, Any] | None, headers: Mapping[str, str]) -> AsyncBoltRequest | None:
    if body is None:
        return None
    retries = {name: headers[name] for name in ("X-Slack-Retry-Num", "X-Slack-Retry-Reason") if name in headers}
    try:
        # This mode tells Bolt that the body is parsed and the signature verified.
        return AsyncBoltRequest(mode="socket_mode", body=body, headers=dict(retries))
    except (AttributeError, KeyError, TypeError, ValueError, IndexError):
        # Bolt looks for ids in the body and trusts its shape.
        return None


def _web_response(response: BoltResponse) -> web.Response:
    if response.status == 404:
        # Nobody listens to this. To Slack a 404 is a failing app, and too many switch its events off.
        return web.Response()
    return web.Response(
        status=response.status,
        text=response.body,
        content_type=response.headers.get("content-type", ["text/plain"])[0].split(";")[0],
    )
