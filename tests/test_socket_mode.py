"""Where no address can be reached from outside: requests come over a WebSocket that the bot opens."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app import serve
from bot.config import Settings
from bot.domain.library import Library
from bot.manifest import manifest
from bot.matching import Matcher
from playground import Playground
from tests.conftest import connection_to


@pytest.fixture
async def slack(library: Library, matcher: Matcher, tmp_path: Path) -> AsyncIterator[Playground]:
    async with Playground() as slack:
        slack.install(manifest=manifest(Settings()))
        connection = dataclasses.replace(connection_to(slack, tmp_path), app_token=SecretStr(slack.app_token))
        async with serve(Settings(), connection, library, matcher):
            await slack.socket_mode.connected()
            yield slack


async def loses_its_connection(slack: Playground) -> None:
    """The network breaks, and Slack notices."""
    lost = slack.socket_mode.connections[0]
    slack.socket_mode.drop()
    for _ in range(500):
        if lost in slack.socket_mode.connections:
            await asyncio.sleep(0.01)


async def test_a_command_is_answered_over_the_socket(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("/story empathy", channel="general")
    assert "Takeaway:" in ada.last("general").drawn


async def test_a_lost_connection_comes_back_with_a_fresh_ticket(slack: Playground) -> None:
    for _ in range(3):
        await loses_its_connection(slack)
        await slack.socket_mode.connected()
    tickets = [call.answer["url"] for call in slack.calls if call.method == "apps.connections.open"]
    assert len(set(tickets)) == len(tickets) == 5, "one to try the token, one for each connection"

    ada = slack.person("Ada")
    await ada.types("@storybot teamwork", channel="general")
    await slack.settled()
    assert "Takeaway:" in ada.last("general").drawn


async def test_failed_handshakes_each_take_a_fresh_ticket(slack: Playground) -> None:
    slack.socket_mode.refuse_handshakes = 2
    await loses_its_connection(slack)
    await slack.socket_mode.connected(seconds=15)
    tickets = [call.answer["url"] for call in slack.calls if call.method == "apps.connections.open"]
    assert len(set(tickets)) == len(tickets) >= 5


async def test_when_slack_refreshes_the_connection_the_next_question_is_answered(slack: Playground) -> None:
    await slack.socket_mode.ask_to_reconnect()
    for _ in range(500):
        if not slack.socket_mode.connections:
            await asyncio.sleep(0.01)
    await slack.socket_mode.connected()
    ada = slack.person("Ada")
    await ada.types("/story humour", channel="general")
    assert "Takeaway:" in ada.last("general").drawn


async def test_a_click_is_acknowledged_in_time_though_slack_is_slow(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("/story empathy", channel="general")
    slack.fail("response_url", delay=3.2)
    await ada.clicks("Another one", on=ada.last("general"))

    assert slack.requests[-1].status == 200
    assert slack.requests[-1].ack_ms < 3_000


async def test_a_gateway_s_page_instead_of_slack_s_answer_is_only_a_lost_connection(slack: Playground) -> None:
    slack.fail("apps.connections.open", html=True, status=502)
    await loses_its_connection(slack)
    await slack.socket_mode.connected()
    ada = slack.person("Ada")
    await ada.types("/story humour", channel="general")
    assert "Takeaway:" in ada.last("general").drawn


async def test_what_was_asked_before_slack_refreshes_the_connection_is_answered_over_it(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("/story empathy", channel="general")
    slack.fail("response_url", delay=0.5)
    clicking = asyncio.create_task(ada.clicks("Another one", on=ada.last("general")))
    await asyncio.sleep(0.2)
    told = {"type": "disconnect", "reason": "refresh_requested"}
    await slack.socket_mode.connections[0].socket.send_json(told)
    await clicking

    assert slack.requests[-1].status == 200
