"""What the rest of the bot asks: stories of a library, and of a team's own beside it, for what somebody typed."""

import logging
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from bot.domain.library import Library
from bot.domain.match import Match
from bot.domain.story import Story
from bot.matching.bm25 import Index
from bot.matching.cache import RecentVectors
from bot.matching.duplicates import told_before
from bot.matching.encoder import STANDARD, Encoder
from bot.matching.english import english
from bot.matching.lexicon import Lexicon
from bot.matching.meaning import tells
from bot.matching.prepared import Preparing, names
from bot.matching.ranking import Ranking
from bot.matching.reasons import Reasons
from bot.matching.shelf import Shelf, sense
from bot.matching.spelling import Known, Spelling
from bot.matching.understanding import Ear, Understanding

MOST_TEXTS = 30_000
"""Passages and words of teams' own stories whose vectors are remembered: 30 MB, or some three thousand stories."""

MOST_QUERIES = 4_000
"""Queries, and words of them, whose vectors are remembered: people ask for the same, and encoding takes longest."""

REHEARSED = "a storm at the stattion"
"""A question with a slip, which is looked for among all words."""

log = logging.getLogger(__name__)


class Matcher:
    """Finds stories of one library, and never changes. Building one takes a while: do it off the event loop."""

    def __init__(self, library: Library, encoder: Encoder | None = STANDARD, kept_in: Path | None = None) -> None:
        """Without an encoder, or with one that cannot be loaded, stories are matched by their words alone.

        `kept_in` is a folder for what was made of a library and its vectors: with that, building takes a moment.
        """
        self._library = library
        self._lexicon = Lexicon(library.themes)
        self._preparing = Preparing(library, self._lexicon, kept_in)
        spoken = self._preparing.by_words()
        self._words = spoken.index.words | self._lexicon.words
        self._known = spoken.known
        self._reasons = Reasons({theme.id: theme.name for theme in library.themes})
        self._shelf = Shelf(library.stories, spoken.index, None)
        self._ear: Ear | None = None
        self._recent: RecentVectors | None = None
        self._is_word: Callable[[str], bool] = lambda _: False
        if encoder:
            self._understand(encoder)
        self._ranking = self._over([self._shelf], [self._known])
        self._rehearse()

    def with_meaning(self, encoder: Encoder = STANDARD) -> "Matcher":
        """A matcher over the same words that understands meaning as well, if the encoder can be loaded."""
        matcher = copy(self)
        matcher._understand(encoder)
        matcher._ranking = matcher._over([matcher._shelf], [matcher._known])
        matcher._rehearse()
        return matcher

    def remember_as(self, former: "Matcher") -> None:
        """Keep what a `former` one with the same encoder had encoded lately: teams' own stories are told by both."""
        if self._recent and former._recent:
            self._recent = former._recent

    @property
    def understands_meaning(self) -> bool:
        """Whether sentences and other languages are understood, rather than words alone."""
        return self._ear is not None

    def match(self, words: str, limit: int | None = None) -> list[Match]:
        """The stories that something speaks for, or the best `limit` of them, best first. Never fails on any text."""
        return self._ranking.match(words, limit)

    def only_asks(self, words: str) -> bool:
        """Whether they ask for a story and do not say of what, so that none is found: any would do."""
        return self._ranking.only_asks(words)

    def is_mashed(self, words: str) -> bool:
        """Whether it is hands on a keyboard, and no word of any language."""
        return self._ranking.is_mashed(words)

    def takes_long(self, words: str) -> bool:
        """Whether an answer may take longer than an event loop should wait: in another language, or of rare words."""
        return self._ranking.takes_long(words)

    def with_own(self, stories: Sequence[Story]) -> Ranking:
        """Finds a team's own stories as well; the library's are shared, so this is small and quickly made.

        Only what was not encoded lately is encoded, in about a millisecond a sentence: do it off the event loop too.
        A story with the id of one of the library's is left out, as in `Library.with_own`.
        """
        own = [story for story in stories if not self._library.story(story.id)]
        if not own:
            return self._ranking
        index = Index(own)
        new = index.words - self._words
        understood = sense(own, filter(tells, new), self._recent.encode) if self._recent else None
        shelf = Shelf(own, index, understood)
        return self._over([self._shelf, shelf], [self._known, Known(new, names=names(own))])

    def reads_like(self, text: str, others: Sequence[tuple[str, str]] = ()) -> str | None:
        """The id of the library's story, or of `others` (ids and texts), that `text` tells again; None if none does.

        A text is a title, an empty line and what happened, up to some 2,500 characters. Takes some ten milliseconds,
        and a second where two hundred `others` were not compared lately: do it off the event loop.
        """
        return told_before(text, self._shelf, others, self._recent.encode if self._recent else None)

    def _understand(self, encoder: Encoder) -> None:
        """Take in what the library means, and an ear for queries; where the encoder fails, all stays as it was."""
        if not self._library.stories:
            return
        try:
            english()  # loaded here for the same reason as the encoder below
            meant = self._preparing.by_meaning(self._shelf.index, encoder)
            encoder.encode(["a"])  # where all was kept, this loads it
        except Exception:
            log.warning("The sentence encoder cannot be used: stories are matched by their words alone.", exc_info=True)
            return
        self._shelf = replace(self._shelf, sense=meant.sense)
        recent = RecentVectors(encoder, MOST_QUERIES)
        self._ear = Ear(encoder, recent, meant.themes, meant.asking, meant.elsewhere)
        self._recent = RecentVectors(encoder, MOST_TEXTS)
        self._is_word = lru_cache(MOST_QUERIES)(lambda word: len(encoder.pieces(word)) == 1)

    def _rehearse(self) -> None:
        """Answer once what nobody asked: what is loaded when it is first needed is so now, while nobody waits.

        Words alone have to be there at once, and load even their dictionary later.
        """
        if self.understands_meaning:
            self._ranking.match(REHEARSED)

    def _over(self, shelves: Sequence[Shelf], known: Sequence[Known]) -> Ranking:
        is_whole: Callable[[str], bool] = self._is_word

        def is_word(word: str) -> bool:
            return english().is_word(word) or is_whole(word)

        spelling = Spelling(known, is_word, lambda word: english().corrected(word))
        return Ranking(Understanding(shelves, self._lexicon, spelling, self._ear), self._reasons)
