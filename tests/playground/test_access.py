"""Tokens, scopes and membership: what an app may not do here it may not do in Slack either."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground import Playground
from tests.playground.tiny_bot import SCOPES, Bot, manifest


def client(slack: Playground, token: str | None) -> AsyncWebClient:
    return AsyncWebClient(token=token, base_url=slack.api_url)


async def test_the_app_learns_who_it_is(slack: Playground, bot: Bot) -> None:
    me = await bot.client.auth_test()
    assert (me["user_id"], me["bot_id"], me["team_id"]) == (slack.bot_user_id, slack.bot_id, slack.team_id)
    assert set(me.headers["x-oauth-scopes"].split(",")) == set(SCOPES)


async def test_a_wrong_a_missing_and_a_misplaced_token_are_told_apart(slack: Playground, bot: Bot) -> None:
    for token, error in (
        ("xoxb-wrong", "invalid_auth"),
        (None, "not_authed"),
        (slack.app_token, "not_allowed_token_type"),
    ):
        with pytest.raises(SlackApiError, match=error):
            await client(slack, token).auth_test()
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        await bot.client.apps_connections_open(app_token=slack.bot_token)


async def test_a_scope_that_the_manifest_lacks_is_named(slack: Playground, bot: Bot) -> None:
    slack.install(manifest(scopes=["commands", "app_mentions:read", "im:history"]), request_url=bot.url)
    with pytest.raises(SlackApiError) as refusal:
        await bot.client.chat_postMessage(channel="general", text="hi")
    told = refusal.value.response
    assert (told["error"], told["needed"]) == ("missing_scope", "chat:write")
    assert told["provided"] == "app_mentions:read,commands,im:history"


async def test_a_manifest_that_forgets_a_scope_is_not_installed(slack: Playground) -> None:
    with pytest.raises(ValueError, match="app_mention needs the scope app_mentions:read"):
        slack.install(manifest(scopes=["commands", "im:history"]), request_url="http://127.0.0.1:1/")


async def test_posting_where_the_app_is_not_needs_its_own_scope(slack: Playground, bot: Bot) -> None:
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await bot.client.chat_postMessage(channel="random", text="hi")
    slack.install(manifest(scopes=[*SCOPES, "chat:write.public"]), request_url=bot.url)
    await bot.client.chat_postMessage(channel="random", text="hi")
    assert slack.person("Ada").last("random").drawn == "hi"


async def test_private_channels_and_other_peoples_messages_are_not_there_for_the_app(
    slack: Playground, bot: Bot
) -> None:
    secret = slack.add_channel("secret", ["Ada", "Grace"], is_private=True)
    between = slack.workspace.im(slack.person("Ada").id, slack.person("Grace").id)
    for channel in (secret, between):
        with pytest.raises(SlackApiError, match="channel_not_found"):
            await bot.client.conversations_info(channel=channel.id)
    listed = await bot.client.conversations_list()
    assert {told["name"] for told in listed["channels"]} == {"general", "support", "random", "old-office"}


async def test_reading_people_and_their_direct_messages(slack: Playground, bot: Bot) -> None:
    ada = slack.person("Ada")
    told = await bot.client.users_info(user=ada.id)
    assert (told["user"]["real_name"], told["user"]["is_restricted"]) == ("Ada", False)
    assert (await bot.client.users_info(user=slack.person("Gus").id))["user"]["is_restricted"]
    opened = await bot.client.conversations_open(users=ada.id)
    await bot.client.chat_postMessage(channel=opened["channel"]["id"], text="Hello Ada")
    await bot.client.chat_postMessage(channel=ada.id, text="Hello again")
    assert [seen.drawn for seen in ada.sees("echo")] == ["Hello Ada", "Hello again"]
    with pytest.raises(SlackApiError, match="user_not_found"):
        await bot.client.users_info(user="U404")


async def test_an_ephemeral_message_reaches_one_person_who_must_be_there(slack: Playground, bot: Bot) -> None:
    ada, gus = slack.person("Ada"), slack.person("Gus")
    await bot.client.chat_postEphemeral(channel="general", user=ada.id, text="psst")
    assert ada.last().ephemeral
    assert slack.person("Grace").sees() == []
    with pytest.raises(SlackApiError, match="user_not_in_channel"):
        await bot.client.chat_postEphemeral(channel="general", user=gus.id, text="psst")
    with pytest.raises(SlackApiError, match="message_not_found"):
        await bot.client.chat_update(channel="general", ts=ada.last().ts, text="changed")


async def test_an_unknown_method_is_named(bot: Bot) -> None:
    with pytest.raises(SlackApiError, match="unknown_method"):
        await bot.client.api_call("chat.shout")


async def test_prompts_are_suggested_until_somebody_says_something(slack: Playground, bot: Bot) -> None:
    agent = manifest(features={"agent_view": {"agent_description": "x"}}, scopes=[*SCOPES, "assistant:write"])
    slack.install(agent, request_url=bot.url)
    ada = slack.person("Ada")
    await ada.opens("echo")
    channel = slack.requests[0].payload["event"]["channel"]
    prompts = [{"title": "Say hello", "message": "Hello!"}]
    named = {"channel_id": channel, "prompts": prompts}
    await bot.client.api_call("assistant.threads.setSuggestedPrompts", json={**named, "thread_ts": "1.000001"})
    assert ada.prompts("echo") == [], "an agent's call that names a thread does nothing"
    await bot.client.api_call("assistant.threads.setSuggestedPrompts", json=named)
    assert ada.prompts("echo") == ["Say hello"]
    await ada.types("Hello!", channel="echo")
    assert ada.prompts("echo") == []
