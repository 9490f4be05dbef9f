"""Somebody taps the line, and sends what Slack signed once more while its signature still counts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr
from slack_bolt.response import BoltResponse
from sqlalchemy import func, select

from bot.app import serve
from bot.config import Connection, Moderation, Settings
from bot.domain.library import Library
from bot.door.replays import KEPT_FOR, Replays
from bot.manifest import manifest
from bot.matching import Matcher
from bot.storage.database import Database, opened
from bot.storage.tables import claims
from playground import Playground
from tests.conftest import connection_to
from tests.edge.day import a_day
from tests.edge.spoiling import Request
from tests.postgres import Postgres
from tests.submissions.people import waits_for


class Tap:
    """Stands between Slack and the bot, passes on what comes, and keeps it."""

    def __init__(self, session: aiohttp.ClientSession, goal: str) -> None:
        self._session = session
        self.goal = goal
        self.caught: list[Request] = []

    async def passes_on(self, request: web.Request) -> web.Response:
        passed = {name: held for name, held in request.headers.items() if name.startswith(("X-Slack", "Content-Type"))}
        self.caught.append(Request(await request.read(), passed))
        status, body, content_type = await self.sends(self.caught[-1])
        return web.Response(status=status, body=body, content_type=content_type)

    async def sends(self, request: Request) -> tuple[int, bytes, str]:
        async with self._session.post(self.goal, data=request.body, headers=request.headers) as answer:
            return answer.status, await answer.read(), answer.content_type

    async def sends_again(self, which: int = -1) -> tuple[int, bytes]:
        """What was caught, byte for byte; the status and the body that it gets."""
        status, body, _ = await self.sends(self.caught[which])
        return status, body


@asynccontextmanager
async def tapped(slack: Playground, goal: str) -> AsyncIterator[Tap]:
    """The line to a bot at `goal`, and the bot installed behind it."""
    async with aiohttp.ClientSession() as session:
        tap = Tap(session, f"{goal}/slack/events")
        app = web.Application()
        app.router.add_post("/slack/events", tap.passes_on)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        slack.install(manifest(Settings(), url), request_url=f"{url}/slack/events")
        try:
            yield tap
        finally:
            await runner.cleanup()


@asynccontextmanager
async def bot_for(slack: Playground, connection: Connection, library: Library, matcher: Matcher) -> AsyncIterator[str]:
    settings = Settings(moderation=Moderation(channel=slack.review_channel_id, moderators=slack.lead_ids))
    async with serve(settings, connection, library, matcher) as serving:
        yield f"http://127.0.0.1:{serving.port}"


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database on a busy machine is slow, and not out of reach."""
    monkeypatch.setattr("bot.door.replays.CLAIM_SECONDS", 10)


@pytest.fixture
async def slack() -> AsyncIterator[Playground]:
    async with Playground() as slack:
        yield slack


@pytest.fixture
async def tap(slack: Playground, library: Library, matcher: Matcher, tmp_path: Path) -> AsyncIterator[Tap]:
    async with bot_for(slack, connection_to(slack, tmp_path), library, matcher) as url, tapped(slack, url) as tap:
        yield tap


def shared_with_general(slack: Playground) -> int:
    return sum("shared a story" in seen.drawn for seen in slack.person("Grace").sees("general"))


def answers(slack: Playground) -> int:
    return sum("Takeaway:" in seen.drawn for seen in slack.person("Grace").sees("general"))


async def test_nothing_of_a_whole_day_is_done_again(slack: Playground, tap: Tap) -> None:
    await a_day(slack)
    await slack.settled()
    calls, caught = len(slack.calls), len(tap.caught)
    suggestions = 0
    for which in range(caught):
        status, body = await tap.sends_again(which)
        assert status == 200
        suggestions += b"block_suggestion" in tap.caught[which].body
        assert not body or b"block_suggestion" in tap.caught[which].body
    assert caught > 40
    assert suggestions == 2
    looked_up = {call.method for call in slack.calls[calls:]}
    assert looked_up <= {"users.info"}, "who may see a menu's options is asked, and nothing else is done"


async def test_what_is_caught_on_its_way_counts_once_in_all(slack: Playground, tap: Tap) -> None:
    ada = slack.person("Ada")
    await ada.types("/story empathy")
    slack.fail("response_url", delay=0.3)
    pressing = asyncio.create_task(ada.clicks("Share to channel", on=ada.last()))
    await waits_for(lambda: len(tap.caught) > 1)
    assert await asyncio.gather(*(tap.sends_again() for _ in range(5))) == [(200, b"")] * 5
    await pressing
    assert shared_with_general(slack) == 1


async def test_slacks_own_next_try_is_taken_and_answered_once(slack: Playground, tap: Tap) -> None:
    ada = slack.person("Ada")
    await ada.types("@storybot a story about teamwork")
    await slack.settled()
    again = await slack.redelivers(slack.requests[-1])
    assert again.status == 200
    assert tap.caught[-1].headers["X-Slack-Signature"] != tap.caught[-2].headers["X-Slack-Signature"]
    assert answers(slack) == 1


async def test_what_failed_may_come_again(slack: Playground, tap: Tap) -> None:
    ada = slack.person("Ada")
    slack.fail("chat.postMessage", error="ratelimited", times=2)
    await ada.types("@storybot a story about teamwork")
    await slack.settled()
    assert answers(slack) == 0
    assert (await tap.sends_again())[0] == 200
    assert answers(slack) == 1
    assert await tap.sends_again() == (200, b"")
    await slack.settled()
    assert answers(slack) == 1


async def test_what_one_replica_took_another_does_not(
    slack: Playground, library: Library, matcher: Matcher, postgres: Postgres, tmp_path: Path
) -> None:
    database_url = SecretStr(postgres.fresh_url())
    connection = Connection(
        SecretStr(slack.bot_token),
        SecretStr(slack.signing_secret),
        api_url=slack.api_url,
        database_url=database_url,
        host="127.0.0.1",
        port=0,
    )
    async with (
        bot_for(slack, connection, library, matcher) as one,
        bot_for(slack, connection, library, matcher) as other,
        tapped(slack, one) as tap,
    ):
        ada = slack.person("Ada")
        await ada.types("/story empathy")
        await ada.clicks("Share to channel", on=ada.last())
        await ada.types("@storybot a story about teamwork")
        await slack.settled()
        assert (shared_with_general(slack), answers(slack)) == (1, 2)
        tap.goal = f"{other}/slack/events"
        for which in range(1, len(tap.caught)):
            assert await tap.sends_again(which) == (200, b"")
        assert (await slack.redelivers(slack.requests[-1])).status == 200
        assert (shared_with_general(slack), answers(slack)) == (1, 2)

        async with opened(database_url.get_secret_value(), None) as database:
            slack.fail("chat.postMessage", delay=1.0)
            tap.goal = f"{one}/slack/events"
            asking = asyncio.create_task(ada.types("@storybot a story about honesty"))
            await is_at_work(database)
            tap.goal = f"{other}/slack/events"
            assert (await tap.sends_again())[0] == 503, "while the first is at it, Slack should ask again"
        await asking
        assert await tap.sends_again() == (200, b"")
        assert answers(slack) == 3


async def is_at_work(database: Database) -> None:
    """Wait until some replica has begun with a request and not finished."""
    async with asyncio.timeout(30):
        while True:
            async with database.reading() as connection:
                if await connection.scalar(select(func.count()).where(~claims.c.is_done)):
                    return
            await asyncio.sleep(0.02)


async def test_of_very_many_the_oldest_are_forgotten_first() -> None:
    replays = Replays(kept=1)
    done = [
        name for name in ("first", "second", "second", "third", "third", "second", "first") if await does(replays, name)
    ]
    assert done == ["first", "second", "third", "first"]


async def test_what_can_come_again_no_more_is_forgotten() -> None:
    at = datetime(2026, 12, 1, 12, tzinfo=UTC)
    replays = Replays(now=lambda: at)
    assert await does(replays, "first")
    at += KEPT_FOR - timedelta(seconds=1)
    assert not await does(replays, "first")
    at += timedelta(seconds=1)
    assert await does(replays, "second")
    assert not await does(replays, "first"), "kept for longer, until what came after it is as old"
    at += KEPT_FOR
    assert await does(replays, "third")
    assert not await does(replays, "second")
    assert await does(replays, "first")


async def does(replays: Replays, name: str) -> bool:
    """Whether a request of this name is worked on."""
    worked = []

    async def work() -> BoltResponse:
        worked.append(name)
        return BoltResponse(status=200)

    await replays.answer({"command": "/story"}, name, work)
    return bool(worked)
