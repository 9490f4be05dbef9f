"""The proof that a schedule has exactly one slot a local week, over twenty years in every IANA time zone.

    python -m bench.slots        slots on Sundays, when most clocks change (a few minutes)
    python -m bench.slots all    on every day of the week, seven times as long

prints what was checked, and every fault; it ends with status 1 if there is one. Around each clock change the due times
are confirmed by somebody who knows no rules: who watches the clocks of the zone minute by minute.
"""

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import pairwise, takewhile
from time import perf_counter
from zoneinfo import ZoneInfo

from bench.figures import print_table
from bot.domain.slots import Timing, due, slots, zones

START, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
TIMES = tuple(
    time(hour, minute)
    for hour, minutes in {0: (0, 30), 1: (0, 30), 2: (0, 30, 59), 3: (0,), 12: (0,), 23: (0, 30, 59)}.items()
    for minute in minutes
)
SUNDAY = 6
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
# No zone since 1970 is further ahead of UTC than this.
_AHEAD = timedelta(hours=15)


@dataclass(frozen=True, slots=True)
class Checked:
    slots: int
    watched: int
    faults: tuple[str, ...]


def main() -> None:
    weekdays = range(7) if sys.argv[1:] == ["all"] else (SUNDAY,)
    began = perf_counter()
    with ProcessPoolExecutor() as processes:
        checked = list(processes.map(partial(check, weekdays=weekdays), sorted(zones()), chunksize=8))
    faults = [fault for of in checked for fault in of.faults]
    print_table(
        f"One slot a local week, {START.year} to {END.year - 1}",
        ["zones", "timings", "slots", "due times watched", "faults", "seconds"],
        [
            [
                f"{len(checked):,}",
                f"{len(checked) * len(TIMES) * len(weekdays):,}",
                f"{sum(of.slots for of in checked):,}",
                f"{sum(of.watched for of in checked):,}",
                f"{len(faults):,}",
                f"{perf_counter() - began:.0f}",
            ]
        ],
    )
    print(*faults, sep="\n")
    sys.exit(bool(faults))


def check(zone: str, weekdays: Sequence[int]) -> Checked:
    """All that is proved of one zone."""
    counted, faults = 0, list[str]()
    for timing in (Timing(weekday, at, zone) for weekday in weekdays for at in TIMES):
        count, found = weekly(timing)
        counted += count
        faults += found
    watched = 0
    for on in clock_changes(zone):
        shown = watch(zone, on, TIMES)
        watched += len(shown)
        faults += [f"{zone} {on} {at}" for at in TIMES if due(Timing(on.weekday(), at, zone), on) != shown[at]]
    return Checked(counted, watched, tuple(faults))


def weekly(timing: Timing) -> tuple[int, list[str]]:
    """How many slots there are from START to END, and what is wrong with them."""
    zone = ZoneInfo(timing.zone)
    dues = list(takewhile(lambda slot: slot.due_at < END, slots(timing, after=START)))
    faults = [f"{timing} {slot}" for slot in dues if slot.on.weekday() != timing.weekday]
    faults += [
        f"{timing} {before} {slot}"
        for before, slot in pairwise(dues)
        if slot.on - before.on != _WEEK or not before.due_at < slot.due_at
    ]
    weeks = {slot.due_at.astimezone(zone).isocalendar()[:2] for slot in dues}
    faults += [f"{timing} has {len(dues)} slots in {len(weeks)} weeks"] * (len(weeks) != len(dues))
    first = dues[0]
    if not due(timing, first.on - _WEEK) <= START < first.due_at:
        faults.append(f"{timing} begins with {first}")
    return len(dues), faults


def watch(zone: str, on: date, times: Sequence[time]) -> dict[time, datetime]:
    """When the clocks of a zone first show each of these times of a date or a later one, minute by minute."""
    clocks = ZoneInfo(zone)
    moment = datetime.combine(on, time(), UTC) - _AHEAD
    wished = sorted(times, reverse=True)
    shown = {}
    while wished:
        local = moment.astimezone(clocks).replace(tzinfo=None)
        while wished and local >= datetime.combine(on, wished[-1]):
            shown[wished.pop()] = moment
        moment += timedelta(minutes=1)
    return shown


def clock_changes(zone: str, start: datetime = START, end: datetime = END) -> Iterator[date]:
    """The dates on which the clocks of a zone change, and the dates beside these."""
    clocks = ZoneInfo(zone)
    offsets = (
        (moment, moment.astimezone(clocks).utcoffset())
        for moment in (start + day * _DAY for day in range((end - start).days + 1))
    )
    near = {
        after.date() + beside * _DAY
        for (_, before), (after, now) in pairwise(offsets)
        if before != now
        for beside in (-2, -1, 0, 1)
    }
    yield from sorted(near)


if __name__ == "__main__":
    main()
