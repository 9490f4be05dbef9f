"""Storybot for five companies at once, watched, with all that it logs at DEBUG."""

import io
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app import serve
from bot.config import Connection, Credentials, Installing, Settings
from bot.domain.library import Library
from bot.manifest import manifest
from bot.matching import Matcher
from bot.seeing import logs
from playground import Playground
from tests.apart.companies import companies
from tests.apart.walk import Walk
from tests.apart.watch import Watch
from tests.conftest import PLENTY
from tests.installing.conftest import KEY, Browser
from tests.submissions.people import chooses
from tests.test_running import free_port

Walking = Callable[[int, Path], AbstractAsyncContextManager[Walk]]


@pytest.fixture
def logged() -> Iterator[Callable[[], str]]:
    """What was written since it was last asked, with the loggers as they are when the bot runs at DEBUG."""
    root, written = logging.getLogger(), io.StringIO()
    before = root.level, root.handlers[:], logging.raiseExceptions
    logs.configure("DEBUG", as_json=True)
    for handler in root.handlers:
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(written)

    def since() -> str:
        text = written.getvalue()
        written.seek(0)
        written.truncate()
        return text

    yield since
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    logging.raiseExceptions = before[2]


@pytest.fixture
def walking(library: Library, matcher: Matcher, logged: Callable[[], str]) -> Walking:
    """A walk through five companies, in which the bot is installed; each with a seed and a folder of its own."""

    @asynccontextmanager
    async def walk(seed: int, folder: Path) -> AsyncIterator[Walk]:
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        async with Playground() as slack:
            known = companies(slack)
            settings = Settings(
                installing=Installing(address=address, org_wide=True),
                limits=PLENTY,
            )
            slack.register(manifest(settings, address), request_url=f"{address}/slack/events")
            async with serve(settings, _connection(slack, folder, port), library, matcher, slack.now):
                browser = Browser(slack, address)
                walk = Walk(seed, slack, browser, known, Watch(slack, known, folder, logged), folder)
                for company in known[:-1]:
                    await walk.installs(company)
                for company in known:
                    await chooses(company.installer, {"Moderators": [person.name for person in company.people[:2]]})
                try:
                    yield walk
                finally:
                    await browser.close()

    return walk


def _connection(slack: Playground, folder: Path, port: int) -> Connection:
    return Connection(
        None,
        SecretStr(slack.signing_secret),
        api_url=slack.api_url,
        data=folder,
        host="127.0.0.1",
        port=port,
        credentials=Credentials(slack.client_id, SecretStr(slack.client_secret), (SecretStr(KEY),)),
    )
