"""Whoever wants something else than a story, in words that stories use, is told that there is none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.judged import judged
from bot.domain.library import Library
from bot.matching import Matcher
from bot.matching.elsewhere import CHAT, MOST_LIKE_STORY, WAYS, Elsewhere
from bot.matching.encoder import STANDARD


@pytest.fixture(scope="module")
def elsewhere(library: Library) -> Elsewhere:
    titles = [story.title for story in library.stories]
    companies = [story.company for story in library.stories if story.company]
    return Elsewhere(titles, companies, [theme.name for theme in library.themes], STANDARD.encode)


def likeness(elsewhere: Elsewhere, text: str) -> float:
    return elsewhere.likeness(STANDARD.encode([text])[0])


@pytest.mark.parametrize(
    "typed", ["steak seasoning recipe", "lego star wars release date", "hotel booking policy", "refund form link"]
)
def test_whoever_wants_a_recipe_or_a_form_gets_no_strong_story(matcher: Matcher, typed: str) -> None:
    assert not any(match.is_strong for match in matcher.match(typed))


@pytest.mark.parametrize(
    ("typed", "story"),
    [
        ("unlocked the doors before opening hours", "trader-joes-opens-half-an-hour-early"),
        ("job application from a child", "nasa-answers-guardian-of-the-galaxy"),
        ("recall of faulty cars", "lexus-first-recall"),
        ("Lexus", "lexus-first-recall"),
    ],
)
def test_a_wish_in_such_words_is_answered_where_a_story_tells_of_it(matcher: Matcher, typed: str, story: str) -> None:
    best = matcher.match(typed)[0]
    assert best.is_strong
    assert best.story.id == story


@pytest.mark.parametrize(
    "typed", ["I don't understand", "no entiendo nada", "ich verstehe nicht", "bist du ein Roboter", "test test"]
)
def test_what_is_only_said_to_the_bot_gets_no_strong_story(matcher: Matcher, typed: str) -> None:
    assert not any(match.is_strong for match in matcher.match(typed))


@pytest.mark.parametrize("typed", ["understanding", "robot", "Roboter", "saying no", "сказать нет"])
def test_a_wish_that_sounds_a_little_like_chat_is_answered(matcher: Matcher, typed: str) -> None:
    assert matcher.match(typed)[0].is_strong


@pytest.mark.parametrize("typed", ["🤷", "🤷‍♀️", "👍🏽", "😂😂", "👀", ":shrug:", ":thumbsup::skin-tone-2:"])
def test_a_face_or_a_hand_alone_finds_nothing(matcher: Matcher, typed: str) -> None:
    assert matcher.match(typed) == []


@pytest.mark.parametrize(
    ("typed", "story"), [("🍩", "krispy-kreme-olympic-rings"), ("🍩 👍", "krispy-kreme-olympic-rings")]
)
def test_an_emoji_of_a_thing_still_says_its_name(matcher: Matcher, typed: str, story: str) -> None:
    assert matcher.match(typed)[0].story.id == story


def test_the_titles_of_stories_do_not_sound_like_wanting_something_else(elsewhere: Elsewhere, library: Library) -> None:
    likely = [likeness(elsewhere, story.title) for story in library.stories]
    assert np.mean(np.array(likely) < 0) > 0.95


def test_nothing_of_the_ways_is_a_judged_query() -> None:
    asked = {query.words.casefold() for name in ("lures", "further", "ninety", "own") for query in judged(name)}
    assert not asked & {way.casefold() for way in WAYS}


@pytest.mark.parametrize("said", CHAT)
def test_chat_is_heard_as_chat(elsewhere: Elsewhere, said: str) -> None:
    assert elsewhere.is_chat(STANDARD.encode([said])[0])


@settings(max_examples=50)
@given(st.text(min_size=1, max_size=60))
def test_any_text_may_be_asked_for(elsewhere: Elsewhere, text: str) -> None:
    assert MOST_LIKE_STORY <= likeness(elsewhere, text) < 2


def test_a_library_without_themes_and_companies_will_do() -> None:
    plain = Elsewhere(["The lost ring", "A pilot who ordered pizza"], [], [], STANDARD.encode)
    assert likeness(plain, "a lost ring") < likeness(plain, "the price of a ring")
