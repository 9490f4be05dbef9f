"""Just enough of Slack to put load on one app: it says who the bot is, signs commands, and holds one socket.

The playground is a better Slack; this one costs next to nothing while requests are counted.
"""

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from typing import Any, Self
from urllib.parse import urlencode

from aiohttp import web

BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "xoxb-bench", "xapp-bench", "bench"
PEOPLE = 200

_FORM = {
    "token": "verification",
    "team_id": "T1",
    "team_domain": "bench",
    "channel_id": "C1",
    "channel_name": "general",
    "user_name": "ada",
    "command": "/story",
    "api_app_id": "A1",
    "is_enterprise_install": "false",
    "response_url": "https://hooks.slack.com/commands/T1/1/x",
}
_count = itertools.count()


def command(words: str) -> dict[str, str]:
    """The form of `/story words`, of one of `PEOPLE` in turn; no two are alike, as with Slack's own."""
    number = next(_count)
    return {**_FORM, "text": words, "user_id": f"U{number % PEOPLE}", "trigger_id": f"1.2.{number}"}


def signed(port: int, form: dict[str, str]) -> bytes:
    """A whole HTTP request for `/slack/events` with a form, signed now."""
    return signed_body(port, urlencode(form).encode(), b"application/x-www-form-urlencoded")


def signed_body(port: int, body: bytes, content_type: bytes) -> bytes:
    """The same with any body (docs: "Verifying requests from Slack")."""
    timestamp = str(int(time.time())).encode()
    signature = hmac.new(SIGNING_SECRET.encode(), b"v0:" + timestamp + b":" + body, hashlib.sha256).hexdigest()
    return (
        b"POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: Slackbot 1.0\r\nAccept: */*\r\n"
        b"Content-Type: %s\r\nContent-Length: %d\r\n"
        b"X-Slack-Request-Timestamp: %s\r\nX-Slack-Signature: v0=%s\r\n\r\n%s"
    ) % (port, content_type, len(body), timestamp, signature.encode(), body)


class Slack:
    """The Web API of one app, on a port of its own, for as long as the `async with` lasts."""

    def __init__(self) -> None:
        self.calls = 0
        self._connected: asyncio.Future[web.WebSocketResponse] = asyncio.get_running_loop().create_future()
        self._waiting: dict[str, asyncio.Future[bytes]] = {}

    async def __aenter__(self) -> Self:
        site = web.Application()
        site.add_routes(
            [
                web.post("/api/auth.test", self._auth_test),
                web.post("/api/apps.connections.open", self._connections_open),
                web.get("/link", self._link),
            ]
        )
        self._runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/api/"

    async def connected(self) -> None:
        """Wait until the app has opened its socket."""
        await asyncio.shield(self._connected)

    async def sends(self, form: dict[str, str]) -> bytes:
        """A command over the socket; what the app acknowledged it with."""
        envelope_id = form["trigger_id"]
        acknowledged: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = acknowledged
        envelope = {"envelope_id": envelope_id, "type": "slash_commands", "accepts_response_payload": True}
        await self._connected.result().send_str(json.dumps({**envelope, "payload": form}))
        return await acknowledged

    async def _auth_test(self, _: web.Request) -> web.Response:
        self.calls += 1
        who: dict[str, Any] = {"ok": True, "url": "https://bench.slack.com/", "team": "bench", "user": "storybot"}
        return web.json_response({**who, "team_id": "T1", "user_id": "U0", "bot_id": "B1"})

    async def _connections_open(self, _: web.Request) -> web.Response:
        return web.json_response({"ok": True, "url": f"ws://127.0.0.1:{self._port}/link"})

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        if not self._connected.done():
            self._connected.set_result(socket)
        async for message in socket:
            acknowledged = json.loads(message.data)
            self._waiting.pop(acknowledged["envelope_id"]).set_result(message.data.encode())
        return socket
