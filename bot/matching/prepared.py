"""All that is known of a library before anybody asks: made in seconds or minutes, and kept for the next start.

What the stories say is kept apart from what they mean: people are answered by the one before the other is there.
"""

import hashlib
import heapq
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot import kept
from bot.domain.library import Library
from bot.domain.story import Story
from bot.matching.asking import Asking
from bot.matching.bm25 import Held, Index
from bot.matching.cache import VectorCache
from bot.matching.elsewhere import Elsewhere
from bot.matching.encoder import Encoder
from bot.matching.english import english
from bot.matching.filler import FILLER
from bot.matching.lexicon import Lexicon
from bot.matching.meaning import Passages, Themes, Words, said_of, tells
from bot.matching.shelf import Sense, sense
from bot.matching.spelling import Known, Near
from bot.matching.vectors import Signs, Vectors
from bot.matching.words import stem

MOST_WORDS = 20_000
"""Words of a library that others are compared with by their meaning: those that most stories hold."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the stories say: enough to find them by their words."""

    index: Index
    known: Known


@dataclass(frozen=True, slots=True)
class Meant:
    """What the stories, the themes and the ways of asking mean, for a story and for something else."""

    sense: Sense
    themes: Themes
    asking: Asking
    elsewhere: Elsewhere


FORMER = "prepared.npz"
"""In which earlier versions kept all of it together: up to hundreds of megabytes that none reads any more."""

_SPOKEN = (Spoken, Index, Held, Known, Near)
_MEANT = (Meant, Asking, Elsewhere, Sense, Words, Passages, Themes, Vectors, Signs)


class Preparing:
    """Prepares a library: each part of it is made, or read again where it was kept in `folder`."""

    def __init__(self, library: Library, lexicon: Lexicon, folder: Path | None) -> None:
        self._library = library
        self._lexicon = lexicon
        self._folder = folder
        self._key = _key(library) if folder else b""

    def by_words(self) -> Spoken:
        """What can be known without an encoder."""
        spoken: Spoken = self._kept("words.npz", self._key, _SPOKEN, self._spoken)
        return spoken

    def by_meaning(self, index: Index, encoder: Encoder) -> Meant:
        """What all of it means, with the words of `index`. Fails with whatever the encoder fails with."""
        key = self._key + encoder.version.encode()
        meant: Meant = self._kept("meaning.npz", key, _MEANT, lambda: self._meant(index, encoder))
        return meant

    def _kept(self, name: str, key: bytes, types: Sequence[type], make: Callable[[], object]) -> Any:
        if not self._folder:
            return make()
        path, known = self._folder / name, [self._library.stories]
        found = kept.read(path, key, types, known)
        if found is None:
            found = make()
            kept.write(path, key, found, known)
            with suppress(OSError):
                (self._folder / FORMER).unlink(missing_ok=True)
        return found

    def _spoken(self) -> Spoken:
        index = Index(self._library.stories)
        return Spoken(index, Known(index.words | self._lexicon.words, FILLER, names(self._library.stories)))

    def _meant(self, index: Index, encoder: Encoder) -> Meant:
        cache = VectorCache(self._folder, encoder)
        # An encoder takes many an unknown word for like a rare English one, by which no theme is meant.
        known = (word for word in self._lexicon.whole if english().is_everyday(word) or not english().is_word(word))
        telling = sorted(filter(tells, index.words.union(known)))
        # A library of many thousand stories has names and rarities that nobody means by another word.
        common = heapq.nlargest(MOST_WORDS, telling, key=lambda word: index.holding(stem(word)))
        understood = sense(self._library.stories, {*common, *FILLER}, cache.encode)
        themes = Themes(self._library.themes, cache.encode)
        asking = Asking(cache.encode)
        elsewhere = self._elsewhere(cache)
        cache.keep()
        return Meant(understood, themes, asking, elsewhere)

    def _elsewhere(self, cache: VectorCache) -> Elsewhere:
        titles = [story.title for story in self._library.stories]
        phrases = [phrase for theme in self._library.themes for phrase in said_of(theme)]
        return Elsewhere(titles, list(dict.fromkeys(names(self._library.stories))), phrases, cache.encode)


def _key(library: Library) -> bytes:
    """Of all that goes into what is prepared: the texts, and the code that prepares."""
    code = hashlib.blake2b(digest_size=32)
    for file in sorted(Path(__file__).parent.glob("*.py")):
        code.update(file.read_bytes())
    return library.digest + code.digest()


def names(stories: Sequence[Story]) -> list[str]:
    """The names of companies in stories, without what stands behind them in brackets or after a comma."""
    return [re.split(r"[(,]", story.company)[0].strip() for story in stories if story.company]
