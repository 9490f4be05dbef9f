"""A workspace with Storybot installed in it: the real app behind signed HTTP, and only Slack stood in for."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from pydantic import SecretStr

from bot.app import serve
from bot.config import Connection, Limits, Settings
from bot.domain.library import Library
from bot.manifest import manifest
from bot.matching import Matcher
from bot.reading import packs
from bot.storage.database import Database, opened
from playground import Playground
from tests.postgres import Postgres, running

STORIES = Path(__file__).parent.parent / "stories"
# For people who do in seconds what takes others a day.
PLENTY = Limits(
    submissions_a_day=1_000,
    submissions_waiting=1_000,
    a_minute=1_000_000,
    at_once=10_000,
    workspace_a_minute=1_000_000,
    workspace_at_once=10_000,
)

# How long an example takes says more of the machine than of us.
settings.register_profile("patient", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(scope="session")
def library() -> Library:
    loaded = packs.load([STORIES])
    assert not loaded.problems
    return loaded.library


@pytest.fixture(scope="session")
def cache(pytestconfig: pytest.Config) -> Path:
    """The folder in which vectors are kept from one run to the next."""
    return pytestconfig.cache.mkdir("vectors")


@pytest.fixture(scope="session")
def matcher(library: Library, cache: Path) -> Matcher:
    return Matcher(library, kept_in=cache)


def connection_to(slack: Playground, data: Path) -> Connection:
    return Connection(
        SecretStr(slack.bot_token),
        SecretStr(slack.signing_secret),
        api_url=slack.api_url,
        data=data,
        host="127.0.0.1",
        port=0,
    )


@asynccontextmanager
async def workspace_with_storybot(library: Library, matcher: Matcher, data: Path) -> AsyncIterator[Playground]:
    """A workspace in which Storybot is installed, as its own manifest says."""
    async with Playground() as slack, serve(Settings(), connection_to(slack, data), library, matcher) as serving:
        url = f"http://127.0.0.1:{serving.port}"
        slack.install(request_url=f"{url}/slack/events", manifest=manifest(Settings(), url))
        yield slack


@pytest.fixture
async def slack(library: Library, matcher: Matcher, tmp_path: Path) -> AsyncIterator[Playground]:
    async with workspace_with_storybot(library, matcher, tmp_path) as slack:
        yield slack


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running() as postgres:
        yield postgres


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def database_url(request: pytest.FixtureRequest) -> str | None:
    """Each test that asks for it runs on both: None is SQLite in the data folder."""
    return request.getfixturevalue("postgres").fresh_url() if request.param == "PostgreSQL" else None


@pytest.fixture
async def database(database_url: str | None, tmp_path: Path) -> AsyncIterator[Database]:
    async with opened(database_url, tmp_path) as database:
        yield database
