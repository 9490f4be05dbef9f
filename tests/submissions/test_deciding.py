"""What moderators do with a story that waits, and what its author and the others hear of it."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from bot.config import Moderation, Settings
from bot.storage.database import FILE_NAME
from playground import Playground
from tests.submissions.conftest import Start
from tests.submissions.people import CONSENT, STORY, card_of, held, is_told, sees, tells, waits_for


def steps_in(folder: Path) -> list[tuple[str, str]]:
    """What the audit holds: what was done and by whom, in order."""
    with sqlite3.connect(folder / FILE_NAME) as database:
        return list(database.execute("SELECT what, who FROM audit ORDER BY revision"))


async def test_a_rejection_has_a_reason_and_its_author_can_send_it_again(desk: Playground) -> None:
    ada, grace, margaret = desk.person("Ada"), desk.person("Grace"), desk.person("Margaret")
    await tells(ada)
    await grace.clicks("Reject", on=await card_of(grace))
    assert grace.modal is not None
    assert grace.modal.title == "Reject this story"
    await grace.submits()
    assert grace.modal.errors == {"In your own words": "Choose a reason above, or say in a few words why."}

    await grace.fills({"Why?": ["Too little happened to learn from"], "In your own words": "Tell us of the baby."})
    await grace.submits()
    assert grace.modal is None
    verdict = await sees(margaret, "Rejected by @Grace", "story-review")
    assert "Reason: Too little happened to learn from. Tell us of the baby." in verdict.drawn
    assert verdict.buttons == []

    note = await sees(ada, "It was not taken this time", "storybot")
    assert "Tell us of the baby." in note.drawn
    await ada.clicks("Change and send again", on=note)
    assert held(ada, "What happened") == STORY
    await ada.fills({"What happened": f"{STORY} The baby slept.", **CONSENT})
    await ada.submits()
    assert ada.modal is not None
    assert ada.modal.title == "Thank you"
    assert "The baby slept." in (await sees(grace, "The baby slept.", "story-review")).drawn


async def test_while_nobody_knows_who_decides_it_is_said_in_time(
    desk: Playground, monkeypatch: pytest.MonkeyPatch
) -> None:
    grace = desk.person("Grace")
    await tells(desk.person("Ada"))
    await grace.clicks("Reject", on=await card_of(grace))
    await grace.fills({"In your own words": "Tell us of the baby."})
    # Asking who somebody is has a limit of its own; what comes before or after may take time as well.
    monkeypatch.setattr("bot.directory.ASK_SECONDS", 10)
    desk.fail("users.info", delay=2.5)
    await grace.submits()
    assert desk.requests[-1].failure is None, "Slack waits for three seconds"
    assert grace.modal is not None
    assert "That took longer than Slack waits for me" in grace.modal.drawn
    await grace.closes()
    assert held(grace, "In your own words") == "Tell us of the baby."
    await grace.submits()
    assert grace.modal is None
    await sees(grace, "Rejected by @Grace", "story-review")


async def test_a_moderator_edits_and_approves_and_the_original_stays_beside_it(desk: Playground) -> None:
    ada, grace, linus = desk.person("Ada"), desk.person("Grace"), desk.person("Linus")
    await tells(ada)
    await grace.clicks("Edit and approve", on=await card_of(grace))
    assert grace.modal is not None
    assert "Your name" not in grace.modal.drawn
    await grace.fills({"Title": "Paid with a paper cup"})
    await grace.submits()
    assert grace.modal is None

    verdict = await sees(grace, "Approved by @Grace", "story-review")
    assert "Changed by a moderator: title. Title was “The cup behind the counter”." in verdict.drawn
    note = await sees(ada, "is in the library now", "storybot")
    assert "A moderator changed: title." in note.drawn
    await linus.types("/story paid with a paper cup")
    assert "Paid with a paper cup" in linus.last().drawn


async def test_of_two_moderators_one_decides_and_the_other_is_told_who(desk: Playground, tmp_path: Path) -> None:
    ada, grace, margaret = desk.person("Ada"), desk.person("Grace"), desk.person("Margaret")
    await tells(ada)
    card = await card_of(grace)
    await asyncio.gather(grace.clicks("Approve", on=card), margaret.clicks("Approve", on=card))
    assert await sees(ada, "is in the library now", "storybot")
    (_, author), (what, first) = steps_in(tmp_path)
    assert (author, what) == (ada.id, "approved")
    winner, loser = (grace, margaret) if first == grace.id else (margaret, grace)
    assert is_told(loser, f"{winner.name} was first: this story is approved.")
    assert not any(seen.ephemeral for seen in winner.sees("story-review"))


async def test_pressing_approve_twice_is_approving_once(desk: Playground, tmp_path: Path) -> None:
    grace = desk.person("Grace")
    await tells(desk.person("Ada"))
    card = await card_of(grace)
    await grace.clicks("Approve", on=card)
    await grace.clicks("Approve", on=card)
    assert is_told(grace, "You have approved this story already.")
    assert [what for what, _ in steps_in(tmp_path)] == ["submitted", "approved"]


async def test_a_form_to_reject_that_comes_late_says_who_was_first(desk: Playground) -> None:
    grace, margaret = desk.person("Grace"), desk.person("Margaret")
    await tells(desk.person("Ada"))
    card = await card_of(grace)
    await margaret.clicks("Reject", on=card)
    await grace.clicks("Edit and approve", on=card)
    await margaret.fills({"In your own words": "Not for us."})
    await margaret.submits()
    await grace.submits()
    assert grace.modal is not None
    assert "Margaret was first: this story is rejected." in grace.modal.drawn
    assert held(grace, "What happened") == STORY


async def test_a_story_that_changed_meanwhile_is_looked_at_again(desk: Playground) -> None:
    ada, grace = desk.person("Ada"), desk.person("Grace")
    await tells(ada)
    card = await card_of(grace)
    await grace.clicks("Edit and approve", on=card)
    await ada.types("/story mine")
    await ada.clicks("Change", on=ada.last())
    await ada.fills({"Title": "The paper cup", **CONSENT})
    await ada.submits()

    await grace.submits()
    assert grace.modal is not None
    assert "The story has changed since this card was drawn." in grace.modal.drawn
    await grace.closes()
    changed = await sees(grace, "Changed by its author: title.", "story-review")
    await grace.clicks("Approve", on=changed)
    assert "“The paper cup” is in the library now" in (await sees(ada, "in the library now", "storybot")).drawn


async def test_nobody_decides_about_their_own(desk: Playground, tmp_path: Path) -> None:
    grace = desk.person("Grace")
    await tells(grace)
    card = await card_of(grace)
    for button in ("Approve", "Edit and approve", "Reject"):
        await grace.clicks(button, on=card)
        assert is_told(grace, "This story is your own, so another moderator decides about it.")
        assert grace.modal is None
    assert [what for what, _ in steps_in(tmp_path)] == ["submitted"]


async def test_where_the_settings_allow_it_one_decides_about_ones_own(start: Start) -> None:
    async with Playground() as slack:
        moderation = Moderation(moderators=slack.lead_ids, self_approval=True)
        async with start(slack, Settings(moderation=moderation)):
            grace = slack.person("Grace")
            await tells(grace)
            await grace.clicks("Approve", on=await card_of(grace, channel="storybot"))
            assert await sees(grace, "is in the library now", "storybot")


async def test_four_eyes_need_two_moderators(start: Start, tmp_path: Path) -> None:
    async with Playground() as slack:
        moderation = Moderation(channel=slack.review_channel_id, moderators=slack.lead_ids, four_eyes=True)
        async with start(slack, Settings(moderation=moderation)):
            ada, grace, margaret = slack.person("Ada"), slack.person("Grace"), slack.person("Margaret")
            await tells(ada)
            await grace.clicks("Approve", on=await card_of(grace))
            seconded = await sees(grace, "@Grace approved it; one more yes is needed.", "story-review")
            await ada.types("/story paper cup behind the counter")
            assert "told by Ada" not in ada.last().drawn

            await grace.clicks("Approve", on=seconded)
            assert is_told(grace, "You have approved this story already; one more moderator needs to.")
            await margaret.clicks("Approve", on=seconded)
            assert await sees(ada, "is in the library now", "storybot")
            assert steps_in(tmp_path) == [
                ("submitted", ada.id),
                ("seconded", grace.id),
                ("approved", margaret.id),
            ]


async def test_with_four_eyes_nobody_publishes_words_that_they_alone_have_seen(start: Start) -> None:
    async with Playground() as slack:
        moderation = Moderation(channel=slack.review_channel_id, moderators=slack.lead_ids, four_eyes=True)
        async with start(slack, Settings(moderation=moderation)):
            ada, grace, margaret = slack.person("Ada"), slack.person("Grace"), slack.person("Margaret")
            await tells(ada)
            await grace.clicks("Approve", on=await card_of(grace))
            await margaret.clicks("Edit and approve", on=await sees(margaret, "@Grace approved it", "story-review"))
            await margaret.fills({"Title": "A cup on the house"})
            await margaret.submits()
            changed = await sees(grace, "@Margaret approved it; one more yes is needed.", "story-review")
            await grace.clicks("Approve", on=changed)
            assert await sees(ada, "“A cup on the house” is in the library now", "storybot")


async def test_without_a_channel_each_moderator_gets_a_card_and_every_copy_shows_the_verdict(start: Start) -> None:
    async with Playground() as slack, start(slack, Settings(moderation=Moderation(moderators=slack.lead_ids))):
        ada, grace, margaret = slack.person("Ada"), slack.person("Grace"), slack.person("Margaret")
        await tells(ada)
        await card_of(margaret, channel="storybot")
        await grace.clicks("Approve", on=await card_of(grace, channel="storybot"))
        for moderator in (grace, margaret):
            copy = await sees(moderator, "Approved by @Grace", "storybot")
            assert copy.buttons == []


async def test_members_of_the_group_decide_while_they_are_in_it(start: Start) -> None:
    async with Playground() as slack:
        group = slack.add_user_group("story-leads", ["Linus"])
        moderation = Moderation(channel=slack.review_channel_id, group=group)
        async with start(slack, Settings(moderation=moderation)):
            ada, linus = slack.person("Ada"), slack.person("Linus")
            await tells(ada)
            await linus.types("/story review")
            await linus.clicks("Show", on=linus.last())
            card = linus.last()
            slack.change_user_group(group, [])
            await linus.clicks("Approve", on=card)
            assert is_told(linus, "Only moderators decide about stories.", "general")
            slack.change_user_group(group, ["Linus"])
            await linus.clicks("Approve", on=card)
            assert await sees(ada, "is in the library now", "storybot")


async def test_a_group_that_is_gone_keeps_nobody_from_telling(start: Start) -> None:
    async with Playground() as slack:
        moderation = Moderation(channel=slack.review_channel_id, moderators=slack.lead_ids, group="S0GONE0000")
        async with start(slack, Settings(moderation=moderation)):
            ada, grace = slack.person("Ada"), slack.person("Grace")
            await tells(ada)
            await grace.clicks("Approve", on=await card_of(grace))
            assert await sees(ada, "is in the library now", "storybot")


async def test_while_slack_does_not_say_who_somebody_is_they_decide_nothing(desk: Playground, tmp_path: Path) -> None:
    grace = desk.person("Grace")
    await tells(desk.person("Ada"))
    card = await card_of(grace)
    desk.fail("users.info", "internal_error")
    await grace.clicks("Approve", on=card)
    assert is_told(grace, "Slack does not tell me who you are just now.")
    assert [what for what, _ in steps_in(tmp_path)] == ["submitted"]


async def test_what_waits_is_a_click_from_its_card(desk: Playground) -> None:
    ada, grace = desk.person("Ada"), desk.person("Grace")
    await grace.types("/story review")
    assert grace.last().drawn == "No story waits for a decision."
    await tells(ada)
    await grace.types("/story review")
    assert "1 story waits for a decision" in grace.last().drawn
    await grace.clicks("Show", on=grace.last())
    await grace.clicks("Approve", on=grace.last())
    await waits_for(lambda: "Approved by @Grace" in grace.last().drawn)
    assert "Approved by @Grace" in (await sees(grace, "Approved", "story-review")).drawn
