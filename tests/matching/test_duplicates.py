"""Somebody tells a story that was told before, and is asked whether it is another one."""

from typing import Any

import pytest
import yaml

from bench.judged import FOLDER
from bot.domain.library import Library
from bot.domain.story import Story
from bot.matching import Matcher

TEXTS: list[dict[str, Any]] = yaml.safe_load((FOLDER / "retellings.yaml").read_text(encoding="utf-8"))["texts"]
HAMSTER = "The hamster on line two\n\nA caller's hamster had chewed the cable of his router, so Ravi sent a new one."


def told(story: Story) -> str:
    return f"{story.title}\n\n{story.story}"


@pytest.mark.parametrize("half", ["tuning", "test"])
def test_retellings_in_other_words_are_noticed(matcher: Matcher, half: str) -> None:
    retold = [text for text in TEXTS if "of" in text and text["half"] == half]
    noticed = [text for text in retold if matcher.reads_like(text["text"]) == text["of"]]
    assert len(noticed) >= 0.8 * len(retold)


def test_another_story_of_the_same_kind_is_seldom_taken_for_one_told_before(matcher: Matcher) -> None:
    other = [text["text"] for text in TEXTS if "of" not in text]
    assert sum(matcher.reads_like(text) is not None for text in other) <= 1


def test_copies_are_noticed_whole_cut_and_edited(matcher: Matcher, library: Library) -> None:
    for story in library.stories[::9]:
        edited = told(story).replace(" was ", " is ").replace(". He ", ". And then he ").replace("customer", "client")
        assert matcher.reads_like(told(story)) == story.id
        assert matcher.reads_like(edited[: len(edited) // 2]) == story.id


def test_no_two_stories_of_the_library_are_the_same(library: Library, matcher: Matcher) -> None:
    known = Matcher(library.only([story.id for story in library.stories[::2]]))
    assert [story.id for story in library.stories[1::2] if known.reads_like(told(story))] == []


def test_what_waits_for_a_decision_is_compared_too(matcher: Matcher) -> None:
    retold = (
        "The pet on the phone\n\nA customer said that his hamster ate the router's wire. Our Ravi posted another cable."
    )
    assert matcher.reads_like(retold, [("other", "A bus waited for a boy."), ("first", HAMSTER)]) == "first"
    assert matcher.reads_like(retold) is None


def test_without_an_encoder_copies_are_noticed(by_words_alone: Matcher, seventeen: Library) -> None:
    story = seventeen.stories[0]
    assert by_words_alone.reads_like(told(story)) == story.id
    assert by_words_alone.reads_like(HAMSTER.replace("chewed", "eaten"), [("first", HAMSTER)]) == "first"
    assert by_words_alone.reads_like(HAMSTER) is None


@pytest.mark.parametrize("text", ["", " ", "?!", "\x00", "a" * 2_500, "no " * 800, ". . . ." * 300, "\ud800"])
def test_odd_texts_are_told_by_nobody(matcher: Matcher, text: str) -> None:
    assert matcher.reads_like(text, [("first", text[::-1]), ("second", HAMSTER)]) in {None, "first"}
