"""Waiting for something no longer than there is time, and leaving to itself what takes longer."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Made = TypeVar("Made")

# asyncio itself does not hold on to a task for which nobody waits.
_at_work: set[asyncio.Future[Any]] = set()


async def in_time(work: Coroutine[Any, Any, Made], seconds: float) -> Made:
    """What `work` gives, or raises; TimeoutError when that takes longer than so many seconds.

    It goes on all the same, also when whoever waits is cut off: a question to the database that is cut off costs its
    connection, which takes as long to close as the database takes to answer.
    """
    task = asyncio.ensure_future(work)
    _at_work.add(task)
    task.add_done_callback(_over)
    await asyncio.wait({task}, timeout=seconds)
    if not task.done():
        raise TimeoutError
    return task.result()


def _over(task: asyncio.Future[Any]) -> None:
    _at_work.discard(task)
    # Looked at, for where nobody waits for it any more.
    if not task.cancelled():
        task.exception()
