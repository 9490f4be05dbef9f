"""Dates and times in words, the same on every machine: no locale has a say."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.domain.slots import Slot, Timing

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
"""In the order of `date.weekday`."""
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_TWO_WEEKS = 14


def day(on: date) -> str:
    """
    >>> day(date(2026, 11, 23))
    'Monday 23 November'
    """
    return f"{WEEKDAYS[on.weekday()]} {on.day} {_MONTHS[on.month - 1]}"


def every(timing: Timing) -> str:
    """As in "every Monday at 09:00 (Europe/London)"."""
    return f"every {WEEKDAYS[timing.weekday]} at {timing.at:%H:%M} ({timing.zone})"


def due(timing: Timing, slot: Slot) -> str:
    """The moment of a slot as the clocks of its zone show it, which at a clock change is not what was wished."""
    local = slot.due_at.astimezone(ZoneInfo(timing.zone))
    return f"on {day(local.date())} at {local:%H:%M}"


def next_due(timing: Timing, slot: Slot, now: datetime) -> str:
    """As in "on Monday 23 November at 09:00, in 2 days", counted by the calendar of the zone."""
    return f"{due(timing, slot)}, {relative(timing.local_date(slot.due_at), timing.local_date(now))}"


def relative(on: date, today: date) -> str:
    """
    >>> relative(date(2026, 11, 23), date(2026, 11, 21))
    'in 2 days'
    """
    days = (on - today).days
    match days:
        case 0:
            return "today"
        case 1:
            return "tomorrow"
        case -1:
            return "yesterday"
    far = abs(days)
    span = f"{far} days" if far < _TWO_WEEKS else f"{round(far / 7)} weeks"
    return f"in {span}" if days > 0 else f"{span} ago"
