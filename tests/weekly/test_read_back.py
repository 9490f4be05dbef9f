"""Slack did not say whether a post arrived: with leave to read it is looked for, and only then posted again."""

import pytest

from playground import Playground
from playground.person import Person, Seen
from tests.submissions.people import waits_for
from tests.weekly.conftest import Running, SetClock
from tests.weekly.people import MONDAY_AT_NINE, note, post, posted_in, posts, sets_up

READS = {"reads_back": True}


def goes_by(slack: Playground, clock: SetClock, **how_far: float) -> None:
    """Time goes by for the bot, and for Slack."""
    clock.ahead(**how_far)
    slack.clock.advance(max(0.0, clock().timestamp() - slack.clock.now()))


def has_looked(slack: Playground) -> int:
    return sum(call.method == "conversations.history" for call in slack.calls)


def question(person: Person, story: Seen) -> Seen:
    return next(seen for seen in person.sees("support") if seen.thread_ts == story.ts)


async def is_unknown(slack: Playground, clock: SetClock, **fault: bool) -> Person:
    """Monday's post goes wrong like this; Grace, whose schedule it is."""
    grace = slack.person("Grace")
    await sets_up(grace)
    goes_by(slack, clock)
    slack.fail("chat.postMessage", **fault)  # type: ignore[arg-type]
    goes_by(slack, clock, **MONDAY_AT_NINE)
    await waits_for(lambda: posted_in(slack) == 1)
    return grace


async def test_a_post_that_is_there_is_found_and_its_question_follows(running: Running, clock: SetClock) -> None:
    async with running(**READS) as slack:
        grace = await is_unknown(slack, clock, lost=True)
        story = await post(grace)
        goes_by(slack, clock, minutes=4)
        assert not has_looked(slack), "what Slack took shows in its history after a moment"
        goes_by(slack, clock, minutes=2)
        asked = await waits_for(lambda: question(grace, story))
        assert "For your team:" in asked.drawn
        assert len(posts(grace)) == 1
        assert not note(grace, "did not say"), "nobody is asked what can be seen"


async def test_a_post_that_is_not_there_twice_is_posted_again(running: Running, clock: SetClock) -> None:
    async with running(**READS) as slack:
        grace = await is_unknown(slack, clock, cut=True)
        goes_by(slack, clock, minutes=6)
        await waits_for(lambda: has_looked(slack) == 1)
        assert posted_in(slack) == 1
        goes_by(slack, clock, minutes=5)
        story = await post(grace)
        await waits_for(lambda: question(grace, story))
        assert len(posts(grace)) == 1


async def test_a_question_that_is_there_is_found_too(running: Running, clock: SetClock) -> None:
    async with running(**READS) as slack:
        grace = slack.person("Grace")
        await sets_up(grace)
        goes_by(slack, clock, **MONDAY_AT_NINE)
        story = await post(grace)
        slack.fail("chat.postMessage", lost=True)
        await waits_for(lambda: question(grace, story))
        for _ in range(3):
            goes_by(slack, clock, minutes=6)
            await waits_for(lambda: any(call.method == "conversations.replies" for call in slack.calls))
        assert sum(seen.thread_ts == story.ts for seen in grace.sees("support")) == 1
        assert not has_looked(slack)


async def test_a_slack_that_lets_nobody_read_just_now_is_asked_again_later(running: Running, clock: SetClock) -> None:
    async with running(**READS) as slack:
        grace = await is_unknown(slack, clock, lost=True)
        story = await post(grace)
        slack.fail("conversations.history", error="ratelimited", retry_after=60)
        goes_by(slack, clock, minutes=6)
        await waits_for(lambda: has_looked(slack) == 1)
        goes_by(slack, clock, seconds=55)
        assert has_looked(slack) == 1
        goes_by(slack, clock, seconds=10)
        await waits_for(lambda: question(grace, story))


@pytest.mark.parametrize("fault", [{"cut": True}, {"lost": True}])
async def test_where_the_scope_was_never_granted_the_owner_is_asked(
    running: Running, clock: SetClock, fault: dict[str, bool]
) -> None:
    async with running(**READS) as slack:
        slack.fail("conversations.history", error="missing_scope")
        grace = await is_unknown(slack, clock, **fault)
        goes_by(slack, clock, minutes=6)
        asked = await waits_for(lambda: note(grace, "did not say"))
        assert sorted(asked[0].buttons) == ["It is there", "Post again"]
        goes_by(slack, clock, minutes=30)
        assert has_looked(slack) == 1
        assert posted_in(slack) == 1
