"""Two Storybots behind a load balancer, each stopped and replaced in turn while people go on: is anything lost?

    python -m bench.rolling [--restarts 8] [--drain-delay 2] [--through http://127.0.0.1:8080]

prints what became of each command, of each story that somebody sent, and of each story of the week that was due
meanwhile, and ends with status 1 if one of them was lost or came twice. The bots are processes on one PostgreSQL, told
to stop by SIGTERM; the balancer looks at /readyz, and gives a request to the other one only where nobody listens. With
`--through` a balancer of your own stands in its place, whose upstreams are `PORTS` of this machine.
"""

import argparse
import asyncio
import itertools
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from datetime import time as time_of_day
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from sqlalchemy import select

from bench.figures import percentile, print_machine, print_table, short
from bench.servers import STORYBOT, free_port, running
from bot.config import Settings
from bot.domain import clock
from bot.domain.schedule import Schedule
from bot.domain.slots import Slot, Timing
from bot.domain.workspace import Workspace
from bot.handlers.read_back import METADATA
from bot.manifest import manifest
from bot.storage.database import Database, opened
from bot.storage.tables import submissions
from bot.storage.weekly import WeeklyStore
from playground import Playground
from playground.person import Person
from tests.postgres import running as postgresql
from tests.submissions.people import CONSENT

PORTS = (3001, 3002)
LOOK_EVERY = 0.25
COMMANDS_A_SECOND = 10
# Of each author.
STORIES_A_SECOND = 1
WORDS = ("empathy", "nordstorm", "someone lost a ring", "teamwork", "a funny one")
DUE_EVERY = timedelta(seconds=1)
# What a restart takes at least; stories of the week are due over so long for each.
RESTART_SECONDS = 5
# At the end: what is under way is finished, and what would come twice has the time to.
SETTLE_SECONDS = 20
PATIENCE_SECONDS = 10.0
SLACK_WAITS_SECONDS = 3.0
TRIES = 10
AUTHORS = ("Ada", "Linus", "Margaret")


class Balancer:
    """Takes turns among the replicas that say that they are ready."""

    def __init__(self, ports: Sequence[int]) -> None:
        self._ready = dict.fromkeys(ports, False)
        self._turns = itertools.count()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Its address."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as self._session:
            site = web.Application()
            site.router.add_route("*", "/{path:.*}", self._pass_on)
            runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.1)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            looking = [asyncio.create_task(self._look(port)) for port in self._ready]
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
            for task in looking:
                task.cancel()
            await runner.cleanup()

    async def _look(self, port: int) -> None:
        while True:
            try:
                async with self._session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    self._ready[port] = answer.status == 200
            except aiohttp.ClientError:
                self._ready[port] = False
            await asyncio.sleep(LOOK_EVERY)

    async def _pass_on(self, request: web.Request) -> web.Response:
        body, turn = await request.read(), next(self._turns)
        headers = {name: value for name, value in request.headers.items() if name not in ("Host", "Content-Length")}
        ready = [port for port, is_ready in self._ready.items() if is_ready]
        for port in (*ready[turn % 2 :], *ready[: turn % 2]):
            url = f"http://127.0.0.1:{port}{request.path_qs}"
            try:
                async with self._session.request(request.method, url, data=body, headers=headers) as answer:
                    return web.Response(
                        status=answer.status, body=await answer.read(), content_type=answer.content_type
                    )
            except aiohttp.ClientConnectorError:
                # Nothing was sent. Whatever else goes wrong might have been done all the same.
                continue
        return web.Response(status=502)


@dataclass
class Told:
    """What became of it all; `wrong` says what must not be."""

    took: list[float] = field(default_factory=list)
    exits: list[float] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    again: int = 0
    posts: int = 0
    wrong: list[str] = field(default_factory=list)


class People:
    """Those who go on asking and telling, whatever happens to the bots."""

    def __init__(self, slack: Playground, address: str, told: Told) -> None:
        self._slack = slack
        self._url = f"{address}/slack/events"
        self._told = told
        self._ended = asyncio.Event()

    def end(self) -> None:
        self._ended.set()

    async def ask(self) -> None:
        """Type `/story …` so many times a second; each has to be answered with a card."""
        asking: set[asyncio.Task[None]] = set()
        async with aiohttp.ClientSession() as session:
            for number, words in enumerate(itertools.cycle(WORDS)):
                if self._ended.is_set():
                    break
                asking.add(asyncio.create_task(self._ask(session, number, words)))
                await asyncio.sleep(1 / COMMANDS_A_SECOND)
            await asyncio.gather(*asking)

    async def _ask(self, session: aiohttp.ClientSession, number: int, words: str) -> None:
        who = {"team_id": self._slack.team_id, "user_id": f"U{number:08}", "channel_id": "C1"}
        body = urlencode({"command": "/story", "text": words, "trigger_id": f"1.2.{number}", **who}).encode()
        headers = self._slack.sign(body) | {"Content-Type": "application/x-www-form-urlencoded"}
        asked_at = time.monotonic()
        try:
            async with session.post(self._url, data=body, headers=headers) as answer:
                if answer.status != 200 or "Takeaway" not in await answer.text():
                    self._told.wrong.append(f"a command was answered with {answer.status}")
        except aiohttp.ClientError as error:
            self._told.wrong.append(f"a command was not answered ({type(error).__name__})")
        self._told.took.append(time.monotonic() - asked_at)

    async def tell(self, author: Person, numbers: Iterable[int]) -> None:
        """Send one story after the other by the form; each has to be thanked for."""
        for number in numbers:
            if self._ended.is_set():
                break
            try:
                self._told.again += await _send(author, number)
                self._told.sent.append(_title(number))
            except (AssertionError, LookupError) as error:
                self._told.wrong.append(f"{_title(number)} could not be sent ({str(error)[:200]!r})")
                while author.modal:
                    await author.closes(whole_stack=True)
            await asyncio.sleep(1 / STORIES_A_SECOND)


def _title(number: int) -> str:
    return f"The lost parcel, number {number}"


async def _send(author: Person, number: int) -> int:
    """From the command to the thanks; how often the author had to press **Send** again, as the form told them to.

    AssertionError or LookupError where the thanks do not come.
    """
    await author.types("/story submit")
    happened = f"A parcel, number {number}, was lost on its way, and we stayed until it was found again."
    await author.fills({"Themes": ["Empathy"], **CONSENT, "Title": _title(number), "What happened": happened})
    await author.submits()
    again = 0
    while author.modal and author.modal.title != "Thank you" and again < TRIES:
        again += 1
        await author.submits()
    if author.modal is None or author.modal.title != "Thank you":
        raise AssertionError(author.modal and author.modal.drawn)
    await author.closes()
    return again


async def schedule(slack: Playground, database: Database, seconds: float) -> set[str]:
    """A channel for every moment at which a story of the week is due; the keys of their posts."""
    store, owner, begin = WeeklyStore(database), slack.person("Grace").id, clock.now() + timedelta(seconds=2)
    due = set()
    for number in range(int(seconds / DUE_EVERY.total_seconds())):
        channel = slack.workspace.add_channel(f"team-{number}", {slack.bot_user_id, owner}, "")
        slot = Slot(date.today(), begin + number * DUE_EVERY)
        timing = Timing(begin.weekday(), time_of_day(9), "Etc/UTC")
        workspace = Workspace("", slack.team_id)
        await store.keep(None, Schedule(workspace, channel.id, channel.id, owner, timing, next=slot), clock.now())
        due.add(channel.id)
    return due


class Replicas:
    """Two processes, each at its port and both behind one address, replaced in turn."""

    def __init__(
        self, address: str, ports: Sequence[int], config: Path, settings: Mapping[str, str], told: Told
    ) -> None:
        self.address = address
        self._ports = ports
        self._command = (*STORYBOT, "--config", str(config))
        self._settings = settings
        self._told = told
        self._stops: dict[int, Callable[[], Awaitable[None]]] = {}

    async def start(self, port: int) -> None:
        """Start one, and wait until it is ready."""
        closing = AsyncExitStack()
        process = await closing.enter_async_context(running(self._command, {**self._settings, "PORT": str(port)}))

        async def stop() -> None:
            stopped_at = time.monotonic()
            await closing.aclose()
            self._told.exits.append(time.monotonic() - stopped_at)
            if process.returncode != 0:
                self._told.wrong.append(f"a bot ended with status {process.returncode}")

        self._stops[port] = stop
        await _until_ready(port)

    async def roll(self, restarts: int) -> None:
        """Stop one and start another in its place, then the other one, and so on."""
        for port in itertools.islice(itertools.cycle(self._ports), restarts):
            await self._stops.pop(port)()
            await self.start(port)
            await asyncio.sleep(4 * LOOK_EVERY)

    async def end(self) -> None:
        for stop in self._stops.values():
            await stop()


async def _until_ready(port: int) -> None:
    async with asyncio.timeout(120), aiohttp.ClientSession() as session:
        while True:
            with suppress(aiohttp.ClientError):
                async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.1)


async def roll(restarts: int, drain_delay: int, through: str | None) -> Told:
    """One run; what became of everything."""
    told = Told()
    async with AsyncExitStack() as closing:
        url = closing.enter_context(postgresql()).fresh_url()
        slack = await closing.enter_async_context(Playground())
        database = await closing.enter_async_context(opened(url, None))
        # Slack gives up sooner, and the person tries again; here it is seen how long it took.
        slack.wait_for_acks(PATIENCE_SECONDS)
        own = {"STORYBOT_DATABASE_URL": url, "STORYBOT_DRAIN_DELAY": str(drain_delay)}
        two = await closing.enter_async_context(_two_replicas(slack, own, through, told))
        due = await schedule(slack, database, restarts * RESTART_SECONDS)
        async with _people_going_on(slack, two.address, told):
            await two.roll(restarts)
        await _settled(slack, told, due)
        told.wrong += await _lost_or_twice(slack, database, told, due)
        told.wrong += [f"{one.name}: {one.failure}, status {one.status}" for one in slack.requests if not one.ok]
        told.took += [(delivery.ack_ms or PATIENCE_SECONDS * 1000) / 1000 for delivery in slack.requests]
        told.posts = len(due)
    return told


@asynccontextmanager
async def _two_replicas(
    slack: Playground, own: Mapping[str, str], through: str | None, told: Told
) -> AsyncIterator[Replicas]:
    """Both of them, behind a balancer that has seen that they are ready."""
    ports = PORTS if through else (free_port(), free_port())
    async with AsyncExitStack() as closing:
        balancer = nullcontext(through) if through else Balancer(ports).serving()
        address = await closing.enter_async_context(balancer)
        slack.install(manifest(Settings(), address), request_url=f"{address}/slack/events")
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="rolling-")))
        secrets = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_SIGNING_SECRET": slack.signing_secret}
        settings = {**secrets, "SLACK_API_URL": slack.api_url, **own}
        replicas = Replicas(address, ports, _config(slack, folder), settings, told)
        closing.push_async_callback(replicas.end)
        for port in ports:
            await replicas.start(port)
        await asyncio.sleep(2)
        yield replicas


@asynccontextmanager
async def _people_going_on(slack: Playground, address: str, told: Told) -> AsyncIterator[None]:
    people = People(slack, address, told)
    numbers = [range(begin, sys.maxsize, len(AUTHORS)) for begin in range(len(AUTHORS))]
    telling = (people.tell(slack.person(name), own) for name, own in zip(AUTHORS, numbers, strict=True))
    async with asyncio.TaskGroup() as going_on:
        for one in (people.ask(), *telling):
            going_on.create_task(one)
        yield
        people.end()


def _config(slack: Playground, folder: Path) -> Path:
    """Settings under which three people may send as much as they like."""
    config = folder / "config.yaml"
    config.write_text(
        f"moderation:\n  channel: {slack.review_channel_id}\n  moderators: [{', '.join(slack.lead_ids)}]\n"
        "limits:\n  submissions_a_day: 1000\n  submissions_waiting: 1000\n"
    )
    return config


async def _settled(slack: Playground, told: Told, due: set[str]) -> None:
    """Wait until everything stands in Slack, and a moment more."""
    with suppress(TimeoutError):
        async with asyncio.timeout(SETTLE_SECONDS):
            while len(_posts(slack)) < len(due) or len(_cards(slack)) < len(told.sent):  # noqa: ASYNC110 # nothing tells
                await asyncio.sleep(0.1)
    await asyncio.sleep(2)


async def _lost_or_twice(slack: Playground, database: Database, told: Told, due: set[str]) -> list[str]:
    """A line for each story, card and post that is not there once."""
    async with database.reading() as connection:
        kept = Counter(row["title"] for row in await connection.scalars(select(submissions.c.told)))
    cards, posts = _cards(slack), _posts(slack)
    wrong = [f"“{title}” is kept {kept[title]} times" for title in told.sent if kept[title] != 1]
    wrong += [f"“{title}” has {cards[title]} cards" for title in told.sent if cards[title] != 1]
    wrong += [f"“{title}” was kept, and its author not thanked" for title in kept.keys() - set(told.sent)]
    return wrong + [f"a story of the week came {posts[channel]} times" for channel in due if posts[channel] != 1]


def _cards(slack: Playground) -> Counter[str]:
    """How often each story stands in the channel of those who review."""
    messages = slack.workspace.channels[slack.review_channel_id].messages
    return Counter(message.blocks[0].get("text", {}).get("text", "") for message in messages if message.blocks)


def _posts(slack: Playground) -> Counter[str]:
    """How often each channel was told its story of the week."""
    return Counter(
        channel.id
        for channel in slack.workspace.channels.values()
        for message in channel.messages
        if message.metadata
        and message.metadata["event_type"] == METADATA
        and message.metadata["event_payload"]["kind"] == "weekly_story"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--restarts", type=int, default=8)
    parser.add_argument("--drain-delay", type=int, default=2, help="seconds, as STORYBOT_DRAIN_DELAY")
    parser.add_argument("--through", help="the address of another balancer")
    asked = parser.parse_args()
    # What a person sees when something goes wrong is counted below.
    logging.disable()
    print_machine()
    told = asyncio.run(roll(asked.restarts, asked.drain_delay, asked.through))
    rows = [
        ["bots stopped and replaced", f"{asked.restarts}"],
        ["the slowest to end, s", short(max(told.exits))],
        ["requests", f"{len(told.took):,}"],
        ["answered: half within, ms", short(percentile(told.took, 0.5) * 1000)],
        ["answered: 99 % within, ms", short(percentile(told.took, 0.99) * 1000)],
        ["answered: all within, ms", short(max(told.took) * 1000)],
        ["answered later than Slack waits", f"{sum(took > SLACK_WAITS_SECONDS for took in told.took):,}"],
        ["stories sent, kept and shown once", f"{len(told.sent):,}"],
        ["sent again, as the form asked for", f"{told.again:,}"],
        ["stories of the week, told once", f"{told.posts:,}"],
        ["refused, lost or twice", f"{len(told.wrong):,}"],
    ]
    print_table(f"Rolling restarts, {asked.drain_delay} s of notice each", ["", "figure"], rows)
    print(*told.wrong[:20], sep="\n", flush=True)
    sys.exit(1 if told.wrong else 0)


if __name__ == "__main__":
    main()
