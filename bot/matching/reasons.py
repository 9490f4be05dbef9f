"""Why a story was chosen, in words that a person can look for in it."""

from collections.abc import Iterator
from textwrap import shorten

from bot.domain.library import Library
from bot.domain.match import Why
from bot.matching.bm25 import Index
from bot.matching.channels import phrase_id
from bot.matching.meaning import Meaning
from bot.matching.understanding import Understood
from bot.matching.words import stem

MOST_REASONS = 3
MOST_MENTIONS = 2
LONGEST_PASSAGE = 90

CARRIED_FROM = 0.3
"""The likeness from which a word, a theme or a passage that means the same is a reason, if there is a better one."""


class Reasons:
    """Gives reasons for the stories of one library, known by their numbers."""

    def __init__(self, library: Library, index: Index, meaning: Meaning | None) -> None:
        self._shown = [library.themes_of(story) for story in library.stories]
        self._channels = [story.channel or "" for story in library.stories]
        self._index = index
        self._meaning = meaning

    def of(self, number: int, understood: Understood) -> tuple[Why, ...]:
        """What the story is of, then what it mentions, then the passage that came nearest; at least one."""
        return self._reasons(number, understood, CARRIED_FROM) or self._reasons(number, understood, 0)

    def _reasons(self, number: int, understood: Understood, least: float) -> tuple[Why, ...]:
        said = list(dict.fromkeys(self._said(number, understood, least)))
        of = [why for why in said if why.kind != "mentions"]
        mentions = [why for why in said if why.kind == "mentions"]
        if not any(why.kind == "theme" for why in of):
            of += self._theme(number, understood, least)
        return tuple([*of, *mentions[:MOST_MENTIONS], *self._passage(number, understood, least)][:MOST_REASONS])

    def _said(self, number: int, understood: Understood, least: float) -> Iterator[Why]:
        """What the words of the query find in the story, the most telling word first."""
        for word in sorted(understood.asked.words, key=lambda word: -self._index.rarity(stem(word))):
            near = [neighbour.word for neighbour in understood.near.get(word, ()) if neighbour.likeness > least]
            yield from next(filter(None, (self._held(number, known, understood) for known in (word, *near))), [])

    def _held(self, number: int, word: str, understood: Understood) -> list[Why]:
        """The themes of the story that a word speaks of, or else where the story holds the word."""
        spoken = understood.themes.get(word, ())
        themes = [Why("theme", theme.name) for theme in self._shown[number] if theme.id in spoken]
        if phrase_id(self._channels[number]) in spoken:
            themes.insert(0, Why("channel", self._channels[number]))
        why = self._index.why(stem(word), number)
        return themes or ([why] if why else [])

    def _theme(self, number: int, understood: Understood, least: float) -> list[Why]:
        """The theme of the story that means most nearly what was asked."""
        likeness = understood.heard.theme_likeness if understood.heard else {}
        near = [theme for theme in self._shown[number] if likeness.get(theme.id, 0) > least]
        return [Why("theme", theme.name) for theme in sorted(near, key=lambda theme: -likeness[theme.id])[:1]]

    def _passage(self, number: int, understood: Understood, least: float) -> list[Why]:
        """The passage of the story that means most nearly what was asked."""
        if not (self._meaning and understood.heard and understood.heard.sentences[number] > least):
            return []
        passage = self._meaning.closest(understood.heard, number)
        return [Why("close to", shorten(passage, LONGEST_PASSAGE, placeholder=" …"))]
