"""What people do with a story of the week: they try it, save it, tell theirs, and read it once more."""

import asyncio

from playground import Playground
from tests.submissions.people import is_told, sees
from tests.weekly.conftest import SetClock
from tests.weekly.people import MONDAY_AT_NINE, lists, post, posts, sets_up, title

CROWD = ("Barbara", "Edsger", "Frances", "Niklaus", "Radia", "Donald", "Shafi", "Tony")


async def test_the_thread_begins_with_a_question(slack: Playground, clock: SetClock) -> None:
    linus = slack.person("Linus")
    await is_posted(slack, clock)
    story = await post(linus)
    question = await sees(linus, "For your team:", "support")
    assert question.thread_ts == story.ts
    assert story.buttons == ["I tried this", "Save", "Tell us yours"]


async def test_who_tried_it_is_counted_and_may_take_it_back(slack: Playground, clock: SetClock) -> None:
    ada, linus = slack.person("Ada"), slack.person("Linus")
    await is_posted(slack, clock)
    await ada.clicks("I tried this", on=await post(ada))
    assert (await post(linus)).buttons[0] == "I tried this · 1"
    await linus.clicks("I tried this · 1", on=await post(linus))
    assert (await post(ada)).buttons[0] == "I tried this · 2"
    await ada.clicks("I tried this · 2", on=await post(ada))
    assert (await post(ada)).buttons[0] == "I tried this · 1"
    assert "Linus" not in (await post(ada)).drawn, "a count, never a ranking"


async def test_many_who_press_at_once_are_all_counted(slack: Playground, clock: SetClock) -> None:
    await is_posted(slack, clock)
    crowd = [slack.add_person(name, channels=("support",)) for name in CROWD]
    story = await post(crowd[0])
    await asyncio.gather(*(person.clicks("I tried this", on=story) for person in crowd))
    assert (await post(crowd[0])).buttons[0] == "I tried this · 8"
    story = await post(crowd[0])
    await asyncio.gather(*(person.clicks("I tried this", on=story) for person in crowd[:5]))
    assert (await post(crowd[0])).buttons[0] == "I tried this · 3"


async def test_who_presses_twice_in_a_hurry_has_taken_it_back(slack: Playground, clock: SetClock) -> None:
    ada = slack.person("Ada")
    await is_posted(slack, clock)
    story = await post(ada)
    await asyncio.gather(ada.clicks("I tried this", on=story), ada.clicks("I tried this", on=story))
    assert (await post(ada)).buttons[0] == "I tried this"


async def test_a_guest_of_the_channel_may_try_and_save_it_too(slack: Playground, clock: SetClock) -> None:
    gus = slack.person("Gus")
    await is_posted(slack, clock)
    await gus.clicks("I tried this", on=await post(gus))
    assert (await post(gus)).buttons[0] == "I tried this · 1"
    await gus.clicks("Save", on=await post(gus))
    assert is_told(gus, "Saved: /story saved lists it.", "support")


async def test_a_saved_story_is_listed_opened_and_taken_off(slack: Playground, clock: SetClock) -> None:
    ada = slack.person("Ada")
    await is_posted(slack, clock)
    story = await post(ada)
    await ada.clicks("Save", on=story)
    await ada.clicks("Save", on=story)
    assert is_told(ada, "You have saved it already: /story saved lists it.", "support")
    await ada.types("/story saved")
    listed = ada.last()
    assert listed.drawn.count(title(story)) == 1
    await ada.clicks("Show", on=listed)
    assert title(story) in ada.last().drawn
    assert "Read it all" in ada.last().buttons

    await ada.types("/story saved")
    listed = ada.last()
    await asyncio.gather(*(ada.clicks("Take off the list", on=listed) for _ in range(2)))
    assert "You have not saved a story yet." in ada.last().drawn
    await ada.types("/story saved")
    assert "You have not saved a story yet." in ada.last().drawn


async def test_a_saved_list_is_ones_own(slack: Playground, clock: SetClock) -> None:
    ada, linus = slack.person("Ada"), slack.person("Linus")
    await is_posted(slack, clock)
    await ada.clicks("Save", on=await post(ada))
    await linus.types("/story saved")
    assert "You have not saved a story yet." in linus.last().drawn


async def test_a_story_of_ones_own_begins_under_the_post(slack: Playground, clock: SetClock) -> None:
    ada = slack.person("Ada")
    await is_posted(slack, clock)
    await ada.clicks("Tell us yours", on=await post(ada))
    assert ada.modal is not None
    assert "What happened" in ada.modal.drawn


async def test_this_weeks_story_once_more_for_whoever_asks(slack: Playground, clock: SetClock) -> None:
    ada = slack.person("Ada")
    await ada.types("/story week", channel="support")
    assert "Type /story schedule to have one every week." in ada.last("support").drawn
    await sets_up(slack.person("Grace"))
    await ada.types("/story week", channel="support")
    assert "The first comes on Monday 30 November at 09:00, in 5 days." in ada.last("support").drawn

    clock.ahead(**MONDAY_AT_NINE)
    story = await post(ada)
    await ada.types("/story week", channel="support")
    again = ada.last("support")
    assert again.ephemeral
    assert title(again) == title(story)
    await ada.clicks("I tried this", on=again)
    assert ada.last("support").buttons[0] == "I tried this · 1"
    assert len(posts(ada)) == 1


async def is_posted(slack: Playground, clock: SetClock) -> None:
    grace = slack.person("Grace")
    await sets_up(grace)
    clock.ahead(**MONDAY_AT_NINE)
    await post(grace)
    assert "Next on Monday 7 December" in (await lists(grace)).drawn
