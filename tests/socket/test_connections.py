"""What keeps the way to Slack open, one trouble at a time; the times are short, the rest is as in life."""

import asyncio
import dataclasses
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import pairwise

import pytest

from bench.socket_faults import IN_A_HURRY, answering
from bot.door.socket_connection import Patience
from bot.door.socket_mode import CONNECTIONS, SocketMode
from playground import Person, Playground

PATIENCE = IN_A_HURRY.patience


@pytest.fixture
async def slack() -> AsyncIterator[Playground]:
    async with Playground() as slack:
        yield slack


@pytest.fixture
async def socket(slack: Playground) -> AsyncIterator[SocketMode]:
    async with answering(slack, dataclasses.replace(IN_A_HURRY, work=0.0), random.Random(1)) as socket:
        await slack.socket_mode.connected(connections=CONNECTIONS)
        yield socket


@pytest.fixture
def ada(slack: Playground, socket: SocketMode) -> Person:
    return slack.person("Ada")


def heard(ada: Person) -> list[str]:
    return [seen.drawn for seen in ada.sees("echo") if seen.drawn.startswith("heard")]


def tries(slack: Playground) -> list[float]:
    return [call.at for call in slack.calls if call.method == "apps.connections.open"]


async def lasted() -> None:
    """Until what is up counts as good."""
    await asyncio.sleep(PATIENCE.lasting)


async def test_a_half_open_connection_is_replaced(slack: Playground, ada: Person) -> None:
    dead = slack.socket_mode.connections[0]
    dead.stall()
    await slack.socket_mode.connected(connections=CONNECTIONS)

    assert dead in slack.socket_mode.connections, "nobody closed it"
    dead.cut()
    await slack.socket_mode.without(dead)
    for number in range(4):
        await ada.types(f"/echo {number}", channel="general")
        assert ada.last("general").drawn == f"heard {number}"


async def test_a_slack_that_still_speaks_but_no_longer_hears_is_noticed_too(slack: Playground, ada: Person) -> None:
    deaf = slack.socket_mode.connections[0]
    assert isinstance(deaf.request.transport, asyncio.Transport)
    deaf.request.transport.pause_reading()
    speaking = asyncio.create_task(chatter(deaf.socket.ping))
    await slack.socket_mode.connected(connections=CONNECTIONS + 1)
    speaking.cancel()
    deaf.cut()


async def chatter(ping: Callable[[], Awaitable[None]]) -> None:
    while True:
        await ping()
        await asyncio.sleep(PATIENCE.ping_every / 4)


async def test_an_event_that_comes_again_over_the_other_connection_acts_once(
    slack: Playground, ada: Person, socket: SocketMode
) -> None:
    slack.wait_for_acks(0.3)
    slack.fail("chat.postMessage", delay=0.6)
    await ada.types("hello", channel="echo")
    slack.wait_for_acks(3)
    await slack.settled()
    await socket.drain(3)

    first, again = slack.requests[:2]
    assert (first.failure, again.retry_num, again.status) == ("http_timeout", 1, 200)
    assert heard(ada) == ["heard hello"]


async def test_after_its_answer_was_lost_an_event_that_comes_again_is_acknowledged_and_nothing_more(
    slack: Playground, ada: Person
) -> None:
    await ada.types("hello", channel="echo")
    again = await slack.redelivers(slack.requests[0])
    assert (again.retry_num, again.status) == (1, 200)
    assert heard(ada) == ["heard hello"]


async def test_where_slack_names_a_time_nobody_asks_earlier(slack: Playground, ada: Person) -> None:
    slack.fail("apps.connections.open", error="ratelimited", retry_after=2)
    slack.socket_mode.connections[0].cut()
    await slack.socket_mode.connected(connections=CONNECTIONS)
    refused, after = tries(slack)[-2:]
    assert after - refused >= 2


async def test_the_pauses_between_tries_grow(slack: Playground, ada: Person) -> None:
    await lasted()
    before = len(tries(slack))
    slack.fail("apps.connections.open", status=500, html=True, times=4)
    slack.socket_mode.connections[0].cut()
    await slack.socket_mode.connected(connections=CONNECTIONS)
    pauses = [after - failed for failed, after in pairwise(tries(slack)[before:])]
    assert len(pauses) == 4
    assert all(pause >= least / 2 for pause, least in zip(pauses, PATIENCE.again_after, strict=True))


async def test_what_slack_closes_as_soon_as_it_has_said_hello_is_not_opened_again_and_again_at_once(
    slack: Playground, ada: Person
) -> None:
    for _ in range(4):
        await slack.socket_mode.connections[-1].close()
        await slack.socket_mode.connected(connections=CONNECTIONS)
    pauses = [after - failed for failed, after in pairwise(tries(slack)[-4:])]
    assert sum(pauses) >= sum(PATIENCE.again_after[:3]) / 2


async def test_an_app_that_has_too_many_connections_goes_on_with_one(slack: Playground, ada: Person) -> None:
    one, other = slack.socket_mode.connections
    slack.fail("apps.connections.open", error="too_many_websockets", times=3)
    await other.tell("too_many_websockets")
    await ada.types("/echo hi", channel="general")
    assert ada.last("general").drawn == "heard hi"
    assert not one.socket.closed
    await slack.socket_mode.connected(connections=CONNECTIONS)


async def test_drained_it_takes_nothing_more_and_what_was_taken_is_answered(
    slack: Playground, ada: Person, socket: SocketMode
) -> None:
    slack.fail("chat.postMessage", delay=0.4)
    asking = asyncio.create_task(ada.types("hello", channel="echo"))
    await asyncio.sleep(0.2)
    await socket.drain(3)
    await asking
    assert slack.requests[0].status == 200
    assert heard(ada) == ["heard hello"]
    assert (socket.up, slack.socket_mode.connections) == (0, [])


def test_half_a_minute_is_enough_in_life() -> None:
    life = Patience()
    assert life.pong_within + life.open_within + life.again_after[0] < 30, "it died unseen, and its successor hangs"
    assert 3 * max(life.again_after) + life.open_within < 30, "three more failures, after many"
