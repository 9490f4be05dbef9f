"""Storybot as a process of its own for a day's traffic, which tells on a signal how it is inside.

    python -m bench.day_process

reads how to start as a line of JSON. SIGUSR1 has it print how many tasks there are, SIGUSR2 where memory has grown
since the first SIGUSR2.
"""

import asyncio
import gc
import json
import signal
import sys
import tracemalloc
from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bench.slack import SIGNING_SECRET
from bench.weekly_process import STORIES, SharedClock
from bot.app import serve
from bot.config import Connection, Credentials, Settings
from bot.matching import Matcher
from bot.memory import share_one_arena
from bot.reading import packs
from bot.seeing import logs

GREW = 25


class Insight:
    """Prints a line of JSON for each time that somebody wants to know."""

    def __init__(self) -> None:
        self._before: tracemalloc.Snapshot | None = None

    def tell_tasks(self) -> None:
        names = Counter(task.get_coro().__qualname__ for task in asyncio.all_tasks())  # type: ignore[union-attr]
        gc.collect()
        _print({"tasks": dict(names)})

    def tell_growth(self) -> None:
        gc.collect()
        if not tracemalloc.is_tracing():
            tracemalloc.start()
        now = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(False, tracemalloc.__file__)])
        grew = now.compare_to(self._before, "lineno")[:GREW] if self._before else []
        self._before = self._before or now
        _print({"grew": [str(one) for one in grew]})


def tell_where(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Print what asyncio complains of on stderr, and where the task stood that it is about."""
    stood, waiting = [], task.get_coro() if (task := context.get("task")) else None
    while waiting is not None:
        frame = getattr(waiting, "cr_frame", None) or getattr(waiting, "ag_frame", None)
        stood.append(f"{frame.f_code.co_qualname}:{frame.f_lineno}" if frame else type(waiting).__name__)
        waiting = getattr(waiting, "cr_await", None) or getattr(waiting, "ag_await", None)
    print(context["message"], "at", " > ".join(stood) or "no task", context.get("exception", ""), file=sys.stderr)


def _print(told: dict[str, Any]) -> None:
    print(json.dumps(told), flush=True)


async def live(start: dict[str, Any]) -> None:
    """Serve until SIGTERM."""
    stopped, insight = asyncio.Event(), Insight()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    loop.set_exception_handler(tell_where)
    loop.add_signal_handler(signal.SIGUSR1, insight.tell_tasks)
    loop.add_signal_handler(signal.SIGUSR2, insight.tell_growth)
    library = packs.load([STORIES]).library
    connection = Connection(
        None,
        SecretStr(SIGNING_SECRET),
        api_url=start["api_url"],
        data=Path(start["data"]),
        host="127.0.0.1",
        port=start["port"],
        credentials=Credentials("1.2", SecretStr("bench"), (SecretStr(start["key"]),)),
    )
    clock = SharedClock(Path(start["clock"]))
    matcher = await asyncio.to_thread(Matcher, library, kept_in=Path(start["data"]))
    async with serve(Settings(), connection, library, matcher, clock):
        await stopped.wait()
    clock.close()


def main() -> None:
    share_one_arena()  # as the bot does
    logs.configure("WARNING", as_json=False)
    asyncio.run(live(json.loads(sys.stdin.readline())), debug=False)


if __name__ == "__main__":
    main()
