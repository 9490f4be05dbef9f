"""One WebSocket to Slack, from its ticket to its end: what comes over it is answered over it.

Source for what Slack says and does: https://docs.slack.dev/apis/events-api/using-socket-mode.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientError, ClientWebSocketResponse, WSMessage, WSMsgType

from bot.door.envelopes import Envelopes, is_taken
from bot.errors import Problem, ProblemsError
from bot.slack_errors import FAILED

log = logging.getLogger(__name__)

Open = Callable[[], Awaitable[ClientWebSocketResponse]]
"""Opens a WebSocket with a fresh ticket, which leaves pings to us; one of FAILED when it cannot be had."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what, in seconds.

    A connection that died unseen, and whose successor hangs at first, is made good for after 21 s: `pong_within`,
    `open_within`, half a second's pause, and an opening.
    """

    open_within: float = 8.0
    """For a ticket, the handshake and Slack's hello, which together take well under a second."""
    ping_every: float = 4.0
    pong_within: float = 12.0
    """Without a pong for so long nobody hears us, whatever still comes in."""
    leave_within: float = 30.0
    """Slack closes a connection some ten seconds after it has warned of it; if it does not, we do."""
    finish_within: float = 3.0
    """For answers when a connection ends: Slack waits no longer for an acknowledgement."""
    close_within: float = 1.0
    lasting: float = 5.0
    """What ended sooner than this after Slack's hello counts as a failure, so that coming back at once is no loop."""
    again_after: tuple[float, ...] = (0.5, 1, 2, 5)
    """After the first failure in a row, the second and so on: three more at the worst are over within 30 seconds."""


class Connection:
    """Takes what comes to `envelopes`. `leaving` is set as soon as another one should take its place."""

    def __init__(self, open_socket: Open, envelopes: Envelopes, patience: Patience) -> None:
        self._open_socket = open_socket
        self._envelopes = envelopes
        self._patience = patience
        self._clock = asyncio.get_running_loop().time
        self._alive = asyncio.timeout(patience.open_within)
        self._up_since: float | None = None
        self._leave_by = float("inf")
        self._is_draining = False
        self._in_flight: set[asyncio.Task[None]] = set()
        self._socket: ClientWebSocketResponse | None = None
        self.is_up = False
        self.leaving = asyncio.Event()
        self.failure: Exception | None = None

    @property
    def has_lasted(self) -> bool:
        return self._up_since is not None and self._clock() - self._up_since >= self._patience.lasting

    async def run(self) -> None:
        """Open, and take what comes until the end; `failure` then tells what went wrong, if we know.

        ProblemsError when Slack will never have us without somebody mending something.
        """
        pinging = None
        try:
            # One deadline for all: whatever shows that Slack hears us puts it off.
            async with self._alive:
                self._socket = await self._open_socket()
                pinging = asyncio.create_task(self._ping(self._socket))
                async for message in self._socket:
                    await self._take(self._socket, message)
        except FAILED as lost:
            if not self.leaving.is_set():
                self.failure = lost
        finally:
            self.is_up = False
            self.leaving.set()
            if pinging:
                pinging.cancel()
            # What was asked over this connection can only be acknowledged over it.
            await self._answered(self._patience.finish_within)
            await self._close()

    async def drain(self, seconds: float) -> None:
        """Take nothing more, wait at most this long for what is in flight, and close."""
        self._is_draining = True
        await self._answered(seconds)
        await self._close()

    async def _answered(self, seconds: float) -> None:
        if self._in_flight:
            await asyncio.wait(self._in_flight, timeout=seconds)

    async def _close(self) -> None:
        if self._socket:
            # A dead connection answers no close, and may not even take one.
            with suppress(TimeoutError):
                async with asyncio.timeout(self._patience.close_within):
                    await self._socket.close()

    async def _ping(self, socket: ClientWebSocketResponse) -> None:
        with suppress(ClientError, OSError):
            while True:
                await socket.ping()
                await asyncio.sleep(self._patience.ping_every)

    async def _take(self, socket: ClientWebSocketResponse, message: WSMessage) -> None:
        match message.type:
            case WSMsgType.PING:
                await socket.pong(message.data)
            case WSMsgType.PONG if self._up_since is not None:
                self._live_on()
            case WSMsgType.TEXT:
                self._read(socket, json.loads(message.data))

    def _live_on(self) -> None:
        self._alive.reschedule(min(self._clock() + self._patience.pong_within, self._leave_by))

    def _read(self, socket: ClientWebSocketResponse, message: Mapping[str, Any]) -> None:
        match message:
            case {"type": "hello"}:
                self.is_up, self._up_since = True, self._clock()
                self._live_on()
                log.info("A Socket Mode connection is up")
            case {"type": "disconnect", "reason": "link_disabled"}:
                mend = "Switch Socket Mode on in the app's settings."
                raise ProblemsError([Problem("SLACK_APP_TOKEN", None, "Socket Mode is switched off.", mend)])
            case {"type": "disconnect", "reason": "warning" | "refresh_requested"}:
                # Until Slack closes it, requests may still come, and are answered.
                self._leave_by = self._clock() + self._patience.leave_within
                self.leaving.set()
            case {"type": "disconnect"}:
                raise ConnectionError(str(message.get("reason")))
            case {"envelope_id": str(), "payload": dict()} if not self._is_draining:
                task = asyncio.create_task(self._acknowledge(socket, message))
                self._in_flight.add(task)
                task.add_done_callback(self._in_flight.discard)

    async def _acknowledge(self, socket: ClientWebSocketResponse, envelope: Mapping[str, Any]) -> None:
        response = await self._envelopes.answer(envelope)
        if not is_taken(response):
            return  # not acknowledged: Slack delivers it again
        acknowledged: dict[str, Any] = {"envelope_id": envelope["envelope_id"]}
        if response.status == 200 and response.body.startswith("{"):
            acknowledged["payload"] = json.loads(response.body)
        with suppress(ClientError, OSError):
            await socket.send_json(acknowledged)
