"""A workspace with the tiny bot in it, and two people."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from playground import Person, Playground
from tests.playground.tiny_bot import Bot, manifest


@pytest.fixture
async def slack() -> AsyncIterator[Playground]:
    async with Playground() as slack:
        yield slack


@pytest.fixture
async def bot(slack: Playground) -> AsyncIterator[Bot]:
    bot = Bot(slack)
    site = web.Application()
    site.router.add_post("/slack/events", bot.receive)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    bot.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    slack.install(manifest(), request_url=bot.url)
    yield bot
    await runner.cleanup()


@pytest.fixture
def ada(slack: Playground) -> Person:
    return slack.person("Ada")


@pytest.fixture
def grace(slack: Playground) -> Person:
    return slack.person("Grace")
