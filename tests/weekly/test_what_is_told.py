"""Which story comes, and that the list says so beforehand: previews, pins, skips, withdrawn and new stories."""

from bot.domain.library import Library
from playground import Playground
from tests.submissions.people import CUP, card_of, sees, tells, waits_for
from tests.weekly.conftest import Running, SetClock
from tests.weekly.people import (
    MONDAY_AT_NINE,
    changes,
    coming,
    lists,
    note,
    pins,
    post,
    posted_in,
    posts,
    presses,
    sends,
    sets_up,
    title,
)


async def test_the_list_says_which_five_come_and_they_do(slack: Playground, clock: SetClock) -> None:
    grace = slack.person("Grace")
    await sets_up(grace)
    listed = await lists(grace)
    promised = coming(listed)
    assert len(set(promised)) == 5
    assert "Monday 30 November: " in listed.drawn
    assert ", in season" in listed.drawn
    clock.ahead(**MONDAY_AT_NINE)
    for number, expected in enumerate(promised, 1):
        assert title(await post(grace, number)) == expected
        clock.ahead(weeks=1)


async def test_a_channel_that_wants_one_theme_gets_it(slack: Playground, library: Library) -> None:
    grace = slack.person("Grace")
    await sets_up(grace, Themes=["Humour"])
    humorous = {story.title for story in library.stories if "humour" in story.themes}
    assert set(coming(await lists(grace))) <= humorous
    await changes(grace, Themes=["Dignity"])
    assert not set(coming(await lists(grace))) <= humorous


async def test_a_pinned_story_comes_next_and_then_all_goes_on(slack: Playground, clock: SetClock) -> None:
    grace = slack.person("Grace")
    await sets_up(grace)
    diamond = "The diamond in the vacuum cleaner bag"
    told = await pins(grace, diamond)
    assert f"“{diamond}” is told on Monday 30 November at 09:00, in 5 days." in told.drawn
    listed = await lists(grace)
    assert f"Monday 30 November: {diamond}, pinned by @Grace" in listed.drawn
    clock.ahead(**MONDAY_AT_NINE)
    assert title(await post(grace)) == diamond
    assert "pinned" not in (await lists(grace)).drawn


async def test_the_list_shows_at_once_what_a_form_changed(slack: Playground) -> None:
    grace, diamond = slack.person("Grace"), "The diamond in the vacuum cleaner bag"
    await sets_up(grace)
    await lists(grace)
    before = len(grace.sees("support"))
    await grace.clicks("Pin a story", on=grace.last("support"))
    await sends(grace, {"Story": diamond})
    assert f"{diamond}, pinned by @Grace" in grace.last("support").drawn
    await grace.clicks("Change", on=grace.last("support"))
    await sends(grace, {"Day of the week": "Friday"})
    assert "every Friday at 09:00" in grace.last("support").drawn
    assert len(grace.sees("support")) == before, "it is the same list"


async def test_when_slack_takes_no_redrawing_the_pin_counts_all_the_same(slack: Playground) -> None:
    grace, diamond = slack.person("Grace"), "The diamond in the vacuum cleaner bag"
    await sets_up(grace)
    await grace.clicks("Pin a story", on=await lists(grace))
    slack.fail("response_url", status=500)
    told = await sends(grace, {"Story": diamond})
    assert f"“{diamond}” is told" in told.drawn
    assert f"{diamond}, pinned by @Grace" in (await lists(grace)).drawn


async def test_whoever_comes_back_after_half_an_hour_pins_all_the_same(slack: Playground, clock: SetClock) -> None:
    grace, diamond = slack.person("Grace"), "The diamond in the vacuum cleaner bag"
    await sets_up(grace)
    await grace.clicks("Pin a story", on=await lists(grace))
    clock.ahead(minutes=31)
    before = len(slack.calls)
    assert f"“{diamond}” is told" in (await sends(grace, {"Story": diamond})).drawn
    assert "response_url" not in [call.method for call in slack.calls[before:]], "Slack takes it no more"
    assert f"{diamond}, pinned by @Grace" in (await lists(grace)).drawn


async def test_post_now_tells_the_pinned_story_and_says_so_before(slack: Playground) -> None:
    grace, diamond = slack.person("Grace"), "The diamond in the vacuum cleaner bag"
    await sets_up(grace)
    await pins(grace, diamond)
    listed = await lists(grace)
    await grace.clicks("Post now", on=listed, confirm=False)
    assert "The pinned one is told, and its pin used up." in grace.asked
    await grace.clicks("Post now", on=listed)
    assert title(await post(grace)) == diamond
    assert "pinned" not in (await lists(grace)).drawn


async def test_a_pin_can_be_taken_off(slack: Playground) -> None:
    grace = slack.person("Grace")
    await sets_up(grace)
    before = coming(await lists(grace))
    await pins(grace, "The diamond in the vacuum cleaner bag")
    await grace.clicks("Pin a story", on=await lists(grace))
    told = await sends(grace, {"Or": ["Take the pin off"]})
    assert "The rotation chooses the next story again." in told.drawn
    assert coming(await lists(grace)) == before


async def test_a_week_is_skipped_and_brought_back(slack: Playground, clock: SetClock) -> None:
    grace = slack.person("Grace")
    await sets_up(grace)
    before = coming(await lists(grace))
    first = await presses(grace, "Skip next")
    assert "Monday 30 November is skipped." in first.drawn
    assert "Next on Monday 7 December at 09:00, in 12 days." in first.drawn
    second = await presses(grace, "Skip next")
    assert "Next on Monday 14 December" in second.drawn
    # In the order in which they were skipped, the last one first.
    assert "Next on Monday 7 December" in (await presses(grace, "Do not skip")).drawn
    back = await presses(grace, "Do not skip")
    assert "Next on Monday 30 November" in back.drawn
    assert "skipped" not in back.drawn
    assert coming(back) == before

    await presses(grace, "Skip next")
    clock.ahead(**MONDAY_AT_NINE)
    listed = await lists(grace)
    assert "Do not skip" not in listed.buttons, "that week is over"
    clock.ahead(weeks=1)
    assert title(await post(grace)) == coming(listed)[0]
    assert len(posts(grace)) == 1


async def test_a_skip_that_is_pressed_twice_skips_once(slack: Playground) -> None:
    grace = slack.person("Grace")
    await sets_up(grace)
    listed, other = await lists(grace), await lists(grace)
    await grace.clicks("Skip next", on=listed)
    await grace.clicks("Skip next", on=other)
    assert "That week is no longer the next one." in grace.last("support").drawn
    assert "Next on Monday 7 December" in (await lists(grace)).drawn


async def test_post_now_takes_the_place_of_this_weeks(slack: Playground, clock: SetClock) -> None:
    grace, margaret = slack.person("Grace"), slack.person("Margaret")
    await sets_up(grace, Day_of_the_week="Friday")
    listed, other = await lists(grace), await lists(margaret)
    expected = coming(listed)
    await grace.clicks("Post now", on=listed, confirm=False)
    assert "it takes the place of that of Friday 27 November." in str(grace.asked)
    await grace.clicks("Post now", on=listed)
    assert title(await post(grace)) == expected[0]
    assert "Next on Friday 4 December" in (await lists(grace)).drawn
    await margaret.clicks("Post now", on=other)
    assert "A story of the week was told there today already." in margaret.last("support").drawn
    clock.ahead(days=9)
    assert title(await post(grace, 2)) == expected[1]


async def test_a_colleagues_story_comes_early_and_with_its_credit(slack: Playground, clock: SetClock) -> None:
    ada, grace = slack.person("Ada"), slack.person("Grace")
    await sets_up(grace)
    await is_told_and_approved(slack)
    listed = await lists(grace)
    assert coming(listed)[0] == CUP["Title"]
    assert f"{CUP['Title']}, newly approved" in listed.drawn
    clock.ahead(**MONDAY_AT_NINE)
    assert "told by Ada" in (await post(ada)).drawn


async def test_a_story_that_is_withdrawn_gives_its_place_to_another_even_when_it_was_pinned(
    slack: Playground, clock: SetClock
) -> None:
    ada, grace = slack.person("Ada"), slack.person("Grace")
    await sets_up(grace)
    await is_told_and_approved(slack)
    await pins(grace, CUP["Title"])
    await withdraws(slack)
    listed = await lists(grace)
    assert CUP["Title"] not in listed.drawn
    clock.ahead(**MONDAY_AT_NINE)
    assert title(await post(ada)) == coming(listed)[0]


async def test_a_story_that_is_withdrawn_in_the_last_moment_is_not_posted_and_another_is(
    slack: Playground, clock: SetClock
) -> None:
    ada, grace = slack.person("Ada"), slack.person("Grace")
    await sets_up(grace)
    await is_told_and_approved(slack)
    slack.fail("chat.postMessage", "ratelimited", retry_after=3600)
    clock.ahead(**MONDAY_AT_NINE)
    await waits_for(lambda: posted_in(slack))
    await withdraws(slack)
    clock.ahead(hours=1, minutes=1)
    told = await post(ada)
    assert title(told) != CUP["Title"]
    await sees(ada, "For your team:", "support")
    await ada.types("/story week", channel="support")
    assert title(ada.last("support")) == title(told)
    assert title(told) not in coming(await lists(grace))


async def test_a_deleted_schedule_says_nothing_more(slack: Playground, clock: SetClock) -> None:
    grace = slack.person("Grace")
    await sets_up(grace)
    slack.fail("chat.postMessage", "ratelimited", retry_after=600)
    clock.ahead(**MONDAY_AT_NINE)
    await waits_for(lambda: posted_in(slack))
    await presses(grace, "Delete")
    assert "Nothing more is posted in the channel." in str(grace.asked)
    await sets_up(grace)
    clock.ahead(weeks=1)
    assert "I was away" not in (await post(grace)).drawn
    assert len(posts(grace)) == 1
    assert not note(grace, "the story of Monday")


async def test_a_channel_that_is_set_up_anew_in_the_same_week_waits_for_the_next(
    slack: Playground, clock: SetClock
) -> None:
    grace = slack.person("Grace")
    await sets_up(grace)
    clock.ahead(**MONDAY_AT_NINE)
    told = title(await post(grace))
    await presses(grace, "Delete")
    assert "Next on Wednesday 9 December" in (await sets_up(grace, Day_of_the_week="Wednesday")).drawn
    assert told not in coming(await lists(grace)), "what the channel heard is not forgotten"


async def test_a_story_that_left_its_pack_is_passed_over_after_a_restart(
    running: Running, library: Library, clock: SetClock
) -> None:
    async with running() as slack:
        grace = slack.person("Grace")
        await sets_up(grace)
        first = coming(await lists(grace))[0]
        await pins(grace, first)
    smaller = library.only(story.id for story in library.stories if story.title != first)
    async with running(library=smaller) as slack:
        left = coming(await lists(grace))
        assert first not in left
        clock.ahead(**MONDAY_AT_NINE)
        assert title(await post(grace)) == left[0]


async def is_told_and_approved(slack: Playground) -> None:
    await tells(slack.person("Ada"))
    grace = slack.person("Grace")
    await grace.clicks("Approve", on=await card_of(grace))
    await waits_for(lambda: CUP["Title"] in "".join(seen.drawn for seen in slack.person("Ada").sees("storybot")))


async def withdraws(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("/story mine")
    await ada.clicks("Withdraw", on=ada.last())
    await ada.types("/story mine")
    assert "ithdrawn" in ada.last().drawn
