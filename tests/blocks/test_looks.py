"""How stories and lists look: within Slack's limits, whatever they hold, and whole for those who only hear them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.blocks import lists
from bot.blocks.message import Message
from bot.blocks.pick import Pick
from bot.blocks.story import card, full, shared
from bot.domain.library import Library
from bot.domain.match import Why
from bot.domain.story import Source, Story, Theme

LONGEST = Story(
    id="a" * 60,
    title="T" * 60,
    company="C" * 60,
    industry="i" * 40,
    country="c" * 40,
    place="p" * 60,
    year=2000,
    channel="c" * 40,
    themes=tuple("abcde"),
    summary="&" * 200,
    story=" ".join(["lengthyword"] * 200),
    takeaway="<" * 200,
    question="q" * 200,
    differs="d" * 500,
    sources=(Source(title="t" * 200, publisher="p" * 120, author="a" * 120, url="https://example.org/" + "u" * 400),)
    * 8,
)
THEMES = [Theme(id=chr(97 + n), name="N" * 30, emoji="e" * 40, meaning="m" * 120, synonyms=()) for n in range(26)]


def messages(library: Library) -> Iterator[Message]:
    for story in library.stories:
        themes = library.themes_of(story)
        why = (Why("theme", themes[0].name),)
        yield card(story, themes, Pick(story.id, "words"), why=why, runners_up=library.stories[:2])
        yield shared(story, themes, "U12345678")
    story = library.stories[0]
    note = "That was the last one on “" + "x" * 300 + "”."
    yield card(story, library.themes_of(story), Pick(story.id, "x" * 1000), sharable=False, more=False, note=note)
    yield lists.welcome()
    yield lists.apology("Something went wrong. " * 20)
    yield lists.themes(library)
    yield lists.help_on("/story")
    yield lists.nothing("x" * 1000, library.stories[:3], library, "U12345678")
    yield lists.not_understood("x" * 1000, library, "U12345678")
    for theme in library.themes:
        yield lists.stories_of(theme, library.stories_with(theme.id), "U12345678")


@pytest.fixture(scope="module")
def longest() -> Library:
    return Library((LONGEST, *(LONGEST.model_copy(update={"id": f"s{n}"}) for n in range(40))), tuple(THEMES))


def assert_slack_takes(message: Message) -> None:
    parsed = Block.parse_all(message["blocks"])
    assert len(parsed) == len(message["blocks"]) <= 50
    for block in parsed:
        block.validate_json()
    assert sum(len(text) for text in texts_in(message["blocks"])) <= 12_000
    assert 0 < len(message["text"]) <= 4_000
    assert "\n" not in message["text"]
    for button in found(message["blocks"], "type", "button"):
        assert len(button["text"]["text"]) <= 75
        assert len(button["value"]) <= 2_000


def test_everything_in_the_library_passes_slacks_own_models(library: Library) -> None:
    for message in messages(library):
        assert_slack_takes(message)
    for story in library.stories:
        View(**full(story, library.themes_of(story))).validate_json()


def test_the_longest_story_that_the_format_allows_still_fits(longest: Library) -> None:
    for message in messages(longest):
        assert_slack_takes(message)
    View(**full(LONGEST, THEMES[:5])).validate_json()


def test_the_text_alone_carries_the_whole_meaning(library: Library) -> None:
    story = library.stories[0]
    themes = library.themes_of(story)
    text = card(story, themes, Pick(story.id), why=(Why("mentions", "airport"),))["text"]

    for part in (story.title, story.company, story.summary, story.takeaway, themes[0].name, "mentions “airport”"):
        assert part in text.replace("&amp;", "&")


def test_the_whole_story_is_in_the_modal(library: Library) -> None:
    for story in library.stories:
        drawn = " ".join(texts_in(full(story, library.themes_of(story))["blocks"]))
        for word in story.story.split():
            assert word in drawn
        assert story.question in drawn
        assert all(source.title in drawn for source in story.sources)


def texts_in(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("text"), str):
            yield node["text"]
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from texts_in(child)


def found(node: Any, key: str, value: str) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if node.get(key) == value:
            yield node
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from found(child, key, value)


def test_messages_are_plain_json(library: Library) -> None:
    for message in messages(library):
        json.dumps(message)
