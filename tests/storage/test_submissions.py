"""Submissions, drafts, their audit and the stories that they become, as the database keeps them."""

import asyncio
from datetime import timedelta

from bot.domain.submission import Credit, State, Submission
from bot.storage.database import Database
from bot.storage.outbox import OutboxStore
from bot.storage.own_stories import OwnStoryStore
from bot.storage.submissions import SubmissionStore
from tests.storage.people import A_MINUTE, ADA, GRACE, MARGARET, NOON, OURS, THEIRS, card_of, submitted, told


async def test_a_submission_comes_back_as_it_was(database: Database) -> None:
    store = SubmissionStore(database)
    plain, nobody = submitted(), submitted(credit=Credit.NOBODY)
    for submission in (plain, nobody):
        assert await store.add(submission, [])
        assert await store.get(OURS, submission.id) == submission
    edited = plain.approved(GRACE, NOON + A_MINUTE, told("The paper cup"))
    assert await store.change(plain, edited, "approved", GRACE, NOON + A_MINUTE, [])
    assert await store.get(OURS, plain.id) == edited
    assert await store.get(THEIRS, plain.id) is None


async def test_a_form_sent_twice_makes_one_submission_one_step_and_one_card(database: Database) -> None:
    store, submission = SubmissionStore(database), submitted()
    added = await asyncio.gather(*(store.add(submission, [card_of(submission)]) for _ in range(5)))
    assert sorted(added) == [False, False, False, False, True]
    assert await store.steps(OURS, submission.id) == [("submitted", ADA)]
    assert len(await OutboxStore(database).claim(NOON, 10)) == 1


async def test_sending_forgets_the_draft_and_only_the_author_s(database: Database) -> None:
    store, sent = SubmissionStore(database), submitted()
    form_id = sent.id
    for user_id in (ADA, GRACE):
        await store.keep_draft(OURS, user_id, form_id, {"title": "First"}, NOON)
        await store.keep_draft(OURS, user_id, form_id, {"title": "Second"}, NOON)
    assert await store.draft(OURS, ADA) == (form_id, {"title": "Second"})
    assert await store.draft(THEIRS, ADA) is None
    await store.add(sent, [])
    assert await store.draft(OURS, ADA) is None
    assert await store.draft(OURS, GRACE) == (form_id, {"title": "Second"})
    await store.forget_draft(OURS, GRACE, form_id)
    assert await store.draft(OURS, GRACE) is None


async def test_of_several_changes_to_one_state_one_is_kept_with_all_that_goes_with_it(database: Database) -> None:
    store, own, before = SubmissionStore(database), OwnStoryStore(database), submitted()
    await store.add(before, [])
    changes = [
        (before.approved(GRACE, NOON), "approved", GRACE),
        (before.rejected(MARGARET, NOON, "Too short."), "rejected", MARGARET),
        (before.withdrawn(NOON), "withdrawn", ADA),
    ]
    won = await asyncio.gather(*(store.change(before, after, what, who, NOON, []) for after, what, who in changes))
    [(after, what, who)] = [change for change, is_kept in zip(changes, won, strict=True) if is_kept]
    assert await store.get(OURS, before.id) == after
    assert await store.steps(OURS, before.id) == [("submitted", ADA), (what, who)]
    edition, stories = await own.stories_of(OURS)
    assert (edition, len(stories)) == ((1, 1) if after.state is State.APPROVED else (0, 0))


async def test_an_approved_story_is_the_workspace_s_own_until_it_is_withdrawn(database: Database) -> None:
    store, own, before = SubmissionStore(database), OwnStoryStore(database), submitted()
    await store.add(before, [])
    approved = before.approved(GRACE, NOON + A_MINUTE)
    await store.change(before, approved, "approved", GRACE, NOON + A_MINUTE, [])
    assert await own.stories_of(OURS) == (1, [approved.as_story()])
    assert await own.stories_of(THEIRS) == (0, [])
    assert await own.approved_at(OURS) == {approved.story_id: NOON + A_MINUTE}
    assert await own.changed_since(NOON + A_MINUTE) == {OURS: 1}
    assert await own.changed_since(NOON + 2 * A_MINUTE) == {}

    withdrawn = approved.withdrawn(NOON + 2 * A_MINUTE)
    await store.change(approved, withdrawn, "withdrawn", ADA, NOON + 2 * A_MINUTE, [])
    assert await own.stories_of(OURS) == (2, [])
    assert await own.changed_since(NOON + 2 * A_MINUTE) == {OURS: 2}
    assert [what for what, _ in await store.steps(OURS, before.id)] == ["submitted", "approved", "withdrawn"]


async def test_moderators_see_what_an_author_changed(database: Database) -> None:
    store, first = SubmissionStore(database), submitted()
    await store.add(first, [])
    assert await store.before_change(OURS, first.id) is None
    second = first.retold(told("The second title"))
    await store.change(first, second, "changed", ADA, NOON, [])
    assert await store.before_change(OURS, first.id) == first.told


async def test_what_waits_is_listed_oldest_first_and_one_s_own_newest_first(database: Database) -> None:
    store = SubmissionStore(database)
    mine = [submitted(at=NOON + timedelta(minutes=minute)) for minute in (2, 0, 1)]
    for submission in (*mine, submitted(author=GRACE, at=NOON + 3 * A_MINUTE), submitted(THEIRS)):
        await store.add(submission, [])
    decided = mine[0].rejected(GRACE, NOON, "Too short.")
    await store.change(mine[0], decided, "rejected", GRACE, NOON, [])

    def ids(found: list[Submission]) -> list[str]:
        return [submission.id for submission in found]

    assert ids(await store.pending(OURS, 2)) == [mine[1].id, mine[2].id]
    assert await store.count_pending(OURS) == 3
    assert ids(await store.by_author(OURS, ADA, 10)) == [mine[0].id, mine[2].id, mine[1].id]
    assert ids(await store.by_author(OURS, ADA, 1)) == [mine[0].id]


async def test_an_import_adds_what_is_new_once_and_counts_it(database: Database) -> None:
    own = OwnStoryStore(database)
    stories = [submitted().as_story() for _ in range(3)]
    assert await own.import_all(OURS, stories, NOON) == 3
    assert await own.import_all(OURS, stories, NOON) == 0
    assert await own.stories_of(OURS) == (1, stories)
    assert await own.workspaces() == [OURS]
