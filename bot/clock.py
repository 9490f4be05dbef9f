"""Wakes what is due; survives a failing run."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

from bot.domain.clock import Now
from bot.errors import StoreUnavailableError
from bot.services.weekly import Weekly

log = logging.getLogger(__name__)

# A schedule that another replica changed, or a clock that was set, is seen after so long at most.
LOOK_EVERY = timedelta(seconds=1)
LOOK_AGAIN_WHEN_BROKEN = timedelta(seconds=5)


class Clock:
    """Takes the slots of the story of the week as their moments come, and has lost posts looked for."""

    def __init__(self, weekly: Weekly, look_for_lost: Callable[[], Awaitable[None]], now: Now) -> None:
        self._weekly = weekly
        self._look_for_lost = look_for_lost
        self._now = now
        self._sooner = asyncio.Event()

    def wake(self) -> None:
        """Something may be due sooner than it was."""
        self._sooner.set()

    async def run(self) -> None:
        """For ever; two replicas may run it side by side, since each slot can be taken once."""
        # Both have ended when this ends: what is left half way would meet a database that is closed.
        takes, reads_back = self._for_ever(self._take, self._sooner), self._for_ever(self._read_back, asyncio.Event())
        await asyncio.gather(takes, reads_back, return_exceptions=True)

    async def _for_ever(self, look: Callable[[], Awaitable[timedelta]], wake: asyncio.Event) -> None:
        """Look again and again, each time after as long as the last look says, or sooner if somebody wakes it."""
        while True:
            wake.clear()
            try:
                wait = await look()
            except StoreUnavailableError as error:
                log.warning("Nobody knows what is due (%s)", error)
                wait = LOOK_AGAIN_WHEN_BROKEN
            except Exception:
                log.exception("What was due was not done")
                wait = LOOK_AGAIN_WHEN_BROKEN
            with suppress(TimeoutError):
                async with asyncio.timeout(wait.total_seconds()):
                    await wake.wait()

    async def _read_back(self) -> timedelta:
        await self._look_for_lost()
        return LOOK_EVERY

    async def _take(self) -> timedelta:
        """Take what is due, and how long to wait until something may be."""
        if await self._weekly.take_due():
            return timedelta(milliseconds=10)
        return self._until(await self._weekly.next_due())

    def _until(self, moment: datetime | None) -> timedelta:
        now = self._now()
        # What is due and was not taken just now could not be: looking at once again would help nobody.
        if moment is None or moment <= now:
            return LOOK_EVERY
        return min(max(moment - now, timedelta(milliseconds=1)), LOOK_EVERY)
