"""Socket Mode: tickets, connections and envelopes (https://docs.slack.dev/apis/events-api/using-socket-mode)."""

import asyncio
import itertools
import json
import secrets
import uuid
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from playground.errors import Refusal
from playground.inspector import Delivery
from playground.methods.method import Method
from playground.slack import Slack

Json = dict[str, Any]

MOST_CONNECTIONS = 10
CONNECTION_SECONDS = 3600
_ENVELOPES = {"command": "slash_commands", "event": "events_api", "interactive": "interactive"}


@dataclass(eq=False)
class Connection:
    request: web.Request
    socket: web.WebSocketResponse
    waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)


class SocketMode:
    """The line to an app that connects by itself. Of several connections, each takes its turn."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._tickets: set[str] = set()
        self._turns = itertools.count()
        self._reachable = asyncio.Condition()
        self.connections: list[Connection] = []
        self.refuse_handshakes = 0

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/link/", self._connect)]

    def open_url(self) -> str:
        """A WebSocket address with a fresh ticket, which works once."""
        if len(self.connections) >= MOST_CONNECTIONS:
            raise Refusal("too_many_websockets")
        ticket = secrets.token_urlsafe(24)
        self._tickets.add(ticket)
        base, app_id = self._slack.url.replace("http", "ws", 1), self._slack.app.registration.app_id
        return f"{base}/link/?ticket={ticket}&app_id={app_id}"

    def method(self) -> Method:
        """`apps.connections.open`, which wants the app-level token."""
        return Method(lambda _slack, _arguments: {"url": self.open_url()}, token="app")

    async def connected(self, seconds: float = 10) -> None:
        """Wait until the app has connected."""
        async with asyncio.timeout(seconds), self._reachable:
            await self._reachable.wait_for(lambda: bool(self.connections))

    async def deliver(self, delivery: Delivery) -> None:
        delivery.by_socket = True
        if not self.connections:
            delivery.failure = "connection_failed"
            return
        connection = self.connections[next(self._turns) % len(self.connections)]
        envelope_id = str(uuid.uuid4())
        acknowledged = connection.waiting[envelope_id] = asyncio.get_running_loop().create_future()
        try:
            await connection.socket.send_json(_envelope(envelope_id, delivery))
            delivery.answer = await acknowledged
            delivery.status = 200
        except ConnectionError:
            delivery.failure = "connection_failed"
        finally:
            connection.waiting.pop(envelope_id, None)

    async def ask_to_reconnect(self, reason: str = "refresh_requested") -> None:
        """Tell every connection to go, as Slack does each hour or so ("warning" first, then "refresh_requested")."""
        for connection in list(self.connections):
            told = {"type": "disconnect", "reason": reason, "debug_info": {"host": "playground"}}
            await connection.socket.send_json(told)
            if reason != "warning":
                await connection.socket.close()

    def drop(self) -> None:
        """Cut every connection without a word, as a broken network does."""
        for connection in list(self.connections):
            if connection.request.transport:
                connection.request.transport.abort()

    async def close(self) -> None:
        for connection in list(self.connections):
            await connection.socket.close()

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if self.refuse_handshakes > 0:
            self.refuse_handshakes -= 1
            self._tickets.discard(ticket)
            return web.Response(status=503)
        if ticket not in self._tickets:
            return web.Response(status=403, text="this ticket was used or never given")
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        connection = Connection(request, socket)
        await self._welcome(connection)
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    _take_ack(connection, message.data)
        finally:
            self.connections.remove(connection)
            for future in connection.waiting.values():
                if not future.done():
                    future.set_exception(ConnectionResetError())
        return socket

    async def _welcome(self, connection: Connection) -> None:
        self.connections.append(connection)
        await connection.socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self.connections),
                "connection_info": {"app_id": self._slack.app.registration.app_id},
                "debug_info": {"host": "playground", "approximate_connection_time": CONNECTION_SECONDS},
            }
        )
        async with self._reachable:
            self._reachable.notify_all()


def _envelope(envelope_id: str, delivery: Delivery) -> Json:
    envelope = {
        "envelope_id": envelope_id,
        "type": _ENVELOPES[delivery.kind],
        "payload": delivery.payload,
        "accepts_response_payload": delivery.kind != "event",
    }
    if delivery.kind == "event":
        envelope |= {"retry_attempt": delivery.retry_num, "retry_reason": delivery.retry_reason or ""}
    return envelope


def _take_ack(connection: Connection, text: str) -> None:
    try:
        ack = json.loads(text)
    except ValueError:
        return
    future = connection.waiting.get(ack.get("envelope_id", "")) if isinstance(ack, dict) else None
    if future and not future.done():
        future.set_result(ack.get("payload"))
