"""Requests to the app: signed, sent, timed, and for events sent again when the app did not take them."""

import asyncio
import hashlib
import hmac
import json
import time
from collections import Counter
from collections.abc import Coroutine
from typing import Any, Protocol
from urllib.parse import urlencode

import aiohttp

from playground.clock import Clock
from playground.inspector import Delivery, Inspector

Json = dict[str, Any]

ACK_SECONDS = 3.0
RETRY_AFTER_SECONDS = (0, 60, 300)


def sign(secret: str, body: bytes, timestamp: int | None = None) -> dict[str, str]:
    """The headers that prove a body is Slack's: https://docs.slack.dev/authentication/verifying-requests-from-slack.

    The timestamp is the real time, whatever the playground's clock says: the app compares it with its own clock.
    """
    when = str(int(time.time()) if timestamp is None else timestamp)
    digest = hmac.new(secret.encode(), b"v0:" + when.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": when, "X-Slack-Signature": f"v0={digest}"}


class Line(Protocol):
    """A way to the app. It fills in the delivery's status, answer and failure, and may be cancelled when time is up."""

    async def deliver(self, delivery: Delivery) -> None: ...


class HttpLine:
    """Signed HTTP to the app's request URL, as Slack does it."""

    def __init__(self, session: aiohttp.ClientSession, url: str, secret: str) -> None:
        self._session = session
        self._url = url
        self._secret = secret
        self._again: Counter[bytes] = Counter()

    async def deliver(self, delivery: Delivery) -> None:
        body, content_type = _encoded(delivery)
        signed_at = int(time.time())
        if delivery.retry_num:
            # Slack signs nothing twice: what is delivered again comes later.
            self._again[body] += 1
            signed_at += self._again[body]
        headers = {"Content-Type": content_type, **sign(self._secret, body, signed_at)}
        if delivery.retry_num:
            headers["X-Slack-Retry-Num"] = str(delivery.retry_num)
            headers["X-Slack-Retry-Reason"] = str(delivery.retry_reason)
        try:
            async with self.post(body, headers) as response:
                delivery.status = response.status
                delivery.no_retry = response.headers.get("X-Slack-No-Retry") == "1"
                raw = await response.read()
        except (aiohttp.ClientError, OSError):
            delivery.failure = "connection_failed"
        else:
            text = raw.decode("utf-8", "replace")
            delivery.answer, problem = _read(text, response.content_type)
            delivery.failure = problem if delivery.kind != "event" else None
            if not 200 <= response.status < 300:
                delivery.failure = "http_error"

    def post(self, body: bytes, headers: dict[str, str]) -> Any:
        own = {"User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)", "Accept": "*/*"}
        return self._session.post(self._url, data=body, headers={**own, **headers}, allow_redirects=False)


class Deliveries:
    """Everything on its way to the app."""

    def __init__(self, clock: Clock, inspector: Inspector, changed: Any) -> None:
        self._clock = clock
        self._inspector = inspector
        self._changed = changed
        self._in_flight: set[asyncio.Task[Delivery]] = set()
        self.line: Line | None = None
        self.ack_seconds = ACK_SECONDS

    async def send(self, kind: str, name: str, payload: Json) -> Delivery:
        """Send a command or an interaction, once, and wait for the app's answer."""
        delivery = Delivery(kind, name, payload, self._clock.now())
        return await asyncio.shield(self._start(self._deliver(delivery)))

    def send_event(self, payload: Json) -> asyncio.Task[Delivery]:
        """Send an event, and again later where Slack would; the task is the first try."""
        return self._start(self._deliver_event(Delivery("event", payload["event"]["type"], payload, self._clock.now())))

    async def again(self, delivery: Delivery, reason: str = "http_timeout") -> Delivery:
        """The same event once more, as when Slack did not see the app's answer."""
        return await asyncio.shield(self._start(self._deliver(self._retry_of(delivery, reason))))

    async def settled(self) -> None:
        """Wait until nothing is in flight and nothing is due."""
        self._clock.run_due()
        while self._in_flight:
            await asyncio.wait(set(self._in_flight))
            self._clock.run_due()

    async def close(self) -> None:
        for task in self._in_flight:
            task.cancel()
        await asyncio.gather(*self._in_flight, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, Delivery]) -> asyncio.Task[Delivery]:
        task = asyncio.get_running_loop().create_task(work)
        self._in_flight.add(task)
        task.add_done_callback(self._in_flight.discard)
        return task

    async def _deliver(self, delivery: Delivery) -> Delivery:
        self._inspector.record(delivery)
        started = time.perf_counter()
        if self.line is None:
            delivery.failure = "connection_failed"
        else:
            try:
                async with asyncio.timeout(self.ack_seconds):
                    await self.line.deliver(delivery)
            except TimeoutError:
                delivery.failure = "http_timeout"
        delivery.ack_ms = (time.perf_counter() - started) * 1000
        self._changed()
        return delivery

    async def _deliver_event(self, delivery: Delivery) -> Delivery:
        await self._deliver(delivery)
        if delivery.failure and not delivery.no_retry and delivery.retry_num < len(RETRY_AFTER_SECONDS):
            retry = self._retry_of(delivery, delivery.failure)
            when = self._clock.now() + RETRY_AFTER_SECONDS[delivery.retry_num]
            self._clock.call_at(when, lambda: self._start(self._deliver_event(retry)))
        return delivery

    def _retry_of(self, delivery: Delivery, reason: str) -> Delivery:
        num = delivery.retry_num + 1
        return Delivery(delivery.kind, delivery.name, delivery.payload, self._clock.now(), num, reason)


def _encoded(delivery: Delivery) -> tuple[bytes, str]:
    match delivery.kind:
        case "event":
            return json.dumps(delivery.payload).encode(), "application/json"
        case "interactive":
            return urlencode({"payload": json.dumps(delivery.payload)}).encode(), "application/x-www-form-urlencoded"
    return urlencode(delivery.payload).encode(), "application/x-www-form-urlencoded"


def _read(text: str, content_type: str) -> tuple[Any, str | None]:
    if not text:
        return None, None
    if content_type != "application/json":
        return text, None
    try:
        return json.loads(text), None
    except ValueError:
        return text, "invalid_json"
