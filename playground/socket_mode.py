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
    """One WebSocket to the app. A leaving one is to end; over a dead one nothing gets through any more."""

    request: web.Request
    socket: web.WebSocketResponse
    waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)
    is_leaving: bool = False
    is_dead: bool = False

    async def send(self, message: Json) -> None:
        if not self.is_dead:
            await self.socket.send_json(message)

    async def tell(self, reason: str) -> None:
        """Tell the app that it should connect anew, and why: "warning" some seconds before the end, or another."""
        self.is_leaving = True
        await self.send({"type": "disconnect", "reason": reason, "debug_info": {"host": "playground"}})

    async def close(self) -> None:
        self.is_leaving = True
        if self.is_dead:
            self.cut()
        else:
            await self.socket.close()

    def cut(self) -> None:
        """End without a word, as a broken network does."""
        self.is_dead = True
        if self.request.transport:
            self.request.transport.abort()

    def stall(self) -> None:
        """From now on read nothing and write nothing, and do not close: half-open, until it is cut."""
        self.is_dead = True
        if isinstance(self.request.transport, asyncio.Transport):
            self.request.transport.pause_reading()


class SocketMode:
    """The line to an app that connects by itself. Of several connections, each takes its turn."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._tickets: set[str] = set()
        self._turns = itertools.count()
        self._changed = asyncio.Condition()
        self.connections: list[Connection] = []
        self._closed = asyncio.Event()
        self.refuse_handshakes = 0
        self.hang_handshakes = 0

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

    async def connected(self, seconds: float = 10, connections: int = 1) -> None:
        """Wait until the app has connected, so many times; connections that are to end or are dead do not count."""

        def are_there() -> bool:
            return sum(not (one.is_leaving or one.is_dead) for one in self.connections) >= connections

        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(are_there)

    async def without(self, connection: Connection, seconds: float = 10) -> None:
        """Wait until Slack has seen that this connection is no more."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: connection not in self.connections)

    async def deliver(self, delivery: Delivery) -> None:
        delivery.by_socket = True
        if not self.connections:
            delivery.failure = "connection_failed"
            return
        connection = self.connections[next(self._turns) % len(self.connections)]
        envelope_id = str(uuid.uuid4())
        acknowledged = connection.waiting[envelope_id] = asyncio.get_running_loop().create_future()
        try:
            await connection.send(_envelope(envelope_id, delivery))
            delivery.answer = await acknowledged
            delivery.status = 200
        except ConnectionError:
            delivery.failure = "connection_failed"
        finally:
            connection.waiting.pop(envelope_id, None)

    async def ask_to_reconnect(self, reason: str = "refresh_requested") -> None:
        """Tell every connection to go, as Slack does each hour or so ("warning" first, then "refresh_requested")."""
        for connection in list(self.connections):
            await connection.tell(reason)
            if reason != "warning":
                await connection.close()

    def drop(self) -> None:
        """Cut every connection without a word, as a broken network does."""
        for connection in list(self.connections):
            connection.cut()

    async def close(self) -> None:
        self._closed.set()
        for connection in list(self.connections):
            await connection.close()

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if self.hang_handshakes > 0:
            self.hang_handshakes -= 1
            self._tickets.discard(ticket)
            await self._closed.wait()
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
            await self._tell_who_waits()
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
        await self._tell_who_waits()

    async def _tell_who_waits(self) -> None:
        async with self._changed:
            self._changed.notify_all()


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
