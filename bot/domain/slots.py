"""When the story of the week is due: one slot in each local week of a schedule.

A slot is a date in the schedule's time zone. Its due time is the first moment at which the clocks there show the wished
time or a later one. So a time that a clock change leaves out (in spring, or a date that an island skipped) goes to the
first minute after the gap, and a time that comes twice (in autumn) means the first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bot.errors import UserError

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_MINUTE = timedelta(minutes=1)
_NOT_A_PLACE = {"localtime", "Factory"}


@cache
def zones() -> frozenset[str]:
    """Every IANA time zone that this machine knows, by name; "localtime" is not one, as machines differ about it."""
    return frozenset(available_timezones() - _NOT_A_PLACE)


@dataclass(frozen=True, slots=True)
class Timing:
    """The weekday (0 is Monday, as in `date.weekday`) and the whole minute of a schedule, by the clocks of its zone.

    Raises UserError for a time zone that nobody knows, ValueError for what no form can send.
    """

    weekday: int
    at: time
    zone: str

    def __post_init__(self) -> None:
        if self.weekday not in range(7):
            raise ValueError(f"a weekday is 0 to 6, not {self.weekday}")
        if self.at != time(self.at.hour, self.at.minute):
            raise ValueError(f"the time of a schedule is a whole minute without a zone, not {self.at}")
        if self.zone not in zones():
            raise UserError(f"I do not know the time zone “{self.zone}”. Choose one like “Europe/Berlin”.")

    def slot(self, on: date) -> "Slot":
        """The slot of a date, whatever its weekday."""
        return Slot(on, due(self, on))

    def local_date(self, moment: datetime) -> date:
        """What the calendars of the zone show at a moment."""
        return moment.astimezone(ZoneInfo(self.zone)).date()


@dataclass(frozen=True, slots=True)
class Slot:
    """One weekly moment of one schedule: `on` is a date in its zone, `due_at` is in UTC.

    Where the zone skips the rest of the date, `due_at` lies at the beginning of the next one.
    """

    on: date
    due_at: datetime

    def is_missed(self, now: datetime, catch_up: timedelta) -> bool:
        """Whether it is too late to post; after exactly `catch_up` it is not yet."""
        return now - self.due_at > catch_up


def due(timing: Timing, on: date) -> datetime:
    """The moment, in UTC, at which a date's slot is due."""
    zone = ZoneInfo(timing.zone)
    local = datetime.combine(on, timing.at)
    while True:
        # Of a time that comes twice, `fold=0`, the default, is the first (PEP 495). A time that no clock shows does not
        # come back the same from UTC.
        moment = local.replace(tzinfo=zone).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == local:
            return moment
        local += _MINUTE


def slots(timing: Timing, after: datetime, last: Slot | None = None) -> Iterator[Slot]:
    """The slots that are due strictly after a moment, week by week, without end.

    `last` is the last slot that the schedule has had, whatever became of it and whatever the timing was then. It has
    used its week: the ISO week of its date and, where this timing would not have given it, also the week in which it
    was due by the clocks of the zone that counts now. Slots begin in the week after. So a change of weekday, time or
    zone never brings two into one local week, nor a date again.
    """
    monday = _monday(timing.local_date(after))
    if last:
        monday = max(monday, _used_week(timing, last) + _WEEK)
    while True:
        slot = timing.slot(monday + timing.weekday * _DAY)
        if slot.due_at > after:
            yield slot
        monday += _WEEK


def next_slot(timing: Timing, after: datetime, last: Slot | None = None) -> Slot:
    """The first of `slots`."""
    return next(slots(timing, after, last))


def _used_week(timing: Timing, last: Slot) -> date:
    """The Monday of the latest week that a slot has used."""
    if timing.slot(last.on) == last:
        return _monday(last.on)
    return _monday(max(last.on, timing.local_date(last.due_at)))


def _monday(of: date) -> date:
    return of - of.weekday() * _DAY
