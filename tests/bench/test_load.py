"""The load generator counts answers only, whatever way a server sends them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bench.load import by_http, load
from bench.slack import SIGNING_SECRET
from bot.door.web import is_signed


@asynccontextmanager
async def listening() -> AsyncIterator[int]:
    """A server that says "hi" to what Slack signed: in one piece, or to `/story chunked` in several."""

    async def slack_events(request: web.Request) -> web.StreamResponse:
        now = float(request.headers["X-Slack-Request-Timestamp"])
        if not is_signed(SIGNING_SECRET, request.headers, await request.read(), now):
            return web.Response(status=401)
        response = web.Response(text="hi")
        if "chunked" in (await request.post())["text"]:
            response.enable_chunked_encoding()
        return response

    app = web.Application()
    app.router.add_post("/slack/events", slack_events)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("words", ["empathy", "chunked"])
async def test_every_person_is_answered(words: str) -> None:
    async with listening() as port:
        done = await load(by_http(port), people=4, seconds=0.05, questions=[words], expected=b"hi")
    assert done.per_second > 0
    assert 0 < done.p50 <= done.p99


async def test_another_answer_than_the_expected_ends_the_measuring() -> None:
    async with listening() as port:
        with pytest.raises(RuntimeError, match="no answer"):
            await load(by_http(port), people=1, seconds=1, questions=["empathy"], expected=b"a card")


async def test_a_server_that_goes_away_ends_the_measuring() -> None:
    async with listening() as port:
        pass
    with pytest.raises(ConnectionRefusedError):
        await load(by_http(port), people=1, seconds=1, questions=["empathy"], expected=b"hi")


async def test_a_refusal_ends_the_measuring() -> None:
    app = web.Application()  # knows no /slack/events: 404
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        with pytest.raises(RuntimeError, match="Refused"):
            await load(by_http(runner.addresses[0][1]), people=1, seconds=1, questions=["empathy"], expected=b"hi")
    finally:
        await runner.cleanup()
