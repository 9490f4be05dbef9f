"""Slack's time: real, unless somebody moves it on."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

# How long an app may take in all for what is due on the way, and how often it is looked at.
PATIENCE_SECONDS = 20.0
BEAT_SECONDS = 0.05

NextDue = Callable[[], Awaitable[datetime | None]]


class Clock:
    """Seconds since 1970, running with the real clock plus however far it was advanced.

    An app can live by it too: `utc` tells the time, and a `sleep` is over as soon as the clock was moved past its end.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, Callable[[], object]]] = []
        self._order = itertools.count()
        self._alarm: asyncio.TimerHandle | None = None
        self._watchers: list[Callable[[], object]] = []
        self._next_due: NextDue = _nothing_is_due
        self._goal = 0.0
        self.ahead = 0.0

    def now(self) -> float:
        return time.time() + self.ahead

    def utc(self) -> datetime:
        """Now, as an aware datetime in UTC."""
        return datetime.fromtimestamp(self.now(), UTC)

    def advance(self, seconds: float) -> None:
        """Move on by so many seconds, and run what has become due. Time never goes back: ValueError."""
        if seconds < 0:
            raise ValueError("the clock only goes forward")
        self.ahead += seconds
        self.run_due()
        for watcher in self._watchers:
            watcher()

    async def go_on(self, seconds: float) -> None:
        """Move on by so many seconds, but stop wherever the app has something due, until it has done it.

        What takes the app long in all is not waited for. Whoever asks again meanwhile goes on from there.
        """
        goal = self._goal = max(self._goal, self.now()) + seconds
        give_up = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < give_up and (due := await self._next_due()) and due.timestamp() <= goal:
            if due.timestamp() > self.now():
                self.advance_to(due)
            else:
                await asyncio.sleep(BEAT_SECONDS)
        self.advance(max(0.0, goal - self.now()))

    def stop_for(self, next_due: NextDue) -> None:
        """Stop for an app in `go_on`: `next_due` gives when it will do something, which is past while it does it."""
        self._next_due = next_due

    def advance_to(self, when: datetime) -> None:
        """Move on to a moment, which has a time zone."""
        self.advance(when.timestamp() - self.now())

    def watch(self, watcher: Callable[[], object]) -> None:
        """Call `watcher` whenever the clock was moved on."""
        self._watchers.append(watcher)

    async def sleep(self, seconds: float) -> None:
        """Wait until this clock has gone on by so many seconds."""
        over = asyncio.get_running_loop().create_future()
        self.call_at(self.now() + seconds, lambda: None if over.done() else over.set_result(None))
        await over

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


async def _nothing_is_due() -> None:
    """Where no app lives by this clock."""
