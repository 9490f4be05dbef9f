"""Says what must be said later or must not be lost: each once, in order, and never guessing what became of it."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

from bot.domain.clock import Now
from bot.domain.outgoing import Claimed, Outcome, Outgoing, Refused, RefusedForNow, Unknown
from bot.errors import StoreUnavailableError
from bot.services.store import OutboxKept

log = logging.getLogger(__name__)

# So many are said side by side: enough for a minute in which many channels are due, and no burden for anybody.
AT_ONCE = 100
GATHER = timedelta(milliseconds=20)
# What another replica put in line, or a moment that came, is seen after so long at most.
LOOK_EVERY = timedelta(seconds=1)
LOOK_AGAIN_WHEN_BROKEN = timedelta(seconds=5)

Send = Callable[[Claimed], Awaitable[Outcome]]
Settled = Callable[[Outgoing, Outcome], Awaitable[None]]


class Outbox:
    """Takes rows that are due, has each sent by `send`, and keeps what became of it; then tells `settled`.

    `send` keeps the moment for which something was claimed, and may raise StoreUnavailableError when it has said
    nothing. `settled` is told of each unknown or refused one until it succeeds, so perhaps twice; of the others once,
    unless the process ends in that moment.
    """

    def __init__(self, store: OutboxKept, send: Send, settled: Settled, now: Now) -> None:
        self._store = store
        self._send = send
        self._settled = settled
        self._now = now
        self._wake = asyncio.Event()
        self._taking = asyncio.Lock()
        self._saying: set[asyncio.Task[None]] = set()
        self._is_closing = False
        self._ends_leases_at = 0.0

    def wake(self) -> None:
        """There is something new to say."""
        self._wake.set()

    async def next_due(self) -> datetime | None:
        """When something is next to be said; past while it is being said."""
        return await self._store.next_due()

    async def run(self) -> None:
        """Say what is due until `drain`; a store that is out of reach is asked again."""
        while not self._is_closing:
            # What comes in one moment is looked at together.
            await asyncio.sleep(GATHER.total_seconds())
            self._wake.clear()
            wait = LOOK_EVERY
            try:
                await self._take()
            except StoreUnavailableError as error:
                log.warning("The outbox cannot be read (%s)", error)
                wait = LOOK_AGAIN_WHEN_BROKEN
            except Exception:
                # A mistake of ours must not silence everything that is still to be said.
                log.exception("The outbox stumbled")
                wait = LOOK_AGAIN_WHEN_BROKEN
            with suppress(TimeoutError):
                async with asyncio.timeout(wait.total_seconds()):
                    await self._wake.wait()

    async def drain(self, seconds: float) -> None:
        """Take nothing more and wait for what is being said, at most this long; the rest is settled as leases end."""
        self._is_closing = True
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                # What is just being claimed has to be said as well.
                async with self._taking:
                    pass
                if self._saying:
                    await asyncio.wait(self._saying)
        left = list(self._saying)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _take(self) -> None:
        """Begin to say what is due, as far as there is room."""
        async with self._taking:
            if self._is_closing:
                return
            if time.monotonic() >= self._ends_leases_at:
                self._ends_leases_at = time.monotonic() + LOOK_EVERY.total_seconds()
                for outgoing, outcome in await self._store.end_leases(self._now()):
                    await self._follow(outgoing, outcome)
            room = AT_ONCE - len(self._saying)
            for claimed in await self._store.claim(self._now(), room) if room else []:
                task = asyncio.create_task(self._say(claimed))
                self._saying.add(task)
                task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._saying.discard(task)
        # What waited for this one, or for room, may go now.
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
        if await self._keep(claimed, outcome):
            await self._follow(claimed.outgoing, outcome)

    async def _follow(self, outgoing: Outgoing, outcome: Outcome) -> None:
        """Tell what became of it; an unknown or refused one is told again until that is done."""
        if isinstance(outcome, RefusedForNow) or (isinstance(outcome, Unknown) and outgoing.is_repeatable):
            return
        if isinstance(outcome, Refused):
            log.error("Slack does not take a message (%s, %s)", outgoing.kind, outcome.error)
        try:
            await self._settled(outgoing, outcome)
            if isinstance(outcome, Unknown | Refused):
                await self._store.followed(outgoing)
        except StoreUnavailableError as error:
            log.warning("What follows from a message waits (%s)", error)
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
