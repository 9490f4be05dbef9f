"""A workspace whose clock can be set, with Grace as moderator; the bot can be stopped and started on the same data."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import serve
from bot.config import Moderation, Settings, Weekly
from bot.domain.library import Library
from bot.manifest import manifest
from bot.matching import Matcher
from playground import Playground
from tests.conftest import connection_to

# A Wednesday, in winter.
START = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


class SetClock:
    """What time the bot thinks it is: it runs, and can be set ahead."""

    def __init__(self) -> None:
        self.moment = START
        self._begun = time.monotonic()

    def __call__(self) -> datetime:
        return self.moment + timedelta(seconds=time.monotonic() - self._begun)

    def ahead(self, **how_far: float) -> None:
        self.moment += timedelta(**how_far)


Running = Callable[..., AbstractAsyncContextManager[Playground]]


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
async def workspace() -> AsyncIterator[Playground]:
    async with Playground() as slack:
        yield slack


@pytest.fixture
def running(workspace: Playground, clock: SetClock, library: Library, matcher: Matcher, tmp_path: Path) -> Running:
    """Storybot, running for as long as the `async with` lasts, on the same data each time."""

    @asynccontextmanager
    async def run(library: Library = library, **weekly: int | bool) -> AsyncIterator[Playground]:
        settings = Settings(
            moderation=Moderation(channel=workspace.review_channel_id, moderators=tuple(workspace.lead_ids)),
            weekly=Weekly.model_validate(weekly),
        )
        async with serve(settings, connection_to(workspace, tmp_path), library, matcher, clock) as serving:
            url = f"http://127.0.0.1:{serving.port}"
            workspace.install(request_url=f"{url}/slack/events", manifest=manifest(settings, url))
            yield workspace

    return run


@pytest.fixture
async def slack(running: Running) -> AsyncIterator[Playground]:
    async with running() as slack:
        yield slack
