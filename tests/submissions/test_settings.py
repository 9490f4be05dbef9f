"""An admin chooses in Slack who reviews stories, and where; it counts at once, and for cards that wait already."""

import asyncio
import sqlite3
from pathlib import Path

from bot.config import Moderation, Settings
from bot.storage.database import FILE_NAME
from playground import Playground
from playground.inspector import Call
from playground.person import Person
from tests.submissions.conftest import Start
from tests.submissions.people import CUP, card_of, chooses, held, is_told, sees, tells, waits_for


def an_admin(slack: Playground, name: str = "Margaret") -> Person:
    admin = slack.person(name)
    admin.user.is_admin = True
    return admin


async def opens_settings(admin: Person) -> str:
    """The form as it is drawn."""
    await admin.types("/story settings")
    assert admin.modal is not None, admin.last().drawn
    return admin.modal.drawn


async def test_what_is_chosen_in_slack_counts_over_the_settings_file_and_outlives_a_restart(start: Start) -> None:
    settings = Settings()
    async with Playground() as slack:
        margaret, linus = an_admin(slack), slack.person("Linus")
        async with start(slack, settings):
            assert "Nobody reviews stories here yet." in await opens_settings(margaret)
            await margaret.closes()
            await chooses(margaret, {"Moderators": ["Linus"]})
            await tells(slack.person("Ada"))
        async with start(slack, settings):
            await linus.clicks("Approve", on=await card_of(linus, channel="storybot"))
            await sees(slack.person("Ada"), "is in the library now", "storybot")
            assert "Chosen by @Margaret" in await opens_settings(margaret)


async def test_the_form_begins_with_what_the_settings_file_says(desk: Playground) -> None:
    drawn = await opens_settings(an_admin(desk))
    assert "Nobody reviews" not in drawn
    assert all(lead in drawn for lead in desk.lead_ids)
    assert desk.review_channel_id in drawn


async def test_cards_that_wait_go_to_the_new_channel_and_every_copy_shows_the_verdict(desk: Playground) -> None:
    ada, grace, margaret = desk.person("Ada"), desk.person("Grace"), an_admin(desk)
    await tells(ada)
    await card_of(grace)
    await chooses(margaret, {"Review channel": "support", "Moderators": ["Ada", "Grace"]})
    card = await card_of(grace, channel="support")
    assert len([seen for seen in grace.sees("support") if CUP["Title"] in seen.drawn]) == 1
    await grace.clicks("Approve", on=card)
    await sees(grace, "Approved by", "support")
    await sees(grace, "Approved by", "story-review")


async def test_cards_that_slack_refused_come_when_the_same_channel_is_chosen_again(desk: Playground) -> None:
    ada, grace, margaret = desk.person("Ada"), desk.person("Grace"), an_admin(desk)
    desk.fail("chat.postMessage", "restricted_action", times=2)
    await tells(ada)
    await waits_for(lambda: len(refused(desk)) == 2)
    assert grace.sees("story-review") == []
    await chooses(margaret, {})
    await grace.clicks("Approve", on=await card_of(grace))
    await sees(grace, "Approved by @Grace", "story-review")


def refused(slack: Playground) -> list[Call]:
    """The card, and the reminder that follows it."""
    return [call for call in slack.calls if call.method == "chat.postMessage" and not call.ok]


async def test_whoever_is_chosen_may_at_once_and_whoever_is_not_may_no_longer(desk: Playground) -> None:
    ada, grace, margaret = desk.person("Ada"), desk.person("Grace"), an_admin(desk)
    await tells(ada)
    card = await card_of(grace)
    await chooses(margaret, {"Moderators": ["Ada"]})
    await grace.clicks("Approve", on=card)
    assert is_told(grace, "Only moderators decide about stories")
    await ada.types("/story review")
    assert "1 story waits" in ada.last().drawn


async def test_four_eyes_and_ones_own_stories_are_chosen_too(desk: Playground) -> None:
    grace, margaret = desk.person("Grace"), an_admin(desk)
    rules = ["Two moderators have to approve a story", "Moderators may decide about stories of their own"]
    await chooses(margaret, {"Rules": rules})
    await tells(grace)
    card = await card_of(grace)
    await grace.clicks("Approve", on=card)
    await sees(margaret, "one more", "story-review")
    await margaret.clicks("Approve", on=await card_of(margaret))
    await sees(grace, "is in the library now", "storybot")


async def test_what_is_amiss_is_told_under_its_field(start: Start) -> None:
    async with Playground() as slack, start(slack, Settings()):
        margaret = an_admin(slack)
        slack.add_user_group("leads", ["Ada"])
        await opens_settings(margaret)
        await margaret.submits()
        assert margaret.modal is not None
        assert "required" in margaret.modal.errors["Moderators"], "there is no group that could be chosen instead"
        await margaret.fills({"Moderators": ["Ada", "Gus"]})
        await margaret.submits()
        assert "take Gus off the list" in margaret.modal.errors["Moderators"]
        await margaret.fills({"Moderators": ["Ada"], "Rules": ["Two moderators have to approve a story"]})
        await margaret.submits()
        assert "Choose at least two people" in margaret.modal.errors["Moderators"]


async def test_whoever_saved_reads_who_decides_now_and_where(start: Start) -> None:
    async with Playground() as slack, start(slack, Settings()):
        margaret = an_admin(slack)
        await opens_settings(margaret)
        await margaret.fills({"Moderators": ["Linus", "Margaret"], "Review channel": "support"})
        await margaret.submits()
        assert margaret.modal is not None
        assert "Moderators: @Linus, @Margaret." in margaret.modal.drawn
        assert "go to #support from now on" in margaret.modal.drawn
        assert "no longer" not in margaret.modal.drawn


async def test_whoever_saved_what_was_so_already_reads_that_nothing_changed(start: Start) -> None:
    async with Playground() as slack, start(slack, Settings()):
        margaret = an_admin(slack)
        await chooses(margaret, {"Moderators": ["Linus"], "Review channel": "support"})
        await opens_settings(margaret)
        await margaret.submits()
        assert margaret.modal is not None
        assert "Nothing had to be changed" in margaret.modal.drawn
        assert "go to #support as before" in margaret.modal.drawn
        assert "from now on" not in margaret.modal.drawn


async def test_whoever_takes_themselves_off_is_told_so(desk: Playground) -> None:
    margaret = an_admin(desk)
    await opens_settings(margaret)
    await margaret.fills({"Moderators": ["Grace"]})
    await margaret.submits()
    assert margaret.modal is not None
    assert "You are no longer a moderator here." in margaret.modal.drawn


async def test_a_new_moderator_is_told_once_what_they_may_do(desk: Playground) -> None:
    ada, grace, linus, margaret = desk.person("Ada"), desk.person("Grace"), desk.person("Linus"), an_admin(desk)
    await tells(ada)
    await chooses(margaret, {"Moderators": ["Grace", "Linus", "Margaret"], "Review channel": "support"})
    note = await sees(linus, "You are a moderator now", "storybot")
    for told in ("@Margaret chose you", "as a card to #support", "/story review lists what waits (1 just now)"):
        assert told in note.drawn
    # Saved once more, it names nobody anew; what is said after it comes later.
    await chooses(margaret, {"Moderators": ["Ada", "Grace", "Linus", "Margaret"]})
    await sees(ada, "You are a moderator now", "storybot")
    named = [one for one in (grace, linus, margaret) for seen in one.sees("storybot") if "moderator now" in seen.drawn]
    assert named == [linus]


async def test_moderators_who_are_not_in_a_private_review_channel_are_named(desk: Playground) -> None:
    margaret = an_admin(desk)
    await opens_settings(margaret)
    await margaret.fills({"Moderators": ["Grace", "Linus"]})
    await margaret.submits()
    assert margaret.modal is not None
    assert "Not in that channel: @Linus. Please invite them" in margaret.modal.drawn


async def test_while_slack_does_not_say_who_is_in_a_private_channel_it_asks_to_look(desk: Playground) -> None:
    margaret = an_admin(desk)
    await opens_settings(margaret)
    await margaret.fills({"Moderators": ["Grace", "Linus"]})
    desk.fail("conversations.members", "internal_error")
    await margaret.submits()
    assert margaret.modal is not None
    assert "from now on" in margaret.modal.drawn
    assert "look whether all of them are in it" in margaret.modal.drawn


async def test_a_user_group_decides_and_needs_a_channel(start: Start) -> None:
    async with Playground() as slack:
        group = slack.add_user_group("story-leads", ["Linus"])
        # The scope for groups is asked for where the settings name one.
        settings = Settings(moderation=Moderation(group=group))
        async with start(slack, settings):
            margaret, linus = an_admin(slack), slack.person("Linus")
            drawn = await opens_settings(margaret)
            assert "Moderators, or a user group below" in drawn
            assert "@story-leads" in drawn
            await margaret.submits()
            assert margaret.modal is not None
            assert "a user group cannot be sent a direct message" in margaret.modal.errors["Review channel"]
            await margaret.closes()
            await chooses(margaret, {"Review channel": "support"})
            await tells(slack.person("Ada"))
            await linus.clicks("Approve", on=await card_of(slack.person("Ada"), channel="support"))
            await sees(slack.person("Ada"), "is in the library now", "storybot")


async def test_without_the_scope_for_groups_people_can_still_be_chosen(start: Start) -> None:
    async with Playground() as slack, start(slack, Settings()):
        slack.add_user_group("story-leads", ["Linus"])
        margaret = an_admin(slack)
        assert "User group" not in await opens_settings(margaret)
        await margaret.closes()
        await chooses(margaret, {"Moderators": ["Linus"]})


async def test_a_channel_that_the_bot_is_not_in_is_joined_or_it_says_how_to_invite_it(start: Start) -> None:
    async with Playground() as slack, start(slack, Settings()):
        margaret = an_admin(slack)
        slack.add_channel("desk", ["Margaret"])
        slack.add_channel("closed-desk", ["Margaret"], is_private=True)
        await opens_settings(margaret)
        await margaret.fills({"Moderators": ["Linus"], "Review channel": "closed-desk"})
        await margaret.submits()
        assert margaret.modal is not None
        assert "type /invite @storybot" in margaret.modal.drawn
        await margaret.fills({"Review channel": "desk"})
        await margaret.submits()
        assert "I am not in that channel" in margaret.modal.drawn
        assert held_people(margaret) == [slack.person("Linus").id]
        await margaret.fills({"I am not in it": ["Join this channel, since it is public"]})
        await margaret.submits()
        assert "go to #desk from now on" in margaret.modal.drawn
        await tells(slack.person("Ada"))
        await card_of(margaret, channel="desk")


def held_people(person: Person) -> list[str]:
    assert person.modal is not None
    block = next(block for block in person.modal.blocks if block.get("block_id") == "moderators")
    return list(block["element"]["initial_users"])


async def test_a_channel_shared_with_others_is_refused(start: Start) -> None:
    async with Playground() as slack, start(slack, Settings()):
        margaret = an_admin(slack)
        await opens_settings(margaret)
        await margaret.fills({"Moderators": ["Linus"], "Review channel": "support"})
        # It became shared while the form was open.
        slack.add_person("Nils", role="stranger", channels=("support",))
        await margaret.submits()
        assert margaret.modal is not None
        assert "shared with another organisation" in margaret.modal.drawn


async def test_while_the_database_is_locked_nothing_is_said_to_be_chosen(start: Start, tmp_path: Path) -> None:
    async with Playground() as slack, start(slack, Settings()):
        margaret = an_admin(slack)
        await opens_settings(margaret)
        await margaret.fills({"Moderators": ["Linus"]})
        other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None, check_same_thread=False)
        # In a thread, so that a writer of the bot's who has just begun can end.
        await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
        await margaret.submits()
        assert margaret.modal is not None
        assert "I could not save this just now" in margaret.modal.drawn
        other.execute("ROLLBACK")
        other.close()
        await margaret.submits()
        assert "Stories that people send go to each of them" in margaret.modal.drawn


async def test_while_slack_is_slow_it_is_said_in_time_and_sending_again_helps(start: Start) -> None:
    async with Playground() as slack:
        group = slack.add_user_group("story-leads", ["Linus"])
        async with start(slack, Settings(moderation=Moderation(group=group))):
            margaret = an_admin(slack)
            await opens_settings(margaret)
            await margaret.fills({"Moderators": ["Linus"], "Review channel": "support"})
            slack.fail("users.info", delay=1.2)
            slack.fail("conversations.info", delay=2.5)
            await margaret.submits()
            assert slack.requests[-1].failure is None, "Slack waits for three seconds"
            assert margaret.modal is not None
            assert "I could not save this just now" in margaret.modal.drawn
            assert "@story-leads" in margaret.modal.drawn
            await margaret.submits()
            assert "go to #support from now on" in margaret.modal.drawn


async def test_what_was_said_not_to_be_saved_is_not_saved_later(start: Start) -> None:
    async with Playground() as slack, start(slack, Settings()):
        margaret = an_admin(slack)
        await opens_settings(margaret)
        await margaret.fills({"Moderators": ["Linus"], "Review channel": "support"})
        slack.fail("conversations.info", delay=2.5)
        await margaret.submits()
        assert margaret.modal is not None
        assert "I could not save this just now" in margaret.modal.drawn
        await margaret.fills({"Moderators": ["Ada"]})
        await margaret.submits()
        assert "Moderators: @Ada" in margaret.modal.drawn
        await asyncio.sleep(1)
        await opens_settings(margaret)
        assert "@Linus" not in margaret.modal.drawn


async def test_whoever_chooses_hears_how_many_wait(desk: Playground) -> None:
    margaret = an_admin(desk)
    await tells(desk.person("Ada"))
    await opens_settings(margaret)
    await margaret.fills({"Review channel": "support"})
    await margaret.submits()
    assert margaret.modal is not None
    assert "The one that waits is on the way there." in margaret.modal.drawn


async def test_the_home_tab_says_what_can_be_asked_and_lets_admins_choose(desk: Playground) -> None:
    ada, margaret = desk.person("Ada"), an_admin(desk)
    await ada.opens("storybot", "home")
    assert ada.home is not None
    assert "/story empathy" in ada.home.drawn
    assert "Moderation settings" not in ada.home.drawn
    await ada.clicks("Tell us yours", on=ada.home)
    assert held(ada, "What happened") == ""

    await margaret.opens("storybot", "home")
    assert margaret.home is not None
    await margaret.clicks("Moderation settings", on=margaret.home)
    assert margaret.modal is not None
    assert margaret.modal.title == "Moderation settings"


async def test_while_slack_does_not_say_who_somebody_is_home_has_no_settings(desk: Playground) -> None:
    margaret = an_admin(desk)
    desk.fail("users.info", status=500)
    await margaret.opens("storybot", "home")
    assert margaret.home is not None
    assert "Moderation settings" not in margaret.home.drawn
