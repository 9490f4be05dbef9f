"""Slack's time: real, unless a test moves it on."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable


class Clock:
    """Seconds since 1970, running with the real clock plus however far it was advanced."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._waiting: list[tuple[float, int, Callable[[], object]]] = []
        self._order = itertools.count()
        self._alarm: asyncio.TimerHandle | None = None

    def now(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move on by so many seconds, and run what has become due."""
        self._ahead += seconds
        self.run_due()

    def call_at(self, when: float, call: Callable[[], object]) -> None:
        """Call once this clock reads `when` (seconds since 1970)."""
        heapq.heappush(self._waiting, (when, next(self._order), call))
        self._set_alarm()

    def run_due(self) -> None:
        while self._waiting and self._waiting[0][0] <= self.now():
            heapq.heappop(self._waiting)[2]()
        self._set_alarm()

    def close(self) -> None:
        self._waiting.clear()
        self._set_alarm()

    def _set_alarm(self) -> None:
        if self._alarm:
            self._alarm.cancel()
            self._alarm = None
        if self._waiting:
            seconds = max(0.0, self._waiting[0][0] - self.now())
            self._alarm = asyncio.get_running_loop().call_later(seconds, self.run_due)
