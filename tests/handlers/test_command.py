"""Somebody types `/story …` in a channel."""

import pytest

from playground import Playground


async def test_a_theme_is_answered_at_once_and_only_for_whoever_asked(slack: Playground) -> None:
    ada, grace = slack.person("Ada"), slack.person("Grace")
    await ada.types("/story empathy", channel="general")

    card = ada.last("general")
    assert card.ephemeral
    assert grace.sees("general") == []
    assert "Takeaway:" in card.drawn
    assert "Why this one: theme “Empathy”" in card.drawn
    assert card.buttons[:3] == ["Share to channel", "Another one", "Read it all"]
    assert len(card.buttons) == 5, "two runners-up are one click away"


async def test_the_answer_travels_in_the_acknowledgement_and_calls_nothing(slack: Playground) -> None:
    await slack.person("Ada").types("/story empathy", channel="general")

    [delivery] = slack.requests
    assert delivery.status == 200
    assert delivery.answer["response_type"] == "ephemeral"
    assert [call.method for call in slack.calls] == ["auth.test"], "only the one at the start"


@pytest.mark.parametrize(
    ("asked", "title", "why"),
    [
        ("nordstorm", "diamond", "Nordstrom"),
        ("someone lost a diamond", "diamond", "diamond"),
        ("empaty", "", "Empathy"),
        (":doughnut: doughnuts please!! 🍩", "ring", ""),
    ],
)
async def test_mistyped_and_chatty_wishes_are_understood(slack: Playground, asked: str, title: str, why: str) -> None:
    ada = slack.person("Ada")
    await ada.types(f"/story {asked}", channel="general")

    card = ada.last("general")
    assert "Share to channel" in card.buttons
    assert title in card.drawn.lower()
    assert why in card.drawn


@pytest.mark.parametrize(
    "asked",
    [
        "can you give me a story for my team?",
        "need a story for tomorrow",
        "great customer service",
        "any story will do",
    ],
)
async def test_whoever_asks_for_any_story_gets_one(slack: Playground, asked: str) -> None:
    ada = slack.person("Ada")
    await ada.types(f"/story {asked}", channel="general")
    assert "Takeaway:" in ada.last("general").drawn


async def test_an_unknown_wish_gets_an_honest_answer_with_a_way_on(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("/story quantum chromodynamics", channel="general")

    answer = ada.last("general")
    assert "I have nothing on “quantum chromodynamics” yet." in answer.drawn
    assert "Share to channel" not in answer.buttons
    assert "❤️ Empathy" in answer.buttons or any("Empathy" in label for label in answer.buttons)

    await ada.clicks(next(label for label in answer.buttons if "Empathy" in label), on=answer)
    assert "Empathy: " in ada.last("general").drawn


@pytest.mark.parametrize("typed", ["erzähl mir bitte eine Geschichte", "una historia por favor", "讲个故事"])
async def test_whoever_asks_for_any_story_in_another_language_is_surprised_too(slack: Playground, typed: str) -> None:
    ada = slack.person("Ada")
    await ada.types(f"/story {typed}", channel="general")
    assert "Share to channel" in ada.last("general").buttons
    assert "Why this one" not in ada.last("general").drawn


@pytest.mark.parametrize("typed", ["asdfgh qwer", "xxxxx"])
async def test_who_only_hit_the_keyboard_hears_that_nothing_was_understood(slack: Playground, typed: str) -> None:
    ada = slack.person("Ada")
    await ada.types(f"/story {typed}", channel="general")

    answer = ada.last("general")
    assert f"I could make nothing of “{typed}”." in answer.drawn
    assert "Perhaps one of these" not in answer.drawn
    assert "All themes" in answer.buttons

    await ada.clicks("Surprise me", on=answer)
    card = ada.last("general")
    assert "Share to channel" in card.buttons
    await ada.clicks("Another one", on=card)
    assert ada.last("general").drawn != card.drawn


async def test_without_words_each_story_comes_once_before_any_comes_again(slack: Playground, library) -> None:
    ada = slack.person("Ada")
    told = []
    for _ in library.stories:
        await ada.types("/story", channel="general")
        told.append(ada.last("general").blocks[0]["text"]["text"])

    assert sorted(told) == sorted(story.title for story in library.stories)


async def test_themes_lead_to_their_stories_and_back(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("/story themes", channel="general")
    themes = ada.last("general")
    assert "Teamwork" in themes.drawn

    await ada.clicks("8 stories", on=themes)
    listed = ada.last("general")
    assert listed.ts == themes.ts, "the list takes the place of the themes"
    await ada.clicks("Show", on=listed, nth=0)
    assert "Takeaway:" in ada.last("general").drawn


async def test_help_tells_every_form_with_an_example(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("/story help", channel="general")

    drawn = ada.last("general").drawn
    for form in ("/story empathy", "/story themes", "/story help", "@storybot"):
        assert form in drawn


async def test_stories_that_fit_as_well_take_turns(slack: Playground) -> None:
    ada = slack.person("Ada")
    titles = set()
    for _ in range(3):
        await ada.types("/story empathy", channel="general")
        titles.add(ada.last("general").blocks[0]["text"]["text"])
        assert "Empathy" in ada.last("general").drawn
    assert len(titles) == 3

    for _ in range(2):
        await ada.types("/story nordstrom", channel="general")
        assert "diamond" in ada.last("general").drawn, "where only one fits, it is that one again"


async def test_the_card_says_what_was_asked(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("/story someone lost a diamond", channel="general")
    assert "You asked for “someone lost a diamond”. Why this one:" in ada.last("general").drawn


async def test_in_a_direct_message_there_is_nobody_to_share_with(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("/story empathy", channel="storybot")
    await ada.clicks("Another one", on=ada.last("storybot"))
    assert "Share to channel" not in ada.last("storybot").buttons
