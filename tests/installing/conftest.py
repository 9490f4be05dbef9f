"""Two companies and an organisation that could install Storybot, and a browser to do it with."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from bot.app import serve
from bot.config import Connection, Credentials, Installing, Moderation, Privacy, Settings
from bot.domain.library import Library
from bot.manifest import manifest
from bot.matching import Matcher
from playground import Person, Playground, Team
from tests.test_running import free_port

KEY = Fernet.generate_key().decode()


class Browser:
    """Somebody's browser, which keeps cookies. A page is its status and its HTML."""

    def __init__(self, slack: Playground, address: str) -> None:
        self.slack = slack
        self.address = address
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def close(self) -> None:
        await self._session.close()

    async def opens(self, path: str = "/slack/install") -> tuple[int, str]:
        url = path if path.startswith("http") else f"{self.address}{path}"
        async with self._session.get(url) as answer:
            return answer.status, await answer.text()

    async def sets_out(self) -> str:
        """Press the button: the address at Slack that it leads to."""
        async with self._session.post(f"{self.address}/slack/install", allow_redirects=False) as answer:
            assert answer.status == 303
            return answer.headers["Location"]

    async def installs(self, person: Person, *, allow: bool = True, org_wide: bool = False) -> tuple[int, str]:
        """From the button to the page in the end."""
        link = await self.sets_out()
        return await self.opens(self.slack.consents(link, person, allow=allow, org_wide=org_wide))


Running = Callable[..., AbstractAsyncContextManager[Browser]]


@pytest.fixture
async def slack() -> AsyncIterator[Playground]:
    async with Playground() as slack:
        yield slack


@pytest.fixture
def running(slack: Playground, library: Library, matcher: Matcher, tmp_path: Path) -> Running:
    """Storybot for whoever installs it, for as long as the `async with` lasts, on the same data each time."""
    port = free_port()

    @asynccontextmanager
    async def run(
        *keys: str,
        keep_days: int = 30,
        database_url: str | None = None,
        port: int = port,
        moderation: Moderation | None = None,
        **installing: bool,
    ) -> AsyncIterator[Browser]:
        address = f"http://127.0.0.1:{port}"
        settings = Settings(
            installing=Installing(address=address, **installing),
            moderation=moderation or Moderation(),
            privacy=Privacy(keep_days=keep_days),
        )
        sealed = tuple(SecretStr(key) for key in keys or (KEY,))
        connection = Connection(
            None,
            SecretStr(slack.signing_secret),
            api_url=slack.api_url,
            data=tmp_path,
            host="127.0.0.1",
            port=port,
            database_url=SecretStr(database_url) if database_url else None,
            credentials=Credentials(slack.client_id, SecretStr(slack.client_secret), sealed),
        )
        slack.register(manifest(settings, address), request_url=f"{address}/slack/events")
        async with serve(settings, connection, library, matcher, slack.now):
            browser = Browser(slack, address)
            try:
                yield browser
            finally:
                await browser.close()

    return run


@pytest.fixture
def acme(slack: Playground) -> Team:
    """A company with Zoe, who may install apps, and Yan."""
    acme = slack.add_team("Acme")
    acme.add_person("Zoe", role="admin")
    acme.add_person("Yan")
    return acme


async def asks_until(person: Person, command: str, words: str) -> None:
    """Ask until these words are in the answer; what was decided elsewhere counts within five seconds."""
    async with asyncio.timeout(5):
        await person.types(command)
        while words not in person.last().drawn:
            await asyncio.sleep(0.1)
            await person.types(command)
