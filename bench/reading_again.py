"""People ask for stories while the packs are read again: is anybody refused, and how long do they wait?

    python -m bench.reading_again [--stories 10000] [--times 10] [--each-second 50]

A pack changes by one story, the bot is sent SIGHUP, and as soon as it tells that story the next change comes. Meanwhile
people ask, each at their moment, however long others take. The same with nothing changing, before. Of a pack of made
stories the vectors are made, too, but for those of the story that is new.
"""

import argparse
import asyncio
import itertools
import signal
import tempfile
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench import synthetic
from bench.figures import percentile, print_machine, print_table, short
from bench.judged import judged
from bench.load import line_to
from bench.servers import PLENTY, STORYBOT, environment, free_port, running, until_ready
from bench.slack import Slack, command, signed
from bench.starting import keep_made_vectors
from bench.weekly_load import resident
from bot.reading.packs import builtin_folder

Send = Callable[[bytes], Awaitable[bytes]]

LINES = 8
ALONE_SECONDS = 10.0
SLACK_WAITS = 3.0
READ_WITHIN = 600.0
NEW = """\
id: {story_id}
title: The {word} that came back
told_by: Ada
themes: [empathy]
summary: A porter ran after a guest with the {word} that she had left behind.
story: >-
  A guest had left her {word} in the lift. The porter found it, ran after her to the station and handed it over
  through the window as the train began to move.
"""


@dataclass(slots=True)
class Asked:
    """Seconds for each answer, and what came in place of one."""

    took: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def late(self) -> int:
        """Answers for which Slack would not have waited."""
        return sum(took > SLACK_WAITS for took in self.took)


@dataclass(frozen=True, slots=True)
class Bot:
    """A running bot, and the folder of a pack of its own that can be changed."""

    process: Process
    port: int
    pack: Path


@dataclass(frozen=True, slots=True)
class Measured:
    alone: Asked
    meanwhile: Asked
    read_in: Sequence[float]
    """Seconds from each signal until the new story was told."""
    memory: Sequence[float]
    """MB before, and after each time."""


async def main() -> None:
    options = _options()
    print_machine()
    named: dict[str, Measured] = {}
    with tempfile.TemporaryDirectory() as made:
        for size in (0, options.stories):
            async with storybot(Path(made) / str(size), size) as bot:
                name = f"{size:,} made stories" if size else "the built-in library"
                named[name] = await measured(bot, options.times, options.each_second)
    print_table(
        f"Packs read again {options.times} times while {options.each_second} ask a second",
        ("", *named),
        list(zip(FIGURES, *map(_column, named.values()), strict=True)),
    )
    if wrong := [line for of in named.values() for line in (*of.alone.failed, *of.meanwhile.failed)]:
        raise SystemExit("\n".join(wrong[:10]))


FIGURES = (
    "questions meanwhile",
    "without a card",
    "later than Slack waits",
    "nothing changing: p50, p99, longest, ms",
    "meanwhile: p50, p99, longest, ms",
    "until the new story is told, s: median, longest",
    "memory before, after the first time, after the last, MB",
)


def _column(of: Measured) -> list[str]:
    return [
        f"{len(of.meanwhile.took):,}",
        str(len(of.meanwhile.failed)),
        str(of.meanwhile.late),
        _times(of.alone),
        _times(of.meanwhile),
        f"{short(median(of.read_in))}, {short(max(of.read_in))}",
        ", ".join(f"{of.memory[at]:.0f}" for at in (0, 1, -1)),
    ]


def _times(asked: Asked) -> str:
    return ", ".join(short(percentile(asked.took, share) * 1000) for share in (0.5, 0.99, 1.0))


@asynccontextmanager
async def storybot(folder: Path, made_stories: int) -> AsyncIterator[Bot]:
    """A bot that tells so many made stories, or with none the built-in library, and a pack of one story more."""
    pack, others, cache, port = folder / "own", folder / "made", folder / "cache", free_port()
    pack.mkdir(parents=True)
    _tell_of(pack, "umbrella")
    if made_stories:
        synthetic.write_pack(synthetic.library(made_stories), others)
        keep_made_vectors(others, cache)
    settings = folder / "config.yaml"
    packs = f"packs: [{others if made_stories else builtin_folder()}, {pack}]\n"
    settings.write_text(packs + PLENTY.read_text(encoding="utf-8"), encoding="utf-8")
    async with Slack() as slack:
        found = {**environment(slack, port), "STORYBOT_CACHE": str(cache)}
        async with running((*STORYBOT[:-1], str(settings)), found) as process:
            await until_ready(port, process)
            yield Bot(process, port, pack)


async def measured(bot: Bot, times: int, each_second: int) -> Measured:
    """Ask for a while with nothing changing, then while the packs are read so many times."""
    async with asking(bot.port, each_second) as alone:
        await asyncio.sleep(ALONE_SECONDS)
    memory, read_in = [resident(bot.process.pid)], []
    async with asking(bot.port, each_second) as meanwhile, line_to(bot.port) as sends:
        for number in range(times):
            word = "lantern" if number % 2 == 0 else "umbrella"
            _tell_of(bot.pack, word)
            begun = time.perf_counter()
            bot.process.send_signal(signal.SIGHUP)
            await _until_it_tells(f"the {word} that came back", bot.port, sends)
            read_in.append(time.perf_counter() - begun)
            memory.append(resident(bot.process.pid))
    return Measured(alone, meanwhile, read_in, memory)


async def _until_it_tells(title: str, port: int, sends: Send) -> None:
    begun = time.perf_counter()
    while title.capitalize().encode() not in await sends(signed(port, command(title))):
        if time.perf_counter() - begun > READ_WITHIN:
            raise RuntimeError(f"It never told {title!r}")
        await asyncio.sleep(0.05)


@asynccontextmanager
async def asking(port: int, each_second: int) -> AsyncIterator[Asked]:
    """People who ask for as long as the `async with` lasts."""
    asked, done = Asked(), asyncio.Event()
    people = [asyncio.create_task(_asks(port, asked, done, n, each_second)) for n in range(LINES)]
    yield asked
    done.set()
    await asyncio.gather(*people)


async def _asks(port: int, asked: Asked, done: asyncio.Event, number: int, each_second: int) -> None:
    """One of the lines over which people ask in turn, at even distances; whoever is late goes on at once."""
    questions = itertools.cycle([query.words for query in judged("own")])
    begun = time.perf_counter() + number / each_second
    async with line_to(port) as sends:
        for beat in itertools.count():
            await asyncio.sleep(max(0.0, begun + beat * LINES / each_second - time.perf_counter()))
            if done.is_set():
                return
            at = time.perf_counter()
            try:
                answer = await sends(signed(port, command(next(questions))))
            except (RuntimeError, OSError) as error:
                asked.failed.append(str(error))
                return
            asked.took.append(time.perf_counter() - at)
            if b'"blocks"' not in answer:
                asked.failed.append(f"This is no story: {answer[:300]!r}")


def _tell_of(pack: Path, word: str) -> None:
    """Put the one story of the pack in place: another than was there, under another name."""
    for former in pack.glob("*.yaml"):
        former.unlink()
    (pack / f"the-{word}.yaml").write_text(NEW.format(story_id=f"the-{word}", word=word), encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Packs are read again while people ask.")
    parser.add_argument("--stories", type=int, default=10_000, help="of the made library")
    parser.add_argument("--times", type=int, default=10, help="that packs are read again")
    parser.add_argument("--each-second", type=int, default=50, help="questions")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main())
