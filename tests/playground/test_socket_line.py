"""Socket Mode: hello, envelopes, acknowledgements, and connections that come and go."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from playground import Person, Playground
from tests.playground.tiny_bot import manifest


class Socket:
    """An app's end of a connection."""

    def __init__(self, session: aiohttp.ClientSession, slack: Playground) -> None:
        self._session = session
        self._client = AsyncWebClient(base_url=slack.api_url)
        self._app_token = slack.app_token

    async def ticket(self) -> str:
        return str((await self._client.apps_connections_open(app_token=self._app_token))["url"])

    async def connect(self, url: str | None = None) -> aiohttp.ClientWebSocketResponse:
        return await self._session.ws_connect(url or await self.ticket())


@pytest.fixture
async def socket(slack: Playground) -> AsyncIterator[Socket]:
    slack.install(manifest())
    async with aiohttp.ClientSession() as session:
        yield Socket(session, slack)


async def acknowledge(connection: aiohttp.ClientWebSocketResponse, payload: Any = None) -> dict[str, Any]:
    envelope: dict[str, Any] = await connection.receive_json()
    await connection.send_json({"envelope_id": envelope["envelope_id"], "payload": payload})
    return envelope


async def test_a_command_goes_through_the_socket_and_its_answer_comes_back(
    slack: Playground, socket: Socket, ada: Person
) -> None:
    connection = await socket.connect()
    hello = await connection.receive_json()
    assert (hello["type"], hello["connection_info"]["app_id"]) == ("hello", slack.app_id)

    answering = asyncio.create_task(acknowledge(connection, {"text": "through the wire"}))
    await ada.types("/echo hi")

    envelope = await answering
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    assert envelope["payload"]["text"] == "hi"
    assert ada.last().drawn == "through the wire"
    assert slack.requests[0].by_socket


async def test_an_event_that_is_not_acknowledged_comes_again(slack: Playground, socket: Socket, ada: Person) -> None:
    connection = await socket.connect()
    await connection.receive_json()
    slack.wait_for_acks(0.4)
    await ada.types("@echo hi")
    slack.wait_for_acks(3)
    first = await connection.receive_json()
    second = await acknowledge(connection)
    await slack.settled()

    assert (first["type"], first["retry_attempt"], second["retry_attempt"]) == ("events_api", 0, 1)
    assert first["payload"]["event_id"] == second["payload"]["event_id"]
    assert [delivery.failure for delivery in slack.requests] == ["http_timeout", None]


async def test_without_a_connection_a_command_fails_and_after_coming_back_it_works(
    slack: Playground, socket: Socket, ada: Person
) -> None:
    await ada.types("/echo hi")
    assert ada.last().drawn == '/echo failed with the error "dispatch_failed"'

    connection = await socket.connect()
    await connection.receive_json()
    await slack.socket_mode.ask_to_reconnect("refresh_requested")
    assert await connection.receive_json() == {
        "type": "disconnect",
        "reason": "refresh_requested",
        "debug_info": {"host": "playground"},
    }
    assert (await connection.receive()).type is aiohttp.WSMsgType.CLOSE

    connection = await socket.connect()
    assert (await connection.receive_json())["type"] == "hello"
    answering = asyncio.create_task(acknowledge(connection, {"text": "back"}))
    await ada.types("/echo hi")
    await answering
    assert ada.last().drawn == "back"


async def test_a_ticket_works_once(slack: Playground, socket: Socket) -> None:
    ticket = await socket.ticket()
    kept = await socket.connect(ticket)
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await socket.connect(ticket)
    slack.socket_mode.refuse_handshakes = 1
    fresh = await socket.ticket()
    for _ in range(2):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await socket.connect(fresh)
    assert len(slack.socket_mode.connections) == 1
    assert not kept.closed


async def test_a_cut_connection_is_noticed(slack: Playground, socket: Socket) -> None:
    connection = await socket.connect()
    await connection.receive_json()
    slack.socket_mode.drop()
    assert (await connection.receive()).type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
