"""Two moderators decide about one story at the same moment: one of them does, and the other is told who was first.

`RACES=1000` in the environment runs so many on each database.
"""

import asyncio
import os
import random
from dataclasses import replace
from pathlib import Path

from bot.config import Moderation, Settings
from bot.domain import clock
from bot.domain.library import Library
from bot.domain.person import Person as Moderator
from bot.domain.submission import State, Submission
from bot.domain.workspace import Reader, Workspace
from bot.errors import UserError
from bot.matching import Matcher
from bot.services.desks import Desks
from bot.services.seen import Seen
from bot.services.shelves import Shelves
from bot.services.submissions import Rules, Submissions
from bot.storage.database import Database
from bot.storage.moderation import ModerationStore
from bot.storage.own_stories import OwnStoryStore
from bot.storage.submissions import SubmissionStore
from playground import Playground
from playground.person import Person
from tests.conftest import PLENTY
from tests.storage.people import GRACE, MARGARET, OURS, submitted
from tests.submissions.conftest import Start
from tests.submissions.crowd import a_title, rows, tells
from tests.submissions.people import card_of, is_told, waits_for

RACES = int(os.environ.get("RACES", "100"))
# A click goes all the way, from the card to the verdict on it.
CLICKED_RACES = min(RACES // 5, 50)
REVIEW = "story-review"
AT_ONCE = 20
NAMES = {GRACE: "Grace", MARGARET: "Margaret"}


async def name_of(_: Workspace, user_id: str) -> str:
    return NAMES[user_id]


async def is_at_home(_: Reader) -> bool:
    return True


async def decide(submissions: Submissions, moderator_id: str, waiting: Submission, is_yes: bool) -> Submission | str:
    """The decision, or what the moderator is told instead."""
    moderator = Moderator(waiting.workspace, moderator_id, NAMES[moderator_id])
    try:
        if is_yes:
            return await submissions.approve(moderator, waiting.id, waiting.revision)
        return await submissions.reject(moderator, waiting.id, waiting.revision, "It is too short.")
    except UserError as refused:
        return str(refused)


async def test_of_two_decisions_the_database_keeps_one_and_its_step(database: Database) -> None:
    store = SubmissionStore(database)

    async def race() -> None:
        before = submitted()
        await store.add(before, [])
        decisions = [
            before.approved(GRACE, clock.now()),
            before.rejected(MARGARET, clock.now(), "It is too short."),
        ]
        kept = await asyncio.gather(
            *(store.change(before, one, one.state, one.decided_by, clock.now(), []) for one in decisions)
        )
        assert sorted(kept) == [False, True]
        [decided] = [one for one, is_kept in zip(decisions, kept, strict=True) if is_kept]
        assert await store.get(before.workspace, before.id) == decided
        assert (await store.steps(before.workspace, before.id))[1:] == [(str(decided.state), decided.decided_by)]

    for _ in range(RACES // AT_ONCE):
        await asyncio.gather(*(race() for _ in range(AT_ONCE)))


async def test_of_two_moderators_one_decides_and_the_other_is_told_who(
    database: Database, library: Library, matcher: Matcher
) -> None:
    store, own, chance = SubmissionStore(database), OwnStoryStore(database), random.Random(3)
    shelves = Shelves(library, matcher, own, is_at_home, Seen(), chance, clock.now)
    desks = Desks(ModerationStore(database), Moderation(channel="CREVIEW"), clock.now)
    submissions = Submissions(store, shelves, desks, Rules(), name_of, clock.now)

    async def race(number: int) -> None:
        waiting = submitted(replace(OURS, team_id=f"T{number}"))
        await store.add(waiting, [])
        wishes = [(GRACE, chance.random() < 0.5), (MARGARET, chance.random() < 0.5)]
        chance.shuffle(wishes)
        told = await asyncio.gather(*(decide(submissions, who, waiting, is_yes) for who, is_yes in wishes))
        [decided] = [one for one in told if isinstance(one, Submission)]
        [refusal] = [one for one in told if isinstance(one, str)]
        first = decided.decided_by or ""
        assert refusal.startswith(f"{NAMES[first]} was first: this story is {decided.state}.")
        assert await store.get(waiting.workspace, waiting.id) == decided
        assert (await store.steps(waiting.workspace, waiting.id))[1:] == [(str(decided.state), first)]
        _, stories = await own.stories_of(waiting.workspace)
        assert len(stories) == (decided.state is State.APPROVED)

    for begin in range(0, RACES, AT_ONCE):
        await asyncio.gather(*(race(number) for number in range(begin, min(begin + AT_ONCE, RACES))))


async def test_two_who_click_at_once(start: Start, tmp_path: Path) -> None:
    async with Playground() as slack:
        settings = Settings(
            moderation=Moderation(channel=slack.review_channel_id, moderators=slack.lead_ids),
            limits=PLENTY,
        )
        leads = [slack.person("Grace"), slack.person("Margaret")]
        async with start(slack, settings):
            for number in range(CLICKED_RACES):
                await tells(slack.person("Ada"), number)
                await both_approve(leads, a_title(number), tmp_path)
        steps = rows(tmp_path, "SELECT what, count(*) FROM audit GROUP BY what ORDER BY what")
        assert steps == [("approved", CLICKED_RACES), ("submitted", CLICKED_RACES)]


async def both_approve(leads: list[Person], title: str, folder: Path) -> None:
    card = await card_of(leads[0], title)
    await asyncio.gather(*(lead.clicks("Approve", on=card) for lead in leads))
    [(who,)] = rows(folder, "SELECT who FROM audit ORDER BY at DESC LIMIT 1")
    winner, loser = leads if who == leads[0].id else leads[::-1]
    assert is_told(loser, f"{winner.name} was first: this story is approved.")
    verdict = f"Approved by @{winner.name}"
    assert await waits_for(lambda: any(title in seen.drawn and verdict in seen.drawn for seen in loser.sees(REVIEW)))
