"""Whether the database answers, so that whoever asks how the bot is never has to wait for it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from bot.errors import StoreUnavailableError
from bot.patience import in_time

# In seconds: a balancer's health check asks about as often, and gives up about as soon.
EVERY = 1.0
WITHIN = 2.0


class Pulse:
    """Asks the database by the second; `beats` tells whether it answered."""

    def __init__(self, ask: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._ask = ask
        # Nobody listens before the migrations have run.
        self.beats = True

    async def run(self) -> None:
        """For ever."""
        while True:
            try:
                await in_time(self._ask(), WITHIN)
                self.beats = True
            except (StoreUnavailableError, TimeoutError):
                self.beats = False
            await asyncio.sleep(EVERY)
