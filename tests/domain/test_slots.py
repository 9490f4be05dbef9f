"""When the story of the week is due, by the clocks of the people who read it."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.slots import END, START, TIMES, clock_changes, watch, weekly
from bot.domain.slots import Slot, Timing, due, next_slot, slots, zones
from bot.errors import UserError

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
NINE = time(9)

timings = st.builds(Timing, st.integers(0, 6), st.sampled_from(TIMES), st.sampled_from(sorted(zones())))
moments = st.datetimes(datetime(2020, 1, 1), datetime(2039, 12, 31), timezones=st.just(UTC))


def clocks(timing: Timing, slot: Slot) -> str:
    """What the clocks of the zone show when a slot is due."""
    return slot.due_at.astimezone(ZoneInfo(timing.zone)).strftime("%a %Y-%m-%d %H:%M")


def test_berlin_reads_its_story_at_nine_in_winter_and_in_summer() -> None:
    timing = Timing(MONDAY, NINE, "Europe/Berlin")
    before, after = islice(slots(timing, datetime(2026, 3, 20, tzinfo=UTC)), 2)
    assert before.due_at == datetime(2026, 3, 23, 8, tzinfo=UTC)
    assert after.due_at == datetime(2026, 3, 30, 7, tzinfo=UTC)


def test_a_time_that_spring_leaves_out_is_the_first_minute_after() -> None:
    timing = Timing(SUNDAY, time(2, 30), "Europe/Berlin")
    assert clocks(timing, timing.slot(date(2026, 3, 29))) == "Sun 2026-03-29 03:00"


def test_a_time_that_autumn_gives_twice_is_the_first_of_both_and_comes_once() -> None:
    timing = Timing(SUNDAY, time(2, 30), "Europe/Berlin")
    slot = timing.slot(date(2026, 10, 25))
    assert slot.due_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_slot(timing, after=slot.due_at).on == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("zone", "skipped", "shown"),
    [
        ("Pacific/Apia", date(2011, 12, 30), "Sat 2011-12-31 00:00"),
        ("Pacific/Kwajalein", date(1993, 8, 21), "Sun 1993-08-22 00:00"),
        ("America/Nuuk", date(2025, 3, 29), "Sun 2025-03-30 00:00"),
        ("Africa/Algiers", date(1971, 4, 25), "Mon 1971-04-26 00:00"),  # and the Sunday's week stays its own
    ],
)
def test_a_date_that_ends_early_or_never_was_goes_to_the_first_minute_of_the_next(
    zone: str, skipped: date, shown: str
) -> None:
    timing = Timing(skipped.weekday(), time(23, 30), zone)
    slot = timing.slot(skipped)
    assert clocks(timing, slot) == shown
    assert next_slot(timing, slot.due_at - timedelta(minutes=1)) == slot
    assert next_slot(timing, slot.due_at).on == skipped + timedelta(weeks=1)
    assert next_slot(timing, slot.due_at, last=slot).on == skipped + timedelta(weeks=1)


def test_slots_are_strictly_after() -> None:
    timing = Timing(MONDAY, NINE, "Europe/Berlin")
    monday = datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert next_slot(timing, monday - timedelta(seconds=1)).due_at == monday
    assert next_slot(timing, monday).due_at == monday + timedelta(weeks=1)


def test_a_team_that_had_its_story_on_monday_and_moves_to_friday_waits_for_the_next_friday() -> None:
    had = Timing(MONDAY, NINE, "Europe/Berlin").slot(date(2026, 11, 23))
    friday = Timing(FRIDAY, NINE, "Europe/Berlin")
    assert next_slot(friday, after=had.due_at).on == date(2026, 11, 27)
    assert next_slot(friday, after=had.due_at, last=had).on == date(2026, 12, 4)


def test_a_team_that_waits_for_friday_and_moves_to_wednesday_has_it_this_week() -> None:
    had = Timing(FRIDAY, NINE, "Europe/Berlin").slot(date(2026, 11, 20))
    tuesday = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert next_slot(Timing(WEDNESDAY, NINE, "Europe/Berlin"), tuesday, had).on == date(2026, 11, 25)


def test_sunday_night_in_los_angeles_is_monday_in_auckland() -> None:
    had = Timing(SUNDAY, time(23), "America/Los_Angeles").slot(date(2026, 11, 22))
    moved = next_slot(Timing(FRIDAY, NINE, "Pacific/Auckland"), had.due_at, had)
    assert moved.on == date(2026, 12, 4)  # the week of 23 November had its story, as Auckland sees it


def test_after_downtime_a_post_may_be_a_day_late_but_no_more() -> None:
    slot = Timing(MONDAY, NINE, "Europe/Berlin").slot(date(2026, 11, 23))
    day = timedelta(days=1)
    assert not slot.is_missed(slot.due_at + day, catch_up=day)
    assert slot.is_missed(slot.due_at + day + timedelta(seconds=1), catch_up=day)


@pytest.mark.parametrize(
    "zone", ["", "Europe/Berlim", "America", "../Berlin", "/etc/passwd", "right/UTC", "localtime", "a\0b"]
)
def test_a_zone_that_nobody_knows_is_refused_in_words(zone: str) -> None:
    with pytest.raises(UserError, match="I do not know the time zone"):
        Timing(MONDAY, NINE, zone)


@pytest.mark.parametrize(("weekday", "at"), [(7, NINE), (-1, NINE), (0, time(9, 0, 1)), (0, time(9, tzinfo=UTC))])
def test_a_timing_that_no_form_can_send_is_a_mistake(weekday: int, at: time) -> None:
    with pytest.raises(ValueError, match=r"weekday|whole minute"):
        Timing(weekday, at, "Europe/Berlin")


@given(timings, moments)
def test_the_next_slot_is_within_a_week_on_its_weekday(timing: Timing, now: datetime) -> None:
    slot = next_slot(timing, now)
    assert now < slot.due_at
    assert slot.on.weekday() == timing.weekday
    assert due(timing, slot.on - timedelta(weeks=1)) <= now


@given(st.lists(st.tuples(timings, st.timedeltas(timedelta(0), timedelta(days=16))), min_size=2, max_size=8), moments)
def test_however_often_a_schedule_is_changed_no_local_week_has_two(
    changes: list[tuple[Timing, timedelta]], now: datetime
) -> None:
    had: list[Slot] = []
    for timing, pause in changes:
        zone = ZoneInfo(timing.zone)
        slot = next_slot(timing, now, had[-1] if had else None)
        weeks = {day.isocalendar()[:2] for last in had for day in (last.on, last.due_at.astimezone(zone).date())}
        assert slot.on.isocalendar()[:2] not in weeks
        assert slot.due_at > now
        now += pause
        if slot.due_at <= now:  # else somebody changed the timing before it was due
            had.append(slot)


def test_changing_nothing_changes_nothing() -> None:
    for timing in (Timing(SUNDAY, time(23, 30), "Africa/Cairo"), Timing(MONDAY, time(0), "Pacific/Auckland")):
        told = list(islice(slots(timing, START), 60))
        for last, slot in pairwise(told):
            assert next_slot(timing, last.due_at, last) == slot


def test_over_twenty_years_each_local_week_has_one_slot() -> None:
    """A sample, one zone of each kind of clock: `python -m bench.slots` proves it for all of them."""
    for number, zone in enumerate(kinds_of_clocks()):
        for at in TIMES[number % 6 :: 6]:
            count, faults = weekly(Timing((SUNDAY, number % 7)[number % 2], at, zone))
            assert not faults
            assert count in (1043, 1044)


def test_somebody_who_watches_the_clocks_minute_by_minute_agrees() -> None:
    for number, zone in enumerate(kinds_of_clocks()):
        year = datetime(2020 + number % 19, 1, 1, tzinfo=UTC)
        for on in clock_changes(zone, year, year + timedelta(days=366)):
            shown = watch(zone, on, TIMES)
            assert {at: due(Timing(on.weekday(), at, zone), on) for at in TIMES} == shown


def kinds_of_clocks() -> list[str]:
    """One zone for each way in which clocks went, or will go, from START to END, seen twice a month."""
    days = range(0, (END - START).days, 15)
    moments = [START + timedelta(days=day) for day in days]
    alike = {tuple(moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in moments): zone for zone in zones()}
    return sorted(alike.values())
