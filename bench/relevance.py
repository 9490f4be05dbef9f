"""How well the matching answers judged queries, beside bm25s, plain rapidfuzz and the encoder alone.

    python -m bench.relevance

prints two tables: over the seventeen stories that were judged first, and over all of the built-in pack.
"""

from collections.abc import Callable, Iterable

import bm25s
import numpy as np
from rapidfuzz import fuzz
from rich.console import Console
from rich.table import Table

from bench.judged import DEPTH, Answer, Figures, Judged, judged, seventeen
from bot.domain.library import Library
from bot.domain.story import Story
from bot.matching import Matcher
from bot.matching.encoder import STANDARD
from bot.matching.words import split, stem
from bot.reading import packs

OVER_SEVENTEEN = ("dev", "languages", "own-tuning", "own-test")
OVER_ALL = (
    "ninety-tuning",
    "ninety-test",
    "further-tuning",
    "chatty-tuning",
    "chatty-test",
    "wordy-tuning",
    "wordy-test",
    "lures-tuning",
    "lures-test",
)

System = Callable[[str], Answer]


def main() -> None:
    library = packs.load([packs.builtin_folder()]).library
    console = Console(width=120)
    console.print(_table("Seventeen stories", library.only(seventeen()), OVER_SEVENTEEN))
    console.print(_table("Every story", library, OVER_ALL))


def ours(library: Library) -> System:
    """The matching as the bot uses it."""
    matcher = Matcher(library)

    def answer(words: str) -> Answer:
        matches = matcher.match(words, DEPTH)
        return Answer([match.story.id for match in matches], bool(matches) and matches[0].is_strong)

    return answer


def plain_bm25(library: Library) -> System:
    """bm25s over stemmed text and theme names; it cannot say that it has nothing."""
    index = bm25s.BM25(backend="numpy")
    index.index([_stems(_text(library, story)) for story in library.stories], show_progress=False)

    def answer(words: str) -> Answer:
        stems = _stems(words)  # of an emoji alone there are none, which bm25s cannot take
        return _best(library, index.get_scores(stems).tolist() if stems else [])

    return answer


def plain_rapidfuzz(library: Library) -> System:
    """rapidfuzz's token_set_ratio over the same text."""
    texts = [_text(library, story).lower() for story in library.stories]
    return lambda words: _best(library, [fuzz.token_set_ratio(words.lower(), text) for text in texts])


def encoder_alone(library: Library) -> System:
    """The cosine of the query with the nearest sentence of each story."""
    told = [[story.title, story.summary, *story.story.split(". ")] for story in library.stories]
    vectors = [STANDARD.encode(passages) for passages in told]
    return lambda words: _best(library, [float(np.max(of @ STANDARD.encode([words])[0])) for of in vectors])


SYSTEMS: dict[str, Callable[[Library], System]] = {
    "bm25s": plain_bm25,
    "rapidfuzz": plain_rapidfuzz,
    "encoder": encoder_alone,
    "ours": ours,
}


def _table(title: str, library: Library, names: Iterable[str]) -> Table:
    table = Table(title=f"{title} ({len(library.stories)})", title_justify="left")
    table.add_column("queries", no_wrap=True)
    for column in ("", *(f"nDCG@3 {system}" for system in SYSTEMS), "hit@1", "hit@3", "strong", "false strong"):
        table.add_column(column, justify="right")
    systems = {name: build(library) for name, build in SYSTEMS.items()}
    for name in names:
        answers = {system: [(query, ask(query.words)) for query in judged(name)] for system, ask in systems.items()}
        _add_row(table, name, answers)
        for kind in sorted({query.kind for query in judged(name)} - {name}):
            _add_row(table, f"  {kind}", {system: _of_kind(kind, given) for system, given in answers.items()})
        table.add_section()
    return table


def _add_row(table: Table, name: str, answers: dict[str, list[tuple[Judged, Answer]]]) -> None:
    figures = {system: Figures.of(given) for system, given in answers.items()}
    best = figures["ours"]
    told = [of.ndcg for of in figures.values()] + [best.first, best.among_three, best.strong, best.false_strong]
    table.add_row(name, str(best.queries), *("" if figure is None else f"{figure:.3f}" for figure in told))


def _of_kind(kind: str, answers: list[tuple[Judged, Answer]]) -> list[tuple[Judged, Answer]]:
    return [(query, answer) for query, answer in answers if query.kind == kind]


def _best(library: Library, scores: list[float]) -> Answer:
    ranked = sorted(range(len(scores)), key=lambda number: -scores[number])
    return Answer([library.stories[number].id for number in ranked if scores[number] > 0], is_strong=True)


def _stems(words: str) -> list[str]:
    return list(map(stem, split(words)))


def _text(library: Library, story: Story) -> str:
    facets = [story.company, story.industry, story.place, story.channel]
    themes = [theme.name for theme in library.themes_of(story)]
    return " ".join(filter(None, [story.title, *facets, *themes, story.summary, story.story, story.takeaway]))


if __name__ == "__main__":
    main()
