"""From nothing to an answer: Storybot's start beside that of a bare Bolt app, each a process of its own.

python -m bench.starting [--stories 1000 10000]
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import synthetic
from bench.figures import print_machine, print_table, short
from bench.load import line_to
from bench.servers import STORYBOT, environment, free_port, peer, running, until_open, until_ready
from bench.slack import Slack, command, signed
from bot.matching import Matcher
from bot.matching.encoder import STANDARD
from bot.reading import kept_packs

TURNS = 5
SIZES = [1_000, 10_000]


@dataclass(frozen=True, slots=True)
class Moments:
    """Seconds from the start of a process until its port is open, until whoever came then has an answer, and until it
    is ready: Storybot is so when it understands meaning. None where that was not waited for."""

    open: float
    answered: float
    ready: float | None


async def print_starting(folder: Path, packs: Mapping[int, Path]) -> None:
    """Measure and print: the built-in library, then packs by their size; each first with nothing kept, then again."""
    bolt = [await _started(peer("hello_bolt"), {}) for _ in range(TURNS)]
    rows = [_row("Bolt, stock", bolt, bolt)]
    starts: list[tuple[str, Sequence[str], Path | None]] = [("the built-in library", STORYBOT, None)]
    for size, pack in packs.items():
        starts.append((f"{size:,} made stories", (*STORYBOT[:-1], str(_settings(folder, pack))), pack))
    for name, start, of in starts:
        cache = folder / f"kept-{len(rows)}"
        kept = {"STORYBOT_CACHE": str(cache), "STORYBOT_DATA": str(folder / f"data-{len(rows)}")}
        # A thousand made stories would be encoded for half a minute.
        first = await _started(start, kept, until_it_is_ready=of is None)
        rows.append(_row(f"Storybot, {name}, nothing kept", [first], bolt))
        if of:
            _keep(of, cache)
        rows.append(_row(f"Storybot, {name}, again", [await _started(start, kept) for _ in range(TURNS)], bolt))
    columns = ("", "open", "to Bolt", "answered", "to Bolt", "ready", "to Bolt")
    print_table(f"Cold start, seconds; medians of {TURNS}, but for what is done once", columns, rows)


def _row(name: str, starts: Sequence[Moments], bolt: Sequence[Moments]) -> list[str]:
    row = [name]
    for moment in ("open", "answered", "ready"):
        took = [getattr(start, moment) for start in starts]
        if None in took:
            row += ["", ""]
        else:
            row += [short(median(took)), short(median(took) / median(getattr(start, moment) for start in bolt))]
    return row


def _settings(folder: Path, pack: Path) -> Path:
    settings = folder / f"{pack.name}.yaml"
    settings.write_text(f"packs: [{pack}]\n", encoding="utf-8")
    return settings


class _Cheap(synthetic.CheapEncoder):
    """Under the standard encoder's name, so that a bot takes what is kept of it for its own."""

    @property
    def version(self) -> str:
        return STANDARD.version


def _keep(pack: Path, cache: Path) -> None:
    """Keep all that a start keeps, with vectors that need not be encoded."""
    library, _ = kept_packs.load([pack], cache)
    Matcher(library, _Cheap(), cache)


async def _started(start: Sequence[str], also: dict[str, str], *, until_it_is_ready: bool = True) -> Moments:
    async with Slack() as slack:
        port = free_port()
        begun = time.perf_counter()
        async with running(start, environment(slack, port) | also) as process:
            await until_open(port, process)
            opened = time.perf_counter() - begun
            async with line_to(port) as sends:
                await sends(signed(port, command("empathy")))
            answered = time.perf_counter() - begun
            if not until_it_is_ready:
                return Moments(opened, answered, None)
            await until_ready(port, process)
            return Moments(opened, answered, time.perf_counter() - begun)


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
