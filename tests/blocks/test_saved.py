"""How one's saved stories look: each a click from its card, and another from being forgotten."""

import json

import pytest

from bot.blocks import ids
from bot.blocks.saved import STORIES_LISTED, saved
from bot.domain.library import Library
from playground.limits import check_message
from tests.blocks.test_looks import LONGEST, assert_slack_takes, found, texts_in
from tests.blocks.test_review import action_ids
from tests.blocks.test_submit import HOSTILE
from tests.blocks.test_weekly import told_by_a_colleague


def test_each_story_can_be_shown_or_taken_off_the_list(library: Library) -> None:
    first, second = library.stories[:2]
    message = saved([first, second], "UADA", "/story")
    assert action_ids(message) == [ids.SHOW_STORY, ids.UNSAVE] * 2
    show, off, *_ = found(message["blocks"], "type", "button")
    assert json.loads(show["value"]) == [first.id, "", [], "UADA"]
    assert off["value"] == first.id
    for part in (first.title, first.summary, second.title):
        assert part in message["text"].replace("&amp;", "&")


def test_who_has_saved_nothing_learns_how() -> None:
    message = saved([], "UADA", "/story")
    assert_slack_takes(message)
    assert "Press Save" in message["text"]
    assert "/story saved" in message["text"]


@pytest.mark.parametrize("words", ["word ", "&", "思", *HOSTILE])
def test_many_long_stories_still_fit(words: str) -> None:
    for story in (LONGEST, told_by_a_colleague(words)):
        message = saved([story] * 40, "U" * 12, "/story")
        assert_slack_takes(message)
        check_message(message["text"], message["blocks"])
        assert len(action_ids(message)) == 2 * STORIES_LISTED
        assert any("latest 18 of 40" in text for text in texts_in(message["blocks"]))
