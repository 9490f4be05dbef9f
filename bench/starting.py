"""From nothing to an answer: Storybot's start beside that of a bare Bolt app, each a process of its own.

python -m bench.starting [--stories 1000 10000]
"""

import argparse
import asyncio
import compileall
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import synthetic
from bench.figures import print_machine, print_table, short
from bench.load import line_to
from bench.servers import (
    ROOT,
    STORYBOT,
    environment,
    free_port,
    peer,
    processor_seconds,
    running,
    until_open,
    until_ready,
)
from bench.slack import Slack, command, signed
from bot.matching import Matcher
from bot.matching.encoder import STANDARD, SentenceEncoder
from bot.reading import kept_packs

TURNS = 5
SIZES = [1_000, 10_000]


@dataclass(frozen=True, slots=True)
class Moments:
    """Seconds from the start of a process until its port is open, until whoever came then has an answer, and until it
    is ready: Storybot is so when it understands meaning. None where that was not waited for.

    `work` is what the processor has done for the process by the time it has answered, in seconds."""

    open: float
    answered: float
    work: float
    ready: float | None


@dataclass(frozen=True, slots=True)
class Start:
    """A command, and environment variables of its own; `pack` is the folder of its stories, if they are made ones."""

    name: str
    command: Sequence[str]
    also: Mapping[str, str]
    pack: Path | None = None


async def print_starting(folder: Path, packs: Mapping[int, Path]) -> None:
    """Measure and print: the built-in library, then packs by their size; each first with nothing kept, then again."""
    # As pip leaves what it installs, every peer included: else each start compiles ours where bytecode is not written.
    compileall.compile_dir(ROOT / "bot", quiet=1)
    bolt = Start("Bolt, stock", peer("hello_bolt"), {})
    ours = [_start(folder, "the built-in library", None)]
    ours += [_start(folder, f"{size:,} made stories", pack) for size, pack in packs.items()]
    first = [(await _started(bolt), await _first(start)) for start in ours]
    turns = [[await _started(start) for start in (bolt, *ours)] for _ in range(TURNS)]
    rows = [_row(bolt.name, [(bare, bare) for bare, *_ in turns])]
    for at, start in enumerate(ours):
        rows.append(_row(f"{start.name}, nothing kept", [first[at]]))
        rows.append(_row(f"{start.name}, again", [(bare, its[at]) for bare, *its in turns]))
    columns = ("", "open", "to Bolt", "answered", "to Bolt", "its work", "to Bolt", "ready", "to Bolt")
    print_table(f"Cold start, seconds; medians of {TURNS}, but for what is done once", columns, rows)


def _start(folder: Path, name: str, pack: Path | None) -> Start:
    kept = folder / f"of {name}"
    kept.mkdir()
    command = STORYBOT
    if pack:
        settings = kept / "config.yaml"
        settings.write_text(f"packs: [{pack}]\n", encoding="utf-8")
        command = (*STORYBOT[:-1], str(settings))
    return Start(
        f"Storybot, {name}", command, {"STORYBOT_CACHE": str(kept / "cache"), "STORYBOT_DATA": str(kept / "data")}, pack
    )


async def _first(start: Start) -> Moments:
    """A start with nothing kept, after which all is kept that a start keeps; of made stories with made vectors."""
    # A thousand made stories would be encoded for half a minute.
    done = await _started(start, until_it_is_ready=start.pack is None)
    if start.pack:
        keep_made_vectors(start.pack, Path(start.also["STORYBOT_CACHE"]))
    return done


def keep_made_vectors(pack: Path, cache: Path) -> None:
    """Keep all that a start with a made pack keeps, with made vectors: to encode thousands takes minutes."""
    library, _ = kept_packs.load([pack], cache)
    Matcher(library, _Cheap(), cache)
    SentenceEncoder(cache).encode(["empathy"])


def _row(name: str, turns: Sequence[tuple[Moments, Moments]]) -> list[str]:
    """Medians of what it took, and of its ratios to Bolt's in the same turn."""
    row = [name]
    for moment in ("open", "answered", "work", "ready"):
        took = [(getattr(bare, moment), getattr(its, moment)) for bare, its in turns]
        if None in took[0]:
            row += ["", ""]
        else:
            row += [short(median(its for _, its in took)), short(median(its / bare for bare, its in took))]
    return row


class _Cheap(synthetic.CheapEncoder):
    """Under the standard encoder's name, so that a bot takes what is kept of it for its own."""

    @property
    def version(self) -> str:
        return STANDARD.version


async def _started(start: Start, *, until_it_is_ready: bool = True) -> Moments:
    async with Slack() as slack:
        port = free_port()
        begun = time.perf_counter()
        async with running(start.command, {**environment(slack, port), **start.also}) as process:
            await until_open(port, process)
            opened = time.perf_counter() - begun
            async with line_to(port) as sends:
                await sends(signed(port, command("empathy")))
            answered, work = time.perf_counter() - begun, processor_seconds(process)
            if not until_it_is_ready:
                return Moments(opened, answered, work, None)
            await until_ready(port, process)
            return Moments(opened, answered, work, time.perf_counter() - begun)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Storybot's start beside that of a bare Bolt app.")
    parser.add_argument("--stories", type=int, nargs="*", default=SIZES, help="sizes of the made libraries")
    return parser.parse_args()


async def main() -> None:
    options = _options()
    print_machine()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        packs = {size: folder / f"made-{size}" for size in options.stories}
        for size, pack in packs.items():
            synthetic.write_pack(synthetic.library(size), pack)
        await print_starting(folder, packs)


if __name__ == "__main__":
    asyncio.run(main())
