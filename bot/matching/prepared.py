"""All that is known of a library before anybody asks: made in seconds or minutes, and kept whole for the next start."""

import hashlib
import heapq
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot import kept
from bot.domain.library import Library
from bot.domain.story import Story
from bot.matching.bm25 import Held, Index
from bot.matching.cache import VectorCache
from bot.matching.encoder import Encoder
from bot.matching.filler import FILLER
from bot.matching.lexicon import Lexicon
from bot.matching.meaning import Passages, Themes, Words, tells
from bot.matching.shelf import Sense, sense
from bot.matching.spelling import Known, Near
from bot.matching.vectors import Signs, Vectors
from bot.matching.words import stem

MOST_WORDS = 20_000
"""Words of a library that others are compared with by their meaning: those that most stories hold."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """`sense` and `themes` are what the library and its themes mean; None where nothing understands meaning."""

    index: Index
    known: Known
    sense: Sense | None = None
    themes: Themes | None = None


_TYPES = (Prepared, Index, Held, Known, Near, Sense, Words, Passages, Themes, Vectors, Signs)


def by_words(library: Library, lexicon: Lexicon) -> Prepared:
    """What can be known without an encoder."""
    index = Index(library.stories)
    return Prepared(index, Known(index.words | lexicon.words, FILLER, names(library.stories)))


def by_meaning(library: Library, lexicon: Lexicon, encoder: Encoder, folder: Path | None) -> Prepared:
    """With what all of it means; read again if it was kept in `folder`. Fails with whatever the encoder fails with."""
    if not folder:
        return _made(library, lexicon, encoder, None)
    path, key = folder / "prepared.npz", _key(library, encoder)
    found = kept.read(path, key, _TYPES, [library.stories])
    if isinstance(found, Prepared):
        return found
    made = _made(library, lexicon, encoder, folder)
    kept.write(path, key, made, [library.stories])
    return made


def _made(library: Library, lexicon: Lexicon, encoder: Encoder, folder: Path | None) -> Prepared:
    prepared = by_words(library, lexicon)
    index, cache = prepared.index, VectorCache(folder, encoder)
    telling = sorted(filter(tells, index.words | lexicon.whole))
    # A library of many thousand stories has names and rarities that nobody means by another word.
    common = heapq.nlargest(MOST_WORDS, telling, key=lambda word: index.holding(stem(word)))
    understood = sense(library.stories, {*common, *FILLER}, cache.encode)
    themes = Themes(library.themes, cache.encode)
    cache.keep()
    return Prepared(index, prepared.known, understood, themes)


def _key(library: Library, encoder: Encoder) -> bytes:
    """Of everything that goes into it: the texts, the encoder, and the code that prepares."""
    key = hashlib.blake2b(digest_size=32)
    for part in _parts(library, encoder):
        key.update(len(part).to_bytes(8))
        key.update(part)
    return key.digest()


def _parts(library: Library, encoder: Encoder) -> Iterator[bytes]:
    yield encoder.version.encode()
    for code in sorted(Path(__file__).parent.glob("*.py")):
        yield code.read_bytes()
    for value in (*library.themes, *library.stories):
        yield value.model_dump_json().encode()


def names(stories: Sequence[Story]) -> list[str]:
    """The names of companies in stories, without what stands behind them in brackets or after a comma."""
    return [re.split(r"[(,]", story.company)[0].strip() for story in stories if story.company]
