"""Web API calls that go wrong because a test wants them to."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground import Playground
from tests.playground.tiny_bot import Bot


async def test_a_rate_limit_says_when_to_come_back_and_is_over_after_that(slack: Playground, bot: Bot) -> None:
    slack.fail("chat.postMessage", error="ratelimited", retry_after=7)
    with pytest.raises(SlackApiError) as refusal:
        await bot.client.chat_postMessage(channel="general", text="hi")
    assert (refusal.value.response.status_code, refusal.value.response.headers["Retry-After"]) == (429, "7")
    await bot.client.chat_postMessage(channel="general", text="hi")
    assert len(slack.person("Ada").sees()) == 1
    assert [(call.status, call.ok) for call in slack.calls] == [(429, False), (200, True)]


async def test_an_answer_may_be_an_error_or_a_web_page(slack: Playground, bot: Bot) -> None:
    slack.fail("users.info", error="fatal_error", times=2)
    for _ in range(2):
        with pytest.raises(SlackApiError, match="fatal_error"):
            await bot.client.users_info(user=slack.person("Ada").id)
    slack.fail("users.info", status=503, html=True)
    with pytest.raises(SlackApiError, match="503"):
        await bot.client.users_info(user=slack.person("Ada").id)
    await bot.client.users_info(user=slack.person("Ada").id)


async def test_a_call_can_be_carried_out_and_its_answer_lost(slack: Playground) -> None:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    bot = Bot(slack)
    slack.install(
        {
            "display_information": {"name": "Echo"},
            "oauth_config": {"scopes": {"bot": ["chat:write"]}},
        }
    )
    slack.fail("*", lost=True)
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="general", text="once")
    assert [seen.drawn for seen in slack.person("Ada").sees()] == ["once"]
    slack.fail("*", lost=True, times=99)
    slack.heal()
    await bot.client.chat_postMessage(channel="general", text="twice")


async def test_a_response_url_can_fail_too(slack: Playground, bot: Bot) -> None:
    await slack.person("Ada").types("/echo")
    slack.fail("response_url", status=500)
    url = slack.requests[0].payload["response_url"]
    assert (await bot.respond(url, text="hi"))[0] == 500
    assert (await bot.respond(url, text="hi"))[0] == 200
