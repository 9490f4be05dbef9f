"""A workspace with a desk where stories wait: Grace and Margaret decide, Ada and Linus tell."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from bot.app import Serving, serve
from bot.config import Moderation, Settings
from bot.domain.library import Library
from bot.manifest import manifest
from bot.matching import Matcher
from playground import Playground
from tests.conftest import connection_to

Start = Callable[[Playground, Settings], AbstractAsyncContextManager[Serving]]


@pytest.fixture
def start(library: Library, matcher: Matcher, tmp_path: Path) -> Start:
    """`async with start(slack, settings)` is a bot in that workspace; the next one finds what the last one kept."""

    @asynccontextmanager
    async def started(slack: Playground, settings: Settings) -> AsyncIterator[Serving]:
        async with serve(settings, connection_to(slack, tmp_path), library, matcher, slack.now) as serving:
            url = f"http://127.0.0.1:{serving.port}"
            slack.install(request_url=f"{url}/slack/events", manifest=manifest(settings, url))
            yield serving

    return started


@asynccontextmanager
async def workspace_with_a_desk(start: Start) -> AsyncIterator[Playground]:
    async with Playground() as slack:
        settings = Settings(moderation=Moderation(channel=slack.review_channel_id, moderators=slack.lead_ids))
        async with start(slack, settings):
            yield slack


@pytest.fixture
async def desk(start: Start) -> AsyncIterator[Playground]:
    async with workspace_with_a_desk(start) as slack:
        yield slack
