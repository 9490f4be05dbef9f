"""What a load balancer is told: whether to send people here, from the database's first silence to the last goodbye."""

import asyncio
import signal
from pathlib import Path

import aiohttp

from bot.config import Settings
from bot.door.pulse import Pulse
from bot.errors import StoreUnavailableError
from bot.manifest import manifest
from playground import Playground
from tests.postgres import Postgres
from tests.replicas.conftest import Replicas
from tests.test_running import environment, free_port, storybot, until_ready


async def looks(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def looks_until(url: str, status: int) -> str:
    """Look until it says so; what it says."""
    async with asyncio.timeout(30):
        while (said := await looks(url))[0] != status:  # noqa: ASYNC110 # nothing tells
            await asyncio.sleep(0.05)
    return said[1]


async def test_without_its_database_it_lives_and_is_not_ready(replicas: Replicas, postgres: Postgres) -> None:
    [url, _] = replicas.urls
    assert (await looks(f"{url}/readyz"))[0] == 200
    await asyncio.to_thread(postgres.stop)
    try:
        assert "the database does not answer" in await looks_until(f"{url}/readyz", 503)
        assert (await looks(f"{url}/healthz"))[0] == 200
        ada = replicas.slack.person("Ada")
        await ada.types("/story empathy")
        assert "Takeaway:" in ada.last().drawn, "what needs no database goes on"
    finally:
        await asyncio.to_thread(postgres.start)
    assert "ready" in await looks_until(f"{url}/readyz", 200)


async def test_a_database_that_hangs_counts_as_one_that_is_gone() -> None:
    silent, asked = asyncio.Event(), 0

    async def ask() -> None:
        nonlocal asked
        asked += 1
        if asked == 2:
            await silent.wait()
        if asked == 3:
            raise StoreUnavailableError("OSError")

    pulse = Pulse(ask)
    running = asyncio.create_task(pulse.run())
    felt = []
    async with asyncio.timeout(20):
        while asked < 4:
            if not felt or pulse.beats != felt[-1]:
                felt.append(pulse.beats)
            await asyncio.sleep(0.01)
    assert felt == [True, False]
    assert pulse.beats
    running.cancel()


async def test_told_to_stop_it_says_so_and_serves_on_until_the_balancer_has_noticed(cache: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with Playground() as slack:
        settings = environment(slack, port, cache) | {"STORYBOT_DRAIN_DELAY": "3"}
        async with storybot(settings) as process:
            await until_ready(port, process)
            slack.install(manifest(Settings(), url), request_url=f"{url}/slack/events")
            process.send_signal(signal.SIGTERM)
            assert "it is stopping" in await looks_until(f"{url}/readyz", 503)
            ada = slack.person("Ada")
            await ada.types("/story empathy")
            assert "Takeaway:" in ada.last().drawn
            async with aiohttp.ClientSession() as session, session.get(f"{url}/healthz") as answer:
                assert (answer.status, answer.headers["Connection"]) == (200, "close")
            assert await asyncio.wait_for(process.wait(), 30) == 0
