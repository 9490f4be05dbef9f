"""How things stand in all workspaces, as whoever runs the bot sees it."""

from datetime import timedelta

import pytest

from bot.domain.outgoing import Kind, Outcome, Posted, Refused, RefusedForNow, Unknown
from bot.domain.schedule import LATE_FROM, Pause, SlotState
from bot.storage.database import Database
from bot.storage.outbox import OutboxStore
from bot.storage.tally import SLOTS_FOR, Tally
from bot.storage.weekly import WeeklyStore
from tests.storage.people import A_MINUTE
from tests.storage.test_weekly import NINE, scheduled, taken, week_of


async def said(database: Database, outcome: Outcome, after: timedelta = A_MINUTE) -> None:
    """The post of the one slot that is taken is tried, so long after it was due."""
    outbox = OutboxStore(database)
    [claimed] = [one for one in await outbox.claim(NINE + after, 10) if one.outgoing.kind is Kind.WEEKLY_STORY]
    assert await outbox.record(claimed, outcome, NINE + after)


async def slots(database: Database, after: timedelta = A_MINUTE) -> dict[str, int]:
    counted = await Tally(database).slots(NINE + after)
    return {result: count for result, count in counted.items() if count}


@pytest.mark.parametrize(
    ("outcome", "after", "result"),
    [
        (Posted("CSUPPORT", "1.0"), A_MINUTE, "posted"),
        (Posted("CSUPPORT", "1.0"), LATE_FROM - A_MINUTE, "posted"),
        (Posted("CSUPPORT", "1.0"), LATE_FROM + A_MINUTE, "late"),
        (Unknown("TimeoutError"), A_MINUTE, "unknown"),
        (Refused("is_archived"), A_MINUTE, "refused"),
        (RefusedForNow(A_MINUTE, "ratelimited"), A_MINUTE, "waiting"),
    ],
)
async def test_what_became_of_a_slot_is_told_by_its_post(
    database: Database, outcome: Outcome, after: timedelta, result: str
) -> None:
    await taken(database)
    assert await slots(database) == {"waiting": 1}
    await said(database, outcome, after)
    assert await slots(database) == {result: 1}


@pytest.mark.parametrize("state", [SlotState.MISSED, SlotState.SKIPPED, SlotState.EMPTY])
async def test_a_slot_without_a_post_is_told_too(database: Database, state: SlotState) -> None:
    store, schedule = WeeklyStore(database), scheduled()
    await store.keep(None, schedule, NINE)
    await store.keep(schedule, schedule.skipping(), NINE, [week_of(schedule, state)])
    assert await slots(database) == {state.value: 1}


async def test_what_was_due_long_ago_is_told_no_more(database: Database) -> None:
    await taken(database)
    await said(database, Unknown("TimeoutError"))
    assert await slots(database, SLOTS_FOR) == {"unknown": 1}
    assert await slots(database, SLOTS_FOR + A_MINUTE) == {}


async def test_the_outbox_tells_how_much_waits_since_when_and_of_how_much_nobody_knows(database: Database) -> None:
    tally = Tally(database)
    nothing = await tally.outbox(NINE)
    assert (nothing.due, nothing.oldest_seconds, nothing.unknown) == (0, 0.0, 0)
    await taken(database)
    before = await tally.outbox(NINE - A_MINUTE)
    assert before.due == 0, "nothing is due before its time"
    waiting = await tally.outbox(NINE + A_MINUTE)
    assert (waiting.due, waiting.oldest_seconds, waiting.unknown) == (2, 60.0, 0)
    await said(database, Unknown("TimeoutError"))
    assert (await tally.outbox(NINE + A_MINUTE)).unknown == 1


async def test_schedules_are_told_by_whether_they_go_on(database: Database) -> None:
    store = WeeklyStore(database)
    for channel_id, pause in (("CONE", None), ("CTWO", Pause.BY_HAND), ("CTHREE", Pause.REFUSED)):
        schedule = scheduled(channel_id)
        await store.keep(None, schedule.paused(pause) if pause else schedule, NINE)
    assert await Tally(database).schedules() == {"active": 1, "paused": 1, "refused": 1}
