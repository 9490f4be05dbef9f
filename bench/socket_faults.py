"""Socket Mode while Slack refreshes connections and everything goes wrong, in a random order that a seed gives.

    python -m bench.socket_faults --refreshes 200

prints how long it took after each kind of trouble until the bot was back, and what became of all that people said
meanwhile; it ends with status 1 if a message was lost or answered twice, or the bot stayed away longer than `AWAY`.
The way from Slack's WebSocket to a listener is the bot's own; behind it is a listener that says what it heard. Slack is
the playground's, which sends an event again that was not acknowledged, at once, after a minute and after five.
"""

import argparse
import asyncio
import logging
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from aiohttp import ClientSession
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bench.figures import percentile, print_machine, print_table, short
from bot.door.dispatch import Dispatch
from bot.door.replays import Replays
from bot.door.socket_connection import Patience
from bot.door.socket_mode import CONNECTIONS, SocketMode
from playground import Playground
from playground.socket_mode import Connection
from tests.playground.tiny_bot import manifest

AWAY = 30.0
# Slack allows ten; those that were told to go are still there for a while.
_OPEN_AT_MOST = 6
# In life hours lie between two troubles, and Slack's last tries for an event, after one minute and five, fall into a
# quiet time. Here it is quiet after so many.
_UNTIL_QUIET = 20


@dataclass(frozen=True, slots=True)
class Haste:
    """How long things last, in seconds.

    Trouble comes up to `between` after the last one; `notice` lies between Slack's warning and its closing; people say
    something every `gap` on average, and the bot needs up to `work` to answer.
    """

    patience: Patience
    between: float
    notice: float
    gap: float
    work: float
    ack_seconds: float
    retry_after: int


IN_LIFE = Haste(Patience(), between=3.0, notice=5.0, gap=0.3, work=0.3, ack_seconds=3.0, retry_after=3)
IN_A_HURRY = Haste(
    Patience(
        open_within=1.0,
        ping_every=0.1,
        pong_within=0.5,
        leave_within=2.0,
        finish_within=1.0,
        lasting=0.1,
        again_after=(0.05, 0.1, 0.2, 0.4),
    ),
    between=0.1,
    notice=0.4,
    gap=0.02,
    work=0.1,
    ack_seconds=1.0,
    retry_after=1,
)


@dataclass
class Figures:
    """`away` are seconds until all connections were there again, `alone` until one was, by the kind of trouble."""

    away: dict[str, list[float]] = field(default_factory=dict)
    alone: dict[str, list[float]] = field(default_factory=dict)
    said: int = 0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    again: int = 0
    commands: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    ack_ms: list[float] = field(default_factory=list)

    @property
    def longest(self) -> float:
        return max(seconds for kind in self.away.values() for seconds in kind)

    @property
    def is_well(self) -> bool:
        return not self.lost and not self.twice and self.longest < AWAY


class Trouble:
    """What Slack, or the network between, does to one or all of the connections."""

    def __init__(self, slack: Playground, haste: Haste, rng: random.Random) -> None:
        self._slack = slack
        self._line = slack.socket_mode
        self._haste = haste
        self._rng = rng
        self._later: set[asyncio.Task[None]] = set()
        self.kind = "nothing"

    def refreshes(self) -> list[Callable[[], Awaitable[None]]]:
        return [self.warned, self.refreshed]

    def others(self) -> list[Callable[[], Awaitable[None]]]:
        handshakes = [self.server_error, self.rate_limited, self.spent_ticket, self.hanging]
        return [self.half_open, self.cut, self.closed, *handshakes]

    async def warned(self) -> None:
        """Slack says some seconds before that it will close."""
        for connection in self._some():
            await connection.tell("warning")
            self._soon(self._haste.notice, connection.close)

    async def refreshed(self) -> None:
        """Slack says so and closes, without a warning before."""
        for connection in self._some():
            await connection.tell("refresh_requested")
            self._soon(self._rng.random() * 0.3, connection.close)

    async def half_open(self) -> None:
        """Nothing gets through any more, and nobody closes; Slack notices long after us."""
        for connection in self._some():
            connection.stall()
            self._soon(self._haste.patience.pong_within + self._haste.notice, connection.close)

    async def cut(self) -> None:
        for connection in self._some():
            connection.cut()

    async def closed(self) -> None:
        for connection in self._some():
            await connection.close()

    async def server_error(self) -> None:
        self._slack.fail("apps.connections.open", status=500, html=True, times=self._rng.randint(1, 3))
        await self.cut()

    async def rate_limited(self) -> None:
        wait = self._rng.randint(1, self._haste.retry_after)
        self._slack.fail("apps.connections.open", error="ratelimited", retry_after=wait)
        await self.cut()

    async def spent_ticket(self) -> None:
        self._line.refuse_handshakes += self._rng.randint(1, 3)
        await self.cut()

    async def hanging(self) -> None:
        self._line.hang_handshakes += 1
        await self.cut()

    def _some(self) -> Sequence[Connection]:
        """The oldest connection, or every fourth time all."""
        living = self.living()
        return living if self._rng.random() < 0.25 else living[:1]

    def living(self) -> list[Connection]:
        return [one for one in self._line.connections if not (one.is_leaving or one.is_dead)]

    async def has_room(self) -> None:
        while len(self._line.connections) > _OPEN_AT_MOST:
            await asyncio.wait(self._later, return_when=asyncio.FIRST_COMPLETED)

    async def over(self, begun: float) -> tuple[float, float]:
        """Seconds until one connection was there (again), and until all were; TimeoutError after twice `AWAY`."""
        alone = None
        async with asyncio.timeout(2 * AWAY):
            while True:
                there = len(self.living())
                if alone is None and (there or any(not one.is_dead for one in self._line.connections)):
                    alone = monotonic() - begun
                if alone is not None and there >= CONNECTIONS:
                    return alone, monotonic() - begun
                await asyncio.sleep(0.005)

    def _soon(self, seconds: float, end: Callable[[], Awaitable[None]]) -> None:
        async def later() -> None:
            await asyncio.sleep(seconds)
            await end()

        task = asyncio.create_task(later())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def ends(self) -> None:
        await asyncio.gather(*self._later)


async def run(refreshes: int, others: int, seed: int, haste: Haste) -> Figures:
    """So many refreshes, and so many of each other kind of trouble, while people talk to the bot all along."""
    rng = random.Random(seed)
    figures = Figures()
    async with Playground() as slack:
        async with answering(slack, haste, rng):
            await _strike(slack, refreshes, others, figures, haste, rng)
        # Only now has all that the bot began come to its end.
        _compare(slack, figures)
    return figures


async def _strike(
    slack: Playground, refreshes: int, others: int, figures: Figures, haste: Haste, rng: random.Random
) -> None:
    await slack.socket_mode.connected(connections=CONNECTIONS)
    slack.wait_for_acks(haste.ack_seconds)
    trouble = Trouble(slack, haste, rng)
    kinds = [trouble.refreshes()[number % 2] for number in range(refreshes)] + trouble.others() * others
    rng.shuffle(kinds)
    for first in range(0, len(kinds), _UNTIL_QUIET):
        began_at = slack.clock.now()
        talking = asyncio.create_task(_talk(slack, trouble, figures, haste, rng))
        for strike in kinds[first : first + _UNTIL_QUIET]:
            await trouble.has_room()
            await asyncio.sleep(rng.random() * haste.between)
            trouble.kind, begun = strike.__name__.replace("_", " "), monotonic()
            await strike()
            alone, away = await trouble.over(begun)
            figures.alone.setdefault(trouble.kind, []).append(alone)
            figures.away.setdefault(trouble.kind, []).append(away)
        talking.cancel()
        await asyncio.gather(talking, return_exceptions=True)
        await trouble.ends()
        for minutes in (1, 5):
            await slack.settled()
            slack.clock.advance(minutes * 60)
        await slack.settled()
        _count(slack, figures, began_at)


@asynccontextmanager
async def answering(slack: Playground, haste: Haste, rng: random.Random) -> AsyncIterator[SocketMode]:
    """A bot that says what it heard, connected by Socket Mode as Storybot is."""
    slack.install(manifest=manifest())
    async with ClientSession() as session:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=[])
        dispatch = Dispatch(_listening(client, haste, rng))
        socket = SocketMode(session, client, slack.app_token, dispatch, Replays(), haste.patience, rng)
        running = asyncio.create_task(socket.run())
        try:
            yield socket
        finally:
            await socket.drain(haste.ack_seconds)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


def _listening(client: AsyncWebClient, haste: Haste, rng: random.Random) -> AsyncApp:
    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=None, bot_token=client.token)

    app = AsyncApp(client=client, authorize=authorize, process_before_response=True, request_verification_enabled=False)

    async def heard(event: dict[str, Any], client: AsyncWebClient) -> None:
        if event.get("bot_id"):
            return
        await asyncio.sleep(rng.random() * haste.work)
        await client.chat_postMessage(channel=event["channel"], text=f"heard {event['text']}")

    async def asked(ack: Any, command: dict[str, Any]) -> None:
        await asyncio.sleep(rng.random() * haste.work)
        await ack(response_type="ephemeral", text=f"heard {command['text']}")

    app.event("message")(heard)
    app.command("/echo")(asked)
    return app


async def _talk(slack: Playground, trouble: Trouble, figures: Figures, haste: Haste, rng: random.Random) -> None:
    """Direct messages, and every fifth time a command, which Slack sends once and never again."""
    ada = slack.person("Ada")
    saying: set[asyncio.Task[None]] = set()

    async def commands(number: int) -> None:
        kind = trouble.kind
        if not await _is_answered(slack, f"{number}"):
            figures.failed[kind] += 1

    try:
        while True:
            if rng.random() < 0.2:
                figures.commands += 1
                task = asyncio.create_task(commands(figures.commands))
            else:
                figures.said += 1
                task = asyncio.create_task(ada.types(f"number {figures.said}.", channel="echo"))
            saying.add(task)
            task.add_done_callback(saying.discard)
            await asyncio.sleep(rng.random() * 2 * haste.gap)
    finally:
        await asyncio.gather(*saying)


async def _is_answered(slack: Playground, words: str) -> bool:
    ada = slack.person("Ada")
    await ada.types(f"/echo {words}", channel="general")
    return any(seen.drawn == f"heard {words}" for seen in ada.sees("general"))


def _count(slack: Playground, figures: Figures, begun: float) -> None:
    """What Slack sent since then; the playground remembers the latest only."""
    sent = [delivery for delivery in slack.requests if delivery.at >= begun]
    figures.again += sum(delivery.retry_num > 0 for delivery in sent)
    figures.ack_ms += [delivery.ack_ms for delivery in sent if delivery.ack_ms and delivery.ok]


def _compare(slack: Playground, figures: Figures) -> None:
    """What was said with what was heard."""
    heard = Counter(seen.drawn for seen in slack.person("Ada").sees("echo") if seen.drawn.startswith("heard "))
    for number in range(1, figures.said + 1):
        times = heard[f"heard number {number}."]
        if times != 1:
            (figures.twice if times else figures.lost).append(f"number {number}.")


def show(figures: Figures) -> None:
    rows = []
    for kind, away in sorted(figures.away.items()):
        alone = max(figures.alone[kind])
        spans = [short(span) for span in (max(away), percentile(away, 0.5), alone)]
        rows.append([kind, str(len(away)), *spans, str(figures.failed[kind])])
    columns = ["trouble", "times", "longest s", "median s", "without any, longest s", "commands failed"]
    print_table(f"Until all {CONNECTIONS} connections were back", columns, rows)
    acks = [short(percentile(figures.ack_ms, share)) for share in (0.5, 0.99, 1)]
    lost, twice = len(figures.lost), len(figures.twice)
    print_table(
        "What people said meanwhile",
        ["", "sent", "sent again by Slack", "lost", "twice"],
        [["messages", f"{figures.said:,}", f"{figures.again:,}", str(lost), str(twice)]],
    )
    print(f"\nOf {figures.commands:,} commands, which Slack sends once, {figures.failed.total():,} were not answered.")
    print(f"Acknowledged after {acks[0]} ms (median), {acks[1]} ms (p99), {acks[2]} ms (longest).")
    print(*(f"lost: {what}" for what in figures.lost), *(f"twice: {what}" for what in figures.twice), sep="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--refreshes", type=int, default=200)
    parser.add_argument("--others", type=int, help="of each other kind; a tenth of the refreshes if not said")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--hurry", action="store_true", help="with short times, as the tests do")
    asked = parser.parse_args()
    others = asked.refreshes // 10 if asked.others is None else asked.others
    logging.basicConfig(level=logging.ERROR)
    print_machine()
    figures = asyncio.run(run(asked.refreshes, others, asked.seed, IN_A_HURRY if asked.hurry else IN_LIFE))
    show(figures)
    sys.exit(0 if figures.is_well else 1)


if __name__ == "__main__":
    main()
