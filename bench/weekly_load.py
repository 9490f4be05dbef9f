"""A thousand channels in twenty workspaces are due in the same minute, while people go on asking.

    python -m bench.weekly_load [--postgresql]

prints how long it took until every post and its question stood in Slack, beside the least time that Slack's limits
allow; how often Slack had to refuse; how long commands waited meanwhile, and the bot's memory. The bot is a process of
its own; the stand-in for Slack knows nothing but the limits, by workspace and by channel (`LIMITS`).
"""

import argparse
import asyncio
import json
import math
import os
import socket
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from time import monotonic

from aiohttp import web

from bench.figures import percentile, print_machine, print_table, short
from bench.load import Ask, by_http
from bench.slack import BOT_TOKEN, SIGNING_SECRET
from bench.weekly_process import SharedClock, Start, nursery
from bot.domain.schedule import Schedule
from bot.domain.slots import Timing
from bot.domain.workspace import Workspace
from bot.storage.database import opened
from bot.storage.weekly import WeeklyStore
from playground.rate_limits import Limits, RateLimits
from tests.postgres import running

WORKSPACES, CHANNELS = 20, 50
MESSAGES = 2 * WORKSPACES * CHANNELS
LIMITS = Limits(a_second=1, burst=3, a_minute=300)
# The workspace's bucket is as full as a channel's at the beginning: Slack promises no burst.
LEAST_SECONDS = (2 * CHANNELS - LIMITS.burst) / (LIMITS.a_minute / 60)
DUE = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
ASKED_A_SECOND = 5
WORDS = ("empathy", "nordstorm", "someone lost a ring", "teamwork", "a funny one")


class LimitedSlack:
    """Answers `auth.test`, and takes posts as far as the limits allow; a channel's id tells its workspace."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.refused = 0
        self.last_at = 0.0
        self._limits = [_limits() for _ in range(WORKSPACES)]

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """The base URL of its Web API."""
        site = web.Application()
        site.add_routes([web.post("/api/auth.test", self._who), web.post("/api/chat.postMessage", self._post)])
        runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
        await runner.cleanup()

    async def _who(self, _: web.Request) -> web.Response:
        return web.json_response({"ok": True, "team_id": "T000", "user_id": "U0", "bot_id": "B1"})

    async def _post(self, request: web.Request) -> web.Response:
        body = json.loads(await request.read())
        channel = body["channel"]
        wait = self._limits[int(channel[1:4])].wait("chat.postMessage", body, monotonic())
        if wait:
            self.refused += 1
            headers = {"Retry-After": str(math.ceil(wait))}
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
        self.taken[f"{channel} {'question' if body.get('thread_ts') else 'post'}"] += 1
        self.last_at = monotonic()
        return web.json_response({"ok": True, "channel": channel, "ts": f"{sum(self.taken.values())}.000000"})


def _limits() -> RateLimits:
    limits = RateLimits(LIMITS)
    assert limits._workspace
    limits._workspace.most = limits._workspace.level = LIMITS.burst
    return limits


async def set_up(url: str | None, data: Path) -> None:
    """A schedule in each channel, all due at nine."""
    now = DUE - timedelta(days=1)
    timing = Timing(0, time(9), "Etc/UTC")
    async with opened(url, data) as database:
        store = WeeklyStore(database)
        for number in range(WORKSPACES * CHANNELS):
            workspace, channel_id = number % WORKSPACES, f"C{number % WORKSPACES:03}{number // WORKSPACES:06}"
            begun = Schedule(Workspace("", f"T{workspace:03}"), channel_id, f"schedule-{number}", "U0GRACE", timing)
            await store.keep(None, begun.set_up("U0GRACE", timing, (), asks_question=True, now=now), now)


async def ask_on(ask: Ask, took: list[float]) -> None:
    """Type `/story …` so many times a second, for ever; how long each answer took, in seconds."""
    waiting: set[asyncio.Task[None]] = set()

    async def once(words: str) -> None:
        asked = monotonic()
        await ask(words)
        took.append(monotonic() - asked)

    while True:
        for words in WORDS:
            # One line carries one question at a time, as from one connection of Slack's.
            if not waiting:
                task = asyncio.create_task(once(words))
                waiting.add(task)
                task.add_done_callback(waiting.discard)
            await asyncio.sleep(1 / ASKED_A_SECOND)


def busy(pid: int) -> float:
    """Processor time that a process has used, in seconds."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """Memory of a process, in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def measure(url: str | None) -> bool:
    slack = LimitedSlack()
    with tempfile.TemporaryDirectory(prefix="load-") as folder:
        data = Path(folder)
        await set_up(url, data)
        clock = SharedClock(data / "clock")
        clock.set_to(DUE - timedelta(hours=1))
        async with AsyncExitStack() as closing:
            api_url = await closing.enter_async_context(slack.serving())
            bots = await closing.enter_async_context(nursery())
            port = _free_port()
            clock_file = str(data / "clock")
            start = Start(folder, url, clock_file, api_url, BOT_TOKEN, signing_secret=SIGNING_SECRET, port=port)
            bot = await bots.starts(start)
            closing.callback(os.kill, bot, 9)
            before, during = list[float](), list[float]()
            await _until_open(port)
            ask = await closing.enter_async_context(by_http(port)())
            await _for_seconds(10, ask_on(ask, before))
            quiet = resident(bot)
            asking = asyncio.create_task(ask_on(ask, during))
            # The bot knows the moment beforehand, as it does in life, and sleeps until then.
            clock.set_to(DUE - timedelta(seconds=3))
            await asyncio.sleep(3)
            began, used, most = monotonic(), busy(bot), 0.0
            while len(slack.taken) < MESSAGES and monotonic() < began + 20 * LEAST_SECONDS:
                most = max(most, resident(bot))
                await asyncio.sleep(0.1)
            asking.cancel()
            used = busy(bot) - used
    return tell(slack, slack.last_at - began, used, before, during, quiet, most)


def tell(
    slack: LimitedSlack, took: float, used: float, before: list[float], during: list[float], quiet: float, most: float
) -> bool:
    """Print the figures; whether all is well."""
    twice = sum(count > 1 for count in slack.taken.values())
    print_table(
        f"{WORKSPACES * CHANNELS:,} channels in {WORKSPACES} workspaces, due in the same minute",
        ["", "figure"],
        [
            ["posts and questions taken by Slack", f"{len(slack.taken):,} of {MESSAGES:,}"],
            ["taken twice", str(twice)],
            ["refused by Slack (429)", str(slack.refused)],
            ["least time that the limits allow, s", short(LEAST_SECONDS)],
            ["took, s", short(took)],
            ["took, to the least", short(took / LEAST_SECONDS)],
            ["processor time that the bot used, s", short(used)],
            ["commands before: p50, p99, ms", _ms(before)],
            ["commands meanwhile: p50, p99, ms", _ms(during)],
            ["memory before, MB", short(quiet)],
            ["memory at most, MB", short(most)],
        ],
    )
    return len(slack.taken) == MESSAGES and not twice


def _ms(took: list[float]) -> str:
    return f"{short(percentile(took, 0.5) * 1000)}, {short(percentile(took, 0.99) * 1000)} (of {len(took)})"


async def _for_seconds(seconds: float, work: object) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(work, seconds)  # type: ignore[arg-type]


async def _until_open(port: int) -> None:
    for _ in range(300):
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.1)
    raise RuntimeError("The bot did not open its door")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postgresql", action="store_true", help="instead of SQLite")
    print_machine()
    if parser.parse_args().postgresql:
        with running() as postgres:
            is_well = asyncio.run(measure(postgres.fresh_url()))
    else:
        is_well = asyncio.run(measure(None))
    sys.exit(0 if is_well else 1)


if __name__ == "__main__":
    main()
