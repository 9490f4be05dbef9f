"""Something goes wrong: whoever asked is told what to do, nothing is posted twice, and Slack is told the truth."""

import asyncio
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from playground import Playground, Seen


async def sends_click(slack: Playground, payload: dict[str, Any]) -> int:
    """A click as Slack would send it; the status that answers it."""
    body = urlencode({"payload": json.dumps(payload)}).encode()
    status, _ = await slack.sends(body, slack.sign(body))
    return status


def cards(seen: list[Seen]) -> list[Seen]:
    return [message for message in seen if "Takeaway:" in message.drawn]


async def test_an_answer_that_slack_took_but_did_not_confirm_is_not_sent_again(slack: Playground) -> None:
    ada = slack.person("Ada")
    slack.fail("chat.postMessage", lost=True)
    await ada.types("@storybot teamwork", channel="general")
    await slack.settled()

    assert len(cards(ada.sees("general"))) == 1
    assert len(ada.sees("general")) == 2, "nor is there an apology for what did work"
    assert slack.requests[-1].status == 200, "Slack has no reason to deliver it again"


@pytest.mark.parametrize("fault", [{"status": 500}, {"html": True, "status": 503}])
async def test_when_slack_itself_fails_nothing_is_guessed(slack: Playground, fault: dict[str, Any]) -> None:
    ada = slack.person("Ada")
    slack.fail("chat.postMessage", **fault)
    await ada.types("@storybot teamwork", channel="general")
    await slack.settled()

    assert len([call for call in slack.calls if call.method == "chat.postMessage"]) == 1


async def test_a_definite_refusal_is_explained_where_it_can_be(slack: Playground) -> None:
    ada = slack.person("Ada")
    slack.fail("chat.postMessage", error="msg_too_long")
    await ada.types("@storybot teamwork", channel="general")
    await slack.settled()

    assert "Sorry, something went wrong on my side." in ada.last("general").drawn


async def test_the_same_words_under_two_events_are_answered_once(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("@storybot teamwork", channel="general")
    await slack.settled()
    told = dict(slack.requests[-1].payload) | {"event_id": "Ev0OTHER"}
    body = json.dumps(told).encode()
    await slack.sends(body, {**slack.sign(body), "Content-Type": "application/json"})

    assert len(cards(ada.sees("general"))) == 1


async def test_a_button_of_an_older_version_says_to_ask_again(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("/story empathy", channel="general")
    await ada.clicks("Another one", on=ada.last("general"))
    pressed = dict(slack.requests[-1].payload)
    pressed["actions"] = [pressed["actions"][0] | {"value": "what an older version wrote"}]
    await sends_click(slack, pressed)

    assert "older version of me. Ask again" in ada.last("general").drawn
    assert len(cards(ada.sees("general"))) == 1, "the card is still there"


async def test_a_story_that_takes_too_long_to_open_says_to_press_again(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("/story empathy", channel="general")
    slack.fail("views.open", error="expired_trigger_id")
    await ada.clicks("Read it all", on=ada.last("general"))

    assert ada.modal is None
    assert "Please try once more" in ada.last("general").drawn


async def test_a_share_that_slack_did_not_confirm_is_not_made_again(slack: Playground) -> None:
    ada, grace = slack.person("Ada"), slack.person("Grace")
    await ada.types("/story nordstrom", channel="general")
    slack.fail("response_url", lost=True)
    await ada.clicks("Share to channel", on=ada.last("general"))

    assert len(grace.sees("general")) == 1
    assert "Look whether it worked" in ada.last("general").drawn


async def test_a_click_is_acknowledged_in_time_though_slack_is_slow(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("/story empathy", channel="general")
    before = ada.last("general").drawn
    slack.fail("response_url", delay=3.2)
    await ada.clicks("Another one", on=ada.last("general"))

    assert slack.requests[-1].status == 200
    assert slack.requests[-1].ack_ms < 3_000
    assert not [message for message in ada.sees("general") if "timeout" in message.drawn]
    for _ in range(300):
        if ada.last("general").drawn == before:
            await asyncio.sleep(0.01)
    assert ada.last("general").drawn != before, "the work went on, and the next story came"


async def test_a_response_url_of_another_host_is_never_called(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("/story empathy", channel="general")
    await ada.clicks("Another one", on=ada.last("general"))
    calls = len(slack.calls)
    for url in ("https://evil.example/x", slack.url.replace("127.0.0.1", "127.0.0.2"), "file:///etc/passwd", ""):
        stolen = dict(slack.requests[-1].payload) | {"response_url": url}
        assert await sends_click(slack, stolen) == 200
    # Without any address the answer opens beside the message.
    assert [call.method for call in slack.calls[calls:]] == ["views.open"]


async def test_a_post_that_slack_takes_but_never_confirms_is_not_made_again_at_the_next_delivery(
    slack: Playground,
) -> None:
    ada = slack.person("Ada")
    slack.fail("chat.postMessage", lost=True)
    await ada.types("@storybot teamwork", channel="general")
    await slack.settled()
    await slack.redelivers(slack.requests[-1])

    assert len(cards(ada.sees("general"))) == 1


async def test_the_apology_for_a_mention_stands_in_its_thread(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("@storybot teamwork", channel="general")
    asked = ada.sees("general")[0]
    slack.fail("chat.postMessage", error="msg_too_long")
    await ada.types("@storybot humour", channel="general", thread=asked)
    await slack.settled()

    assert ada.last("general").thread_ts == asked.ts
    assert "Sorry" in ada.last("general").drawn


async def test_posts_open_no_previews_and_name_nobody(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("@storybot teamwork", channel="general")
    await ada.types("/story nordstrom", channel="general")
    await ada.clicks("Share to channel", on=ada.last("general"))
    await slack.settled()

    posts = [call.arguments for call in slack.calls if call.method in ("chat.postMessage", "response_url")]
    assert len(posts) == 3
    for post in posts:
        for asked in ("link_names", "unfurl_links", "unfurl_media"):
            assert str(post[asked]).lower() in ("false", "0")


async def test_what_went_wrong_is_told_once_however_often_slack_delivers_it(slack: Playground) -> None:
    ada = slack.person("Ada")
    slack.fail("chat.postMessage", error="invalid_blocks")
    await ada.types("@storybot teamwork", channel="general")
    await slack.settled()
    for _ in range(2):
        await slack.redelivers(slack.requests[-1])

    assert len([message for message in ada.sees("general") if "Sorry" in message.drawn]) == 1
