"""The bot at work where a day was lived: in one workspace by its token, and in many workspaces and an organisation."""

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from bot.app import serve
from bot.config import Connection, Credentials, Installing, Moderation, Settings
from bot.domain.library import Library
from bot.manifest import manifest
from bot.matching import Matcher
from bot.seeing.logs import configure
from playground import Playground
from playground.inspector import Delivery
from tests.conftest import PLENTY, connection_to
from tests.edge.day import a_day, payloads
from tests.installing.conftest import Browser
from tests.submissions.people import sees
from tests.test_running import free_port

KEY = Fernet.generate_key().decode()


@dataclass(frozen=True)
class Door:
    """Where the bot listens, the Slack that it belongs to, and one genuine request of each kind."""

    slack: Playground
    url: str
    genuine: list[Delivery]


@pytest.fixture(params=["one workspace", "many workspaces"])
async def door(
    request: pytest.FixtureRequest, library: Library, matcher: Matcher, tmp_path: Path
) -> AsyncIterator[Door]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    async with Playground() as slack:
        moderation = Moderation(channel=slack.review_channel_id, moderators=slack.lead_ids)
        settings = Settings(moderation=moderation, limits=PLENTY)
        async with serve(settings, connection_to(slack, tmp_path), library, matcher) as serving:
            url = f"http://127.0.0.1:{serving.port}/slack/events"
            slack.install(manifest(settings, address), request_url=url)
            await a_day(slack)
            genuine = payloads(slack)
            if request.param == "one workspace":
                yield Door(slack, url, genuine)
                return
        settings = Settings(installing=Installing(address=address, org_wide=True), limits=PLENTY)
        url = request.getfixturevalue("postgres").fresh_url()
        async with serve(settings, to_many(slack, port, url), library, matcher):
            slack.register(manifest(settings, address), request_url=f"{address}/slack/events")
            await installed(slack, address)
            yield Door(slack, f"{address}/slack/events", genuine)


def to_many(slack: Playground, port: int, database_url: str) -> Connection:
    return Connection(
        None,
        SecretStr(slack.signing_secret),
        api_url=slack.api_url,
        database_url=SecretStr(database_url),
        host="127.0.0.1",
        port=port,
        credentials=Credentials(slack.client_id, SecretStr(slack.client_secret), (SecretStr(KEY),)),
    )


async def installed(slack: Playground, address: str) -> None:
    """In the first workspace, and in an organisation of two."""
    _, (first, _) = slack.add_organisation("Umbrella", ["North", "South"])
    nell = first.add_person("Nell", role="owner")
    browser = Browser(slack, address)
    try:
        assert (await browser.installs(slack.person("Grace")))[0] == 200
        assert (await browser.installs(nell, org_wide=True))[0] == 200
    finally:
        await browser.close()
    for person in (slack.person("Grace"), nell):
        await sees(person, "Three first steps", "storybot")
    await slack.settled()


@pytest.fixture
def logged(capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """All that the bot logs at DEBUG, and whatever else goes to standard output and error, since it was last asked."""
    root, stream = logging.getLogger(), StringIO()
    handlers, level = root.handlers[:], root.level
    with redirect_stderr(stream):
        configure("DEBUG", as_json=False)

    def said() -> str:
        log = stream.getvalue()
        stream.seek(0)
        stream.truncate()
        return log + "".join(capfd.readouterr())

    yield said
    root.handlers[:] = handlers
    root.setLevel(level)
