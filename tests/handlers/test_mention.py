"""Somebody asks in words: with a mention, or in a direct message."""

import json

import pytest

from playground import Playground


async def test_a_mention_is_answered_in_its_thread(slack: Playground) -> None:
    ada, grace = slack.person("Ada"), slack.person("Grace")
    await ada.types("@storybot a story about teamwork please", channel="general")
    await slack.settled()

    asked, answered = grace.sees("general")
    assert answered.thread_ts == asked.ts
    assert "Takeaway:" in answered.drawn
    assert "Teamwork" in answered.drawn


async def test_a_mention_inside_a_thread_is_answered_there(slack: Playground) -> None:
    ada, grace = slack.person("Ada"), slack.person("Grace")
    await ada.types("A guest lost her passport today.", channel="general")
    first = ada.last("general")
    await grace.types("@storybot passport", channel="general", thread=first)
    await slack.settled()

    assert ada.last("general").thread_ts == first.ts
    assert "passport" in ada.last("general").drawn.lower()


async def test_a_direct_message_is_answered_there(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("do you have anything about a hungry boy?", channel="storybot")
    await slack.settled()

    answered = ada.last("storybot")
    assert "Takeaway:" in answered.drawn
    assert "Share to channel" not in answered.buttons, "there is no channel to share it to"


async def test_opening_the_conversation_suggests_what_to_ask(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.opens("storybot")
    await slack.settled()

    [call] = [call for call in slack.calls if call.method == "assistant.threads.setSuggestedPrompts"]
    assert call.answer["ok"]
    assert "thread_ts" not in call.arguments


async def test_an_event_that_comes_again_is_answered_once(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("@storybot teamwork", channel="general")
    await slack.settled()
    await slack.redelivers(slack.requests[-1])

    assert len(ada.sees("general")) == 2


async def test_when_slack_refuses_for_now_the_next_delivery_is_answered(slack: Playground) -> None:
    ada = slack.person("Ada")
    slack.fail("chat.postMessage", error="ratelimited", retry_after=1)
    await ada.types("@storybot teamwork", channel="general")
    await slack.settled()

    assert len([m for m in ada.sees("general") if "Takeaway:" in m.drawn]) == 1


@pytest.mark.parametrize("said", ["Teamwork is nice.", "storybot teamwork"])
async def test_talk_that_is_not_for_the_bot_is_left_alone(slack: Playground, said: str) -> None:
    ada = slack.person("Ada")
    await ada.types(said, channel="general")
    await slack.settled()

    assert len(ada.sees("general")) == 1


async def test_bots_edits_and_joins_are_not_answered(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("humour", channel="storybot")
    await slack.settled()
    told = slack.requests[-1].payload
    for number, change in enumerate(
        ({"bot_id": "B0OTHER"}, {"subtype": "message_changed"}, {"subtype": "channel_join"})
    ):
        event = told["event"] | change | {"ts": f"170000000{number}.000100"}
        body = json.dumps(told | {"event": event, "event_id": f"Ev{number}"}).encode()
        await slack.sends(body, {**slack.sign(body), "Content-Type": "application/json"})
    await slack.settled()

    answers = [message for message in ada.sees("storybot") if message.user == slack.bot_user_id]
    assert len(answers) == 1


async def test_only_the_messages_tab_gets_prompts(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.opens("storybot", tab="home")
    await slack.settled()

    assert not [call for call in slack.calls if call.method == "assistant.threads.setSuggestedPrompts"]


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("Hello!", "Ask me like this:"),
        ("what can you do?", "Ask me like this:"),
        ("thanks!!", "You are welcome."),
        ("ok", "You are welcome."),
        ("another one", "Takeaway:"),
    ],
)
async def test_small_talk_is_not_searched_for(slack: Playground, said: str, answered: str) -> None:
    ada = slack.person("Ada")
    await ada.types(said, channel="storybot")
    await slack.settled()

    assert answered in ada.last("storybot").drawn
