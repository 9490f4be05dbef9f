"""Where no address can be reached from outside: requests come over a WebSocket that the bot opens."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from bot.app import Serving, serve
from bot.config import Settings
from bot.domain.library import Library
from bot.door.socket_mode import CONNECTIONS
from bot.errors import ProblemsError
from bot.manifest import manifest
from bot.matching import Matcher
from playground import Playground
from tests.conftest import connection_to


@asynccontextmanager
async def connected(slack: Playground, library: Library, matcher: Matcher, data: Path) -> AsyncIterator[Serving]:
    """Storybot, connected to this Slack."""
    slack.install(manifest=manifest(Settings()))
    connection = dataclasses.replace(connection_to(slack, data), app_token=SecretStr(slack.app_token))
    async with serve(Settings(), connection, library, matcher) as serving:
        await slack.socket_mode.connected(connections=CONNECTIONS)
        yield serving


@pytest.fixture
async def workspace() -> AsyncIterator[Playground]:
    async with Playground() as slack:
        yield slack


@pytest.fixture
async def serving(workspace: Playground, library: Library, matcher: Matcher, tmp_path: Path) -> AsyncIterator[Serving]:
    async with connected(workspace, library, matcher, tmp_path) as serving:
        yield serving


@pytest.fixture
def slack(workspace: Playground, serving: Serving) -> Playground:
    return workspace


def tickets(slack: Playground) -> list[str]:
    return [call.answer["url"] for call in slack.calls if call.method == "apps.connections.open" and call.ok]


async def readiness(serving: Serving) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{serving.port}/readyz") as answer:
        return answer.status, await answer.text()


async def until_readiness(serving: Serving, status: int) -> str:
    for _ in range(200):
        now, told = await readiness(serving)
        if now == status:
            return told
        await asyncio.sleep(0.05)
    raise AssertionError(f"/readyz never answered {status}")


async def test_a_command_is_answered_over_the_socket(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("/story empathy", channel="general")
    assert "Takeaway:" in ada.last("general").drawn


async def test_lost_connections_come_back_with_fresh_tickets(slack: Playground) -> None:
    for _ in range(3):
        slack.socket_mode.drop()
        await slack.socket_mode.connected(connections=CONNECTIONS, seconds=20)
    assert len(set(tickets(slack))) == len(tickets(slack)) == 1 + 4 * CONNECTIONS, "the first tried the token"

    ada = slack.person("Ada")
    await ada.types("@storybot teamwork", channel="general")
    await slack.settled()
    assert "Takeaway:" in ada.last("general").drawn


async def test_failed_handshakes_each_take_a_fresh_ticket(slack: Playground) -> None:
    before = len(tickets(slack))
    slack.socket_mode.refuse_handshakes = 2
    slack.socket_mode.drop()
    await slack.socket_mode.connected(connections=CONNECTIONS, seconds=20)
    assert len(set(tickets(slack))) == len(tickets(slack)) == before + 2 + CONNECTIONS


async def test_when_slack_refreshes_the_connections_the_next_questions_are_answered(slack: Playground) -> None:
    await slack.socket_mode.ask_to_reconnect()
    await slack.socket_mode.connected(connections=CONNECTIONS)
    ada = slack.person("Ada")
    for _ in range(CONNECTIONS):
        await ada.types("/story humour", channel="general")
        assert "Takeaway:" in ada.last("general").drawn


async def test_slack_warns_and_the_successors_are_there_before_it_closes(slack: Playground) -> None:
    warned = list(slack.socket_mode.connections)
    await slack.socket_mode.ask_to_reconnect("warning")
    await slack.socket_mode.connected(connections=CONNECTIONS)
    assert slack.socket_mode.connections[:CONNECTIONS] == warned
    ada = slack.person("Ada")
    for _ in range(2 * CONNECTIONS):
        await ada.types("/story humour", channel="general")
        assert "Takeaway:" in ada.last("general").drawn, "over the old ones as well as over the new"


async def test_one_lost_connection_of_two_is_no_reason_to_wait(slack: Playground) -> None:
    slack.fail("apps.connections.open", status=500, html=True, times=100)
    lost = slack.socket_mode.connections[0]
    lost.cut()
    await slack.socket_mode.without(lost)
    ada = slack.person("Ada")
    await ada.types("/story empathy", channel="general")
    assert "Takeaway:" in ada.last("general").drawn


async def test_readyz_tells_how_many_connections_are_up(workspace: Playground, serving: Serving) -> None:
    assert await readiness(serving) == (200, "ready\nSocket Mode connections: 2\n")

    workspace.fail("apps.connections.open", status=500, html=True, times=100)
    workspace.socket_mode.drop()
    assert "Socket Mode is not connected" in await until_readiness(serving, 503)

    workspace.heal()
    await workspace.socket_mode.connected(connections=CONNECTIONS, seconds=30)
    assert "Socket Mode connections: 2" in await until_readiness(serving, 200)


async def test_a_token_that_is_revoked_meanwhile_ends_the_process_with_a_clear_message(
    workspace: Playground, serving: Serving
) -> None:
    workspace.fail("apps.connections.open", error="invalid_auth", times=CONNECTIONS)
    workspace.socket_mode.drop()
    with pytest.raises(ProblemsError, match=r"SLACK_APP_TOKEN: Slack refuses it \(invalid_auth\)"):
        await asyncio.wait_for(serving.until_refused, 20)


async def test_when_socket_mode_is_switched_off_it_ends_and_says_how_to_switch_it_on(
    workspace: Playground, serving: Serving
) -> None:
    await workspace.socket_mode.connections[0].tell("link_disabled")
    with pytest.raises(ProblemsError, match="Switch Socket Mode on in the app's settings"):
        await asyncio.wait_for(serving.until_refused, 20)


async def test_told_to_stop_it_answers_what_was_asked_and_then_closes(
    workspace: Playground, library: Library, matcher: Matcher, tmp_path: Path
) -> None:
    ada = workspace.person("Ada")
    async with connected(workspace, library, matcher, tmp_path):
        workspace.fail("chat.postMessage", delay=0.5)
        asking = asyncio.create_task(ada.types("@storybot teamwork", channel="general"))
        await asyncio.sleep(0.2)
    await asking
    assert workspace.requests[-1].status == 200
    assert "Takeaway:" in ada.last("general").drawn
    assert not workspace.socket_mode.connections


async def test_a_click_is_acknowledged_in_time_though_slack_is_slow(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("/story empathy", channel="general")
    slack.fail("response_url", delay=3.2)
    await ada.clicks("Another one", on=ada.last("general"))

    assert slack.requests[-1].status == 200
    assert slack.requests[-1].ack_ms < 3_000


async def test_a_gateway_s_page_instead_of_slack_s_answer_is_only_a_lost_connection(slack: Playground) -> None:
    slack.fail("apps.connections.open", html=True, status=502)
    slack.socket_mode.drop()
    await slack.socket_mode.connected(connections=CONNECTIONS)
    ada = slack.person("Ada")
    await ada.types("/story humour", channel="general")
    assert "Takeaway:" in ada.last("general").drawn


async def test_what_was_asked_before_slack_refreshes_the_connection_is_answered_over_it(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("/story empathy", channel="general")
    slack.fail("response_url", delay=0.5)
    clicking = asyncio.create_task(ada.clicks("Another one", on=ada.last("general")))
    await asyncio.sleep(0.2)
    for connection in slack.socket_mode.connections:
        await connection.tell("refresh_requested")
    await clicking

    assert slack.requests[-1].status == 200
