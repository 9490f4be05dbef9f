"""Events: who is told what, how often, and what stands in it."""

import asyncio
from typing import Any

from aiohttp import web

from playground import Person, Playground
from tests.playground.tiny_bot import SCOPES, Bot, manifest


async def test_a_mention_is_answered_in_its_thread(slack: Playground, bot: Bot, ada: Person, grace: Person) -> None:
    @bot.hears("app_mention")
    async def _(payload: dict[str, Any]) -> None:
        event = payload["event"]
        await bot.client.chat_postMessage(channel=event["channel"], thread_ts=event["ts"], text="Yes?")

    await ada.types("@echo are you there?", channel="general")

    asked, answered = grace.sees("general")
    assert (asked.text, asked.drawn) == (f"<@{slack.bot_user_id}> are you there?", "@echo are you there?")
    assert (answered.drawn, answered.thread_ts) == ("Yes?", asked.ts)


async def test_an_event_stands_in_slacks_envelope(slack: Playground, bot: Bot, ada: Person) -> None:
    await ada.types("@echo hi :wave: @here <b>", channel="general")

    [delivery] = slack.requests
    envelope, event = delivery.payload, delivery.payload["event"]
    assert (envelope["type"], envelope["team_id"], envelope["api_app_id"]) == (
        "event_callback",
        slack.team_id,
        slack.app_id,
    )
    assert envelope["authorizations"][0]["user_id"] == slack.bot_user_id
    assert envelope["event_id"].startswith("Ev")
    assert event["text"] == f"<@{slack.bot_user_id}> hi :wave: <!here> &lt;b&gt;"
    assert (event["user"], event["team"], event["event_ts"]) == (ada.id, slack.team_id, event["ts"])
    [inside] = event["blocks"][0]["elements"]
    assert [part["type"] for part in inside["elements"]] == ["user", "text", "emoji", "text", "broadcast", "text"]
    assert inside["elements"][-1]["text"] == " <b>"
    assert "client_msg_id" in event


async def test_a_mention_is_a_message_too_for_an_app_that_reads_the_channel(
    slack: Playground, bot: Bot, ada: Person
) -> None:
    reading = manifest(events=["app_mention", "message.channels"], scopes=[*SCOPES, "channels:history"])
    slack.install(reading, request_url=bot.url)
    await ada.types("@echo hi")
    first, second = slack.requests
    assert {first.name, second.name} == {"app_mention", "message"}
    assert first.payload["event"]["ts"] == second.payload["event"]["ts"]
    assert first.payload["event_id"] != second.payload["event_id"]


async def test_in_direct_messages_the_app_hears_itself_and_can_tell(slack: Playground, bot: Bot, ada: Person) -> None:
    @bot.hears("message")
    async def _(payload: dict[str, Any]) -> None:
        event = payload["event"]
        if "bot_id" not in event:
            await bot.client.chat_postMessage(channel=event["channel"], text="Hello")

    await ada.types("hi", channel="echo")
    await slack.settled()

    said, own = (delivery.payload["event"] for delivery in slack.requests)
    assert (said["channel_type"], said["text"]) == ("im", "hi")
    assert (own["bot_id"], own["user"], own["text"]) == (slack.bot_id, slack.bot_user_id, "Hello")
    assert [seen.drawn for seen in ada.sees("echo")] == ["hi", "Hello"]


async def test_edits_and_deletions_are_events_of_their_own(slack: Playground, bot: Bot, ada: Person) -> None:
    await ada.opens("echo")
    channel = slack.requests[0].payload["event"]["channel"]
    posted = await bot.client.chat_postMessage(channel=channel, text="One")
    await bot.client.chat_update(channel=channel, ts=posted["ts"], text="Two")
    await bot.client.chat_delete(channel=channel, ts=posted["ts"])
    await slack.settled()

    subtypes = [delivery.payload["event"].get("subtype") for delivery in slack.requests[1:]]
    assert subtypes == [None, "message_changed", "message_deleted"]


async def test_what_an_app_did_not_subscribe_to_or_is_not_in_it_does_not_hear(
    slack: Playground, bot: Bot, ada: Person
) -> None:
    await ada.types("nothing for anybody", channel="general")
    await ada.types("@echo can you hear me?", channel="random")
    assert slack.requests == []
    assert "You mentioned @echo, who is not in this channel." in ada.last("random").drawn

    await ada.types("/invite @echo", channel="random")
    assert ada.last("random").drawn == "@echo is in #random now."
    await ada.types("@echo hello", channel="random")
    await slack.settled()
    assert [request.name for request in slack.requests] == ["app_mention"]


async def test_an_event_that_fails_comes_again_at_once_after_one_and_after_five_minutes(
    slack: Playground, bot: Bot, ada: Person
) -> None:
    @bot.hears("app_mention")
    async def _(_: dict[str, Any]) -> web.Response:
        return web.Response(status=500)

    await ada.types("@echo hi")
    tries = []
    for minutes in (0, 1, 5, 60):
        slack.clock.advance(minutes * 60)
        await slack.settled()
        tries.append(len(slack.requests))

    assert tries == [2, 3, 4, 4]
    assert [delivery.retry_num for delivery in slack.requests] == [0, 1, 2, 3]
    assert len({delivery.payload["event_id"] for delivery in slack.requests}) == 1
    assert "X-Slack-Retry-Num" not in bot.headers[0]
    assert (bot.headers[3]["X-Slack-Retry-Num"], bot.headers[3]["X-Slack-Retry-Reason"]) == ("3", "http_error")


async def test_an_app_can_decline_to_be_asked_again(slack: Playground, bot: Bot, ada: Person) -> None:
    @bot.hears("app_mention")
    async def _(_: dict[str, Any]) -> web.Response:
        return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})

    await ada.types("@echo hi")
    await slack.settled()
    assert len(slack.requests) == 1


async def test_a_slow_app_is_asked_again_because_it_was_too_late(slack: Playground, bot: Bot, ada: Person) -> None:
    @bot.hears("app_mention")
    async def _(_: dict[str, Any]) -> None:
        if len(bot.headers) == 1:
            slack.wait_for_acks(3)
            await asyncio.sleep(1)

    slack.wait_for_acks(0.4)
    await ada.types("@echo hi")
    await slack.settled()
    assert [delivery.failure for delivery in slack.requests] == ["http_timeout", None]
    assert slack.requests[1].retry_reason == "http_timeout"


async def test_a_test_can_deliver_the_same_event_again(slack: Playground, bot: Bot, ada: Person) -> None:
    await ada.types("@echo hi")
    again = await slack.redelivers(slack.requests[0])
    assert again.payload == slack.requests[0].payload
    assert bot.headers[1]["X-Slack-Retry-Num"] == "1"
