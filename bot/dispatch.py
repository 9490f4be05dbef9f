"""The way to Bolt for whatever Slack sent, over HTTP or a WebSocket: answered in time, and never left half done."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

log = logging.getLogger(__name__)

# Slack tells the person that the app failed after 3 seconds; a slow Web API must not make a click fail.
ACKNOWLEDGE_WITHIN = 2.5


class Dispatch:
    """Takes requests to one Bolt app, and counts what is in flight so that stopping can wait for it."""

    def __init__(self, bolt: AsyncApp) -> None:
        self._bolt = bolt
        self._in_flight: set[asyncio.Future[BoltResponse]] = set()

    async def answer(self, body: Mapping[str, Any], retries: Mapping[str, str]) -> BoltResponse:
        """Bolt's response to a verified body; 200 when Bolt cannot read it. `retries` are Slack's retry headers.

        A click whose work takes longer than `ACKNOWLEDGE_WITHIN` is acknowledged while the work goes on.
        """
        work = asyncio.ensure_future(self._answer(body, retries))
        self._in_flight.add(work)
        work.add_done_callback(self._in_flight.discard)
        if body.get("type") == "block_actions":
            await asyncio.wait({work}, timeout=ACKNOWLEDGE_WITHIN)
            return work.result() if work.done() else BoltResponse(status=200)
        # Shielded: whoever waits for the answer may go away, the work goes on.
        return await asyncio.shield(work)

    async def drain(self, seconds: float) -> None:
        """Wait for what is in flight, at most this long, then give it up."""
        if not self._in_flight:
            return
        _, left = await asyncio.wait(self._in_flight, timeout=seconds)
        for work in left:
            work.cancel()
        if left:
            log.error("%d answers were not finished in time and are given up", len(left))

    async def _answer(self, body: Mapping[str, Any], retries: Mapping[str, str]) -> BoltResponse:
        try:
            # This mode tells Bolt that the body is parsed and verified.
            request = AsyncBoltRequest(mode="socket_mode", body=dict(body), headers=dict(retries))
            if not request.context.team_id:
                # Of an event under an organisation's installation Bolt reads no workspace.
                request.context["team_id"] = body.get("context_team_id") or body.get("team_id")
            return await self._bolt.async_dispatch(request)
        except Exception as error:
            # Our own errors are told by the error listener. Bolt looks for ids in the body and trusts its shape.
            log.error("Bolt could not read a request that Slack sent (%s)", type(error).__name__)
            return BoltResponse(status=200)
