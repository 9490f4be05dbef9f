"""What the installation store promises, on SQLite and on PostgreSQL."""

import asyncio
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Column, String, select, update

from bot.domain.installation import RENEW_BEFORE, Installation, Tokens
from bot.domain.outgoing import Kind, Outgoing
from bot.domain.schedule import Schedule, SlotState, Week
from bot.domain.slots import Slot, Timing
from bot.storage.database import Database
from bot.storage.forgetting import NAMING, OWN, Forgetting
from bot.storage.installations import STATE_LIFE, InstallationStore
from bot.storage.outbox import OutboxStore
from bot.storage.own_stories import OwnStoryStore
from bot.storage.sealing import Seal
from bot.storage.submissions import SubmissionStore
from bot.storage.tables import installations, metadata, submissions
from bot.storage.weekly import WeeklyStore
from tests.storage.people import A_MINUTE, ADA, GRACE, NOON, OURS, THEIRS, card_of, submitted

TWELVE_HOURS = timedelta(hours=12)
GLOBEX = "E0000001"
NORTH = "T0000011"


@pytest.fixture
def store(database: Database) -> InstallationStore:
    return InstallationStore(database, Seal([Fernet.generate_key().decode()]))


def installed(
    team_id: str = OURS.team_id, enterprise_id: str = "", at: datetime = NOON, rotating: bool = False
) -> Installation:
    tokens = Tokens(f"xoxb-{team_id}-{at}", "xoxe-1", at + TWELVE_HOURS) if rotating else Tokens(f"xoxb-{team_id}-{at}")
    return Installation(enterprise_id, team_id, tokens, at, "B1", "U1", ("commands",), GRACE)


async def test_three_hundred_take_a_state_and_one_has_it(store: InstallationStore) -> None:
    await store.begin("s1", NOON)
    taken = await asyncio.gather(*(store.take("s1", NOON) for _ in range(300)))
    assert sum(taken) == 1


async def test_a_state_lives_ten_minutes_and_is_then_forgotten(store: InstallationStore) -> None:
    await store.begin("s1", NOON)
    await store.begin("s2", NOON)
    assert not await store.take("s1", NOON + STATE_LIFE)
    assert await store.take("s2", NOON + STATE_LIFE - A_MINUTE)
    assert not await store.take("never begun", NOON)


async def test_an_installation_comes_back_as_it_was_kept_and_its_tokens_are_sealed(
    store: InstallationStore, database: Database
) -> None:
    ours = installed(rotating=True)
    await store.install(ours, [Outgoing(OURS, "welcome", Kind.WELCOME, GRACE, GRACE)])
    assert await store.all() == [ours]
    assert await store.find("", OURS.team_id) == [ours]
    assert await store.find("", THEIRS.team_id) == []
    async with database.reading() as connection:
        kept = (await connection.execute(select(installations.c.tokens))).scalar_one()
    assert "xox" not in kept
    assert "xox" not in repr(ours)
    [welcome] = await OutboxStore(database).claim(NOON, 10)
    assert welcome.outgoing.kind is Kind.WELCOME

    again = installed(at=NOON + A_MINUTE)
    await store.install(again, [])
    assert await store.all() == [again], "one row for each workspace"


async def test_only_what_is_still_installed_as_it_was_ends(store: InstallationStore) -> None:
    old, new = installed(), installed(at=NOON + A_MINUTE)
    await store.install(old, [])
    await store.install(new, [])
    assert not await store.remove(old, NOON + 2 * A_MINUTE)
    assert await store.remove(new, NOON + 2 * A_MINUTE)
    assert not await store.remove(new, NOON + 2 * A_MINUTE), "only once"
    [gone] = await store.all()
    assert (gone.tokens, gone.gone_at) == (None, NOON + 2 * A_MINUTE)
    assert await store.changed_since(NOON + 2 * A_MINUTE) == [gone]


async def test_what_was_to_be_said_there_is_dropped_and_elsewhere_it_is_not(
    store: InstallationStore, database: Database
) -> None:
    for team in (OURS, THEIRS):
        await store.install(installed(team.team_id), [])
        submission = submitted(team)
        await SubmissionStore(database).add(submission, [card_of(submission)])
    await store.remove(installed(), NOON)
    assert [claimed.outgoing.workspace for claimed in await OutboxStore(database).claim(NOON, 10)] == [THEIRS]


async def test_of_twenty_that_would_renew_a_token_one_does(store: InstallationStore) -> None:
    await store.install(installed(rotating=True), [])
    soon = NOON + TWELVE_HOURS - RENEW_BEFORE
    assert await store.take_to_renew(soon - A_MINUTE) is None
    taken = [one for one in await asyncio.gather(*(store.take_to_renew(soon) for _ in range(20))) if one]
    assert [one.key for one in taken] == [("", OURS.team_id)]
    assert await store.take_to_renew(soon + A_MINUTE), "whoever took it was not heard of again"


async def test_new_tokens_stand_beside_the_old_ones_until_they_are_used(store: InstallationStore) -> None:
    old = installed(rotating=True)
    await store.install(old, [])
    new = Tokens("xoxb-new", "xoxe-2", NOON + 2 * TWELVE_HOURS)
    assert await store.keep_renewed(old, new, NOON)
    assert await store.all() == [replace(old, renewed=new)]
    assert await store.take_to_renew(NOON), "they are still to be tried"
    assert await store.use(old, new, NOON)
    assert await store.all() == [replace(old, tokens=new)]
    assert await store.take_to_renew(NOON + A_MINUTE) is None

    await store.install(installed(at=NOON + A_MINUTE), [])
    assert not await store.keep_renewed(old, new, NOON), "it was installed again meanwhile"
    assert not await store.use(old, new, NOON)


async def test_an_organisation_takes_a_workspace_away_gives_it_back_and_leaves(store: InstallationStore) -> None:
    organisation, own = installed("", GLOBEX), installed("T0000012", GLOBEX)
    await store.install(organisation, [])
    await store.install(own, [])
    await store.leave(GLOBEX, NORTH, NOON)
    await store.leave(GLOBEX, NORTH, NOON + A_MINUTE)
    north = next(one for one in await store.find(GLOBEX, NORTH) if one.team_id)
    assert (north.tokens, north.gone_at) == (None, NOON)
    await store.come_back(GLOBEX, NORTH, NOON)
    assert next(one for one in await store.find(GLOBEX, NORTH) if one.team_id).gone_at is None

    await store.leave(GLOBEX, NORTH, NOON)
    await store.install(replace(organisation, installed_at=NOON + A_MINUTE), [])
    assert next(one for one in await store.find(GLOBEX, NORTH) if one.team_id).gone_at is None
    await store.leave(GLOBEX, "T0000012", NOON)
    assert own in await store.all(), "it has an installation of its own"


async def test_who_left_is_erased_in_time_and_only_they(store: InstallationStore, database: Database) -> None:
    for team in (OURS, THEIRS):
        await store.install(installed(team.team_id), [])
        await tell(database, team.team_id)
    await store.remove(installed(), NOON)
    forgetting = Forgetting(database)
    assert await forgetting.erase_gone(NOON - A_MINUTE, NOON + A_MINUTE) == 0
    assert await forgetting.erase_gone(NOON, NOON + A_MINUTE) == 1
    assert await forgetting.erase_gone(NOON, NOON + 2 * A_MINUTE) == 0, "only once"
    assert await SubmissionStore(database).by_author(OURS, ADA, 9) == []
    assert len(await SubmissionStore(database).by_author(THEIRS, ADA, 9)) == 1
    assert await OwnStoryStore(database).changed_since(NOON + A_MINUTE) == {OURS: 2}


async def test_of_an_organisation_that_left_a_workspace_with_its_own_installation_stays(
    store: InstallationStore, database: Database
) -> None:
    organisation = installed("", GLOBEX)
    await store.install(organisation, [])
    await store.install(installed("T0000012", GLOBEX), [])
    for team_id in (NORTH, "T0000012"):
        await tell(database, team_id, GLOBEX)
    await store.remove(organisation, NOON)
    await Forgetting(database).erase_gone(NOON, NOON)
    async with database.reading() as connection:
        kept = (await connection.execute(select(installations.c.team_id, installations.c.tokens))).all()
    assert {row.team_id: row.tokens is not None for row in kept} == {"": False, "T0000012": True}
    left = {
        workspace.team_id: edition for workspace, edition in (await OwnStoryStore(database).changed_since(NOON)).items()
    }
    assert left == {NORTH: 2, "T0000012": 1}


async def test_a_person_is_forgotten_in_their_workspace_alone(database: Database) -> None:
    for team in (OURS, THEIRS):
        await tell(database, team.team_id)
    assert await Forgetting(database).forget_user(OURS.team_id, ADA, NOON) > 0
    assert await Forgetting(database).forget_user(OURS.team_id, ADA, NOON) == 0
    names = {
        team: [one.told_by for one in (await OwnStoryStore(database).stories_of(team))[1]] for team in (OURS, THEIRS)
    }
    assert names == {OURS: ["a colleague"], THEIRS: ["Ada"]}
    assert await SubmissionStore(database).by_author(OURS, ADA, 9) == []
    assert len(await SubmissionStore(database).by_author(THEIRS, ADA, 9)) == 1


def test_no_column_for_a_person_is_overlooked_when_they_are_forgotten() -> None:
    # Slack's ids are kept in columns of 20 characters; these do not hold a person's.
    others = {"enterprise_id", "team_id", "channel_id", "group_id", "bot_id", "bot_user_id", "what", "kind"}
    columns = {column for table in metadata.sorted_tables for column in table.c if _is_of_ids(column)}
    assert {column for column in columns if column.name not in others} == {*OWN, *NAMING}


def _is_of_ids(column: Column[Any]) -> bool:
    return isinstance(column.type, String) and column.type.length == 20


async def test_a_withdrawn_story_of_a_forgotten_person_is_a_colleague_s_in_the_weeks_that_told_it(
    database: Database,
) -> None:
    submission = submitted()
    await SubmissionStore(database).add(submission, [])
    story = submission.approved(GRACE, NOON).as_story()
    message = {"text": "It was told by Ada &amp; Co", "blocks": [{"text": "told by Ada & Co"}]}
    week = Week(OURS, "C1", "S1", Slot(NOON.date(), NOON), SlotState.TOLD, "k", story, "", message)
    async with database.writing() as connection:
        await connection.execute(update(submissions).values(author_name="Ada & Co"))
    schedule = Schedule(OURS, "C1", "S1", ADA, Timing(0, time(9), "UTC"))
    assert await WeeklyStore(database).keep(None, schedule, NOON, [week])
    await Forgetting(database).forget_user(OURS.team_id, ADA, NOON)
    kept = await WeeklyStore(database).week(OURS, "C1", NOON.date())
    assert kept
    assert kept.story
    assert kept.story.told_by == "a colleague"
    assert "Ada" not in str(kept.message)


async def tell(database: Database, team_id: str, enterprise_id: str = "") -> None:
    """Ada's story, which Grace approved."""
    store = SubmissionStore(database)
    submission = submitted(replace(OURS, team_id=team_id, enterprise_id=enterprise_id))
    await store.add(submission, [])
    await store.change(submission, submission.approved(GRACE, NOON), "approved", GRACE, NOON, [])
