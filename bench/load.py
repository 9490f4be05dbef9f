"""Load on one server: so many people at once, each asking again as soon as they were answered."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from bench.figures import percentile
from bench.slack import Slack, command, signed

Ask = Callable[[str], Awaitable[bytes]]
"""Types `/story` with these words and gives what came back."""

Door = Callable[[], AbstractAsyncContextManager[Ask]]
"""Opens one line to a server."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one server did under one load: answers, how many a second, and latencies in milliseconds."""

    answers: int
    per_second: float
    p50: float
    p99: float


async def load(door: Door, people: int, seconds: float, questions: Sequence[str], expected: bytes) -> Round:
    """So many lines at once for so long. RuntimeError on an answer that does not hold `expected`."""
    took: list[float] = []
    asking = itertools.cycle(questions)
    begun = time.perf_counter()

    async def person() -> None:
        async with door() as ask:
            while (asked := time.perf_counter()) < begun + seconds:
                answer = await ask(next(asking))
                took.append(time.perf_counter() - asked)
                if expected not in answer:
                    raise RuntimeError(f"This is no answer: {answer[:300]!r}")

    await asyncio.gather(*(person() for _ in range(people)))
    passed = time.perf_counter() - begun
    return Round(len(took), len(took) / passed, percentile(took, 0.5) * 1000, percentile(took, 0.99) * 1000)


def by_http(port: int) -> Door:
    """Signed requests over a connection that stays open."""

    @asynccontextmanager
    async def open_line() -> AsyncIterator[Ask]:
        async with line_to(port) as sends:
            yield lambda words: sends(signed(port, command(words)))

    return open_line


@asynccontextmanager
async def line_to(port: int) -> AsyncIterator[Callable[[bytes], Awaitable[bytes]]]:
    """Takes whole requests, one at a time, and gives the body of each answer; RuntimeError for any but a 200."""
    transport, line = await asyncio.get_running_loop().create_connection(_Line, "127.0.0.1", port)
    try:
        yield line.sends
    finally:
        transport.close()


def by_socket(slack: Slack) -> Door:
    """Envelopes over the one socket that the app holds open."""

    @asynccontextmanager
    async def open_line() -> AsyncIterator[Ask]:
        yield lambda words: slack.sends(command(words))

    return open_line


class _Line(asyncio.Protocol):
    """An HTTP/1.1 connection, one request at a time, at a tenth of the cost of a whole client."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._received = b""
        self._answer: asyncio.Future[bytes] | None = None

    def sends(self, request: bytes) -> asyncio.Future[bytes]:
        self._received = b""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, _, body = self._received.partition(b"\r\n\r\n")
        if self._answer and not self._answer.done() and _is_whole(head.lower(), body):
            if head.split(b" ", 2)[1] == b"200":
                self._answer.set_result(body)
            else:
                self._answer.set_exception(RuntimeError(f"Refused: {self._received[:300]!r}"))

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(error or ConnectionResetError("The server closed the connection"))


def _is_whole(head: bytes, body: bytes) -> bool:
    _, found, after = head.partition(b"content-length:")
    if found:
        return len(body) >= int(after.split(b"\r\n", 1)[0])
    return b"transfer-encoding: chunked" in head and body.endswith(b"0\r\n\r\n")
