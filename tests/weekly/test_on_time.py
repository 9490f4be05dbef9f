"""When the story comes: after downtime, pauses and restarts, at clock changes, and never by surprise."""

import asyncio

import pytest

from playground import Playground
from playground.person import Person
from tests.weekly.conftest import Running, SetClock
from tests.weekly.people import MONDAY_AT_NINE, changes, coming, lists, post, posts, presses, sets_up, title


async def test_after_some_hours_away_it_comes_late_and_says_so_quietly(running: Running, clock: SetClock) -> None:
    async with running() as slack:
        grace = slack.person("Grace")
        await sets_up(grace)
        expected = coming(await lists(grace))[0]
    clock.ahead(days=4, hours=23)
    async with running():
        late = await post(grace)
        assert title(late) == expected
        assert "This was due on Monday 30 November at 09:00; I was away." in late.drawn
        assert "Missed" not in (await lists(grace)).drawn
        clock.ahead(days=6, hours=22)
        assert "I was away" not in (await post(grace, 2)).drawn


async def test_after_some_minutes_away_nobody_needs_to_hear_of_it(running: Running, clock: SetClock) -> None:
    async with running() as slack:
        grace = slack.person("Grace")
        await sets_up(grace)
    clock.ahead(days=4, hours=21, minutes=9)
    async with running():
        assert "I was away" not in (await post(grace)).drawn


async def test_after_weeks_away_what_was_missed_is_listed_and_not_posted_by_surprise(
    running: Running, clock: SetClock
) -> None:
    async with running() as slack:
        grace = slack.person("Grace")
        await sets_up(grace)
    clock.ahead(days=14)
    async with running():
        listed = await waits_for_list(grace, "Next on Monday 14 December at 09:00, in 5 days.")
        assert "Missed Monday 7 December: I was away for too long to post it late." in listed
        assert "Missed Monday 30 November" in listed
        assert not posts(grace)
        expected = coming(await lists(grace))[0]
        clock.ahead(**MONDAY_AT_NINE)
        assert title(await post(grace)) == expected
        assert len(posts(grace)) == 1


@pytest.mark.parametrize(("hours_late", "is_posted"), [(3, True), (5, False)])
async def test_how_late_is_too_late_is_a_setting(
    running: Running, clock: SetClock, hours_late: int, is_posted: bool
) -> None:
    async with running() as slack:
        grace = slack.person("Grace")
        await sets_up(grace)
    clock.ahead(days=4, hours=21 + hours_late)
    async with running(catch_up=4):
        await waits_for_list(grace, "Next on Monday 7 December")
        if is_posted:
            await post(grace)
        else:
            assert "Missed Monday 30 November" in (await lists(grace)).drawn
            assert not posts(grace)


async def test_a_restart_in_the_middle_of_everything_posts_once(running: Running, clock: SetClock) -> None:
    async with running() as slack:
        grace = slack.person("Grace")
        await sets_up(grace)
        clock.ahead(**MONDAY_AT_NINE)
        await post(grace)
    for _ in range(3):
        async with running():
            assert "Next on Monday 7 December" in (await lists(grace)).drawn
    assert len(posts(grace)) == 1


async def test_while_it_is_paused_nothing_comes_and_changing_it_does_not_resume_it(
    slack: Playground, clock: SetClock
) -> None:
    grace = slack.person("Grace")
    await sets_up(grace)
    paused = await presses(grace, "Pause")
    assert "Paused: nothing is posted until somebody resumes it." in paused.drawn
    assert "It is paused until somebody resumes it." in (await changes(grace, Time="10:00")).drawn
    clock.ahead(days=8)
    resumed = await presses(grace, "Resume")
    assert "Next on Monday 7 December at 10:00, in 4 days." in resumed.drawn
    assert "Missed" not in resumed.drawn
    assert not posts(grace)
    clock.ahead(days=3, hours=22)
    await post(grace)


async def test_pausing_and_resuming_in_the_week_of_a_post_brings_no_second_one(
    slack: Playground, clock: SetClock
) -> None:
    grace = slack.person("Grace")
    await sets_up(grace, Day_of_the_week="Thursday")
    clock.ahead(hours=21)
    await post(grace)
    await presses(grace, "Pause")
    assert "Next on Thursday 3 December" in (await presses(grace, "Resume")).drawn


async def test_in_the_hour_that_spring_leaves_out_it_comes_at_the_first_minute_after(
    slack: Playground, clock: SetClock
) -> None:
    grace = slack.person("Grace")
    clock.ahead(days=120)
    await sets_up(grace, Day_of_the_week="Sunday", Time="01:30")
    listed = await lists(grace)
    assert "Next on Sunday 28 March at 02:00, in 3 days." in listed.drawn
    # In London the clocks go from 01:00 to 02:00 at 01:00 UTC.
    clock.ahead(days=2, hours=12, minutes=59)
    assert "Next on Sunday 28 March at 02:00, today." in (await lists(grace)).drawn
    assert not posts(grace)
    clock.ahead(minutes=1)
    await post(grace)
    assert "Next on Sunday 4 April at 01:30" in (await lists(grace)).drawn


async def test_several_channels_of_one_minute_each_have_their_own(slack: Playground, clock: SetClock) -> None:
    grace = slack.person("Grace")
    for channel in ("general", "support"):
        await grace.types("/story schedule", channel=channel)
        if grace.modal is None:
            await grace.clicks("Set one up", on=grace.last(channel))
        await grace.fills({"Time zone": "London"})
        assert await grace.submits()
        await grace.closes()
    clock.ahead(**MONDAY_AT_NINE)
    for channel in ("general", "support"):
        told = title(await post(grace, 1, channel))
        await grace.types("/story week", channel=channel)
        assert title(grace.last(channel)) == told
        assert "Told here on Monday 30 November. Only you see this." in grace.last(channel).drawn
    assert "#general: every Monday" in (await lists(grace)).drawn


async def waits_for_list(person: Person, words: str) -> str:
    """The list, as soon as it says these words; the clock wakes a moment after the start."""
    async with asyncio.timeout(30):
        while True:
            listed = (await lists(person)).drawn
            if words in listed:
                return listed
