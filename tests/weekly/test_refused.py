"""Channels that take no posts, and posts of which nobody knows: told to whoever set the story up, and never guessed."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from playground import Playground, Seen
from tests.submissions.people import waits_for
from tests.weekly.conftest import SetClock
from tests.weekly.people import MONDAY_AT_NINE, changes, lists, note, post, posted_in, posts, presses, sets_up, title

PAUSED = "The story of the week in"


def archived(slack: Playground) -> None:
    slack.archive("support")


def deleted(slack: Playground) -> None:
    slack.delete_channel("support")


def left(slack: Playground) -> None:
    slack.remove("storybot", "support")


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (archived, "the channel is archived"),
        (deleted, "I am not in the channel any more, or it was deleted"),
    ],
)
async def test_a_channel_that_refuses_twice_pauses_and_its_owner_hears_of_it_once(
    slack: Playground, clock: SetClock, happens: Callable[[Playground], None], why: str
) -> None:
    grace = slack.person("Grace")
    await sets_up(grace)
    support = slack.channel("support").id
    happens(slack)
    clock.ahead(**MONDAY_AT_NINE)
    await waits_for(lambda: tries(slack, support) == 1)
    assert not note(grace, PAUSED)
    told = (await half_an_hour_later(clock, lambda: note(grace, PAUSED)))[0]
    assert f" is paused: {why}." in told.drawn
    listed = await lists(grace, "general")
    assert f"Paused: {why}." in listed.drawn
    assert "Slack did not take the post of Monday 30 November." in listed.drawn
    assert "I was away" not in listed.drawn
    clock.ahead(weeks=2)
    await lists(grace, "general")
    assert tries(slack, support) == 2
    assert len(note(grace, PAUSED)) == 1


async def test_one_refusal_alone_may_be_a_slip(slack: Playground, clock: SetClock) -> None:
    grace = slack.person("Grace")
    await sets_up(grace)
    left(slack)
    clock.ahead(**MONDAY_AT_NINE)
    await waits_for(lambda: posted_in(slack) == 1)
    slack.invite("storybot", "support")
    story = (await half_an_hour_later(clock, lambda: posts(grace)))[0]
    question = await waits_for(lambda: next(seen for seen in grace.sees("support") if seen.thread_ts == story.ts))
    assert "For your team:" in question.drawn
    assert not note(grace, PAUSED)


async def test_where_it_was_removed_it_is_brought_back_before_it_goes_on(slack: Playground, clock: SetClock) -> None:
    grace = slack.person("Grace")
    await sets_up(grace)
    await is_paused(slack, clock)
    asked = await presses(grace, "Resume")
    assert "I can join it myself, since it is public" in asked.drawn
    await grace.clicks("Join and resume", on=asked)
    assert "Next on Monday 7 December" in grace.last("support").drawn
    assert slack.bot_user_id in slack.channel("support").members
    clock.ahead(weeks=1)
    await post(grace)


async def test_an_archived_channel_cannot_go_on_before_it_is_back(slack: Playground, clock: SetClock) -> None:
    grace = slack.person("Grace")
    await sets_up(grace)
    await grace.types("/story schedule", channel="general")
    archived(slack)
    await is_paused(slack, clock)
    await grace.clicks("Resume", on=await lists(grace, "general"))
    assert "That channel is archived" in grace.last("general").drawn
    slack.unarchive("support")
    slack.invite("storybot", "support")
    await grace.clicks("Resume", on=await lists(grace, "general"))
    assert "Next on Monday 7 December" in grace.last("general").drawn


async def test_a_post_that_may_have_arrived_is_asked_about_and_found(slack: Playground, clock: SetClock) -> None:
    grace, linus = slack.person("Grace"), slack.person("Linus")
    await sets_up(grace)
    slack.fail("chat.postMessage", lost=True)
    clock.ahead(**MONDAY_AT_NINE)
    asked = (await waits_for(lambda: note(grace, "Slack did not say whether it arrived.")))[0]
    story = await post(linus)
    assert f"“{title(story)}”, the story of Monday 30 November for #support." in asked.drawn
    assert "Slack did not say whether the post of Monday 30 November arrived." in (await lists(grace)).drawn

    await grace.clicks("It is there", on=asked)
    settled = note(grace, "You found it in the channel")[0]
    assert not settled.buttons
    assert "did not say" not in (await lists(grace)).drawn
    assert len(posts(linus)) == 1
    await grace.clicks("Post again", on=asked)
    assert "That was settled already" in grace.last("storybot").drawn
    clock.ahead(minutes=1)
    await lists(grace)
    assert len(posts(linus)) == 1


async def test_a_post_that_did_not_arrive_is_made_again_once_with_its_question(
    slack: Playground, clock: SetClock
) -> None:
    grace, margaret = slack.person("Grace"), slack.person("Margaret")
    await sets_up(grace)
    slack.fail("chat.postMessage", cut=True)
    clock.ahead(**MONDAY_AT_NINE)
    asked = (await waits_for(lambda: note(grace, "Slack did not say whether it arrived.")))[0]
    assert not posts(margaret)
    await grace.clicks("Post again", on=asked)
    await grace.clicks("Post again", on=asked)
    assert "That was settled already" in grace.last("storybot").drawn
    story = await post(margaret)
    await waits_for(lambda: next(seen for seen in margaret.sees("support") if seen.thread_ts == story.ts))
    assert len(posts(margaret)) == 1


async def test_whoever_may_no_longer_change_schedules_cannot_settle_it(slack: Playground, clock: SetClock) -> None:
    boss = slack.add_person("Sam", role="admin", channels=("general", "support"))
    await sets_up(boss)
    slack.fail("chat.postMessage", cut=True)
    clock.ahead(**MONDAY_AT_NINE)
    asked = (await waits_for(lambda: note(boss, "Slack did not say whether it arrived.")))[0]
    boss.user.is_admin = False
    await boss.clicks("Post again", on=asked)
    assert "Only moderators and workspace admins can change the story of the week." in boss.last("storybot").drawn
    assert not posts(boss)


async def test_whoever_changed_it_last_is_asked(slack: Playground, clock: SetClock) -> None:
    grace, margaret = slack.person("Grace"), slack.person("Margaret")
    await sets_up(grace)
    await changes(margaret, Time="09:30")
    slack.fail("chat.postMessage", cut=True)
    clock.ahead(days=4, hours=21, minutes=30)
    await waits_for(lambda: note(margaret, "Slack did not say whether it arrived."))
    assert not note(grace, "Slack did not say")


async def is_paused(slack: Playground, clock: SetClock) -> None:
    """The bot is put out of the channel, which is noticed at the next slot, and a quarter of an hour later."""
    grace = slack.person("Grace")
    if not slack.channel("support").is_archived:
        left(slack)
    clock.ahead(**MONDAY_AT_NINE)
    await waits_for(lambda: posted_in(slack) == 1)
    await half_an_hour_later(clock, lambda: note(grace, PAUSED))


async def half_an_hour_later(clock: SetClock, look: Callable[[], list[Seen]]) -> list[Seen]:
    """What there is to see after the second try, which comes a quarter of an hour after the first was taken in."""
    for _ in range(3):
        clock.ahead(minutes=16)
        with suppress(TimeoutError):
            return await waits_for(look, 4)
    raise AssertionError("there was no second try")


def tries(slack: Playground, channel_id: str) -> int:
    return sum(
        call.method == "chat.postMessage" and call.arguments.get("channel") == channel_id for call in slack.calls
    )
