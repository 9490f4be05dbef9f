"""What a library makes of a query: words put right, themes they speak of, words and passages that mean the same."""

import logging
import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from bot.domain.library import Library
from bot.matching.bm25 import Index
from bot.matching.encoder import Encoder
from bot.matching.filler import FILLER
from bot.matching.lexicon import Lexicon
from bot.matching.meaning import Heard, Meaning, Neighbour
from bot.matching.spelling import Spelling
from bot.matching.words import Asked, plain, read, stem

FILLER_FROM = 0.65
"""The likeness to filler from which a word is filler in another language: "über", "histoire"."""

SHORTEST_TEXT = 2
"""Characters; one letter means nothing, and an encoder finds meaning in it all the same."""

MOST_STRANGERS = 8
"""Words unknown to the library that are looked up by their meaning, of one query."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Understood:
    """A query, understood."""

    asked: Asked
    themes: Mapping[str, set[str]]
    """Words to the ids of the themes they speak of; also of unwanted words, and of words that mean the same."""
    near: Mapping[str, list[Neighbour]]
    """Words that the library lacks to words of it that mean nearly the same, the nearest first."""
    heard: Heard | None
    """What the query means; None without an encoder or without words."""


class Understanding:
    """Understands queries to one library, with its index at hand and an encoder if there is one that works."""

    def __init__(self, library: Library, index: Index, encoder: Encoder | None, kept_in: Path | None) -> None:
        self._index = index
        self._lexicon = Lexicon(library.themes)
        words = index.words | self._lexicon.words
        self.meaning = _meaning(library, words, encoder, kept_in)
        names = [re.split(r"[(,]", story.company)[0].strip() for story in library.stories if story.company]
        is_word = encoder.is_word if encoder and self.meaning else lambda _: False
        self._spelling = Spelling(words, FILLER, names, is_word)

    def of(self, typed: str) -> Understood:
        """Never fails, whatever was typed."""
        text = self._spelling.mended(plain(typed))
        asked = read(text, FILLER)
        themes = self._lexicon.themes_in(asked.spoken) | self._lexicon.themes_in(asked.unwanted)
        if not self.meaning or len(asked.text) < SHORTEST_TEXT:
            return Understood(asked, themes, {}, None)
        strangers = [word for word in asked.words if stem(word) not in self._index and word not in themes]
        vector, *of_words = self.meaning.encoded(asked.text, strangers[:MOST_STRANGERS])
        near = {word: self.meaning.near(word, of) for word, of in zip(strangers, of_words, strict=False)}
        if foreign := {word for word, found in near.items() if _is_filler(found)}:
            asked = read(text, FILLER | foreign)
            vector = self.meaning.encoded(asked.text or text)[0]
        near = {word: [like for like in found if like.word not in FILLER] for word, found in near.items()}
        neighbours = {neighbour.word for found in near.values() for neighbour in found}
        themes |= {word: self._lexicon.themes_in([word]).get(word, set()) for word in neighbours - themes.keys()}
        return Understood(asked, themes, near, self.meaning.heard(vector))


def _is_filler(found: list[Neighbour]) -> bool:
    return bool(found) and found[0].word in FILLER and found[0].likeness > FILLER_FROM


def _meaning(library: Library, words: Set[str], encoder: Encoder | None, kept_in: Path | None) -> Meaning | None:
    if encoder is None or not library.stories:
        return None
    try:
        return Meaning(library, words, encoder, kept_in)
    except Exception:
        log.warning("The sentence encoder cannot be used: stories are matched by their words alone.", exc_info=True)
        return None
