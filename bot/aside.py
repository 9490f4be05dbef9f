"""Long work beside the event loop, in a thread of its own that does not keep the process from ending."""

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

Made = TypeVar("Made")

TURN_SECONDS = 0.001
"""For so long a thread that computes in Python keeps its lock when the event loop wants it; Python's own is 0.005."""


def take_short_turns() -> None:
    """Have threads hold the event loop for less: Python's own measure is all the time that it may be held."""
    sys.setswitchinterval(TURN_SECONDS)


async def aside(make: Callable[[], Made]) -> Made:
    """What `make` returns, or raises. Whoever stops waiting for it leaves it to itself: it ends with the process.

    A thread of asyncio's own would be waited for at the end, for minutes where ten thousand stories are encoded.
    """
    made: Future[Made] = Future()
    made.set_running_or_notify_cancel()

    def run() -> None:
        try:
            made.set_result(make())
        except BaseException as failure:
            made.set_exception(failure)

    Thread(target=run, daemon=True).start()
    return await asyncio.wrap_future(made)
