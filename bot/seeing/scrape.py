"""`/metrics` for Prometheus, on an address of its own: what was counted, and how things stand at this moment."""

from collections.abc import Callable
from functools import partial

from aiohttp import web
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Gauge,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from bot.domain.clock import Now
from bot.errors import StoreUnavailableError
from bot.patience import in_time
from bot.seeing import metrics
from bot.stock import Stock
from bot.storage.tally import Tally

# Prometheus itself waits ten seconds for all of it, unless told otherwise.
ASK_SECONDS = 5.0


class Scrape:
    """What stands now is asked anew with each scrape; while the database is out of reach, what hangs on it is NaN."""

    def __init__(self, stock: Stock, tally: Tally, now: Now) -> None:
        self._stock = stock
        self._tally = tally
        self._now = now
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self._stories = self._gauge("storybot_library_stories", "Stories of the packs.")
        self._encoder_up = self._gauge("storybot_encoder_up", "1: sentences are understood; 0: words alone.")
        self._ready = self._gauge("storybot_ready", "1: it can serve, as /readyz says.")
        self._database_up = self._gauge("storybot_database_up", "1: the database answered this scrape.")
        self._waiting = self._gauge("storybot_outbox_waiting", "Messages that are due and not said yet.")
        self._oldest = self._gauge("storybot_outbox_oldest_seconds", "Since when the oldest of them is due.")
        self._unknown = self._gauge("storybot_outbox_unknown", "Messages that Slack did not confirm: nobody knows.")
        self._slots = self._gauge(
            "storybot_slots", "What became of each channel's latest slot, if it was due within eight days.", "result"
        )
        self._schedules = self._gauge(
            "storybot_schedules", "Schedules that go on, were paused by hand, or pause as Slack refused.", "state"
        )

    def application(self, is_ready: Callable[[], bool]) -> web.Application:
        """`is_ready` tells what /readyz would."""
        app = web.Application()
        app.router.add_get("/metrics", partial(self.metrics, is_ready))
        return app

    async def metrics(self, is_ready: Callable[[], bool], _: web.Request) -> web.Response:
        self._ready.set(is_ready())
        self._stories.set(len(self._stock.library.stories))
        self._encoder_up.set(self._stock.matcher.understands_meaning)
        try:
            await in_time(self._ask(), ASK_SECONDS)
            self._database_up.set(1)
        except (StoreUnavailableError, TimeoutError):
            self._database_up.set(0)
            self._forget()
        text = generate_latest(metrics.REGISTRY) + generate_latest(self._registry)
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _ask(self) -> None:
        now = self._now()
        waiting = await self._tally.outbox(now)
        self._waiting.set(waiting.due)
        self._oldest.set(waiting.oldest_seconds)
        self._unknown.set(waiting.unknown)
        for result, count in (await self._tally.slots(now)).items():
            self._slots.labels(result).set(count)
        for state, count in (await self._tally.schedules()).items():
            self._schedules.labels(state).set(count)

    def _forget(self) -> None:
        for gauge in (self._waiting, self._oldest, self._unknown):
            gauge.set(float("nan"))
        self._slots.clear()
        self._schedules.clear()

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(name, meaning, labels, registry=self._registry)
