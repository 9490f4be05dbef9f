"""The way to Bolt for whatever Slack sent, over HTTP or a WebSocket: answered in time, and never left half done."""

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.door import payload
from bot.handlers.forms import ANSWER_BY
from bot.handlers.turns import NO_TURN, Turns
from bot.seeing import metrics, tracing
from bot.seeing.incoming import CURRENT, Incoming, kind_of

log = logging.getLogger(__name__)

# Slack tells the person that the app failed after 3 seconds; a slow Web API must not make a click or a form fail. Up to
# half a second before, and as much after, replicas may need to tell each other (see `bot.door.replays`), and the way
# there and back takes some.
ACKNOWLEDGE_WITHIN = 1.8


class Dispatch:
    """Takes requests to one Bolt app, and counts what is in flight so that stopping can wait for it."""

    def __init__(self, bolt: AsyncApp, turns: Turns | None = None) -> None:
        """Without `turns` everybody may have as much worked on as they send."""
        self._bolt = bolt
        self._turns = turns
        # What ends with each piece of work, and the task that is at it.
        self._in_flight: dict[asyncio.Future[Any], asyncio.Task[Any]] = {}

    async def answer(self, body: Mapping[str, Any], retries: Mapping[str, str]) -> BoltResponse:
        """Bolt's response to a verified body; 200 when Bolt cannot read it. `retries` are Slack's retry headers.

        A click whose work takes longer than `ACKNOWLEDGE_WITHIN` is acknowledged while the work goes on; a form is told
        of what came of it, or of nothing so far, within as long (see `bot.handlers.forms`).
        """
        begun = time.perf_counter()
        if body.get("type") == "block_actions":
            response = await self._clicked(body, retries)
        else:
            # A task of its own costs a twentieth of an answer. Whoever waits may go away: no door ends a task for that.
            done, task = asyncio.get_running_loop().create_future(), asyncio.current_task()
            assert task is not None, "a coroutine runs in a task"
            self._in_flight[done] = task
            try:
                response = await self._answer(body, retries)
            finally:
                del self._in_flight[done]
                done.set_result(None)
        metrics.acknowledged(kind_of(body), response.status, time.perf_counter() - begun)
        return response

    async def _clicked(self, body: Mapping[str, Any], retries: Mapping[str, str]) -> BoltResponse:
        work = asyncio.create_task(self._answer(body, retries))
        self._in_flight[work] = work
        work.add_done_callback(self._in_flight.__delitem__)
        await asyncio.wait({work}, timeout=ACKNOWLEDGE_WITHIN)
        return work.result() if work.done() else BoltResponse(status=200)

    async def drain(self, seconds: float) -> None:
        """Wait for what is in flight, at most this long, then give it up."""
        if not self._in_flight:
            return
        _, left = await asyncio.wait(self._in_flight, timeout=seconds)
        for work in left:
            self._in_flight[work].cancel()
        if left:
            log.error("%d answers were not finished in time and are given up", len(left))

    async def _answer(self, body: Mapping[str, Any], retries: Mapping[str, str]) -> BoltResponse:
        incoming = Incoming(body)
        outer = CURRENT.set(incoming)
        try:
            with tracing.trace(kind_of(body), incoming):
                return await self._dispatched(body, retries)
        finally:
            CURRENT.reset(outer)

    async def _dispatched(self, body: Mapping[str, Any], retries: Mapping[str, str]) -> BoltResponse:
        try:
            payload.check(body)
            # This mode tells Bolt that the body is parsed and verified.
            request = AsyncBoltRequest(mode="socket_mode", body=dict(body), headers=dict(retries))
            request.context[ANSWER_BY] = asyncio.get_running_loop().time() + ACKNOWLEDGE_WITHIN
            if not request.context.team_id:
                # Of an event under an organisation's installation Bolt reads no workspace.
                request.context["team_id"] = body.get("context_team_id") or body.get("team_id")
            return await self._in_turn(request)
        except Exception as error:
            # Our own errors are told by the error listener. Bolt looks for ids in places that we do not know of.
            log.error("A request that Slack sent cannot be read (%s)", type(error).__name__)
            return BoltResponse(status=200)

    async def _in_turn(self, request: AsyncBoltRequest) -> BoltResponse:
        if self._turns is None:
            return await self._bolt.async_dispatch(request)
        with self._turns.take(request.body, request.context) as words:
            if not words:
                return await self._bolt.async_dispatch(request)
        if refusal := self._turns.refusal(request.body, request.context, words):
            return refusal
        request.context[NO_TURN] = words
        return await self._bolt.async_dispatch(request)
