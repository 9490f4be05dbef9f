"""What stands in the way of a story that was sent, how it is told, and that nothing typed is lost meanwhile."""

import asyncio
import json
import resource
import sqlite3
from pathlib import Path
from urllib.parse import urlencode

from bot.config import Limits, Moderation, Settings
from bot.domain.library import Library
from bot.storage.database import FILE_NAME
from playground import Playground
from tests.submissions.conftest import Start
from tests.submissions.people import CONSENT, CUP, STORY, card_of, cards_posted, held, is_told, sends_a_story, tells


async def test_every_error_stands_on_its_own_field(desk: Playground) -> None:
    ada = desk.person("Ada")
    await ada.types("/story submit")
    await sends_a_story(ada, {"Title": "T" * 100, "What happened": "Too short.", "When": "last year"})
    assert ada.modal is not None
    assert ada.modal.errors == {
        "Title": "It has 100 characters; at most 60 fit.",
        "What happened": "It has 10 characters; at least 40 are needed.",
        "When": "Write a year from 1800 on with four digits, such as 2019.",
    }
    assert held(ada, "What happened") == "Too short."


async def test_what_may_name_somebody_is_pointed_out_once(desk: Playground) -> None:
    ada = desk.person("Ada")
    await ada.types("/story submit")
    await sends_a_story(ada, {**CUP, "What happened": f"{STORY}\nCall her on +44 20 7946 0018 if you doubt it."})
    assert ada.modal is not None
    assert "Line 2 seems to hold a phone number." in ada.modal.drawn
    assert ada.modal.submit == "Send anyway"
    assert held(ada, "What happened").endswith("if you doubt it.")

    await ada.submits()
    assert ada.modal.title == "Thank you"
    assert "Line 2 seems to hold a phone number" in (await card_of(desk.person("Grace"))).drawn


async def test_the_title_and_what_it_showed_are_looked_at_as_well(desk: Playground) -> None:
    ada = desk.person("Ada")
    await ada.types("/story submit")
    words = {"Title": "Ring 020 7946 0958", "What did it show?": "Write to jane.doe@example.org."}
    await sends_a_story(ada, {**CUP, **words})
    assert ada.modal is not None
    assert "The title seems to hold a phone number." in ada.modal.drawn
    assert "What it showed seems to hold an e-mail address." in ada.modal.drawn


async def test_a_warning_can_be_mended_instead(desk: Playground) -> None:
    ada = desk.person("Ada")
    await ada.types("/story submit")
    await sends_a_story(ada, {**CUP, "What happened": f"{STORY} Write to jane.doe@example.org."})
    assert ada.modal is not None
    assert "e-mail address" in ada.modal.drawn
    await ada.fills({"What happened": STORY})
    await ada.submits()
    assert ada.modal.title == "Thank you"
    assert "Look closely" not in (await card_of(desk.person("Grace"))).drawn


async def test_a_story_that_the_library_has_is_recognised(desk: Playground, library: Library) -> None:
    ada, known = desk.person("Ada"), library.stories[0]
    await ada.types("/story submit")
    await sends_a_story(ada, {"Title": known.title, "What happened": known.story[:2_400]})
    assert ada.modal is not None
    assert f"This reads like “{known.title}”, which is here already." in ada.modal.drawn


async def test_a_colleagues_story_that_waits_is_recognised_but_not_named(desk: Playground) -> None:
    ada, linus, grace = desk.person("Ada"), desk.person("Linus"), desk.person("Grace")
    await tells(ada)
    await linus.types("/story submit")
    await sends_a_story(linus, {**CUP, "Title": "A paper thing"})
    assert linus.modal is not None
    assert "This reads like a story that waits for a decision already." in linus.modal.drawn
    assert CUP["Title"] not in linus.modal.drawn
    await linus.submits()
    # Moderators, who read both, are told which.
    assert f"This reads like “{CUP['Title']}”" in (await card_of(grace, "A paper thing")).drawn


async def test_ones_own_story_that_waits_already_is_named(desk: Playground) -> None:
    ada = desk.person("Ada")
    await tells(ada)
    await ada.types("/story submit")
    await sends_a_story(ada, {**CUP, "Title": "A paper thing"})
    assert ada.modal is not None
    assert f"This reads like “{CUP['Title']}”, which waits for a decision." in ada.modal.drawn


async def test_what_one_sent_as_nobody_is_not_named_either(desk: Playground) -> None:
    ada = desk.person("Ada")
    await tells(ada, Your_name="Nobody")
    await ada.types("/story submit")
    await sends_a_story(ada, {**CUP, "Title": "A paper thing"})
    assert ada.modal is not None
    assert "This reads like a story that waits for a decision already." in ada.modal.drawn


async def test_pressing_send_twice_makes_one_story_and_leaves_no_draft(desk: Playground) -> None:
    ada, grace = desk.person("Ada"), desk.person("Grace")
    await tells(ada)
    await card_of(grace)
    sent = [delivery for delivery in desk.requests if delivery.name == "submit_form"]
    again = [await desk.redelivers(sent[-1]) for _ in range(2)] + list(
        await asyncio.gather(*(desk.redelivers(sent[-1]) for _ in range(3)))
    )
    assert [delivery.answer["view"]["title"]["text"] for delivery in again] == ["Thank you"] * 5
    await ada.types("/story mine")
    assert ada.last().drawn.count(CUP["Title"]) == 1
    assert cards_posted(desk) == 1
    await ada.types("/story submit")
    assert held(ada, "Title") == ""


async def test_when_the_form_cannot_be_opened_in_time_the_words_are_kept(desk: Playground) -> None:
    ada = desk.person("Ada")
    desk.fail("views.open", "expired_trigger_id")
    await ada.types(f"/story submit {STORY}")
    assert ada.modal is None
    assert is_told(ada, "Your words are kept: /story submit brings them back.", "general")

    await ada.types("/story submit")
    assert held(ada, "What happened") == STORY
    assert ada.modal is not None
    assert "You wrote this earlier and have not sent it." in ada.modal.drawn


async def test_a_shortcut_that_opens_nothing_says_so_in_a_direct_message(desk: Playground) -> None:
    ada = desk.person("Ada")
    desk.fail("views.open", "expired_trigger_id", times=2)
    await ada.uses_shortcut("Share a service story")
    assert "Please try once more." in ada.last("storybot").drawn


async def test_a_form_that_was_sent_and_then_closed_comes_back(desk: Playground) -> None:
    ada = desk.person("Ada")
    await ada.types("/story submit")
    await ada.fills({**CUP, "Themes": ["Empathy"], **CONSENT, "When": "yesterday", "Your name": "Moderators only"})
    await ada.submits()
    await ada.closes()
    await ada.types("/story submit")
    assert held(ada, "What happened") == STORY
    assert held(ada, "When") == "yesterday"


async def test_one_person_can_send_so_many_a_day(start: Start) -> None:
    async with Playground() as slack:
        moderation = Moderation(channel=slack.review_channel_id, moderators=slack.lead_ids)
        async with start(slack, Settings(moderation=moderation, limits=Limits(submissions_a_day=1))):
            ada, linus = slack.person("Ada"), slack.person("Linus")
            await tells(ada)
            await ada.types("/story submit")
            await sends_a_story(ada, {**CUP, "Title": "Another"})
            await ada.submits()
            assert ada.modal is not None
            assert "keep the next one for tomorrow" in ada.modal.drawn
            assert held(ada, "Title") == "Another"
            await tells(linus, Title="The lift", What_happened="The lift was out, so Sam carried all of it upstairs.")


async def test_only_so_many_can_wait(start: Start) -> None:
    async with Playground() as slack:
        moderation = Moderation(channel=slack.review_channel_id, moderators=slack.lead_ids)
        async with start(slack, Settings(moderation=moderation, limits=Limits(submissions_waiting=1))):
            await tells(slack.person("Ada"))
            linus = slack.person("Linus")
            await linus.types("/story submit")
            await sends_a_story(
                linus, {"Title": "The lift", "What happened": "Sam carried everything up the stairs, twice."}
            )
            assert linus.modal is not None
            assert "I take no more just now" in linus.modal.drawn


async def test_whoever_is_refused_a_day_after_their_last_story_is_in_nobody_s_way(start: Start) -> None:
    async with Playground() as slack:
        moderation = Moderation(channel=slack.review_channel_id, moderators=slack.lead_ids)
        async with start(slack, Settings(moderation=moderation, limits=Limits(submissions_waiting=1))):
            ada, grace, linus = slack.person("Ada"), slack.person("Grace"), slack.person("Linus")
            await tells(ada)
            card = await card_of(grace)
            slack.clock.advance(25 * 3600)
            await ada.types("/story submit")
            await sends_a_story(ada, {**CUP, "Title": "Another"})
            await ada.submits()
            assert ada.modal is not None
            assert "I take no more just now" in ada.modal.drawn
            await ada.closes()
            await grace.clicks("Approve", on=card)
            await tells(linus, Title="The lift", What_happened="The lift was out, so Sam carried all of it upstairs.")
            await card_of(grace, "The lift")


async def test_while_nobody_can_review_the_words_are_kept(start: Start) -> None:
    async with Playground() as slack:
        ada = slack.person("Ada")
        async with start(slack, Settings()):
            await ada.types(f"/story submit {STORY}")
            assert ada.modal is None
            assert is_told(ada, "Nobody can review stories here yet", "general")
        async with start(slack, Settings(moderation=Moderation(moderators=slack.lead_ids))):
            await ada.types("/story submit")
            assert held(ada, "What happened") == STORY


async def test_moderators_who_leave_while_somebody_writes_cost_no_words(start: Start) -> None:
    async with Playground() as slack:
        ada = slack.person("Ada")
        async with start(slack, Settings(moderation=Moderation(moderators=slack.lead_ids))):
            await ada.types("/story submit")
        async with start(slack, Settings()):
            await sends_a_story(ada, CUP)
            assert ada.modal is not None
            assert ada.modal.title == "Kept for later"
        async with start(slack, Settings(moderation=Moderation(moderators=slack.lead_ids))):
            await ada.types("/story submit")
            assert held(ada, "What happened") == STORY


async def test_while_the_database_is_locked_the_form_stays_with_its_text(desk: Playground, tmp_path: Path) -> None:
    ada, grace = desk.person("Ada"), desk.person("Grace")
    await ada.types("/story submit")
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None, check_same_thread=False)
    # In a thread, so that a writer of the bot's who has just begun can end.
    await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
    await sends_a_story(ada, CUP)
    assert ada.modal is not None
    assert "I could not save this just now. Nothing here is lost" in ada.modal.drawn
    assert held(ada, "What happened") == STORY

    other.execute("ROLLBACK")
    other.close()
    await ada.submits()
    assert ada.modal.title == "Thank you"
    await card_of(grace)
    await ada.closes()
    await ada.types("/story mine")
    assert ada.last().drawn.count(CUP["Title"]) == 1


async def test_while_the_disk_is_full_the_form_stays_with_its_text(desk: Playground) -> None:
    ada = desk.person("Ada")
    await ada.types("/story submit")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_024, before[1]))
    try:
        await sends_a_story(ada, CUP)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert ada.modal is not None
    assert "I could not save this just now. Nothing here is lost" in ada.modal.drawn
    assert held(ada, "What happened") == STORY

    await ada.submits()
    assert ada.modal.title == "Thank you"
    assert await card_of(desk.person("Grace"))


async def test_an_unsent_story_outlives_another_one_that_is_sent(desk: Playground) -> None:
    ada = desk.person("Ada")
    await ada.types("/story submit")
    await sends_a_story(ada, {"Title": "The first", "What happened": "Too short to be sent yet."})
    await ada.closes()
    await ada.types("/story submit Another one")
    await sends_a_story(ada, {"Title": "The second", "What happened": STORY})
    await ada.closes()

    await ada.types("/story submit")
    assert held(ada, "Title") == "The first"


async def test_what_is_mended_after_a_send_that_seemed_to_fail_counts(desk: Playground, tmp_path: Path) -> None:
    ada, grace = desk.person("Ada"), desk.person("Grace")
    await ada.types("/story submit")
    await ada.fills({"Themes": ["Empathy"], **CONSENT, **CUP})
    sent = ada.modal
    await ada.submits()
    await card_of(grace)
    # To Ada it looked as if nothing had been kept: the same form comes again, with another name and another text.
    again = dict(desk.requests[-1].payload)
    view = {**again["view"], "state": {"values": {**again["view"]["state"]["values"]}}}
    view["state"]["values"]["title"] = {"value": {"type": "plain_text_input", "value": "The cup, once more"}}
    nobody = {"text": {"type": "plain_text", "text": "Nobody"}, "value": "nobody"}
    view["state"]["values"]["credit"] = {"value": {"type": "radio_buttons", "selected_option": nobody}}
    assert sent is not None
    body = urlencode({"payload": json.dumps({**again, "view": view})}).encode()
    status, answer = await desk.sends(body, desk.sign(body) | {"Content-Type": "application/x-www-form-urlencoded"})
    assert (status, "Nothing about you is kept" in answer) == (200, True)
    assert await card_of(grace, "The cup, once more")
    with sqlite3.connect(tmp_path / FILE_NAME) as database:
        rows = [
            str(row)
            for table in ("submissions", "audit", "drafts")
            for row in database.execute(f"SELECT * FROM {table}")
        ]
    assert rows
    assert not [row for row in rows if ada.id in row]
