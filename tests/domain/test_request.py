"""What somebody typed, read as what they want."""

import pytest

from bot.domain.request import Find, Help, ListThemes, Surprise, Thanks, parse, parse_said


@pytest.mark.parametrize(
    "text", ["", "  ", "tell me a story", "a story please", "Another story!", "one more please", "surprise me"]
)
def test_any_story_will_do(text: str) -> None:
    assert parse(text) == Surprise()
    assert parse_said(text) == Surprise()


@pytest.mark.parametrize("text", ["themes", "Themes!", "show me the themes", "list themes please"])
def test_the_themes(text: str) -> None:
    assert parse(text) == ListThemes()


@pytest.mark.parametrize("text", ["help", "?", "help me", "storybot, help", "what can you do?", "who are you"])
def test_the_help(text: str) -> None:
    assert parse(text) == Help()


@pytest.mark.parametrize(
    "text", ["hello 👋", "Hi storybot", "hey there!", "good morning everyone", "!!!", "hola", "bonjour à tous", "你好"]
)
def test_a_greeting_in_a_conversation_is_answered_with_help(text: str) -> None:
    assert parse_said(text) == Help()


@pytest.mark.parametrize(
    "text",
    [
        "thank you so much!",
        "thanks :pray:",
        "no thanks",
        "ok great",
        "👍🏽",
        "cool",
        ":+1:",
        "merci beaucoup",
        "danke!",
        "谢谢",
    ],
)
def test_thanks_in_a_conversation_ask_for_nothing(text: str) -> None:
    assert parse_said(text) == Thanks()


@pytest.mark.parametrize(
    "text",
    [
        "empathy",
        "thanks",
        "hello",
        "goodbye",
        "saying thank you to a driver",
        "a good example of teamwork",
        "思いやり",
        "🍩",
        "1990s",
    ],
)
def test_everything_else_is_something_to_find(text: str) -> None:
    assert parse(text) == Find(text)


def test_of_a_pasted_ticket_the_beginning_is_kept() -> None:
    found = parse("parcel " * 1000)
    assert isinstance(found, Find)
    assert len(found.words) <= 1000
