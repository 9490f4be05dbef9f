"""A year of stories of the week in ten thousand workspaces, on a clock that takes minutes for it.

    python -m bench.weekly_waves [--workspaces 10000] [--weeks 52]

Slots, rotation and pace are the bot's own; how long a slot and a message take is measured first, with the bot's own
store on SQLite. It prints how many posts each hour of the week brings, the longest line at a machine that does nothing
else, what the year leaves in the database, and how many slots of one minute one machine tells in time: beyond these,
replicas on PostgreSQL share them. Every fault of the rotation it meets on the way (a slot without a story, a story told
again before the others) would end it.
"""

import argparse
import asyncio
import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.figures import print_machine, print_table, short
from bot.domain.outgoing import Posted
from bot.domain.pace import WORKSPACE_APART
from bot.domain.rotation import Draw, Telling, choose
from bot.domain.schedule import Schedule
from bot.domain.slots import Timing, slots
from bot.domain.story import Story
from bot.domain.workspace import Workspace
from bot.handlers.weekly import draw_post
from bot.reading import packs
from bot.services.seen import Seen
from bot.services.shelves import Shelves
from bot.services.weekly import Rules, Weekly
from bot.storage.database import FILE_NAME, opened
from bot.storage.outbox import OutboxStore
from bot.storage.own_stories import OwnStoryStore
from bot.storage.weekly import WeeklyStore

STORIES = Path(__file__).parent.parent / "stories"
START = datetime(2026, 11, 22, tzinfo=UTC)
# Where teams sit, and how many of a hundred; offices begin the week on Monday at nine, some on the half-hour before.
ZONES = {
    "America/Los_Angeles": 17,
    "America/New_York": 26,
    "America/Sao_Paulo": 5,
    "Europe/London": 12,
    "Europe/Berlin": 18,
    "Asia/Kolkata": 9,
    "Asia/Tokyo": 8,
    "Australia/Sydney": 5,
}
WEEKDAYS, TIMES = (60, 10, 10, 10, 10), {time(9): 60, time(8, 30): 10, time(10): 20, time(16): 10}
MEASURED = 200
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of one machine for a slot (taken, posted, asked) and bytes that it leaves in the database."""

    seconds: float
    bytes: float


async def measured(stories: Sequence[Story]) -> Cost:
    """What a slot costs with the bot's own services and store, when Slack answers at once."""
    now = START
    library = packs.load([STORIES]).library

    def clock() -> datetime:
        return now

    with tempfile.TemporaryDirectory(prefix="waves-") as folder:
        async with opened(None, Path(folder)) as database:
            store, outbox = WeeklyStore(database), OutboxStore(database)
            unasked: Any = _Unasked()
            shelves = Shelves(library, unasked, OwnStoryStore(database), _at_home, Seen(), random.Random(), clock)
            weekly = Weekly(store, shelves, draw_post, Rules(), clock)
            for number in range(MEASURED):
                begun = Schedule(
                    Workspace("", f"T{number}"), f"C{number}", f"s{number}", "U1", Timing(0, time(9), "Etc/UTC")
                )
                await store.keep(None, begun.set_up("U1", begun.timing, (), asks_question=True, now=now), now)
            before = (Path(folder) / FILE_NAME).stat().st_size
            began = perf_counter()
            now += timedelta(days=1, hours=9)
            while await weekly.take_due():
                pass
            for _ in range(2):
                now += timedelta(seconds=2)
                while claimed := await outbox.claim(now, 100):
                    for one in claimed:
                        await outbox.record(one, Posted(one.outgoing.to, "1.0"), now)
            seconds = (perf_counter() - began) / MEASURED
        return Cost(seconds, ((Path(folder) / FILE_NAME).stat().st_size - before) / MEASURED)


class _Unasked:
    """A matching that nobody asks."""

    def __getattr__(self, name: str) -> object:
        return lambda *_: None


async def _at_home(_: object) -> bool:
    return True


def year(workspaces: int, weeks: int, stories: Sequence[Story]) -> Counter[datetime]:
    """How many slots are due at each moment; each gets its story by the rotation."""
    rng = random.Random(1)
    due = Counter[datetime]()
    for number in range(workspaces):
        [zone] = rng.choices(list(ZONES), list(ZONES.values()))
        [weekday] = rng.choices(range(5), WEEKDAYS)
        [at] = rng.choices(list(TIMES), list(TIMES.values()))
        history: list[Telling] = []
        for slot in islice(slots(Timing(weekday, at, zone), START), weeks):
            choice = choose(stories, history, slot.on, Draw(f"schedule-{number}"))
            if choice is None or (choice.last_told and len(history) < len(stories)):
                raise RuntimeError(f"workspace {number}, {slot.on}: {choice}")
            history.append(Telling(slot.on, choice.story.id))
            due[slot.due_at] += 1
    return due


def longest_line(due: Counter[datetime], seconds: float) -> tuple[int, datetime, timedelta]:
    """The most slots that wait at once at a machine that needs so long for each; when, and until when it is done."""
    waiting, free, most = 0.0, START, (0, START, timedelta())
    for moment, count in sorted(due.items()):
        waiting = max(0.0, waiting - (moment - free).total_seconds() / seconds) + count
        free = moment
        if waiting > most[0]:
            most = (round(waiting), moment, timedelta(seconds=waiting * seconds))
    return most


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspaces", type=int, default=10_000)
    parser.add_argument("--weeks", type=int, default=52)
    asked = parser.parse_args()
    print_machine()
    stories = packs.load([STORIES]).library.stories
    cost = asyncio.run(measured(stories))
    began = perf_counter()
    due = year(asked.workspaces, asked.weeks, stories)
    took = perf_counter() - began
    by_hour = Counter[str]()
    for moment, count in due.items():
        by_hour[moment.strftime("%a %H:00")] += count
    rows = [[hour, f"{count / asked.weeks:,.0f}"] for hour, count in by_hour.most_common(12)]
    print_table(
        f"Slots by hour of the week (UTC), of {asked.workspaces:,} workspaces: the busiest", ["", "a week"], rows
    )
    most, when, until_done = longest_line(due, cost.seconds)
    slots_told = due.total()
    a_minute = int(60 / cost.seconds)
    print_table(
        f"{asked.weeks} weeks, one channel in each workspace",
        ["", "figure"],
        [
            ["slots told", f"{slots_told:,}"],
            ["a slot takes, ms (taken, posted, asked)", short(cost.seconds * 1000)],
            ["slots that one machine tells in a minute", f"{a_minute:,}"],
            ["the longest line", f"{most:,} on {when:%A %d %B, %H:%M} UTC"],
            ["until it is done", f"{until_done.total_seconds():,.0f} s"],
            ["rows: weeks, outbox", f"{slots_told:,}, {2 * slots_told:,}"],
            ["database, GB", short(slots_told * cost.bytes / 1e9)],
            ["a workspace with 100 channels in one minute, s", short(200 * WORKSPACE_APART.total_seconds())],
            ["the year was simulated in, s", short(took)],
        ],
    )
    enough = a_minute * asked.workspaces // max(due.values())
    print(
        f"\nOne machine tells the busiest minute within that minute up to {enough:,} such workspaces;"
        f" beyond, or to go on while one fails, replicas on PostgreSQL share the line."
    )


if __name__ == "__main__":
    main()
