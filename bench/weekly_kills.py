"""Storybots killed (SIGKILL) at named points of the story of the week, while three in ten calls to Slack go wrong.

    python -m bench.weekly_kills --runs 1000

prints what became of every post: sent once, or unknown and told; and ends with status 1 if one came twice or was lost.
Each run has a workspace, a database and `CHANNELS` slots of its own. On SQLite one bot is killed and started again; on
PostgreSQL two run side by side, one is killed, by chance the one at the point or the other, and started again later.
Half of the runs read back, as `weekly.reads_back` does. No bot knows that it is watched: the moment to kill is seen in
the database or by the stand-in for Slack, and where it would be too short, a lock in the database holds it.
"""

import argparse
import asyncio
import os
import random
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bench.figures import print_table
from bench.weekly_process import Nursery, SharedClock, Start, nursery
from bot.config import Settings, Weekly
from bot.domain.schedule import Schedule
from bot.domain.slots import Timing
from bot.domain.workspace import Workspace
from bot.handlers.read_back import METADATA
from bot.manifest import manifest
from bot.storage.database import FILE_NAME, opened
from bot.storage.weekly import WeeklyStore
from playground import Playground
from tests.postgres import Postgres, running

CHANNELS = 5
FAULTS = 0.3
# A Monday; the posts are due at nine.
DUE = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
_A_WEEK = timedelta(weeks=1)
_PATIENCE = 8.0


class Run:
    """One workspace with its bots, its database and its clock; `is_shared` says that it is PostgreSQL."""

    def __init__(self, slack: Playground, engine: AsyncEngine, clock: SharedClock, rng: random.Random) -> None:
        self.slack = slack
        self.clock = clock
        self.engine = engine
        self.is_shared = engine.dialect.name == "postgresql"
        self._rng = rng
        self.bots: list[int] = []
        self._killed: list[int] = []

    def set_clock(self, moment: datetime) -> None:
        """What time it is, for the bots and for Slack."""
        self.clock.set_to(moment)
        self.slack.clock.advance_to(moment)

    async def rows(self, query: str) -> list[Any]:
        async with self.engine.connect() as connection:
            return list(await connection.execute(text(query)))

    async def until(self, look: Callable[[], Awaitable[object]], seconds: float = _PATIENCE) -> bool:
        """Look until there is something to see, and no moment longer; False when there is nothing for too long."""
        end = monotonic() + seconds
        while not await look():
            if monotonic() > end:
                return False
            await asyncio.sleep(0.002)
        return True

    def kill(self) -> None:
        """One of the bots that run, at once."""
        if self.bots:
            self._killed.append(self.bots.pop(self._rng.randrange(len(self.bots))))
            os.kill(self._killed[-1], signal.SIGKILL)

    def kill_all(self) -> None:
        while self.bots:
            self.kill()

    async def are_gone(self) -> bool:
        """Whether whoever was killed is dead, and holds no lock any more."""
        return not any(os.path.exists(f"/proc/{pid}") for pid in self._killed)  # noqa: ASYNC240, PTH110 # no disk

    def posts(self, kind: str) -> Counter[str]:
        """How often each slot's post, or question, stands in Slack."""
        payloads = [
            message.metadata["event_payload"]
            for channel in self.slack.workspace.channels.values()
            for message in channel.messages
            if message.metadata and message.metadata["event_type"] == METADATA
        ]
        return Counter(payload["key"] for payload in payloads if payload["kind"] == kind)

    def has_been_asked(self, method: str) -> bool:
        return any(call.method == method for call in self.slack.calls)

    @asynccontextmanager
    async def locked(self, lock: str) -> AsyncIterator[None]:
        """PostgreSQL lets nobody do what this lock forbids; SQLite lets nobody write."""
        async with self.engine.connect() as connection:
            await connection.execute(text(lock if self.is_shared else "BEGIN IMMEDIATE"))
            yield

    async def is_kept_waiting(self) -> bool:
        """Whether somebody waits for a lock; SQLite does not tell, so there they have a moment to begin."""
        if self.is_shared:
            return bool(await self.rows("SELECT 1 FROM pg_locks WHERE NOT granted"))
        await asyncio.sleep(0.15)
        return True


Point = Callable[[Run], Awaitable[bool]]


async def before_its_moment(run: Run) -> bool:
    run.kill()
    run.set_clock(DUE)
    return True


async def in_the_transaction_that_takes_the_slot(run: Run) -> bool:
    async with run.locked("LOCK TABLE weeks IN EXCLUSIVE MODE"):
        run.set_clock(DUE)
        seen = await run.until(run.is_kept_waiting)
        run.kill()
    return seen


async def when_a_slot_is_taken(run: Run) -> bool:
    run.set_clock(DUE)
    return await _seen(run, "SELECT 1 FROM weeks")


async def before_a_claim(run: Run) -> bool:
    run.set_clock(DUE)
    return await _seen(run, "SELECT 1 FROM outbox WHERE state = 'due'")


async def after_a_claim(run: Run) -> bool:
    run.set_clock(DUE)
    return await _seen(run, "SELECT 1 FROM outbox WHERE state = 'sending'")


async def with_a_call_on_its_way(run: Run) -> bool:
    run.slack.fail("chat.postMessage", cut=True, delay=0.3)
    run.set_clock(DUE)
    seen = await run.until(_asked(run, "chat.postMessage"))
    run.kill()
    return seen


async def with_a_post_accepted_and_its_answer_unread(run: Run) -> bool:
    run.set_clock(DUE)
    return await _killed_as_it_stands(run, "weekly_story")


async def with_an_answer_read_and_not_recorded(run: Run) -> bool:
    run.slack.fail("chat.postMessage", delay=0.3)
    run.set_clock(DUE)
    await run.until(_asked(run, "chat.postMessage"))
    async with run.locked("LOCK TABLE outbox IN EXCLUSIVE MODE"):
        seen = await run.until(_stands(run, "weekly_story"))
        await run.until(run.is_kept_waiting)
        run.kill()
    return seen


async def when_a_post_is_recorded(run: Run) -> bool:
    run.set_clock(DUE)
    return await _seen(run, "SELECT 1 FROM outbox WHERE state = 'sent' AND kind = 'weekly_story'")


async def before_a_question(run: Run) -> bool:
    run.set_clock(DUE)
    return await _seen(run, "SELECT 1 FROM outbox WHERE state = 'sending' AND kind = 'weekly_question'")


async def with_a_question_accepted_and_its_answer_unread(run: Run) -> bool:
    run.set_clock(DUE)
    return await _killed_as_it_stands(run, "weekly_question")


async def before_the_next_slot(run: Run) -> bool:
    run.set_clock(DUE)
    seen = await run.until(_having(run, _SETTLED))
    run.kill()
    run.set_clock(DUE + _A_WEEK)
    return seen


async def while_the_owner_is_asked(run: Run) -> bool:
    run.slack.fail("chat.postMessage", lost=True)
    run.set_clock(DUE)
    return await _seen(run, "SELECT 1 FROM outbox WHERE state = 'unknown'")


async def while_it_reads_back(run: Run) -> bool:
    run.slack.fail("chat.postMessage", lost=True)
    run.set_clock(DUE)
    await run.until(_having(run, "SELECT 1 FROM outbox WHERE state = 'unknown'"))
    run.set_clock(DUE + timedelta(minutes=6))
    seen = await run.until(_asked(run, "conversations.history"), 3.0)
    run.kill()
    return seen


_SETTLED = f"""
    SELECT count(*) FROM outbox WHERE kind = 'weekly_story' AND state IN ('sent', 'unknown')
    HAVING count(*) = {CHANNELS}
"""

POINTS: tuple[Point, ...] = (
    before_its_moment,
    in_the_transaction_that_takes_the_slot,
    when_a_slot_is_taken,
    before_a_claim,
    after_a_claim,
    with_a_call_on_its_way,
    with_a_post_accepted_and_its_answer_unread,
    with_an_answer_read_and_not_recorded,
    when_a_post_is_recorded,
    before_a_question,
    with_a_question_accepted_and_its_answer_unread,
    before_the_next_slot,
    while_the_owner_is_asked,
    while_it_reads_back,
)


def _asked(run: Run, method: str) -> Callable[[], Awaitable[object]]:
    async def look() -> bool:
        return run.has_been_asked(method)

    return look


def _stands(run: Run, kind: str) -> Callable[[], Awaitable[object]]:
    async def look() -> bool:
        return bool(run.posts(kind))

    return look


def _having(run: Run, query: str) -> Callable[[], Awaitable[object]]:
    return lambda: run.rows(query)


async def _seen(run: Run, query: str) -> bool:
    """Kill as soon as the database has such rows."""
    seen = await run.until(_having(run, query))
    run.kill()
    return seen


async def _killed_as_it_stands(run: Run, kind: str) -> bool:
    """Kill when Slack has taken a post and before it answers: whoever watches the workspace is told in between."""
    stood = asyncio.Event()

    def look() -> None:
        if not stood.is_set() and run.posts(kind):
            stood.set()
            run.kill()

    stop = run.slack.workspace.watch(look)
    try:
        async with asyncio.timeout(_PATIENCE):
            await stood.wait()
    except TimeoutError:
        run.kill()
    stop()
    return stood.is_set()


@dataclass
class Figures:
    """What became of the posts of one point, or of all; `wrong` says what must not be."""

    runs: int = 0
    seen: int = 0
    sent: int = 0
    unknown: int = 0
    missed: int = 0
    questions: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, other: "Figures") -> None:
        self.runs += other.runs
        self.seen += other.seen
        self.sent += other.sent
        self.unknown += other.unknown
        self.missed += other.missed
        self.questions += other.questions
        self.wrong += other.wrong


async def run_once(nursery: Nursery, postgres: Postgres | None, folder: Path, number: int, point: Point) -> Figures:
    """One kill and what came of it; `number` decides what goes wrong, and when."""
    reads_back = point is while_it_reads_back or (number // len(POINTS)) % 2 == 1
    rng = random.Random(number)
    data = folder / f"run-{number}"
    data.mkdir()
    async with AsyncExitStack() as closing:
        slack = await closing.enter_async_context(Playground())
        settings = Settings(weekly=Weekly(reads_back=reads_back))
        slack.install(manifest=manifest(settings))
        url = postgres.fresh_url() if postgres else None
        async with nursery.migrating:
            await _set_up(slack, url, data)
        clock = SharedClock(data / "clock")
        closing.callback(clock.close)
        engine = _engine(url, data)
        closing.push_async_callback(engine.dispose)
        run = Run(slack, engine, clock, rng)
        run.set_clock(DUE - timedelta(seconds=20))
        closing.callback(run.kill_all)
        start = Start(str(data), url, str(data / "clock"), slack.api_url, slack.bot_token, reads_back)
        bots = 2 if postgres else 1
        run.bots = [await nursery.starts(start) for _ in range(bots)]
        await run.until(_asked(run, "auth.test"))
        slack.flaky(FAULTS, number)
        seen = await point(run)
        await run.until(run.are_gone)
        run.bots.append(await nursery.starts(start))
        await asyncio.sleep(rng.random() * 0.5)
        if number % 3 == 0:
            slack.heal()
        slots = CHANNELS * (2 if point is before_the_next_slot else 1)
        await _comes_to_rest(run, slots, reads_back=reads_back)
        figures = await _figures(run, slots, reads_back=reads_back)
    shutil.rmtree(data, ignore_errors=True)
    figures.runs, figures.seen = 1, int(seen)
    figures.wrong = [f"run {number}, {point.__name__}: {wrong}" for wrong in figures.wrong]
    return figures


async def _set_up(slack: Playground, url: str | None, data: Path) -> None:
    """Channels with a schedule each, as `/story schedule` makes them."""
    workspace, owner = Workspace("", slack.team_id), slack.person("Grace").id
    async with opened(url, data) as database:
        store = WeeklyStore(database)
        for number in range(CHANNELS):
            channel = slack.workspace.add_channel(f"team-{number}", {slack.bot_user_id, owner}, "")
            timing = Timing(0, time(9), "Etc/UTC")
            begun = Schedule(workspace, channel.id, f"schedule-{number}", owner, timing)
            now = DUE - timedelta(days=1)
            await store.keep(None, begun.set_up(owner, timing, (), asks_question=True, now=now), now)


def _engine(url: str | None, data: Path) -> AsyncEngine:
    address = (
        url.replace("postgresql://", "postgresql+asyncpg://") if url else f"sqlite+aiosqlite:///{data / FILE_NAME}"
    )
    return create_async_engine(address, isolation_level="AUTOCOMMIT" if not url else "READ COMMITTED")


_WAITS_FOR_ITS_POST = """
    kind = 'weekly_question' AND EXISTS (
        SELECT 1 FROM outbox AS post WHERE post.key = outbox.replies_to AND post.state = 'unknown')
"""


async def _is_at_rest(run: Run, slots: int, *, reads_back: bool) -> bool:
    """Whether every slot was taken and nothing more will be said, or found out, if nobody does anything."""
    open_ = f"""
        SELECT 1 FROM outbox WHERE (state IN ('due', 'sending') AND NOT ({_WAITS_FOR_ITS_POST}))
            OR (state IN ('unknown', 'refused') AND lease IS NOT NULL)
            OR ({reads_back} AND state = 'unknown' AND kind IN ('weekly_story', 'weekly_question'))
    """
    [(taken,)] = await run.rows("SELECT count(*) FROM weeks")
    return taken == slots and not await run.rows(open_)


async def _comes_to_rest(run: Run, slots: int, *, reads_back: bool) -> None:
    """Wait; whenever nothing goes on any more, set the clock ahead, past leases and whatever else is waited for."""
    begun = changed_at = monotonic()
    before: object = None
    while not await _is_at_rest(run, slots, reads_back=reads_back) and monotonic() < begun + 90:
        now = await run.rows("SELECT key, state, tries, due_at FROM outbox ORDER BY key")
        if now != before:
            before, changed_at = now, monotonic()
        elif monotonic() > changed_at + 1.1:
            run.set_clock(run.clock() + timedelta(seconds=151))
            changed_at = monotonic()
        if monotonic() > begun + 15:
            run.slack.heal()
        await asyncio.sleep(0.05)


async def _figures(run: Run, slots: int, *, reads_back: bool) -> Figures:
    """What became of each slot, in the database and in Slack."""
    figures = Figures()
    state = {row.key: row.state for row in await run.rows("SELECT key, state FROM outbox")}
    posts, questions = run.posts("weekly_story"), run.posts("weekly_question")
    weeks = await run.rows("SELECT * FROM weeks")
    if len(weeks) != slots:
        figures.wrong.append(f"{len(weeks)} of {slots} slots were taken")
    for key in (posts + questions).keys() - {week.key for week in weeks}:
        figures.wrong.append(f"a post of no slot: {key}")
    for week in weeks:
        if week.state == "missed" and not posts[week.key]:
            # It was looked for, and was not there, when it was too late to post it.
            figures.missed += 1
            continue
        slot = f"{week.channel_id}:{week.on}"
        post, question = state[f"weekly:{slot}"], state[f"weekly:{slot}:question"]
        is_told = state.get(f"weekly_unknown:{slot}") == "sent"
        figures.sent += post == "sent"
        figures.unknown += post == "unknown"
        figures.questions += question == "sent"
        is_well = {
            "posted once": posts[week.key] == (1 if post == "sent" else min(posts[week.key], 1)),
            "sent, or unknown and told": post == "sent" or (post == "unknown" and is_told and not reads_back),
            "asked once": questions[week.key] == (1 if question == "sent" else min(questions[week.key], 1)),
            "its question follows": question == "sent" or (question in ("unknown", "due") and not reads_back),
        }
        if broken := [name for name, is_so in is_well.items() if not is_so]:
            told = f"post {post} ({posts[week.key]} in Slack), question {question} ({questions[week.key]})"
            figures.wrong.append(f"not {', not '.join(broken)}: {told}, owner told: {is_told}")
    return figures


async def run_many(numbers: range, postgres: Postgres | None, side_by_side: int = 4) -> dict[Point, Figures]:
    """Runs with these numbers, over all points in turn."""
    by_point = {point: Figures() for point in POINTS}
    waiting = list(reversed(numbers))

    async with nursery() as bots:
        with tempfile.TemporaryDirectory(prefix="kills-") as folder:

            async def work() -> None:
                while waiting:
                    number = waiting.pop()
                    point = POINTS[number % len(POINTS)]
                    by_point[point].add(await run_once(bots, postgres, Path(folder), number, point))

            await asyncio.gather(*(work() for _ in range(side_by_side)))
    return by_point


def show(title: str, by_point: dict[Point, Figures]) -> int:
    """Print a table; how much went wrong."""
    total = Figures()
    rows = []
    for point, figures in [*by_point.items(), (None, total)]:
        if point:
            total.add(figures)
        name = point.__name__.replace("_", " ") if point else "all"
        counts = (figures.runs, figures.seen, figures.sent, figures.unknown, figures.missed, figures.questions)
        rows.append([name, *map(str, (*counts, len(figures.wrong)))])
    print_table(
        title, ["killed", "runs", "point seen", "sent once", "unknown, told", "missed", "questions", "wrong"], rows
    )
    print(*total.wrong, sep="\n", flush=True)
    return len(total.wrong)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=2 * len(POINTS), help="on each of the two databases, half of these")
    parser.add_argument("--first", type=int, default=0, help="the number of the first run")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    asked = parser.parse_args()
    numbers = range(asked.first, asked.first + max(1, asked.runs // 2))
    wrong = 0
    if asked.only != "postgresql":
        wrong += show("SQLite: killed and started again", asyncio.run(run_many(numbers, None)))
    if asked.only != "sqlite":
        with running() as postgres:
            title = "PostgreSQL: one of two killed, and another started"
            wrong += show(title, asyncio.run(run_many(numbers, postgres)))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
