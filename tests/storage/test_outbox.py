"""What must be said later: who says it, what became of it, and that nothing is said twice."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.outgoing import Dropped, Kind, Outcome, Outgoing, Posted, Refused, RefusedForNow, Unknown
from bot.storage.database import Database, opened
from bot.storage.outbox import DROPPED, DUE, LEASE, REFUSED, SENDING, SENT, UNKNOWN, OutboxStore, put_in_line
from tests.postgres import Postgres
from tests.storage.people import A_MINUTE, NOON, OURS, THEIRS, card_of, redrawing_of, submitted

A_SECOND = timedelta(seconds=1)
THERE = Posted("CREVIEW", "1.000001")


async def put(database: Database, *say: Outgoing, at: datetime = NOON) -> None:
    async with database.writing() as connection:
        await put_in_line(connection, say, at)


async def keys(outbox: OutboxStore, now: datetime) -> list[str]:
    return [claimed.outgoing.key for claimed in await outbox.claim(now, 100)]


async def state(outbox: OutboxStore, one: Outgoing) -> str:
    return (await outbox.states_of(one.workspace, one.about))[one.key]


async def test_what_is_due_is_claimed_once_and_recorded(database: Database) -> None:
    outbox, card = OutboxStore(database), card_of(submitted())
    await put(database, card)
    await put(database, card)
    [claimed] = await outbox.claim(NOON, 10)
    assert (claimed.outgoing.key, claimed.tries, claimed.base) == (card.key, 1, None)
    assert await outbox.claim(NOON, 10) == []
    assert await outbox.record(claimed, THERE, NOON)
    assert await state(outbox, card) == SENT
    assert await outbox.claim(NOON + 2 * LEASE, 10) == []
    assert not await outbox.record(claimed, THERE, NOON), "it is settled"


async def test_the_same_key_in_another_workspace_is_another_message(database: Database) -> None:
    outbox = OutboxStore(database)
    ours = Outgoing(OURS, "note", Kind.DECISION, "it", "UADA")
    theirs = Outgoing(THEIRS, "note", Kind.DECISION, "it", "UADA")
    await put(database, ours, theirs)
    assert len(await keys(outbox, NOON)) == 2
    assert await outbox.states_of(OURS, "it") == {"note": SENDING}


async def test_what_is_due_later_waits_for_its_moment(database: Database) -> None:
    outbox = OutboxStore(database)
    later = Outgoing(OURS, "later", Kind.DECISION, "it", "UADA", due_at=NOON + A_MINUTE)
    await put(database, later)
    assert await keys(outbox, NOON + A_MINUTE - A_SECOND) == []
    assert await keys(outbox, NOON + A_MINUTE) == ["later"]


@pytest.mark.parametrize(
    ("outcome", "becomes"),
    [
        (THERE, SENT),
        (RefusedForNow(A_SECOND, "ratelimited"), DUE),
        (Refused("msg_too_long"), REFUSED),
        (Unknown("TimeoutError"), UNKNOWN),
        (Dropped(), DROPPED),
    ],
)
async def test_each_outcome_of_a_post_has_its_state(database: Database, outcome: Outcome, becomes: str) -> None:
    outbox, card = OutboxStore(database), card_of(submitted())
    await put(database, card)
    [claimed] = await outbox.claim(NOON, 10)
    assert await outbox.record(claimed, outcome, NOON)
    assert await state(outbox, card) == becomes
    assert await keys(outbox, NOON) == []
    again = await keys(outbox, NOON + 2 * LEASE)
    assert again == ([card.key] if becomes == DUE else []), "only what Slack refused for now is said again"


async def test_one_channel_hears_one_thing_after_the_other_and_none_keeps_another_waiting(database: Database) -> None:
    outbox = OutboxStore(database)
    first, second, elsewhere = (card_of(submitted(), to) for to in ("CREVIEW", "CREVIEW", "UGRACE"))
    for number, card in enumerate((first, second, elsewhere)):
        await put(database, card, at=NOON + number * A_SECOND)
    claimed = {one.outgoing.key: one for one in await outbox.claim(NOON + A_MINUTE, 10)}
    assert claimed.keys() == {first.key, elsewhere.key}
    assert await keys(outbox, NOON + A_MINUTE) == []
    await outbox.record(claimed[first.key], THERE, NOON + A_MINUTE)
    assert await keys(outbox, NOON + A_MINUTE) == [second.key]


async def test_a_refusal_for_now_holds_back_the_whole_channel_and_keeps_the_order(database: Database) -> None:
    outbox = OutboxStore(database)
    cards = [card_of(submitted()) for _ in range(3)]
    for number, card in enumerate(cards):
        await put(database, card, at=NOON + number * A_SECOND)
    now = NOON + A_MINUTE
    [claimed] = await outbox.claim(now, 10)
    await outbox.record(claimed, RefusedForNow(30 * A_SECOND, "ratelimited"), now)
    assert await keys(outbox, now + 29 * A_SECOND) == []
    for card in cards:
        now += 30 * A_SECOND
        [claimed] = await outbox.claim(now, 10)
        assert claimed.outgoing.key == card.key
        await outbox.record(claimed, THERE, now)


async def test_a_redrawing_waits_for_its_card_and_finds_where_it_stands(database: Database) -> None:
    outbox, card = OutboxStore(database), card_of(submitted())
    await put(database, card, redrawing_of(card, 2), redrawing_of(card, 3))
    [claimed] = await outbox.claim(NOON, 10)
    assert claimed.outgoing.key == card.key
    assert await keys(outbox, NOON) == []
    await outbox.record(claimed, THERE, NOON)
    [second] = await outbox.claim(NOON, 10)
    assert (second.outgoing.changes, second.base) == (card.key, THERE)
    assert await keys(outbox, NOON) == [], "two redrawings of one card are never under way at once"
    await outbox.record(second, THERE, NOON)
    assert await keys(outbox, NOON) == [redrawing_of(card, 3).key]


async def test_a_redrawing_of_a_card_that_nobody_knows_of_has_no_place(database: Database) -> None:
    outbox, card = OutboxStore(database), card_of(submitted())
    await put(database, card, redrawing_of(card, 2))
    [claimed] = await outbox.claim(NOON, 10)
    await outbox.record(claimed, Unknown("TimeoutError"), NOON)
    [redrawing] = await outbox.claim(NOON, 10)
    assert redrawing.base is None


async def test_a_redrawing_that_nobody_knows_of_is_drawn_again_later_and_later(database: Database) -> None:
    outbox, card = OutboxStore(database), card_of(submitted())
    redrawing = redrawing_of(card, 2)
    await put(database, redrawing)
    now = NOON
    for wait in (2, 4, 8):
        [claimed] = await outbox.claim(now, 10)
        assert await outbox.record(claimed, Unknown("TimeoutError"), now)
        assert await keys(outbox, now + (wait - 1) * A_SECOND) == []
        now += wait * A_SECOND


async def test_when_its_sender_dies_a_post_is_unknown_and_a_redrawing_due_again(
    database_url: str | None, tmp_path: Path
) -> None:
    card, other = card_of(submitted()), card_of(submitted())
    async with opened(database_url, tmp_path) as database:
        dies = OutboxStore(database)
        await put(database, card, other)
        [_] = await dies.claim(NOON, 10)
    async with opened(database_url, tmp_path) as database:
        survivor, now = OutboxStore(database), NOON
        if database.is_shared:
            assert await survivor.end_leases(NOON + LEASE - A_SECOND) == [], "its sender may still be alive"
            now = NOON + LEASE
        [(lost, outcome)] = await survivor.end_leases(now)
        assert (lost.key, outcome) == (min(card.key, other.key), Unknown("lease_ended"))
        assert await state(survivor, lost) == UNKNOWN
        assert await keys(survivor, now) == [max(card.key, other.key)]


async def test_a_late_word_about_an_ended_lease_counts_for_nothing(database: Database) -> None:
    outbox, card = OutboxStore(database), card_of(submitted())
    redrawing = redrawing_of(card, 2)
    await put(database, redrawing)
    [frozen] = await outbox.claim(NOON, 10)
    await outbox.end_leases(NOON + LEASE)
    [again] = await outbox.claim(NOON + LEASE, 10)
    assert not await outbox.record(frozen, Refused("too late"), NOON + LEASE)
    assert await outbox.record(again, THERE, NOON + LEASE)
    assert await state(outbox, redrawing) == SENT


@pytest.mark.parametrize("outcome", [Unknown("TimeoutError"), Refused("not_in_channel")])
async def test_consequences_that_nobody_drew_are_handed_out_until_somebody_did(
    postgres: Postgres, outcome: Outcome
) -> None:
    async with opened(postgres.fresh_url(), None) as database:
        dies, survivor, card = OutboxStore(database), OutboxStore(database), card_of(submitted())
        await put(database, card)
        [claimed] = await dies.claim(NOON, 10)
        await dies.record(claimed, outcome, NOON)
        assert await survivor.end_leases(NOON + A_SECOND) == [], "whoever recorded it is at it"
        [(first, _)] = await survivor.end_leases(NOON + LEASE)
        assert await dies.end_leases(NOON + LEASE) == [], "it is handed out to one"
        [(second, told)] = await survivor.end_leases(NOON + 2 * LEASE)
        assert (first.key, second.key, told) == (card.key, card.key, outcome)
        await survivor.followed(second)
        assert await survivor.end_leases(NOON + 9 * LEASE) == []


async def test_of_two_replicas_each_claims_what_the_other_has_not(postgres: Postgres) -> None:
    url = postgres.fresh_url()
    async with opened(url, None) as one, opened(url, None) as two:
        cards = [card_of(submitted(), f"U{number}") for number in range(60)]
        await put(one, *cards)
        replicas = [OutboxStore(one), OutboxStore(two)]
        claimed: list[str] = []
        while len(claimed) < len(cards):
            rounds = await asyncio.gather(*(replica.claim(NOON, 7) for replica in replicas * 2))
            claimed += [each.outgoing.key for taken in rounds for each in taken]
        assert sorted(claimed) == sorted(card.key for card in cards)


async def test_a_change_that_fails_says_nothing(database: Database) -> None:
    outbox, card = OutboxStore(database), card_of(submitted())

    async def write() -> None:
        async with database.writing() as connection:
            await put_in_line(connection, [card], NOON)
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        await write()
    assert await keys(outbox, NOON) == []
