"""How the story of the week looks to a channel, in its thread, and to whoever set it up."""

from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.blocks import ids
from bot.blocks.message import Message
from bot.blocks.text import visible
from bot.blocks.weekly import (
    SlotRef,
    late_note,
    none_yet,
    paused,
    post,
    question,
    read_slot_ref,
    settled,
    this_week,
    unknown,
)
from bot.domain.library import Library
from bot.domain.schedule import Schedule
from bot.domain.slots import Timing
from bot.domain.story import Story
from bot.domain.workspace import Workspace
from bot.errors import UserError
from playground.limits import check_message
from tests.blocks.test_looks import LONGEST, THEMES, assert_slack_takes, found, texts_in
from tests.blocks.test_review import action_ids, by_ada, longest
from tests.blocks.test_submit import HOSTILE

MONDAY = date(2026, 11, 23)
REF = SlotRef("C12345678", MONDAY, "the-umbrella")
LONDON = Timing(0, time(9), "Europe/London")
SCHEDULE = Schedule(Workspace("", "T1"), "C12345678", "s" * 32, "UGRACE", LONDON)


def told_by_a_colleague(words: str) -> Story:
    return by_ada(told=longest(words)).as_story()


def all_of(story: Story) -> list[Message]:
    """Every message that tells of a story of the week."""
    return [
        post(story, THEMES[:5], REF, tried=1_000_000, late=late_note(LONDON, LONDON.slot(MONDAY))),
        this_week(story, THEMES[:5], REF),
        question(story),
        unknown(REF, story.title),
        settled(REF, story.title, posts_again=True),
    ]


def drawn(message: Message) -> str:
    return " ".join(texts_in(message["blocks"]))


def test_the_post_tells_all_of_it_and_offers_three_things(library: Library) -> None:
    story = library.stories[0]
    message = post(story, library.themes_of(story), REF)
    for part in ("Story of the week", story.title, str(story.company), str(story.takeaway), story.story.split()[-1]):
        assert part in drawn(message)
        assert part in message["text"].replace("&amp;", "&")
    assert action_ids(message) == [ids.TRIED, ids.SAVE, ids.TELL]
    assert str(story.question) not in drawn(message)


def test_a_colleague_is_credited() -> None:
    message = post(by_ada().as_story(), [], REF)
    assert "Front desk · 2019 · told by Ada" in drawn(message)
    assert "told by Ada" in message["text"]


def test_who_tried_it_is_counted_and_not_named() -> None:
    labels = [post(LONGEST, [], REF, tried=tried)["blocks"][-1]["elements"][0]["text"]["text"] for tried in (0, 1, 3)]
    assert labels == ["I tried this", "I tried this · 1", "I tried this · 3"]


def test_a_late_post_says_so_quietly() -> None:
    late = late_note(LONDON, LONDON.slot(MONDAY))
    assert late == "This was due on Monday 23 November at 09:00; I was away."
    message = post(LONGEST, [], REF, late=late)
    assert late in drawn(message)
    assert late in message["text"]


def test_the_thread_begins_with_the_storys_own_question_or_one_that_always_fits(library: Library) -> None:
    story = library.stories[0]
    assert question(story)["text"] == f"For your team: {story.question}".replace("&", "&amp;")
    own = [by_ada().as_story().model_copy(update={"id": f"own-{n}"}) for n in range(20)]
    asked = [question(story)["text"] for story in own]
    assert asked == [question(story)["text"] for story in own]
    assert len(set(asked)) > 3


def test_the_current_story_is_told_again_with_its_date() -> None:
    message = this_week(LONGEST, [], REF, tried=2)
    assert "Told here on Monday 23 November. Only you see this." in message["text"]
    assert action_ids(message) == [ids.TRIED, ids.SAVE, ids.TELL]


def test_where_there_is_no_story_yet_it_says_when_one_comes_or_how_to_get_one() -> None:
    assert "/story schedule" in none_yet("/story")["text"]
    coming = none_yet("/story", "on Monday 23 November at 09:00, in 2 days")["text"]
    assert coming.endswith("The first comes on Monday 23 November at 09:00, in 2 days.")


def test_the_owner_is_asked_to_look_and_the_question_goes_once_it_is_answered() -> None:
    asked = unknown(REF, "The umbrella")
    assert action_ids(asked) == [ids.IS_THERE, ids.POST_AGAIN]
    assert [button["value"] for button in found(asked["blocks"], "type", "button")] == [REF.value()] * 2
    for message in (asked, settled(REF, "The umbrella", posts_again=False)):
        assert [mention["channel_id"] for mention in found(message["blocks"], "type", "channel")] == ["C12345678"]
        assert "“The umbrella”, the story of Monday 23 November for <#C12345678>." in message["text"]
    assert not action_ids(settled(REF, "The umbrella", posts_again=True))


@pytest.mark.parametrize(
    ("error", "why"),
    [
        ("is_archived", "the channel is archived. Unarchive it"),
        ("not_in_channel", "/invite @storybot"),
        ("channel_not_found", "it was deleted"),
        ("restricted_action_read_only_channel", "only some people may post"),
        ("team_access_not_granted", "(team_access_not_granted)"),
        ("", "Slack takes no posts there."),
    ],
)
def test_the_owner_learns_why_it_is_paused_and_how_to_go_on(error: str, why: str) -> None:
    message = paused(SCHEDULE, error, "/story")
    assert_slack_takes(message)
    for told in (message["text"], drawn(message)):
        assert why in told
        assert "/story schedule" in told
    assert message["text"].startswith("The story of the week in <#C12345678> is paused: ")


@pytest.mark.parametrize("words", ["word ", "&", "<", "思", "😀", *HOSTILE])
def test_whatever_a_story_holds_slack_takes_its_week(words: str) -> None:
    for message in [*all_of(told_by_a_colleague(words)), *all_of(LONGEST)]:
        assert_slack_takes(message)
        check_message(message["text"], message["blocks"])
        assert not list(found(message["blocks"], "type", "mrkdwn"))
        assert "<!" not in message["text"]
        assert "U12345678>" not in message["text"]
        for text in texts_in(message["blocks"]):
            assert text.replace("\n", "") == visible(text.replace("\n", ""))


def test_everything_in_the_library_can_be_told(library: Library) -> None:
    for story in library.stories:
        themes, ref = library.themes_of(story), SlotRef("C12345678", MONDAY, story.id)
        told, again = post(story, themes, ref, tried=1_000), this_week(story, themes, ref)
        for message in (told, again, question(story)):
            check_message(message["text"], message["blocks"])
        for word in story.story.split():
            assert word in drawn(told)
            assert word in drawn(again)


@settings(max_examples=50)
@given(st.text(max_size=20), st.dates(), st.text(max_size=60))
def test_a_button_says_which_week_it_belongs_to(channel_id: str, on: date, story_id: str) -> None:
    ref = SlotRef(channel_id, on, story_id)
    assert read_slot_ref(ref.value()) == ref


@pytest.mark.parametrize(
    "value", ["", "{}", "the-umbrella", '["C1","2026-11-23"]', '["C1","monday","s"]', '["C1",3,"s"]']
)
def test_a_button_of_an_older_version_says_so(value: str) -> None:
    with pytest.raises(UserError, match="older version"):
        read_slot_ref(value)


def test_what_is_due_in_the_hour_that_spring_leaves_out_is_told_as_the_clocks_show_it() -> None:
    timing = Timing(6, time(1, 30), "Europe/London")
    assert late_note(timing, timing.slot(date(2027, 3, 28))) == "This was due on Sunday 28 March at 02:00; I was away."
