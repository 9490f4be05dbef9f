"""Schedules and their slots as they are kept: taken once, whoever else tries, and posts of which nobody knows."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from bot.domain.outgoing import Claimed, Kind, Outgoing, Posted, Refused, RefusedForNow, Unknown
from bot.domain.pace import AHEAD, CHANNEL_APART, WORKSPACE_APART
from bot.domain.schedule import Schedule, SlotState, Week, about, post_key, question_key
from bot.domain.slots import Slot, Timing
from bot.storage.database import Database
from bot.storage.lost_posts import LostPostStore
from bot.storage.outbox import LEASE, OutboxStore, put_in_line
from bot.storage.weekly import WeeklyStore
from tests.storage.people import A_MINUTE, GRACE, OURS, THEIRS

MONDAY = date(2026, 11, 30)
NINE = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
FIVE_MINUTES = timedelta(minutes=5)
A_SECOND, A_MOMENT = timedelta(seconds=1), timedelta(milliseconds=1)


def scheduled(channel_id: str = "CSUPPORT") -> Schedule:
    timing = Timing(0, time(9), "Etc/UTC")
    begun = Schedule(OURS, channel_id, f"schedule-{channel_id}", GRACE, timing)
    return begun.set_up(GRACE, timing, (), asks_question=True, now=NINE - timedelta(days=1))


def week_of(schedule: Schedule, state: SlotState = SlotState.TOLD) -> Week:
    return Week(OURS, schedule.channel_id, schedule.id, Slot(MONDAY, NINE), state, key=f"key-{schedule.channel_id}")


def post_of(week: Week) -> tuple[Outgoing, Outgoing]:
    """A slot's post, and the question in its thread."""
    key, slot = post_key(week.channel_id, week.on), about(week.channel_id, week.on)
    question = Outgoing(
        OURS, question_key(key), Kind.WEEKLY_QUESTION, slot, week.channel_id, replies_to=key, due_at=NINE
    )
    return Outgoing(OURS, key, Kind.WEEKLY_STORY, slot, week.channel_id, due_at=NINE), question


async def taken(database: Database, channel_id: str = "CSUPPORT") -> tuple[WeeklyStore, Week]:
    """A slot that was just taken, with its post and question in line."""
    store, schedule = WeeklyStore(database), scheduled(channel_id)
    assert await store.keep(None, schedule, NINE)
    week = week_of(schedule)
    assert week.slot == schedule.next
    assert await store.keep(schedule, schedule.telling(week.slot), NINE, [week], post_of(week))
    return store, week


async def claimed(outbox: OutboxStore, now: datetime) -> Claimed:
    [one] = await outbox.claim(now, 10)
    return one


async def test_a_slot_is_taken_by_whoever_is_first(database: Database) -> None:
    store, schedule = WeeklyStore(database), scheduled()
    await store.keep(None, schedule, NINE)
    assert [due.channel_id for due in await store.due(NINE, 10)] == ["CSUPPORT"]
    after, week = schedule.telling(Slot(MONDAY, NINE)), week_of(schedule)
    assert await store.keep(schedule, after, NINE, [week], post_of(week))
    assert not await store.keep(schedule, after, NINE, [replace(week, key="another")], post_of(week))
    assert await store.due(NINE, 10) == []
    kept = await store.week(OURS, "CSUPPORT", MONDAY)
    assert kept
    assert kept.key == week.key


async def test_a_slot_that_is_used_cannot_be_used_by_a_later_change_either(database: Database) -> None:
    store, week = await taken(database)
    schedule = await store.schedule(OURS, "CSUPPORT")
    assert schedule
    assert not await store.keep(schedule, schedule.pinning(None), NINE, [week])
    assert await store.schedule(OURS, "CSUPPORT") == schedule, "nothing of it was kept"


async def test_a_schedule_that_was_deleted_in_the_same_moment_takes_nothing(database: Database) -> None:
    store, schedule = WeeklyStore(database), scheduled()
    await store.keep(None, schedule, NINE)
    await store.delete(schedule)
    week = week_of(schedule)
    assert not await store.keep(schedule, schedule.telling(week.slot), NINE, [week], post_of(week))
    assert await store.week(OURS, "CSUPPORT", MONDAY) is None
    assert await OutboxStore(database).claim(NINE, 10) == []


async def test_a_question_comes_a_second_after_its_post(database: Database) -> None:
    await taken(database)
    outbox = OutboxStore(database)
    post = await claimed(outbox, NINE)
    assert post.outgoing.kind is Kind.WEEKLY_STORY
    await outbox.record(post, Posted("CSUPPORT", "1.1"), NINE)
    assert await outbox.claim(NINE + A_SECOND - AHEAD - A_MOMENT, 10) == []
    question = await claimed(outbox, NINE + A_SECOND)
    assert question.base == Posted("CSUPPORT", "1.1")
    assert question.say_at == NINE + CHANNEL_APART


async def test_what_is_due_in_many_channels_goes_out_in_a_steady_row(database: Database) -> None:
    for number in range(5):
        await taken(database, f"C{number}")
    outbox, moments, now = OutboxStore(database), list[datetime](), NINE
    while len(moments) < 5:
        for post in await outbox.claim(now, 10):
            moments.append(post.say_at)
            assert now <= post.say_at <= now + AHEAD
        now += timedelta(milliseconds=50)
    assert [later - earlier for earlier, later in pairwise(moments)] == [WORKSPACE_APART] * 4


async def test_what_another_workspace_says_keeps_nobody_waiting(database: Database) -> None:
    await taken(database)
    elsewhere = Outgoing(THEIRS, "weekly:C:x", Kind.WEEKLY_STORY, "x", "CTHEIRS", due_at=NINE)
    async with database.writing() as connection:
        await put_in_line(connection, [elsewhere], NINE)
    assert {one.say_at for one in await OutboxStore(database).claim(NINE, 10)} == {NINE}


async def test_a_clock_that_was_set_back_stops_nobody(database: Database) -> None:
    await taken(database)
    outbox = OutboxStore(database)
    later = NINE + timedelta(hours=1)
    await outbox.record(await claimed(outbox, later), Posted("CSUPPORT", "1.1"), later)
    await taken(database, "CGENERAL")
    said = {one.outgoing.to for one in await outbox.claim(NINE, 10)}
    assert said == {"CSUPPORT", "CGENERAL"}


async def test_two_channels_that_are_refused_for_now_hold_back_their_workspace(database: Database) -> None:
    for number in range(4):
        await taken(database, f"C{number}")
    outbox = OutboxStore(database)
    one, other = await outbox.claim(NINE, 2)
    too_many = RefusedForNow(10 * A_SECOND, "ratelimited")
    await outbox.record(one, too_many, NINE)
    [third, *_] = await outbox.claim(NINE + A_SECOND, 1)
    await outbox.record(third, Posted(third.outgoing.to, "1.1"), NINE + A_SECOND)
    await outbox.record(other, too_many, NINE + A_SECOND)
    assert await outbox.claim(NINE + 9 * A_SECOND, 10) == []
    assert await outbox.claim(NINE + 11 * A_SECOND, 10) != []


async def test_a_question_waits_while_nobody_knows_of_its_post(database: Database) -> None:
    store, week = await taken(database)
    outbox = OutboxStore(database)
    await outbox.record(await claimed(outbox, NINE), Unknown("TimeoutError"), NINE)
    assert await outbox.claim(NINE + A_MINUTE, 10) == []
    assert await store.not_found(week, NINE + A_MINUTE)
    assert not await store.not_found(week, NINE + A_MINUTE), "pressed twice"
    again = await claimed(outbox, NINE + A_MINUTE)
    assert again.outgoing.kind is Kind.WEEKLY_STORY
    await outbox.record(again, Posted("CSUPPORT", "1.1"), NINE + A_MINUTE)
    assert (await claimed(outbox, NINE + 2 * A_MINUTE)).outgoing.kind is Kind.WEEKLY_QUESTION


async def test_after_one_refusal_the_post_comes_again_and_its_question_after_it(database: Database) -> None:
    store, week = await taken(database)
    outbox = OutboxStore(database)
    post = await claimed(outbox, NINE)
    await outbox.record(post, Refused("channel_not_found"), NINE)
    assert await outbox.claim(NINE + A_MINUTE, 10) == [], "nobody has decided yet"
    assert not await store.refused_before(week, NINE + 15 * A_MINUTE)
    await outbox.followed(post.outgoing)
    assert await outbox.claim(NINE + 14 * A_MINUTE, 10) == []
    again = await claimed(outbox, NINE + 15 * A_MINUTE)
    await outbox.record(again, Posted("CSUPPORT", "1.1"), NINE + 15 * A_MINUTE)
    assert (await claimed(outbox, NINE + 16 * A_MINUTE)).base == Posted("CSUPPORT", "1.1")
    assert await store.refused_before(week, NINE), "the second time is the last"


async def test_the_owner_is_asked_again_when_what_was_posted_again_is_unknown_too(database: Database) -> None:
    store, week = await taken(database)
    outbox = OutboxStore(database)
    ask = Outgoing(OURS, f"{Kind.WEEKLY_UNKNOWN}:x", Kind.WEEKLY_UNKNOWN, about(week.channel_id, week.on), GRACE)
    for now in (NINE, NINE + timedelta(hours=1)):
        await outbox.record(await claimed(outbox, now), Unknown("TimeoutError"), now)
        await store.say([ask], now)
        asking = await claimed(outbox, now)
        assert asking.outgoing.kind is Kind.WEEKLY_UNKNOWN
        await outbox.record(asking, Posted(GRACE, "2.2"), now)
        assert await store.not_found(week, now)


async def test_a_late_word_that_a_post_arrived_counts_while_nobody_knows_better(database: Database) -> None:
    store, week = await taken(database)
    outbox = OutboxStore(database)
    post = await claimed(outbox, NINE)
    assert [lost.key for lost, _ in await outbox.end_leases(NINE + LEASE)] == [post.outgoing.key]
    assert await outbox.record(post, Posted("CSUPPORT", "1.1"), NINE + LEASE)
    assert not await store.not_found(week, NINE + LEASE)


async def test_what_is_lost_is_looked_for_twice_and_then_in_line_again(database: Database) -> None:
    _, week = await taken(database)
    posts = LostPostStore(database)
    outbox = OutboxStore(database)
    await outbox.record(await claimed(outbox, NINE), Unknown("TimeoutError"), NINE)
    assert await posts.lost(NINE + FIVE_MINUTES - A_SECOND, FIVE_MINUTES, 2, 10) == []
    [first] = await posts.lost(NINE + FIVE_MINUTES, FIVE_MINUTES, 2, 10)
    assert (first.key, first.looks, first.owner_id, first.said_at) == (week.key, 0, GRACE, NINE)
    for _ in range(2):
        await posts.looked_in_vain(first, NINE + FIVE_MINUTES, is_last=False)
    [second] = await posts.lost(NINE + 2 * FIVE_MINUTES, FIVE_MINUTES, 2, 10)
    assert second.looks == 1, "two that look in the same moment count as one"
    await posts.looked_in_vain(second, NINE + 2 * FIVE_MINUTES, is_last=True)
    assert await posts.lost(NINE + 9 * FIVE_MINUTES, FIVE_MINUTES, 2, 10) == []
    assert (await claimed(outbox, NINE + 2 * FIVE_MINUTES)).outgoing.kind is Kind.WEEKLY_STORY


async def test_what_is_found_again_is_sent_and_its_question_follows(database: Database) -> None:
    await taken(database)
    posts = LostPostStore(database)
    outbox = OutboxStore(database)
    await outbox.record(await claimed(outbox, NINE), Unknown("TimeoutError"), NINE)
    [lost] = await posts.lost(NINE + FIVE_MINUTES, FIVE_MINUTES, 2, 10)
    await posts.found_again(lost, Posted("CSUPPORT", "1.1"), NINE + FIVE_MINUTES)
    question = await claimed(outbox, NINE + 2 * FIVE_MINUTES)
    assert question.base == Posted("CSUPPORT", "1.1")
    await outbox.record(question, Unknown("TimeoutError"), NINE + 2 * FIVE_MINUTES)
    [lost] = await posts.lost(NINE + 3 * FIVE_MINUTES, FIVE_MINUTES, 2, 10)
    assert lost.thread == Posted("CSUPPORT", "1.1")
    await posts.look_no_more(lost, 2, [], NINE + 3 * FIVE_MINUTES)
    assert await posts.lost(NINE + 9 * FIVE_MINUTES, FIVE_MINUTES, 2, 10) == []
