"""Why a story was chosen, in words that a person can look for in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from textwrap import shorten

from bot.domain.match import Why
from bot.domain.story import Story
from bot.matching.channels import phrase_id
from bot.matching.shelf import Shelf
from bot.matching.understanding import Understood
from bot.matching.words import stem

MOST_REASONS = 3
MOST_MENTIONS = 2
LONGEST_PASSAGE = 90

MENTIONING = {"mentions", "source"}
"""Kinds of reasons that only say a word; the others tell what a story is of."""

CARRIED_FROM = 0.3
"""The likeness from which a word, a theme or a passage that means the same is a reason, if there is a better one."""


@dataclass(frozen=True, slots=True)
class Reasons:
    """Gives reasons for stories, known by their shelf and their number there; `names` are those of themes by id."""

    names: Mapping[str, str]

    def of(self, shelf: Shelf, number: int, understood: Understood) -> tuple[Why, ...]:
        """What the story is of, then what it mentions, then the passage that came nearest; at least one."""
        told = _Told(shelf, number, understood, self.names)
        return told.reasons(CARRIED_FROM) or told.reasons(0)


@dataclass(frozen=True, slots=True)
class _Told:
    """One story beside one query; `least` is the likeness from which something is a reason."""

    shelf: Shelf
    number: int
    understood: Understood
    names: Mapping[str, str]

    def reasons(self, least: float) -> tuple[Why, ...]:
        said = list(dict.fromkeys(self._said(least)))
        of = [why for why in said if why.kind not in MENTIONING]
        mentions = [why for why in said if why.kind in MENTIONING]
        if not any(why.kind == "theme" for why in of):
            of += self._theme(least)
        reasons = [*of, *mentions[:MOST_MENTIONS]]
        # A source's title may be both.
        return tuple(dict.fromkeys([*reasons, *self._passage(least)][:MOST_REASONS]))

    @property
    def _story(self) -> Story:
        return self.shelf.stories[self.number]

    def _said(self, least: float) -> Iterator[Why]:
        """What the words of the query find in the story, the most telling word first."""
        rarity = self.understood.rarity
        for word in sorted(self.understood.asked.words, key=lambda word: -rarity[word]):
            near = [neighbour.word for neighbour in self.understood.near.get(word, ()) if neighbour.likeness > least]
            yield from next(filter(None, map(self._held, (word, *near))), [])

    def _held(self, word: str) -> list[Why]:
        """The themes of the story that a word speaks of, or else where the story holds the word."""
        spoken = self.understood.themes.get(word, ())
        themes = [Why("theme", self.names[theme]) for theme in self._story.themes if theme in spoken]
        if self._story.channel and phrase_id(self._story.channel) in spoken:
            themes.insert(0, Why("channel", self._story.channel))
        why = self.shelf.index.why(stem(word), self.number)
        return themes or ([Why(why.kind, _short(why.words))] if why else [])

    def _theme(self, least: float) -> list[Why]:
        """The theme of the story that means most nearly what was asked."""
        likeness = self.understood.heard.themes if self.understood.heard else {}
        near = [theme for theme in self._story.themes if likeness.get(theme, 0) > least]
        return [Why("theme", self.names[theme]) for theme in sorted(near, key=lambda theme: -likeness[theme])[:1]]

    def _passage(self, least: float) -> list[Why]:
        """The passage of the story that means most nearly what was asked."""
        if not (self.shelf.sense and self.understood.heard):
            return []
        passage, likeness = self.shelf.sense.passages.closest(self.understood.heard.vector, self.number)
        kind = "source" if passage in (source.title for source in self._story.sources) else "close to"
        return [Why(kind, _short(passage))] if likeness > least else []


def _short(passage: str) -> str:
    # Of what is cut off anyway `shorten` would look at every word.
    short = passage[: 2 * LONGEST_PASSAGE]
    return short if len(short) <= LONGEST_PASSAGE else shorten(short, LONGEST_PASSAGE, placeholder=" …")
