"""Socket Mode: Slack's requests over a WebSocket that the bot opens, for where no address can be reached from outside.

The SDK's own client goes on with a spent ticket after a failed handshake, and with a bad token for ever; here every
attempt takes a fresh ticket, and a token that Slack refuses ends the process with a clear message.
"""

import asyncio
import json
import logging
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType
from slack_sdk.web.async_client import AsyncWebClient

from bot.dispatch import Dispatch
from bot.errors import Problem, ProblemsError
from bot.slack_errors import FAILED, error_of

log = logging.getLogger(__name__)

# Pings find a half-open connection within twice this; Slack itself pings every few seconds.
HEARTBEAT = 10.0
HANDSHAKE_WITHIN = 10.0
AGAIN_AFTER = (0.5, 1, 2, 5, 10)
AFTER_A_GOOD_END = 0.1
# Slack waits this long for an acknowledgement.
ACKNOWLEDGED_BY_THEN = 3.0
_BAD_TOKEN = {"invalid_auth", "not_authed", "not_allowed_token_type", "token_revoked", "account_inactive"}


class SocketMode:
    """Keeps one connection open and takes what arrives on it to `dispatch`."""

    def __init__(self, session: ClientSession, client: AsyncWebClient, app_token: str, dispatch: Dispatch) -> None:
        self._session = session
        self._client = client
        self._app_token = app_token
        self._dispatch = dispatch
        self._in_flight: set[asyncio.Task[None]] = set()
        self._is_draining = False
        self.is_connected = False

    async def run(self) -> None:
        """Stay connected until cancelled; ProblemsError when Slack refuses the token."""
        failures = 0
        while True:
            try:
                await self._connection()
                failures = 0
                await asyncio.sleep(AFTER_A_GOOD_END)
            except FAILED as lost:
                _refuse_bad_token(lost)
                wait = AGAIN_AFTER[min(failures, len(AGAIN_AFTER) - 1)]
                failures += 1
                log.warning("Socket Mode is not connected (%s); again in %s s", type(lost).__name__, wait)
                await asyncio.sleep(wait)
            finally:
                self.is_connected = False

    async def drain(self, seconds: float) -> None:
        """Take nothing more (Slack delivers it again elsewhere), and wait at most this long for what is in flight."""
        self._is_draining = True
        await self._settled(seconds)

    async def _settled(self, seconds: float) -> None:
        if self._in_flight:
            await asyncio.wait(self._in_flight, timeout=seconds)

    async def _connection(self) -> None:
        opened = await self._client.apps_connections_open(app_token=self._app_token)
        async with asyncio.timeout(HANDSHAKE_WITHIN):
            socket = await self._session.ws_connect(opened["url"], heartbeat=HEARTBEAT)
        async with socket:
            async for message in socket:
                if message.type is WSMsgType.TEXT and not self._goes_on(socket, json.loads(message.data)):
                    break
            # What was asked over this connection can only be acknowledged over it.
            await self._settled(ACKNOWLEDGED_BY_THEN)

    def _goes_on(self, socket: ClientWebSocketResponse, envelope: dict[str, Any]) -> bool:
        """Handle one message; False when Slack asks to connect anew."""
        match envelope:
            case {"type": "hello"}:
                self.is_connected = True
                log.info("Socket Mode is connected")
            case {"type": "disconnect", "reason": "link_disabled"}:
                mend = "Switch Socket Mode on in the app's settings."
                raise ProblemsError([Problem("SLACK_APP_TOKEN", None, "Socket Mode is switched off.", mend)])
            case {"type": "disconnect", "reason": "warning"}:
                # The connection lives some seconds more; Slack closes it, and the loop takes a fresh ticket.
                pass
            case {"type": "disconnect"}:
                return False
            case {"envelope_id": str(envelope_id), "payload": dict(payload)} if not self._is_draining:
                task = asyncio.create_task(self._answer(socket, envelope_id, envelope, payload))
                self._in_flight.add(task)
                task.add_done_callback(self._in_flight.discard)
        return True

    async def _answer(
        self, socket: ClientWebSocketResponse, envelope_id: str, envelope: dict[str, Any], payload: dict[str, Any]
    ) -> None:
        retries = {
            header: str(envelope[field])
            for header, field in (("X-Slack-Retry-Num", "retry_attempt"), ("X-Slack-Retry-Reason", "retry_reason"))
            if envelope.get(field)
        }
        response = await self._dispatch.answer(payload, retries)
        if response.status not in (200, 404):
            return  # not acknowledged: Slack delivers it again
        acknowledged: dict[str, Any] = {"envelope_id": envelope_id}
        if response.status == 200 and response.body.startswith("{"):
            acknowledged["payload"] = json.loads(response.body)
        if not socket.closed:
            await socket.send_json(acknowledged)


async def check_app_token(client: AsyncWebClient, app_token: str) -> None:
    """ProblemsError when Slack refuses the token; whatever else goes wrong may pass."""
    try:
        await client.apps_connections_open(app_token=app_token)
    except FAILED as error:
        _refuse_bad_token(error)


def _refuse_bad_token(error: Exception) -> None:
    if (said := error_of(error)) in _BAD_TOKEN:
        mend = "Take one with connections:write from Basic Information, App-Level Tokens."
        raise ProblemsError([Problem("SLACK_APP_TOKEN", None, f"Slack refuses it ({said}).", mend)]) from error
