"""Two Storybots for one workspace, each with connections of its own to Slack, share a database: an event acts once."""

import dataclasses
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app import serve
from bot.config import Connection, Settings
from bot.domain.library import Library
from bot.door.socket_mode import CONNECTIONS
from bot.manifest import manifest
from bot.matching import Matcher
from playground import Person, Playground
from tests.conftest import connection_to
from tests.postgres import Postgres
from tests.submissions.people import waits_for


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database on a busy machine is slow, and not out of reach."""
    monkeypatch.setattr("bot.door.replays.CLAIM_SECONDS", 10)


@pytest.fixture
def connection(workspace: Playground, postgres: Postgres, tmp_path: Path) -> Connection:
    return dataclasses.replace(
        connection_to(workspace, tmp_path),
        app_token=SecretStr(workspace.app_token),
        database_url=SecretStr(postgres.fresh_url()),
    )


@pytest.fixture
async def workspace() -> AsyncIterator[Playground]:
    async with Playground() as slack:
        slack.install(manifest=manifest(Settings()))
        yield slack


@pytest.fixture
async def slack(
    workspace: Playground, connection: Connection, library: Library, matcher: Matcher
) -> AsyncIterator[Playground]:
    """Sends what comes next over the first replica's connections, then over the second's, in turn."""
    async with AsyncExitStack() as closing:
        for replica in (1, 2):
            await closing.enter_async_context(serve(Settings(), connection, library, matcher))
            await workspace.socket_mode.connected(connections=replica * CONNECTIONS)
        yield workspace


def answers(ada: Person) -> int:
    return sum("Takeaway:" in seen.drawn for seen in ada.sees("general"))


async def test_what_slack_sends_again_to_another_replica_is_acknowledged_and_nothing_more(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("@storybot a story about teamwork", channel="general")
    await slack.settled()
    first = slack.requests[-1]
    for _ in range(2 * CONNECTIONS):
        again = await slack.redelivers(first)
        assert again.status == 200
    assert answers(ada) == 1


async def test_while_one_replica_is_at_it_another_lets_slack_ask_again_later(slack: Playground) -> None:
    ada = slack.person("Ada")
    slack.wait_for_acks(0.3)
    slack.fail("chat.postMessage", delay=2.0)
    await ada.types("@storybot a story about teamwork", channel="general")
    # At once Slack asks again over the first replica's other connection; now over one of the second's.
    await waits_for(lambda: [request.failure for request in slack.requests] == ["http_timeout"] * 2)
    meanwhile = await slack.redelivers(slack.requests[0])
    assert meanwhile.failure == "http_timeout", "it was not acknowledged"
    assert answers(ada) == 0

    slack.wait_for_acks(3)
    await waits_for(lambda: answers(ada))
    slack.clock.advance(60)
    await slack.settled()
    assert [request.status for request in slack.requests[3:]] == [200]
    assert answers(ada) == 1
