"""One question, warm: how long ours and other search engines take over the same made stories, and what they hold."""

import gc
import os
import pickle
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from bench import synthetic
from bench.figures import percentile, print_table, short
from bench.peers import search
from bot.domain.library import Library
from bot.domain.story import Story
from bot.matching import Matcher

ENOUGH_SECONDS = 8.0
LEAST_ASKED = 5
OURS = "Storybot"


@dataclass(frozen=True, slots=True)
class Measured:
    """Times of the processor in milliseconds, `build` in seconds, memory in kB a story."""

    asked: int
    p50: float
    p99: float
    first: float
    build: float
    memory: float


def ours(library: Library) -> Callable[[str], object]:
    encoder = synthetic.CheapEncoder()
    matcher = Matcher(library, encoder=encoder)
    encoder.is_building = False
    return partial(_answered, matcher)


def words_alone(library: Library) -> Callable[[str], object]:
    return partial(_answered, Matcher(library, encoder=None))


def _answered(matcher: Matcher, words: str) -> object:
    """The best stories, and why the first of them: one is shown."""
    matches = matcher.match(words, limit=search.BEST)
    return matches[0].why if matches else None


OVER_STORIES: dict[str, Callable[[Library], Callable[[str], object]]] = {
    OURS: ours,
    "Storybot, words alone": words_alone,
}
OVER_TEXTS: dict[str, Callable[[Sequence[str]], Callable[[str], object]]] = {
    "tantivy": search.with_tantivy,
    "tantivy, one typo": search.with_tantivy_and_typos,
    "bm25s, numba": search.with_bm25s_and_numba,
    "bm25s, numpy": search.with_bm25s,
    "SQLite FTS5": search.with_fts5,
    "rapidfuzz scan": search.with_rapidfuzz,
}


def print_searching(size: int) -> None:
    """Measure every system, each in a process of its own, and print a table."""
    library = synthetic.library(size)
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "made"
        kept.write_bytes(pickle.dumps((library, synthetic.questions(library))))
        measured = {name: _apart(name, kept) for name in [*OVER_STORIES, *OVER_TEXTS]}
    best = measured[OURS]
    rows = [
        [
            name,
            short(of.p50),
            short(of.p99),
            short(of.p99 / best.p99),
            short(of.first),
            short(of.build),
            short(of.memory),
            f"{of.asked:,}",
        ]
        for name, of in measured.items()
    ]
    columns = ("", "p50 ms", "p99 ms", "p99 to ours", "first ms", "build s", "kB a story", "questions")
    print_table(f"One question over {size:,} made stories", columns, rows)


def _apart(name: str, kept: Path) -> Measured:
    """Measure in a new process that has one core: what it starts with, its threads and those of libraries keep to."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            return process.submit(_measure, name, kept).result()
    finally:
        os.sched_setaffinity(0, cores)


def _measure(name: str, kept: Path) -> Measured:
    library, questions = pickle.loads(kept.read_bytes())
    texts = [_text(library, story) for story in library.stories]
    if name in OVER_STORIES:
        synthetic.CheapEncoder()  # The encoder's own 150 MB are not counted with the stories.
    gc.collect()
    held, begun = _resident(), time.process_time()
    ask = OVER_STORIES[name](library) if name in OVER_STORIES else OVER_TEXTS[name](texts)
    build = time.process_time() - begun
    gc.collect()
    gc.freeze()  # as the bot does
    memory = (_resident() - held) / len(texts) / 1000
    first = _took(ask, questions[0])
    took: list[float] = []
    enough = time.perf_counter() + ENOUGH_SECONDS
    for words in questions[1:]:
        if time.perf_counter() > enough and len(took) >= LEAST_ASKED:
            break
        took.append(_took(ask, words))
    return Measured(len(took), percentile(took, 0.5), percentile(took, 0.99), first, build, memory)


def _took(ask: Callable[[str], object], words: str) -> float:
    """By the processor's time, which says the same on one core and is not that of whoever else wants it."""
    begun = time.process_time()
    ask(words)
    return (time.process_time() - begun) * 1000


def _resident() -> int:
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _text(library: Library, story: Story) -> str:
    facets = [story.company, story.industry, story.place, story.channel]
    themes = [theme.name for theme in library.themes_of(story)]
    return " ".join(filter(None, [story.title, *facets, *themes, story.summary, story.story, story.takeaway]))
