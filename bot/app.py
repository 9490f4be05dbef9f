"""Builds everything, runs it together, closes it; with abilities.py the only module that knows all the others."""

import asyncio
import gc
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
from aiohttp import web
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.abilities import Abilities
from bot.aside import take_short_turns
from bot.config import Connection, Moderation, Settings, cache_folder
from bot.domain import clock
from bot.domain.clock import Now
from bot.domain.library import Library
from bot.door.dispatch import Dispatch
from bot.door.port import listen
from bot.door.replays import Replays
from bot.door.socket_mode import SocketMode, check_app_token
from bot.door.web import Edge, Health
from bot.handlers.command import Reading
from bot.handlers.replies import Replies
from bot.installing.access import Access, to_many, to_one
from bot.installing.identity import Identity
from bot.manifest import manifest
from bot.matching import Matcher
from bot.matching.encoder import STANDARD, Encoder, SentenceEncoder
from bot.memory import share_one_arena
from bot.seeing import slack_calls, tracing
from bot.seeing.logs import bolt_logger, server_logger
from bot.seeing.scrape import Scrape
from bot.services.outbox import Outbox
from bot.stock import Stock, load_library, understood
from bot.storage.claims import ClaimStore
from bot.storage.database import opened
from bot.storage.news import News
from bot.storage.tally import Tally

log = logging.getLogger(__name__)

# SIGTERM is followed by SIGKILL after 10 s in most places: what is in flight gets 7.5, closing the rest.
DRAIN_SECONDS = 7.5
CLOSE_SECONDS = 0.5
# For one call; Slack's own answers take well under a second.
SLACK_TIMEOUT_SECONDS = 10
STDIN = 0


NextDue = Callable[[], Awaitable[datetime | None]]


@dataclass(frozen=True, slots=True)
class Serving:
    """A bot whose door is open. `until_refused` ends only with the ProblemsError of a token that Slack refuses.

    `next_due` gives when it will next do something by itself, which is past while it does it; `read_again` tells the
    stories that the packs hold by now.
    """

    bolt: AsyncApp
    port: int
    until_refused: asyncio.Future[None]
    next_due: NextDue
    read_again: Callable[[], Awaitable[None]]
    metrics_port: int | None = None


@dataclass(frozen=True, slots=True)
class Slack:
    """The line to Slack: one session and one client for all that the bot says, and in one workspace who it is there."""

    session: aiohttp.ClientSession
    client: AsyncWebClient
    identity: Identity | None


def run(settings: Settings, connection: Connection, door: socket.socket | None) -> int:
    """Serve whoever comes until SIGTERM or SIGINT; the exit status. ProblemsError tells why it cannot.

    Who stands at the `door` already is served first; without one it is made once it can be.
    """
    share_one_arena()
    take_short_turns()
    with tracing.exporting(os.environ):
        return asyncio.run(_run(settings, connection, door))


@asynccontextmanager
async def serve(
    settings: Settings,
    connection: Connection,
    library: Library,
    matcher: Matcher,
    now: Now = clock.now,
    encoder: Encoder | None = STANDARD,
) -> AsyncIterator[Serving]:
    """Reach Slack and open the door; on the way out finish what is in flight, and close everything.

    A `matcher` that knows words alone comes to understand meaning once the door is open; until then it is not ready.
    """
    async with (
        reach(connection) as slack,
        open_door(settings, connection, slack, Stock(settings, library, matcher, encoder), now) as serving,
    ):
        yield serving


@asynccontextmanager
async def reach(connection: Connection) -> AsyncIterator[Slack]:
    """The line to Slack. ProblemsError when Slack refuses a token; a Slack that is out of reach may come back."""
    timeout, watching = aiohttp.ClientTimeout(total=SLACK_TIMEOUT_SECONDS), slack_calls.watching(connection.api_url)
    async with aiohttp.ClientSession(timeout=timeout, trace_configs=[watching]) as session:
        client = AsyncWebClient(
            token=connection.bot_token.get_secret_value() if connection.bot_token else None,
            base_url=connection.api_url,
            session=session,
            # Nothing is sent again on its own: a post whose answer got lost may have been posted.
            retry_handlers=[],
        )
        if connection.app_token:
            await check_app_token(client, connection.app_token.get_secret_value())
        if not connection.bot_token:
            yield Slack(session, client, None)
            return
        identity = Identity(client)
        try:
            await identity.learn()
            yield Slack(session, client, identity)
        finally:
            await identity.forget()


@asynccontextmanager
async def open_door(
    settings: Settings,
    connection: Connection,
    slack: Slack,
    stock: Stock,
    now: Now = clock.now,
    door: socket.socket | None = None,
) -> AsyncIterator[Serving]:
    """Listen over HTTP, and in Socket Mode over its WebSocket too; on the way out take nothing more and drain.

    Who stands at the `door` already is served first; without one it is made here.
    """
    url = connection.database_url.get_secret_value() if connection.database_url else None
    async with opened(url, connection.data) as database:
        news = News(database)
        if slack.identity:
            access = to_one(slack.identity, slack.client)
        else:
            assert connection.credentials, "without a bot token there are credentials"
            access = await to_many(settings, connection.credentials, database, news, slack.client, now)
        replies = Replies(slack.session, connection.api_url)
        abilities = Abilities(
            settings, database, stock, replies, access.client_of, access.installer_of, now, news, access.lifecycle
        )
        scrape = Scrape(stock, Tally(database), now)
        replays = Replays(ClaimStore(database, now) if database.is_shared else None, now)
        async with _listening_at(connection, slack, access, abilities, replays, scrape, door) as serving:
            yield serving


@asynccontextmanager
async def _listening_at(
    connection: Connection,
    slack: Slack,
    access: Access,
    abilities: Abilities,
    replays: Replays,
    scrape: Scrape,
    door: socket.socket | None,
) -> AsyncIterator[Serving]:
    bolt = _bolt(slack, access, abilities.reading)
    abilities.listen(bolt)
    tracing.trace_listeners(bolt._async_listeners)
    dispatch = Dispatch(bolt, abilities.turns)
    socket = _socket_mode(connection, slack, dispatch, replays)

    def health() -> Health:
        unconnected = ["Socket Mode is not connected"] if socket and not socket.up else []
        connected = [f"Socket Mode connections: {socket.up}"] if socket and socket.up else []
        return Health(
            [*access.hindrances(), *abilities.hindrances(), *unconnected],
            [*access.remarks(), *connected, *abilities.remarks()],
        )

    edge = Edge(connection.signing_secrets, dispatch, replays, health, access.pages)
    async with AsyncExitStack() as closing:
        runner = await _runner(closing, edge.application())
        metrics_port = None
        if connection.metrics_port is not None:
            metrics_runner = await _runner(closing, scrape.application(lambda: not health().hindrances))
            page = listen(connection.metrics_host, connection.metrics_port, "STORYBOT_METRICS_PORT")
            metrics_port = await _take(closing, metrics_runner, page)
        until_refused = asyncio.ensure_future(_until_refused(slack.identity, socket))
        closing.push_async_callback(_cancelled, until_refused)
        for work in (*access.background(), *abilities.background()):
            closing.push_async_callback(_cancelled, asyncio.ensure_future(work))
        closing.push_async_callback(_drained, dispatch, socket, abilities.outbox)
        # Last opened, first closed: nothing more is taken in while what is in flight is finished.
        closing.push_async_callback(edge.stop)
        port = await _take(closing, runner, door or listen(connection.host, connection.port, "PORT"))
        closing.push_async_callback(edge.leave, connection.drain_delay)
        yield Serving(bolt, port, until_refused, abilities.next_due, abilities.read_again, metrics_port)


@asynccontextmanager
async def try_out(
    bot_token: str,
    signing_secret: str,
    api_url: str,
    moderators: Sequence[str] = (),
    moderation_channel: str | None = None,
    now: Now = clock.now,
) -> AsyncIterator[tuple[str, dict[str, Any], NextDue]]:
    """The bot with its own stories for a Slack on this machine: where that Slack reaches it, and its manifest.

    The third is `Serving.next_due`, for a clock that is set ahead. What people submit is kept as long as it runs.
    """
    settings = Settings(moderation=Moderation(channel=moderation_channel, moderators=tuple(moderators)))
    library = load_library(settings)
    matcher = await understood(library)
    with TemporaryDirectory(prefix="storybot-") as folder:
        connection = Connection(
            SecretStr(bot_token),
            SecretStr(signing_secret),
            api_url=api_url,
            data=Path(folder),
            host="127.0.0.1",
            port=0,
        )
        async with serve(settings, connection, library, matcher, now) as serving:
            url = f"http://127.0.0.1:{serving.port}"
            yield f"{url}/slack/events", manifest(settings, url), serving.next_due


def _bolt(slack: Slack, access: Access, reading: Reading) -> AsyncApp:
    return AsyncApp(
        # Unnamed, it would look through all that is loaded for the file that made it.
        name="storybot",
        logger=bolt_logger(),
        client=slack.client,
        # Of one workspace the token is known, and whoever reads needs none.
        before_authorize=reading if slack.identity else None,
        authorize=access.authorize,
        # The answer waits for its listener: nothing acknowledged is lost, and a raise is seen.
        process_before_response=True,
        # Done on the raw bytes before anything is parsed, in web.py.
        request_verification_enabled=False,
        # For steps of workflows, of which there are none.
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )


def _socket_mode(connection: Connection, slack: Slack, dispatch: Dispatch, replays: Replays) -> SocketMode | None:
    token = connection.app_token
    return SocketMode(slack.session, slack.client, token.get_secret_value(), dispatch, replays) if token else None


async def _until_refused(identity: Identity | None, socket: SocketMode | None) -> None:
    refusals = [*([identity.until_refused()] if identity else []), *([socket.run()] if socket else [])]
    await asyncio.gather(*refusals, asyncio.Event().wait())


async def _runner(closing: AsyncExitStack, application: web.Application) -> web.AppRunner:
    """An HTTP server, not listening yet."""
    # Bodies are verified as they came: nothing is unpacked before.
    runner = web.AppRunner(
        application,
        access_log=None,
        auto_decompress=False,
        shutdown_timeout=CLOSE_SECONDS,
        logger=server_logger(),
    )
    await runner.setup()
    closing.push_async_callback(runner.cleanup)
    return runner


async def _take(closing: AsyncExitStack, runner: web.AppRunner, door: socket.socket) -> int:
    """Take what comes to a listening socket, which is closed in the end, and tell its port."""
    assert runner.server is not None, "it was set up"
    listening = await asyncio.get_running_loop().create_server(runner.server, sock=door)
    closing.push_async_callback(_stop_listening, listening)
    port: int = listening.sockets[0].getsockname()[1]
    return port


async def _stop_listening(listening: asyncio.Server) -> None:
    # asyncio accepts a connection in one turn of the loop and hands it over in the next: what it has accepted in the
    # moment of closing would be dropped in between.
    for each in listening.sockets:
        asyncio.get_running_loop().remove_reader(each.fileno())
    await asyncio.sleep(0)
    listening.close()


async def _drained(dispatch: Dispatch, socket: SocketMode | None, outbox: Outbox) -> None:
    """Wait for what came in over either door and for what is being said, all within the same `DRAIN_SECONDS`."""
    doors = [dispatch.drain(DRAIN_SECONDS), *([socket.drain(DRAIN_SECONDS)] if socket else [])]
    await asyncio.gather(*doors, outbox.drain(DRAIN_SECONDS))


async def _cancelled(work: asyncio.Future[Any]) -> None:
    # Asked more than once: a cancellation can be lost where a connection is just being given back.
    while not work.done():
        work.cancel()
        await asyncio.wait({work}, timeout=CLOSE_SECONDS)
    await asyncio.gather(work, return_exceptions=True)


async def _run(settings: Settings, connection: Connection, door: socket.socket | None) -> int:
    library = load_library(settings)
    stopped = asyncio.Event()
    asked = asyncio.Event()
    # A terminal that is closed says SIGHUP as well: who was started there ends then.
    hung_up = stopped if os.isatty(STDIN) else asked
    for name, said in ((signal.SIGTERM, stopped), (signal.SIGINT, stopped), (signal.SIGHUP, hung_up)):
        asyncio.get_running_loop().add_signal_handler(name, said.set)
    until_stopped = asyncio.ensure_future(stopped.wait())
    async with AsyncExitStack() as closing:
        starting = asyncio.ensure_future(_start(closing, settings, connection, library, door))
        if not await _is_first(starting, until_stopped):
            await _cancelled(starting)
            return 0
        serving = starting.result()
        # Left aside for as long as nearly all that was made was there to stay.
        gc.enable()
        log.info("Telling %d stories with %s on port %d", len(library.stories), settings.command, serving.port)
        del library  # once the packs are read again, others are told
        closing.push_async_callback(_cancelled, asyncio.ensure_future(_read_again_when(asked, serving)))
        if await _is_first(serving.until_refused, until_stopped):
            serving.until_refused.result()
        log.info("Stopping: finishing what is in flight")
    return 0


async def _start(
    closing: AsyncExitStack, settings: Settings, connection: Connection, library: Library, door: socket.socket | None
) -> Serving:
    # Slack meanwhile: neither its answer nor a token that it refuses should wait for the stories to be read through.
    understanding = asyncio.ensure_future(understood(library, encoder=None))
    closing.push_async_callback(_cancelled, understanding)
    slack = await closing.enter_async_context(reach(connection))
    matcher = await understanding
    encoder = SentenceEncoder(kept_in=cache_folder(os.environ))
    return await closing.enter_async_context(
        open_door(settings, connection, slack, Stock(settings, library, matcher, encoder), door=door)
    )


async def _read_again_when(asked: asyncio.Event, serving: Serving) -> None:
    while await asked.wait():
        asked.clear()
        await serving.read_again()


async def _is_first(one: asyncio.Future[Any], other: asyncio.Future[Any]) -> bool:
    """Whether `one` ended before `other`; waits until either has."""
    await asyncio.wait({one, other}, return_when=asyncio.FIRST_COMPLETED)
    return one.done()
