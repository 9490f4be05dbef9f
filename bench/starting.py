"""From nothing to an open door: Storybot's start beside that of a bare Bolt app, each a process of its own."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from bench.figures import print_table, short
from bench.servers import STORYBOT, environment, free_port, peer, running, until_open
from bench.slack import Slack

TURNS = 5


async def print_starting(folder: Path, packs: Mapping[int, Path]) -> None:
    """Measure and print: the built-in library, then packs by their size; each first with nothing kept, then again."""
    commands: dict[str, Sequence[str]] = {"Storybot, the built-in library": STORYBOT}
    for size, pack in packs.items():
        commands[f"Storybot, {size:,} made stories"] = (*STORYBOT, "--config", str(_settings(folder, pack)))
    bare = [await _started(peer("hello_bolt"), {}) for _ in range(TURNS)]
    rows = [["Bolt, stock", short(median(bare)), "1.00"]]
    for number, (name, command) in enumerate(commands.items()):
        cache = {"STORYBOT_CACHE": str(folder / f"cache-{number}")}
        first, *again = [await _started(command, cache) for _ in range(1 + TURNS)]
        for kind, took in (("nothing kept", first), ("again", median(again))):
            rows.append([f"{name}, {kind}", short(took), short(took / median(bare))])
    print_table(f"Cold start, to the open door; medians of {TURNS}", ("", "seconds", "to Bolt"), rows)


def _settings(folder: Path, pack: Path) -> Path:
    settings = folder / f"{pack.name}.yaml"
    settings.write_text(f"packs: [{pack}]\n", encoding="utf-8")
    return settings


async def _started(command: Sequence[str], also: dict[str, str]) -> float:
    async with Slack() as slack:
        port = free_port()
        begun = time.perf_counter()
        async with running(command, environment(slack, port) | also) as process:
            await until_open(port, process)
            return time.perf_counter() - begun
