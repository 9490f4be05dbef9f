"""How long the event loop is held: a task that wants to wake every millisecond, and how late it does."""

import asyncio
import gc
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from pathlib import Path

from bench import synthetic
from bench.figures import percentile, print_table, short
from bot.aside import take_short_turns
from bot.domain.library import Library
from bot.domain.workspace import Reader, Workspace
from bot.matching import Matcher
from bot.reading import packs
from bot.services.seen import Seen
from bot.services.sharing import Answers, Sharing

EVERY = 0.001
IDLE_SECONDS = 3.0
LONG_QUESTIONS, LONG_CHARACTERS = 100, 600
READER = Reader(Workspace("", "T0BENCH"), "U0BENCH")


async def print_held(size: int, pack: Path) -> None:
    """Measure and print; `pack` is the folder of a library of this many made stories."""
    take_short_turns()  # as the bot does
    encoder = synthetic.CheapEncoder()
    library: list[Library] = []
    matcher: list[Matcher] = []

    async def idle() -> None:
        await asyncio.sleep(IDLE_SECONDS)

    async def read() -> None:
        library.append((await asyncio.to_thread(packs.load, [pack])).library)

    async def understood() -> None:
        matcher.append(await asyncio.to_thread(Matcher, library[0], encoder=encoder))
        encoder.is_building = False
        gc.freeze()  # as the bot does

    async def understood_anew() -> None:
        await asyncio.to_thread(Matcher, packs.load([packs.builtin_folder()]).library)

    async def answered(questions: Iterable[str]) -> None:
        sharing = Sharing(library[0], matcher[0], Answers(), Seen(), random.Random(0))
        for words in questions:
            await sharing.ponder(words)
            sharing.find(READER, words)
            await asyncio.sleep(EVERY)

    def long() -> Iterator[str]:
        for story in library[0].stories[:LONG_QUESTIONS]:
            yield story.story[-LONG_CHARACTERS:]

    rows = [
        await _row("nothing to do", idle),
        await _row(f"reading {size:,} stories in a thread", read),
        await _row(f"understanding {size:,} in a thread, vectors at hand", understood),
        await _row("understanding the built-in library in a thread, nothing kept", understood_anew),
    ]
    questions = synthetic.questions(library[0])  # now: reading what was judged holds the loop for a fifth of a second
    rows += [
        await _row(f"answering {len(questions):,} questions over {size:,}", lambda: answered(questions)),
        await _row(f"and {LONG_QUESTIONS} of {LONG_CHARACTERS} characters", lambda: answered(long())),
    ]
    print_table("The event loop is held", ("", "took s", "p50 ms", "p99 ms", "longest ms"), rows)


async def _row(name: str, work: Callable[[], Awaitable[None]]) -> list[str]:
    begun = time.perf_counter()
    late = await _late(work)
    took = time.perf_counter() - begun
    return [name, short(took), short(percentile(late, 0.5)), short(percentile(late, 0.99)), short(max(late))]


async def _late(work: Callable[[], Awaitable[None]]) -> Sequence[float]:
    """By how many milliseconds each wake-up was late while the work was done."""
    late: list[float] = []

    async def ticks() -> None:
        while True:
            slept = time.perf_counter()
            await asyncio.sleep(EVERY)
            late.append((time.perf_counter() - slept - EVERY) * 1000)

    ticking = asyncio.ensure_future(ticks())
    await asyncio.sleep(10 * EVERY)
    await work()
    await asyncio.sleep(EVERY)
    ticking.cancel()
    return late
