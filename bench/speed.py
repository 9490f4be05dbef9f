"""How fast the matching is: a question, an event loop that is not held, a start; each beside its peers.

    python -m bench.speed [--stories 100 1000] [--full]

`--full` measures questions over up to 100,000 stories and starts with 10,000, which takes about ten minutes.
"""

import argparse
import asyncio
import tempfile
from pathlib import Path

from bench import synthetic
from bench.figures import print_machine
from bench.loop import print_held
from bench.searching import print_searching
from bench.starting import print_starting

QUICK, FULL = [100, 1_000], [100, 10_000, 100_000]
MOST_READ = 10_000
"""A pack holds at most twice as many."""


def main() -> None:
    options = _options()
    print_machine()
    sizes = FULL if options.full else options.stories
    for size in sizes:
        print_searching(size)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        packs = {size: folder / f"made-{size}" for size in sizes if size <= MOST_READ}
        for size, pack in packs.items():
            synthetic.write_pack(synthetic.library(size), pack)
        if packs:
            asyncio.run(print_held(*max(packs.items())))
        asyncio.run(print_starting(folder, packs))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The speed of the matching beside its peers.")
    parser.add_argument("--stories", type=int, nargs="+", default=QUICK, help="sizes of the made libraries")
    parser.add_argument("--full", action="store_true", help="every size: 100, 10,000 and 100,000 stories")
    return parser.parse_args()


if __name__ == "__main__":
    main()
