"""Servers in processes of their own, as they would run, started and ended by whoever measures them."""

import asyncio
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bench.slack import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, Slack

ROOT = Path(__file__).parent.parent
PEERS = Path(__file__).parent / "peers"
PLENTY = Path(__file__).parent / "plenty.yaml"
STORYBOT = (sys.executable, "-m", "bot", "run", "--config", str(PLENTY))
START_WITHIN = 1200.0
END_WITHIN = 15.0


def peer(name: str) -> tuple[str, ...]:
    """The command of a Python peer in bench/peers."""
    return sys.executable, "-m", f"bench.peers.{name}"


def bolt_js() -> tuple[str, ...] | None:
    """The command of Bolt for JavaScript; None without node, or before `npm install --prefix bench/peers`."""
    node = shutil.which("node")
    return (
        (node, str(PEERS / "hello_bolt.js")) if node and (PEERS / "node_modules" / "@slack" / "bolt").is_dir() else None
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(slack: Slack, port: int, *, by_socket: bool = False) -> dict[str, str]:
    """What every server here finds: its Slack, its secrets and its port."""
    secret = {"SLACK_APP_TOKEN": APP_TOKEN} if by_socket else {"SLACK_SIGNING_SECRET": SIGNING_SECRET}
    return {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_API_URL": slack.api_url, "PORT": str(port), **secret}


@asynccontextmanager
async def running(command: Sequence[str], settings: Mapping[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """A server for as long as the `async with` lasts; RuntimeError with its last words when it ended by itself."""
    with tempfile.TemporaryDirectory() as own, tempfile.TemporaryFile() as said:
        found = {**_inherited(), "PYTHONPATH": str(ROOT), "STORYBOT_DATA": own, **settings}
        process = await asyncio.create_subprocess_exec(*command, env=found, cwd=own, stdout=said, stderr=said)
        try:
            yield process
            if process.returncode is not None:
                said.seek(0)
                raise RuntimeError(f"{' '.join(command)} ended: {said.read().decode()[-2000:]}")
        finally:
            if process.returncode is None:
                process.terminate()
                try:
                    await asyncio.wait_for(process.wait(), END_WITHIN)
                except TimeoutError:
                    process.kill()
                    await process.wait()


def _inherited() -> dict[str, str]:
    """The environment without what is meant for another bot of whoever measures."""
    others = ("SLACK_", "STORYBOT_", "PORT")
    return {name: value for name, value in os.environ.items() if not name.startswith(others)}


async def until_open(port: int, process: asyncio.subprocess.Process) -> None:
    """Wait until something listens on the port, or the process ends, whose door it should be."""
    async with asyncio.timeout(START_WITHIN):
        while process.returncode is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.005)
            else:
                writer.close()
                return


async def until_ready(port: int, process: asyncio.subprocess.Process) -> None:
    """Wait until whoever listens on the port does not say that it is not ready; peers never say so."""
    await until_open(port, process)
    async with asyncio.timeout(START_WITHIN):
        while process.returncode is None and await _says(port, "/readyz") == 503:  # noqa: ASYNC110 # it is no task
            await asyncio.sleep(0.005)


def processor_seconds(process: asyncio.subprocess.Process) -> float:
    """What the processor has done for a process so far, in its own and in the system's code, to 10 ms (proc(5))."""
    fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _says(port: int, path: str) -> int:
    """The status of a page."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
        return int((await reader.readline()).split()[1])
    finally:
        writer.close()
