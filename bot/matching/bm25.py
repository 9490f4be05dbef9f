"""Which stories hold the words: BM25 over weighted fields, scaled so that 1 means "every word, fully"."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.domain.match import Why
from bot.domain.story import Story
from bot.matching import channels
from bot.matching.words import WORD, fold, split, stem

Floats = NDArray[np.float32]
Numbers = NDArray[np.int32]

FIELD_WEIGHTS: Mapping[str, float] = {
    "company": 6.0,
    "place": 4.0,
    "country": 4.0,
    "year": 4.0,
    "industry": 4.0,
    "told_by": 4.0,
    "channel": 3.0,
    "title": 2.0,
    "summary": 1.5,
    "story": 1.0,
    "takeaway": 0.5,
}
"""How much one mention counts in each field: what a story is *of* before what it only says."""

THEME_WEIGHTS = (8.0, 6.0, 5.0, 4.0, 3.0)
"""What a story's themes count in the same measure, the strongest first, as packs list them."""

SATURATION = 1.0
"""BM25's k1: at this weight a word counts half. BM25's b is left out: a long telling is no worse answer."""

ABOUT = FIELD_WEIGHTS["title"]
"""From this weight on a story is of a word, rather than only saying it."""


KINDS = {
    "country": "place",
    "told_by": "told by",
    "title": "mentions",
    "summary": "mentions",
    "story": "mentions",
    "takeaway": "mentions",
}
"""How a field is called in a reason, where it is not by its own name."""


@dataclass(frozen=True, slots=True)
class Held:
    """The stories that hold a stem or show a theme: their numbers in order, and for each how much it weighs there."""

    stories: Numbers
    weights: Floats


NOWHERE = Held(np.zeros(0, np.int32), np.zeros(0, np.float32))


class Index:
    """Word stems to the stories that hold them, and themes to the stories that show them."""

    def __init__(self, stories: Sequence[Story]) -> None:
        self.size = len(stories)
        self.words: set[str] = set()
        numbers: dict[Why, int] = {}
        held: dict[str, dict[int, tuple[float, int]]] = defaultdict(dict)
        shown: dict[str, dict[int, float]] = defaultdict(dict)
        for number, story in enumerate(stories):
            for word, weight, why in _words(story):
                self.words.add(word)
                stories_of = held[stem(word)]
                if known := stories_of.get(number):
                    stories_of[number] = (known[0] + weight, known[1])
                else:
                    stories_of[number] = (weight, numbers.setdefault(why, len(numbers)))
            for theme, weight in zip(story.themes, THEME_WEIGHTS, strict=False):
                shown[theme][number] = weight
            if story.channel:
                shown[channels.phrase_id(story.channel)][number] = channels.WEIGHT
        self._held = {known: _held(of, [weight for weight, _ in of.values()]) for known, of in held.items()}
        self._shown = {theme: _held(of, of.values()) for theme, of in shown.items()}
        self._whys = list(numbers)
        self._first_whys = {known: np.array([why for _, why in of.values()], np.int32) for known, of in held.items()}

    def holding(self, known: str) -> int:
        """How many stories hold a stem."""
        return len(self._held.get(known, NOWHERE).stories)

    def shown(self, theme: str) -> Held:
        """The stories that show a theme, or that happened by a channel."""
        return self._shown.get(theme, NOWHERE)

    def evidence(self, known: str, themes: Collection[str] = ()) -> Held:
        """The stories that hold this stem or show the themes that the word speaks of, weighed 0 to 1 by how surely.

        Two witnesses that know nothing of each other: a story that shows the theme *and* says the word goes before
        one whose theme is a little stronger.
        """
        # Whoever says "on the phone" means the channel, and no story about a phone.
        said = NOWHERE if any(map(channels.is_phrase, themes)) else self._held.get(known, NOWHERE)
        doubt = SATURATION / (said.weights + SATURATION)
        if not themes:
            return Held(said.stories, 1 - doubt)
        left = np.ones(self.size, np.float32)
        left[said.stories] = doubt
        weights = np.zeros(self.size, np.float32)
        for theme in themes:
            shown = self.shown(theme)
            weights[shown.stories] += shown.weights
        left *= SATURATION / (weights + SATURATION)
        stories = np.flatnonzero(left < 1).astype(np.int32)
        return Held(stories, 1 - left[stories])

    def about(self, known: str, themes: Iterable[str] = ()) -> Numbers:
        """The stories that are of this stem or show one of these themes, rather than only saying it."""
        said = self._held.get(known, NOWHERE)
        return np.concatenate([said.stories[said.weights >= ABOUT], *(self.shown(theme).stories for theme in themes)])

    def why(self, known: str, story: int) -> Why | None:
        """Where a story, by its number, holds a stem, as the story spells it."""
        stories = self._held.get(known, NOWHERE).stories
        at = int(np.searchsorted(stories, story))
        if at < len(stories) and stories[at] == story:
            return self._whys[int(self._first_whys[known][at])]
        return None


def _held(stories: Collection[int], weights: Collection[float]) -> Held:
    return Held(np.fromiter(stories, np.int32, len(stories)), np.fromiter(weights, np.float32, len(weights)))


def _words(story: Story) -> Iterator[tuple[str, float, Why]]:
    """Every word of a story with what it counts and the reason it gives; what the story is of comes first."""
    for field, weight in FIELD_WEIGHTS.items():
        text = str(getattr(story, field) or "")
        kind = KINDS.get(field, field)
        for found in WORD.findall(text):
            yield fold(found), weight, Why(kind, found if kind == "mentions" else text)
        if field == "country" and len(split(text)) > 1:
            yield "".join(word[0] for word in split(text)), weight, Why(kind, text)
        if field == "year" and story.year:
            for decade in _decade(story.year):
                yield decade, weight, Why(kind, text)


def _decade(year: int) -> tuple[str, ...]:
    """How people say a year's decade: 1994 is of the "1990s", the "90s" and the "nineties"."""
    spoken = {50: "fifties", 60: "sixties", 70: "seventies", 80: "eighties", 90: "nineties"}.get(year // 10 * 10 % 100)
    decade = f"{year // 10 * 10}s"
    return (decade, decade[2:], spoken) if spoken and year < 2000 else (decade,)
