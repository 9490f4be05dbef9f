"""Answers go to Slack's own host, or to that of the configured API, and nowhere else, whoever says so."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web

from bot.errors import UserError
from bot.handlers.replies import Replies

MESSAGE = {"text": "for your eyes only", "blocks": []}


@dataclass
class Server:
    """A host that an answer could be lured to; it sends whoever posts to /moved on to `leads_to`."""

    leads_to: str = ""
    port: int = 0
    got: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def take(self, request: web.Request) -> web.Response:
        self.got.append(request.path)
        is_moved = request.path == "/moved"
        return web.Response(status=307, headers={"Location": self.leads_to}) if is_moved else web.Response()


@pytest.fixture
async def servers() -> AsyncIterator[tuple[Server, Server]]:
    """The configured API's, and a thief's."""
    runners, two = [], (Server(), Server())
    for server in two:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", server.take)
        runners.append(web.AppRunner(app))
        await runners[-1].setup()
        await web.TCPSite(runners[-1], "127.0.0.1", 0).start()
        server.port = runners[-1].addresses[0][1]
    two[0].leads_to = f"{two[1].url}/stolen"
    yield two
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        yield session


async def test_the_configured_host_gets_answers(servers: tuple[Server, Server], session: aiohttp.ClientSession) -> None:
    ours, _ = servers
    await Replies(session, f"{ours.url}/api/").whisper({"response_url": f"{ours.url}/commands/T1/1/x"}, MESSAGE)
    assert ours.got == ["/commands/T1/1/x"]


async def test_nobody_is_followed_to_another_host(
    servers: tuple[Server, Server], session: aiohttp.ClientSession
) -> None:
    ours, thief = servers
    with pytest.raises(UserError, match="no longer takes answers"):
        await Replies(session, f"{ours.url}/api/").whisper({"response_url": f"{ours.url}/moved"}, MESSAGE)
    assert ours.got == ["/moved"]
    assert thief.got == []


@pytest.mark.parametrize(
    "lure",
    [
        "http://{thief}/commands/T1/1/x",
        "http://{ours}@{thief}/x",
        "https://hooks.slack.com@{thief}/x",
        "https://hooks.slack.com:x@{thief}/x",
        "http://{thief}#@{ours}/x",
        "http://{thief}?@{ours}/x",
        "http://{thief}\\@{ours}/x",
        "//{thief}/x",
        "{thief}/x",
        "http:{thief}/x",
        "http:///{thief}/x",
        "ftp://{ours}/x",
        "https://{ours}/x",
        "http://hooks.slack.com/x",
        "https://hooks.slack.com:8443/x",
        "https://hooks.slack.com.{thief}/x",
        "https://hooks.slack.com.example.org/x",
        "https://xhooks.slack.com/x",
        "https://slack.com/x",
        "https://hooks.slack.com\n.example.org/x",
        "https://hooks.slack.com\t@{thief}/x",
        "https://ｈooks.slack.com.example.org/x",
        "http://[::1]:{port}/x",
        "http://localhost:{port}/x",
        "http://127.1:{port}/x",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://[",
        "http://127.0.0.1:99999/x",
        "",
        "x" * 10_000,
    ],
)
async def test_no_lure_is_followed(servers: tuple[Server, Server], session: aiohttp.ClientSession, lure: str) -> None:
    ours, thief = servers
    address = lure.format(ours=f"127.0.0.1:{ours.port}", thief=f"127.0.0.1:{thief.port}", port=thief.port)
    with pytest.raises(UserError, match="I cannot answer here"):
        await Replies(session, f"{ours.url}/api/").whisper({"response_url": address}, MESSAGE)
    assert thief.got == []
    assert ours.got == []
