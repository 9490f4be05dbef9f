"""Channels that an app joins, loses, or may no longer write in, and what it can read there."""

import pytest
from slack_sdk.errors import SlackApiError

from playground import Playground
from tests.playground.tiny_bot import SCOPES, Bot, manifest

READING = [*SCOPES, "channels:join", "channels:history", "groups:read", "groups:history"]
EVENTS = ["channel_left", "group_left", "channel_archive", "channel_deleted", "member_left_channel"]


@pytest.fixture(autouse=True)
def _may_read(slack: Playground, bot: Bot) -> None:
    slack.install(manifest(scopes=READING, events=EVENTS), request_url=bot.url)


async def refusal(bot: Bot, channel_id: str) -> str:
    """Why the app may not say something there."""
    with pytest.raises(SlackApiError) as refused:
        await bot.client.chat_postMessage(channel=channel_id, text="hi")
    return str(refused.value.response["error"])


async def test_the_app_joins_a_public_channel_by_itself_and_no_private_one(slack: Playground, bot: Bot) -> None:
    random, secret = slack.channel("random").id, slack.add_channel("secret", ["Ada"], is_private=True).id
    await bot.client.conversations_join(channel=random)
    await bot.client.chat_postMessage(channel=random, text="Hello")
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await bot.client.conversations_join(channel=secret)
    with pytest.raises(SlackApiError, match="method_not_supported_for_channel_type"):
        await bot.client.conversations_join(channel=slack.review_channel_id)
    with pytest.raises(SlackApiError, match="is_archived"):
        await bot.client.conversations_join(channel=slack.channel("old-office").id)


async def test_a_channel_is_lost_in_every_way_there_is(slack: Playground, bot: Bot) -> None:
    general, support, review = slack.channel("general"), slack.channel("support"), slack.channel("story-review")
    slack.remove("echo", "general")
    assert await refusal(bot, general.id) == "not_in_channel"
    slack.remove("echo", "story-review")
    assert await refusal(bot, review.id) == "channel_not_found"
    slack.archive("support")
    assert await refusal(bot, support.id) == "is_archived"
    slack.unarchive("support")
    support.is_read_only = True
    assert await refusal(bot, support.id) == "restricted_action"
    slack.delete_channel("support")
    assert await refusal(bot, support.id) == "channel_not_found"
    await slack.settled()
    told = [delivery.name for delivery in slack.requests]
    assert told == ["channel_left", "group_left", "channel_archive", "channel_deleted"]


async def test_people_send_the_app_away_and_close_a_channel_themselves(slack: Playground, bot: Bot) -> None:
    ada = slack.person("Ada")
    await ada.types("/remove @echo")
    assert ada.last().drawn == "@echo is no longer in #general."
    assert await refusal(bot, slack.channel("general").id) == "not_in_channel"
    await ada.types("/invite @echo")
    await bot.client.chat_postMessage(channel="general", text="Back again")
    await ada.types("/archive")
    assert await refusal(bot, slack.channel("general").id) == "is_archived"


async def test_a_response_url_of_a_channel_that_is_gone_is_refused(slack: Playground, bot: Bot) -> None:
    await slack.person("Ada").types("/echo")
    slack.delete_channel("general")
    status, body = await bot.respond(slack.requests[0].payload["response_url"], text="hi")
    assert (status, "channel_not_found" in body) == (400, True)


async def test_messages_are_read_back_with_their_metadata_when_asked_for(slack: Playground, bot: Bot) -> None:
    channel = slack.channel("general").id
    key = {"event_type": "told", "event_payload": {"key": "k1"}}
    root = await bot.client.chat_postMessage(channel=channel, text="Story of the week", metadata=key)
    reply = await bot.client.chat_postMessage(
        channel=channel, text="The question", thread_ts=root["ts"], metadata={**key, "event_type": "asked"}
    )

    bare = await bot.client.conversations_history(channel=channel)
    assert "metadata" not in bare["messages"][0]
    full = await bot.client.conversations_history(channel=channel, include_all_metadata=True)
    assert [message["metadata"] for message in full["messages"]] == [key]
    thread = await bot.client.conversations_replies(channel=channel, ts=root["ts"], include_all_metadata=True)
    assert [message["metadata"]["event_type"] for message in thread["messages"]] == ["told", "asked"]
    assert [message["ts"] for message in thread["messages"]] == [root["ts"], reply["ts"]]


async def test_a_period_of_history_leaves_its_ends_out_unless_told_otherwise(slack: Playground, bot: Bot) -> None:
    channel = slack.channel("general").id
    first, second = [(await bot.client.chat_postMessage(channel=channel, text=words))["ts"] for words in ("one", "two")]
    after = await bot.client.conversations_history(channel=channel, oldest=first)
    assert [message["text"] for message in after["messages"]] == ["two"]
    within = await bot.client.conversations_history(channel=channel, oldest=first, latest=second, inclusive=True)
    assert [message["text"] for message in within["messages"]] == ["two", "one"]


async def test_reading_needs_the_scope_of_the_kind_of_channel_and_being_there(slack: Playground, bot: Bot) -> None:
    slack.install(manifest(scopes=[scope for scope in READING if scope != "groups:history"]), request_url=bot.url)
    with pytest.raises(SlackApiError) as refused:
        await bot.client.conversations_history(channel=slack.review_channel_id)
    assert (refused.value.response["error"], refused.value.response["needed"]) == ("missing_scope", "groups:history")
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await bot.client.conversations_history(channel=slack.channel("random").id)
