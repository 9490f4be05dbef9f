"""Says what must be said later or must not be lost: each once, in order, and never guessing what became of it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.domain.clock import Now
from bot.domain.outgoing import Claimed, Outcome, Outgoing, Refused, RefusedForNow, Unknown
from bot.errors import StoreUnavailableError
from bot.services.store import OutboxKept

log = logging.getLogger(__name__)

# So many are said side by side: enough for a minute in which many channels are due, and no burden for anybody.
AT_ONCE = 40
# What another replica put in line, or a moment that came, is seen after so long at most.
LOOK_EVERY = timedelta(seconds=2)
LOOK_AGAIN_WHEN_BROKEN = timedelta(seconds=5)
GIVE_UP_AFTER_TRIES = 50

Send = Callable[[Claimed], Awaitable[Outcome]]
Settled = Callable[[Outgoing, Outcome], Awaitable[None]]


class Outbox:
    """Takes rows that are due, has each sent by `send`, and keeps what became of it; then tells `settled`."""

    def __init__(self, store: OutboxKept, send: Send, settled: Settled, now: Now) -> None:
        self._store = store
        self._send = send
        self._settled = settled
        self._now = now
        self._wake = asyncio.Event()
        self._saying: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """There is something new to say."""
        self._wake.set()

    async def run(self) -> None:
        """Say what is due, for ever; a store that is out of reach is asked again."""
        while True:
            self._wake.clear()
            wait = LOOK_EVERY
            try:
                if await self._take():
                    continue
            except StoreUnavailableError as error:
                log.warning("The outbox cannot be read (%s)", error)
                wait = LOOK_AGAIN_WHEN_BROKEN
            except Exception:
                # A mistake of ours must not silence everything that is still to be said.
                log.exception("The outbox stumbled")
                wait = LOOK_AGAIN_WHEN_BROKEN
            try:
                async with asyncio.timeout(wait.total_seconds()):
                    await self._wake.wait()
            except TimeoutError:
                pass

    async def drain(self, seconds: float) -> None:
        """Wait for what is being said; what is not finished then is settled when its lease ends."""
        if self._saying:
            await asyncio.wait(set(self._saying), timeout=seconds)

    async def _take(self) -> bool:
        """Begin to say what is due, as far as there is room; whether there may be more."""
        for lost in await self._store.end_leases(self._now()):
            await self._tell(lost, Unknown("lease_ended"))
        room = AT_ONCE - len(self._saying)
        claimed = await self._store.claim(self._now(), room) if room else []
        for one in claimed:
            task = asyncio.create_task(self._say(one))
            self._saying.add(task)
            task.add_done_callback(self._done)
        if len(self._saying) == AT_ONCE:
            await asyncio.wait(set(self._saying), return_when=asyncio.FIRST_COMPLETED)
        return bool(claimed)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._saying.discard(task)
        # What waited for this one may go now.
        self._wake.set()

    async def _say(self, claimed: Claimed) -> None:
        try:
            outcome = await self._send(claimed)
        except StoreUnavailableError as error:
            outcome = RefusedForNow(LOOK_AGAIN_WHEN_BROKEN, str(error))
        except Exception as error:
            # A mistake of ours while drawing; the row stays, to be seen and mended.
            log.exception("A message could not be drawn (%s)", type(error).__name__)
            outcome = Refused(type(error).__name__)
        if isinstance(outcome, RefusedForNow) and claimed.tries >= GIVE_UP_AFTER_TRIES:
            outcome = Refused(outcome.error)
        if await self._keep(claimed, outcome):
            await self._tell(claimed.outgoing, outcome)

    async def _tell(self, outgoing: Outgoing, outcome: Outcome) -> None:
        if isinstance(outcome, RefusedForNow) or (isinstance(outcome, Unknown) and outgoing.is_repeatable):
            return
        try:
            await self._settled(outgoing, outcome)
        except Exception:
            log.exception("What follows from a message was not done")

    async def _keep(self, claimed: Claimed, outcome: Outcome) -> bool:
        """Record it, trying until the lease ends: what was said must not be said again."""
        for wait in (0.1, 0.5, 2.0, 5.0, 10.0, 20.0, None):
            try:
                return await self._store.record(claimed, outcome, self._now())
            except StoreUnavailableError as error:
                log.warning("What became of a message cannot be kept (%s)", error)
                if wait is None:
                    break
                await asyncio.sleep(wait)
        return False
