"""Through the door: signed `/story empathy` answered with a real card, beside apps that only say "hi".

    python -m bench.door [--rounds 5] [--seconds 1] [--people 1 16 64]

Every server is a process of its own and the load comes from another. The rounds are interleaved, so that whatever else
the machine does meets all of them alike; a figure is the median over the rounds, and so is a ratio of the same round.
Work is what the processor did in the server for an answer, which counts where others want the machine as well.
"""

import argparse
import asyncio
from asyncio.subprocess import Process
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from statistics import median

from bench.figures import print_machine, print_table, short
from bench.judged import judged
from bench.load import Door, Round, by_http, by_socket, load
from bench.servers import STORYBOT, bolt_js, environment, free_port, peer, processor_seconds, running, until_ready
from bench.slack import Slack

CARD, HI = b'"blocks"', b"hi"
WARM_UP_SECONDS = 0.5
BARE, BOLT, OURS = "aiohttp, bare", "Bolt, process_before_response", "Storybot"
SOCKET_BOLT = "Bolt, stock, Socket Mode"


@dataclass(frozen=True, slots=True)
class Contestant:
    """A server and what is asked of it; `also` are environment variables of its own."""

    name: str
    command: Sequence[str]
    expected: bytes
    questions: Sequence[str] = ("empathy",)
    also: dict[str, str] = field(default_factory=dict)
    is_socket: bool = False


@dataclass(frozen=True, slots=True)
class Served:
    """A round, and the seconds that the processor was at work in the server for each answer."""

    round: Round
    work: float


def contestants() -> list[Contestant]:
    strong_or_weak = [query.words for query in judged("own")]
    javascript = bolt_js()
    return [
        Contestant(BARE, peer("hello_aiohttp"), HI),
        Contestant("Bolt, stock", peer("hello_bolt"), HI),
        Contestant(BOLT, peer("hello_bolt"), HI, also={"PROCESS_BEFORE_RESPONSE": "1"}),
        *([Contestant("Bolt for JavaScript", javascript, HI)] if javascript else []),
        Contestant(OURS, STORYBOT, CARD),
        Contestant("Storybot, 20 more listeners", peer("crowded_storybot"), CARD),
        Contestant("Storybot, each question another", STORYBOT, b'"text"', strong_or_weak),
        Contestant(SOCKET_BOLT, peer("hello_bolt"), b"envelope_id", is_socket=True),
        Contestant("Storybot, Socket Mode", STORYBOT, CARD, is_socket=True),
    ]


async def main() -> None:
    options = _options()
    print_machine()
    if not bolt_js():
        print("Bolt for JavaScript is left out: it needs node, and `npm install --prefix bench/peers`.")
    async with AsyncExitStack() as ending:
        doors = {each.name: (each, *await _started(ending, each)) for each in contestants()}
        calls_at_start = sum(slack.calls for _, slack, *_ in doors.values())
        for people in options.people:
            rounds: dict[str, list[Served]] = {name: [] for name in doors}
            for turn in range(options.rounds + 1):
                for name, (each, _, door, process) in doors.items():
                    seconds, before = options.seconds if turn else WARM_UP_SECONDS, processor_seconds(process)
                    done = await load(door, people, seconds, each.questions, each.expected)
                    work = (processor_seconds(process) - before) / done.answers
                    rounds[name] += [Served(done, work)] if turn else []
            _print(f"{people} at once", rounds)
        calls = sum(slack.calls for _, slack, *_ in doors.values()) - calls_at_start
        print(f"\nWeb API calls by all servers while they answered: {calls}")


async def _started(ending: AsyncExitStack, each: Contestant) -> tuple[Slack, Door, Process]:
    slack = await ending.enter_async_context(Slack())
    port = free_port()
    settings = environment(slack, port, by_socket=each.is_socket) | each.also
    process = await ending.enter_async_context(running(each.command, settings))
    if each.is_socket:
        await slack.connected()
    if not each.is_socket or each.command == STORYBOT:
        await until_ready(port, process)
    return slack, by_socket(slack) if each.is_socket else by_http(port), process


def _print(title: str, rounds: dict[str, list[Served]]) -> None:
    def ratio(name: str, to: str, of: Callable[[Served], float]) -> str:
        return short(median(of(mine) / of(its) for mine, its in zip(rounds[name], rounds[to], strict=True)))

    rows = []
    for name, done in rounds.items():
        bolt = SOCKET_BOLT if name.endswith("Socket Mode") else BOLT
        rows.append(
            [
                name,
                short(median(each.round.per_second for each in done)),
                short(median(each.round.p50 for each in done)),
                short(median(each.round.p99 for each in done)),
                ratio(name, BARE, lambda each: each.round.per_second),
                ratio(name, bolt, lambda each: each.round.per_second),
                ratio(name, bolt, lambda each: each.round.p99),
                ratio(name, bolt, lambda each: each.work),
                ratio(name, OURS, lambda each: each.round.per_second),
            ]
        )
    print_table(
        f"{title}; Bolt is `{BOLT}`, or stock Bolt for Socket Mode",
        (
            "",
            "a second",
            "p50 ms",
            "p99 ms",
            "to bare",
            "to Bolt",
            "p99 to Bolt's",
            "work to Bolt's",
            "to Storybot",
        ),
        rows,
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Storybot's door beside hello-world apps.")
    parser.add_argument("--rounds", type=int, default=5, help="how often each server is measured")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long one measurement lasts")
    parser.add_argument("--people", type=int, nargs="+", default=[1, 16, 64], help="how many ask at once")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main())
