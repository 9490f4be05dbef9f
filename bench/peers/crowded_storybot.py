"""Storybot with twenty listeners more than it has, as a workspace's own fork of it might."""

import asyncio
import os

from slack_bolt.async_app import AsyncAck

from bench.servers import PLENTY
from bot.app import serve
from bot.config import load_to_run
from bot.stock import load_library, understood

MORE = 20


async def main() -> None:
    settings, connection = load_to_run(PLENTY, os.environ)
    library = load_library(settings)
    async with serve(settings, connection, library, await understood(library)) as serving:
        for number in range(MORE):
            serving.bolt.command(f"/other{number}")(other)
        await serving.until_refused


async def other(ack: AsyncAck) -> None:
    await ack("hi")


if __name__ == "__main__":
    asyncio.run(main())
