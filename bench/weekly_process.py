"""Storybots as processes of their own that start in a moment: forked from one that has read and understood the library.

    python -m bench.weekly_process

reads a line of JSON for each bot to start, and prints its process id. Each bot lives by a clock that is the machine's
and so many seconds more as stand in a file, so that somebody else can set it ahead while it runs.
"""

import asyncio
import json
import os
import signal
import struct
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from bot.app import serve
from bot.config import Connection, Settings, Weekly, cache_folder
from bot.domain.library import Library
from bot.matching import Matcher
from bot.reading import packs

STORIES = Path(__file__).parent.parent / "stories"


class SharedClock:
    """What time several processes think it is."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT)

    def __call__(self) -> datetime:
        ahead = os.pread(self._file, 8, 0)
        return datetime.fromtimestamp(
            datetime.now(UTC).timestamp() + (struct.unpack("d", ahead)[0] if ahead else 0), UTC
        )

    def set_to(self, moment: datetime) -> None:
        """From now on it runs on from this moment."""
        os.pwrite(self._file, struct.pack("d", moment.timestamp() - datetime.now(UTC).timestamp()), 0)

    def close(self) -> None:
        os.close(self._file)


@dataclass(frozen=True, slots=True)
class Start:
    """How a bot is started; without a `database_url` it keeps its things in the folder `data`."""

    data: str
    database_url: str | None
    clock: str
    api_url: str
    bot_token: str
    reads_back: bool = False
    signing_secret: str = "nobody signs anything"
    port: int = 0

    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"


class Nursery:
    """Starts bots quickly, one after the other."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._starting = asyncio.Lock()
        # Two migrations in one process would stumble over each other.
        self.migrating = asyncio.Lock()

    async def starts(self, start: Start) -> int:
        """The id of a new process."""
        assert self._process.stdin
        assert self._process.stdout
        async with self._starting:
            self._process.stdin.write(start.line())
            return int(await self._process.stdout.readline())


@asynccontextmanager
async def nursery() -> AsyncIterator[Nursery]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.weekly_process", stdin=PIPE, stdout=PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert process.stdout
    try:
        assert await process.stdout.readline() == b"ready\n"
        yield Nursery(process)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def live(start: Start, library: Library, matcher: Matcher) -> None:
    """Be a bot until somebody kills it, or nobody is there any more who would."""
    parent = os.getppid()
    settings = Settings(weekly=Weekly(reads_back=start.reads_back))
    connection = Connection(
        SecretStr(start.bot_token),
        SecretStr(start.signing_secret),
        api_url=start.api_url,
        database_url=SecretStr(start.database_url) if start.database_url else None,
        data=Path(start.data),
        host="127.0.0.1",
        port=start.port,
    )
    async with serve(settings, connection, library, matcher, SharedClock(Path(start.clock))):
        while os.getppid() == parent:  # noqa: ASYNC110 # nothing tells
            await asyncio.sleep(1)


def main() -> None:
    library = packs.load([STORIES]).library
    matcher = Matcher(library, kept_in=cache_folder(os.environ))
    # Nobody waits for those that were killed.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    for line in sys.stdin:
        if pid := os.fork():
            print(pid, flush=True)
            continue
        asyncio.run(live(Start(**json.loads(line)), library, matcher))


if __name__ == "__main__":
    main()
