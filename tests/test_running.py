"""The bot as a process: started from a shell, stopped by its host."""

import asyncio
import os
import signal
import socket
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

from bench import synthetic
from bot.config import Settings
from bot.manifest import manifest
from playground import Playground
from playground.delivery import ACK_SECONDS


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(slack: Playground, port: int, cache: Path, data: Path | None = None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SLACK_")}
    return kept | {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "PORT": str(port),
        "STORYBOT_CACHE": str(cache),
        "STORYBOT_DATA": str(data or cache.parent / f"data-{port}"),
    }


@asynccontextmanager
async def storybot(environment: dict[str, str], *options: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", *options, env=environment, stdout=PIPE, stderr=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def until_ready(port: int, process: Process) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(300):
            assert process.returncode is None
            try:
                async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)
    raise AssertionError("never ready")


async def until_open(port: int, process: Process) -> None:
    for _ in range(3000):
        assert process.returncode is None
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.01)
        else:
            writer.close()
            return
    raise AssertionError("never open")


def processor_seconds(process: Process) -> float:
    """How much of the processor it has taken since it began."""
    used = psutil.Process(process.pid).cpu_times()
    return float(used.user + used.system)


async def first_words(url: str, process: Process) -> str:
    """What is said at an address as soon as anything is."""
    async with aiohttp.ClientSession() as session:
        for _ in range(300):
            assert process.returncode is None
            try:
                async with session.get(url) as answer:
                    return await answer.text()
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)
    raise AssertionError("nothing was ever said")


@pytest.fixture
async def workspace() -> AsyncIterator[Playground]:
    async with Playground() as slack:
        yield slack


async def test_it_answers_and_after_sigterm_finishes_and_ends_well(workspace: Playground, cache: Path) -> None:
    port = free_port()
    async with storybot(environment(workspace, port, cache)) as process:
        await until_ready(port, process)
        url = f"http://127.0.0.1:{port}"
        workspace.install(request_url=f"{url}/slack/events", manifest=manifest(Settings(), url))
        ada = workspace.person("Ada")
        await ada.types("/story empathy", channel="general")
        assert "Takeaway:" in ada.last("general").drawn

        # Slack is slow to take the answer, and the host stops the bot meanwhile: nothing acknowledged is lost.
        workspace.fail("chat.postMessage", delay=1.0)
        asked = asyncio.create_task(ada.types("@storybot teamwork", channel="general"))
        await asyncio.sleep(0.4)
        stopped_at = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 30) == 0
        assert time.monotonic() - stopped_at < 10
        await asked
        assert any("Takeaway:" in message.drawn for message in ada.sees("general") if not message.ephemeral)


async def test_who_comes_while_it_starts_waits_and_is_answered(workspace: Playground, cache: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    workspace.install(request_url=f"{url}/slack/events", manifest=manifest(Settings(), url))
    # A busy machine may need longer than Slack waits, so what is held to that is the bot's own work.
    workspace.wait_for_acks(60)
    async with storybot(environment(workspace, port, cache)) as process:
        await until_open(port, process)
        before = processor_seconds(process)
        assert not workspace.calls, "it has only just begun"
        ada = workspace.person("Ada")
        await ada.types("/story empathy", channel="general")
        assert "Takeaway:" in ada.last("general").drawn
        assert processor_seconds(process) - before < ACK_SECONDS


async def test_missing_secrets_and_bad_settings_are_told_together_with_status_2(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("comand: /x\n")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", "--config", str(config), env={"PATH": ""}, stdout=PIPE, stderr=PIPE
    )
    _, said = await process.communicate()
    assert process.returncode == 2
    for part in ("config.yaml:1", "command", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"):
        assert part in said.decode()
    assert "Traceback" not in said.decode()


@pytest.mark.parametrize("token", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
async def test_a_token_that_slack_refuses_ends_with_a_clear_message(
    workspace: Playground, cache: Path, token: str
) -> None:
    wrong = {"SLACK_BOT_TOKEN": "xoxb-wrong", "SLACK_APP_TOKEN": "xapp-wrong"}[token]
    async with storybot(environment(workspace, free_port(), cache) | {token: wrong}) as process:
        _, said = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 2
    assert token in said.decode()
    assert "invalid_auth" in said.decode()
    assert "Traceback" not in said.decode()


async def test_while_slack_is_away_it_lives_but_is_not_ready(cache: Path) -> None:
    async with Playground() as slack:
        away = environment(slack, free_port(), cache)
    async with storybot(away) as process, aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{away['PORT']}"
        for _ in range(300):
            try:
                async with session.get(f"{url}/healthz") as answer:
                    assert answer.status == 200
                    break
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)
        async with session.get(f"{url}/readyz") as answer:
            assert answer.status == 503
            assert "who this bot is" in await answer.text()
        assert process.returncode is None


async def test_the_log_holds_no_secret_and_no_word_of_anybody(workspace: Playground, cache: Path) -> None:
    port = free_port()
    async with storybot(environment(workspace, port, cache) | {"LOG_LEVEL": "DEBUG"}) as process:
        await until_ready(port, process)
        url = f"http://127.0.0.1:{port}"
        workspace.install(request_url=f"{url}/slack/events", manifest=manifest(Settings(), url))
        ada = workspace.person("Ada")
        await ada.types("/story humour wombatword", channel="general")
        await ada.clicks("Another one", on=ada.last("general"))
        workspace.fail("response_url", status=500)
        await ada.clicks("Another one", on=ada.last("general"))
        workspace.fail("chat.postMessage", error="msg_too_long")
        await ada.types("@storybot wombatword teamwork", channel="general")
        await ada.types("wombatword humour", channel="storybot")
        await workspace.settled()
        unsigned = b"text=wombatword&token=xoxb-wombat"
        await workspace.sends(unsigned, {"X-Slack-Signature": "v0=0", "X-Slack-Request-Timestamp": "1"})
        broken = b'{"type": "block_actions", "actions": "wombatword"}'
        await workspace.sends(broken, workspace.sign(broken) | {"Content-Type": "application/json"})
        process.send_signal(signal.SIGTERM)
        _, logged = await process.communicate()

    said = logged.decode()
    assert "Unexpected" in said, "what went wrong is there"
    assert "wombat" not in said
    for secret in (workspace.bot_token, workspace.signing_secret, "/commands/", "/actions/", "xoxb-"):
        assert secret not in said
    response_urls = [str(delivery.payload.get("response_url")) for delivery in workspace.requests]
    assert not [url for url in response_urls if url != "None" and url in said]


async def test_even_when_slack_hangs_it_ends_within_ten_seconds_of_sigterm(workspace: Playground, cache: Path) -> None:
    port = free_port()
    async with storybot(environment(workspace, port, cache)) as process:
        await until_ready(port, process)
        url = f"http://127.0.0.1:{port}"
        workspace.install(request_url=f"{url}/slack/events", manifest=manifest(Settings(), url))
        workspace.fail("chat.postMessage", delay=30)
        asking = asyncio.create_task(workspace.person("Ada").types("@storybot teamwork", channel="general"))
        await asyncio.sleep(0.4)
        process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.4)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        assert await asyncio.wait_for(process.wait(), 30) == 0
        await asking


@pytest.mark.parametrize(
    "fault", [{"error": "ratelimited", "status": 429}, {"status": 500}, {"html": True, "status": 502}]
)
async def test_a_passing_trouble_of_slack_s_never_asks_for_another_token(
    workspace: Playground, cache: Path, fault: dict[str, Any]
) -> None:
    port = free_port()
    workspace.fail("auth.test", **fault)
    async with storybot(environment(workspace, port, cache)) as process:
        await until_ready(port, process)
        process.send_signal(signal.SIGTERM)
        _, said = await process.communicate()
    assert process.returncode == 0
    assert "reinstall" not in said.decode()
    assert "asking again" in said.decode()


async def test_a_pack_or_a_port_that_is_not_to_be_had_is_told_with_status_2(
    workspace: Playground, cache: Path, tmp_path: Path
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("packs: [builtin, ours]\n")
    async with storybot(environment(workspace, free_port(), cache), "--config", str(config)) as process:
        _, said = await process.communicate()
    assert process.returncode == 2
    assert "ours: There is no such pack folder." in said.decode()

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        async with storybot(environment(workspace, taken.getsockname()[1], cache)) as process:
            _, said = await process.communicate()
    assert process.returncode == 2
    assert "PORT: Nothing can listen there" in said.decode()
    assert "Traceback" not in said.decode()


async def test_in_socket_mode_too_it_ends_within_ten_seconds(workspace: Playground, cache: Path) -> None:
    workspace.install(manifest=manifest(Settings()))
    port = free_port()
    socket_mode = environment(workspace, port, cache) | {"SLACK_APP_TOKEN": workspace.app_token}
    async with storybot(socket_mode) as process:
        await until_ready(port, process)
        workspace.fail("chat.postMessage", delay=30)
        asking = asyncio.create_task(workspace.person("Ada").types("@storybot teamwork", channel="general"))
        await asyncio.sleep(0.4)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 30) == 0
        await asking


async def test_told_to_stop_while_it_starts_it_stops(workspace: Playground, cache: Path) -> None:
    workspace.fail("auth.test", delay=30)
    async with storybot(environment(workspace, free_port(), cache)) as process:
        while not workspace.calls:  # noqa: ASYNC110 # nothing tells
            await asyncio.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 20) == 0


async def test_told_to_stop_while_it_takes_in_a_thousand_stories_it_stops(
    workspace: Playground, tmp_path: Path
) -> None:
    pack, config, port = tmp_path / "pack", tmp_path / "config.yaml", free_port()
    synthetic.write_pack(synthetic.library(1_000), pack)
    config.write_text(f"packs: [{pack}]\n")
    nothing_kept = environment(workspace, port, tmp_path / "cache")
    async with storybot(nothing_kept, "--config", str(config)) as process:
        assert "taking in what the stories mean" in await first_words(f"http://127.0.0.1:{port}/readyz", process)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 10) == 0


async def test_while_it_stops_open_connections_take_nothing_new(workspace: Playground, cache: Path) -> None:
    port = free_port()
    async with storybot(environment(workspace, port, cache)) as process, aiohttp.ClientSession() as session:
        await until_ready(port, process)
        url = f"http://127.0.0.1:{port}"
        workspace.install(request_url=f"{url}/slack/events", manifest=manifest(Settings(), url))
        body = b"command=%2Fstory&text=help&team_id=T1&user_id=U1"
        headers = workspace.sign(body) | {"Content-Type": "application/x-www-form-urlencoded"}
        async with session.post(f"{url}/slack/events", data=body, headers=headers) as answer:
            assert answer.status == 200
        workspace.fail("chat.postMessage", delay=2)
        asking = asyncio.create_task(workspace.person("Ada").types("@storybot teamwork", channel="general"))
        await asyncio.sleep(0.4)
        process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.3)
        async with session.post(f"{url}/slack/events", data=body, headers=headers) as answer:
            assert answer.status == 503
        await asking
        assert await asyncio.wait_for(process.wait(), 30) == 0
