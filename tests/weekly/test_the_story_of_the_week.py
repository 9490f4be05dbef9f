"""Setting up the story of the week, and the channel that gets it."""

from playground import Playground
from tests.submissions.people import waits_for
from tests.weekly.conftest import SetClock


async def test_a_moderator_sets_it_up_and_monday_it_comes(slack: Playground, clock: SetClock) -> None:
    grace, linus = slack.person("Grace"), slack.person("Linus")
    await grace.types("/story schedule", channel="support")
    await grace.fills({"Time zone": "London"})
    await grace.submits()
    assert grace.modal is not None
    assert "every Monday at 09:00 (Europe/London)" in grace.modal.drawn
    await grace.closes()

    await grace.types("/story schedule", channel="support")
    assert "Next on Monday 30 November at 09:00, in 5 days." in grace.last("support").drawn

    clock.ahead(days=4, hours=21)
    post = await waits_for(lambda: next(seen for seen in linus.sees("support") if "Story of the week" in seen.text))
    assert "I was away" not in post.drawn
    question = await waits_for(lambda: next(seen for seen in linus.sees("support") if seen.thread_ts == post.ts))
    assert "For your team:" in question.drawn

    await linus.clicks("I tried this", on=post)
    assert any("I tried this · 1" in seen.buttons for seen in linus.sees("support"))
