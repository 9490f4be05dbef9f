"""Socket Mode: Slack's requests over WebSockets that the bot opens, for where no address can be reached from outside.

Slack refreshes every connection now and then, so there are two, and a successor opens before the old one closes. The
SDK's own client goes on with a spent ticket after a failed handshake, and with a bad token for ever; here every attempt
takes a fresh ticket, and a token that Slack refuses ends the process with a clear message.
"""

import asyncio
import logging
import random

from aiohttp import ClientSession, ClientWebSocketResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.door.dispatch import Dispatch
from bot.door.envelopes import Envelopes
from bot.door.replays import Replays
from bot.door.socket_connection import Connection, Patience
from bot.errors import Problem, ProblemsError
from bot.slack_errors import FAILED, error_of, retry_after

log = logging.getLogger(__name__)

# Slack allows ten to an app, in all its replicas; while they are refreshed there are twice as many.
CONNECTIONS = 2
_BAD_TOKEN = {"invalid_auth", "not_authed", "not_allowed_token_type", "token_revoked", "account_inactive"}


class SocketMode:
    """Keeps `CONNECTIONS` open and takes what arrives over any of them to `dispatch`, once as `replays` knows."""

    def __init__(
        self,
        session: ClientSession,
        client: AsyncWebClient,
        app_token: str,
        dispatch: Dispatch,
        replays: Replays,
        patience: Patience | None = None,
        rng: random.Random | None = None,
    ) -> None:
        self._session = session
        self._client = client
        self._app_token = app_token
        self._envelopes = Envelopes(dispatch, replays)
        self._patience = patience or Patience()
        self._rng = rng or random.Random()
        self._keeping: list[asyncio.Task[None]] = []
        self._connections: set[Connection] = set()

    @property
    def up(self) -> int:
        """How many connections are up; while one takes the place of another, both."""
        return sum(connection.is_up for connection in self._connections)

    async def run(self) -> None:
        """Stay connected until drained or cancelled; ProblemsError when Slack refuses the token or Socket Mode."""
        try:
            async with asyncio.TaskGroup() as tasks:
                self._keeping = [tasks.create_task(self._keep_one(tasks)) for _ in range(CONNECTIONS)]
        except ExceptionGroup as ended:
            # What one is told, the other may have been told as well.
            raise ended.exceptions[0] from None

    async def drain(self, seconds: float) -> None:
        """Take nothing more (Slack delivers it again elsewhere), and wait at most this long for what is in flight."""
        for keeping in self._keeping:
            keeping.cancel()
        await asyncio.gather(*(connection.drain(seconds) for connection in self._connections))

    async def _keep_one(self, tasks: asyncio.TaskGroup) -> None:
        """One connection after the other, each opened as soon as the one before is to leave or was lost."""
        failures = 0
        while True:
            connection = Connection(self._open_socket, self._envelopes, self._patience)
            tasks.create_task(self._run(connection))
            await connection.leaving.wait()
            failures = 0 if connection.has_lasted else failures + 1
            wait = self._pause(failures, connection.failure)
            level = logging.WARNING if connection.failure else logging.INFO
            log.log(level, "A connection of Socket Mode gets a successor in %.1f s: %s", wait, _why(connection.failure))
            await asyncio.sleep(wait)

    async def _run(self, connection: Connection) -> None:
        self._connections.add(connection)
        try:
            await connection.run()
        finally:
            self._connections.discard(connection)

    async def _open_socket(self) -> ClientWebSocketResponse:
        try:
            opened = await self._client.apps_connections_open(app_token=self._app_token)
        except FAILED as error:
            _refuse_bad_token(error)
            raise
        return await self._session.ws_connect(opened["url"], autoping=False)

    def _pause(self, failures: int, failed: Exception | None) -> float:
        """Seconds before the next try: more after each failure, not the same for all bots, no less than Slack asks."""
        most = (0.0, *self._patience.again_after)[min(failures, len(self._patience.again_after))]
        asked = retry_after(failed) if failed else None
        return max(self._rng.uniform(most / 2, most), asked.total_seconds() if asked else 0.0)


def _why(failed: Exception | None) -> str:
    match failed:
        case None:
            return "it ends"
        case TimeoutError():
            return "no sign of life from Slack"
    return error_of(failed) or type(failed).__name__


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
