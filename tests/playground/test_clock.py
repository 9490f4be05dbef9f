"""Time that goes on when somebody says so, for Slack and for an app that lives by the same clock."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from playground import Playground


async def test_the_app_can_live_by_slacks_clock(slack: Playground) -> None:
    before = slack.now()
    assert abs(before - datetime.now(UTC)) < timedelta(seconds=5)
    slack.clock.advance(7 * 24 * 3600)
    assert timedelta(days=7) <= slack.now() - before < timedelta(days=7, seconds=5)


async def test_who_sleeps_by_the_clock_wakes_when_it_is_moved_on(slack: Playground) -> None:
    woken = []

    async def sleeper(name: str, seconds: float) -> None:
        await slack.clock.sleep(seconds)
        woken.append(name)

    sleepers = [asyncio.ensure_future(sleeper(name, hours * 3600)) for name, hours in (("late", 3), ("early", 1))]
    await asyncio.sleep(0)
    slack.clock.advance(2 * 3600)
    await sleepers[1]
    assert woken == ["early"]
    slack.clock.advance_to(slack.now() + timedelta(hours=2))
    await asyncio.gather(*sleepers)
    assert woken == ["early", "late"]


async def test_on_the_way_it_stops_for_what_the_app_has_due(slack: Playground) -> None:
    start = slack.now()
    due = [start + timedelta(days=days) for days in (1, 3, 30)]
    done = []

    async def app() -> None:
        while due:
            if slack.now() >= due[0]:
                done.append(slack.now() - due.pop(0))
            await asyncio.sleep(0.01)

    async def next_due() -> datetime | None:
        return due[0] if due else None

    slack.clock.stop_for(next_due)
    at_work = asyncio.ensure_future(app())
    await slack.clock.go_on(7 * 24 * 3600)
    at_work.cancel()
    assert len(done) == 2
    assert max(done) < timedelta(hours=1), "each in its time"
    assert timedelta(days=7) <= slack.now() - start < timedelta(days=7, hours=1)


async def test_who_is_impatient_comes_as_far(slack: Playground) -> None:
    start = slack.now()
    due = [start + timedelta(days=days) for days in (3, 10, 17)]

    async def app() -> None:
        while due:
            if slack.now() >= due[0]:
                due.pop(0)
            await asyncio.sleep(0.01)

    async def next_due() -> datetime | None:
        return due[0] if due else None

    slack.clock.stop_for(next_due)
    at_work = asyncio.ensure_future(app())
    await asyncio.gather(*(slack.clock.go_on(7 * 24 * 3600) for _ in range(3)))
    await at_work
    assert timedelta(days=21) <= slack.now() - start < timedelta(days=21, hours=1)


async def test_time_does_not_go_back(slack: Playground) -> None:
    with pytest.raises(ValueError, match="forward"):
        slack.clock.advance_to(datetime(2020, 1, 1, tzinfo=UTC))


async def test_a_message_said_later_is_dated_later(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("Today")
    slack.clock.advance(24 * 3600)
    await ada.types("Tomorrow")
    first, second = ada.sees()
    assert float(second.ts) - float(first.ts) > 24 * 3600
