"""What Slack sent is acted on once: not again when somebody caught it and sends it once more, nor when Slack does."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import timedelta
from typing import Any, Protocol

from slack_bolt.response import BoltResponse

from bot.domain import clock
from bot.domain.claim import Claim
from bot.domain.clock import Now
from bot.domain.permissions import Action
from bot.errors import StoreUnavailableError
from bot.handlers.permissions import of_payload
from bot.patience import in_time

Payload = Mapping[str, Any]
Work = Callable[[], Awaitable[BoltResponse]]

log = logging.getLogger(__name__)

# A signature counts for five minutes on either side; Slack delivers an event for the last time after about as many.
KEPT_FOR = timedelta(minutes=15)
# Of very many so many at least, and twice as many at most: some ten megabytes.
KEPT = 30_000
# Slack waits for three seconds; a database that is slower than this is not waited for.
CLAIM_SECONDS = 0.5


class Claims(Protocol):
    """What replicas know of each other. Each method may raise StoreUnavailableError."""

    def take(self, key: str) -> Coroutine[Any, Any, Claim]: ...
    def done(self, key: str) -> Coroutine[Any, Any, None]: ...
    def give_back(self, key: str) -> Coroutine[Any, Any, None]: ...


class Replays:
    """Remembers what was taken for `KEPT_FOR`, or the last `kept` requests, and with `claims` what other replicas took.

    An event that Slack delivers again, over HTTP or a WebSocket, bears the same `event_id`. It signs no command, click
    or form twice, since each bears a `trigger_id`, and gives each an envelope of its own. Only what is Slack's may be
    asked about, so that nobody else fills this.
    """

    def __init__(self, claims: Claims | None = None, now: Now = clock.now, kept: int = KEPT) -> None:
        self._claims = claims
        self._now = now
        self._kept = kept
        # A status, once there is one: it takes half of the memory. What is old is forgotten by the half, all at once.
        self._taken: dict[str, asyncio.Future[int] | int] = {}
        self._taken_before: dict[str, asyncio.Future[int] | int] = {}
        self._since = now()

    async def answer(self, body: Payload, name: str, work: Work) -> BoltResponse:
        """The response of `work`; whoever sends the same again learns its status alone, and nothing is done.

        `name` is what only this request is called, in at most 64 characters: its signature, or its `envelope_id`.
        What failed (5xx) was not taken, and may come again.
        """
        if body.get("type") == "block_suggestion":
            # It changes nothing, and has no id of its own: the same letters typed twice are the same request.
            return await work()
        key = _key(body, name)
        if earlier := self._taken.get(key) or self._taken_before.get(key):
            return BoltResponse(status=earlier if isinstance(earlier, int) else await asyncio.shield(earlier))
        self._forget_the_oldest()
        outcome = self._taken[key] = asyncio.get_running_loop().create_future()
        # Whoever asked may go away: the work goes on, and counts as done.
        status = 200
        try:
            response = await self._among_replicas(body, key, work)
            status = response.status
        finally:
            among = self._taken if key in self._taken else self._taken_before
            if status < 500:
                among[key] = status
            else:
                among.pop(key, None)
            outcome.set_result(status)
        return response

    def _forget_the_oldest(self) -> None:
        if len(self._taken) >= self._kept or self._now() - self._since >= KEPT_FOR:
            self._taken_before, self._taken, self._since = self._taken, {}, self._now()

    async def _among_replicas(self, body: Payload, key: str, work: Work) -> BoltResponse:
        """503 while another replica is at it, so that Slack asks again: that one may end before it is done."""
        if self._claims is None or _only_reads(body):
            return await work()
        try:
            claim = await in_time(self._claims.take(key), CLAIM_SECONDS)
        except (StoreUnavailableError, TimeoutError):
            # Answered by two rather than by nobody.
            log.warning("Nobody can tell whether another replica took a request: the database does not answer")
            return await work()
        if claim is not Claim.OURS:
            return BoltResponse(status=200 if claim is Claim.DONE else 503)
        response = await work()
        try:
            telling = self._claims.give_back(key) if response.status >= 500 else self._claims.done(key)
            await in_time(telling, CLAIM_SECONDS)
        except (StoreUnavailableError, TimeoutError):
            log.warning("Other replicas do not learn that a request was taken: the database does not answer")
        return response


def _key(body: Payload, name: str) -> str:
    match body:
        case {"event": dict(), "event_id": str(event_id)}:
            named = f"{body.get('team_id')} {event_id}"
            return hashlib.sha256(named.encode("utf-8", "replace")).hexdigest()
    return name


def _only_reads(body: Payload) -> bool:
    """Whether the answer is for one person's eyes, who may as well see it twice."""
    return "event" not in body and of_payload(body) is Action.READ
