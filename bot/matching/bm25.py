"""Which stories hold the words: BM25 over weighted fields, scaled so that 1 means "every word, fully"."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.domain.library import Library
from bot.domain.match import Why
from bot.domain.story import Story
from bot.matching import channels
from bot.matching.words import WORD, fold, split, stem

Floats = NDArray[np.float32]

FIELD_WEIGHTS: Mapping[str, float] = {
    "company": 6.0,
    "place": 4.0,
    "country": 4.0,
    "year": 4.0,
    "industry": 4.0,
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
"""BM25's k1: at this weight a word counts half. Stories have much the same length, so BM25's b is left out."""

ABOUT = FIELD_WEIGHTS["title"]
"""From this weight on a story is of a word, rather than only saying it."""


KINDS = {"country": "place", "title": "mentions", "summary": "mentions", "story": "mentions", "takeaway": "mentions"}
"""How a field is called in a reason, where it is not by its own name."""


@dataclass(frozen=True, slots=True)
class _Posting:
    """The stories that hold one stem: their numbers in order, and for each its weight and the number of its reason."""

    stories: NDArray[np.int32]
    weights: Floats
    whys: NDArray[np.int32]


class Index:
    """Word stems to the stories that hold them, and themes to the stories that show them."""

    def __init__(self, library: Library) -> None:
        self.size = len(library.stories)
        self.words: set[str] = set()
        numbers: dict[Why, int] = {}
        held: dict[str, dict[int, tuple[float, int]]] = defaultdict(dict)
        ids = [*(theme.id for theme in library.themes), *map(channels.phrase_id, channels.SAID)]
        self._themes = {theme_id: np.zeros(self.size, np.float32) for theme_id in ids}
        for number, story in enumerate(library.stories):
            for word, weight, why in _words(story):
                self.words.add(word)
                before, first = held[stem(word)].get(number, (0.0, numbers.setdefault(why, len(numbers))))
                held[stem(word)][number] = (before + weight, first)
            for theme, weight in zip(story.themes, THEME_WEIGHTS, strict=False):
                if theme in self._themes:
                    self._themes[theme][number] = weight
            if story.channel and (said := channels.phrase_id(story.channel)) in self._themes:
                self._themes[said][number] = channels.WEIGHT
        self._whys: list[Why] = list(numbers)
        self._postings = {known: _posting(stories) for known, stories in held.items()}

    def __contains__(self, known: str) -> bool:
        return known in self._postings

    def rarity(self, known: str) -> float:
        """BM25's idf: how much a stem tells; most for one that no story holds."""
        holding = len(self._postings[known].stories) if known in self._postings else 0
        return float(np.log1p((self.size - holding + 0.5) / (holding + 0.5)))

    def evidence(self, known: str, themes: Collection[str] = ()) -> Floats:
        """For each story, 0 to 1: how surely it holds this stem, or shows the themes that the word speaks of.

        Two witnesses that know nothing of each other: a story that shows the theme *and* says the word goes before
        one whose theme is a little stronger.
        """
        # Whoever says "on the phone" means the channel, and no story about a phone.
        said = self._weight(known) * (not any(map(channels.is_phrase, themes)))
        shown = np.zeros(self.size, np.float32)
        for theme in themes:
            shown += self._themes[theme]
        return 1 - SATURATION / (said + SATURATION) * SATURATION / (shown + SATURATION)

    def about(self, known: str, themes: Iterable[str] = ()) -> NDArray[np.bool_]:
        """For each story, whether it is of this stem or shows one of these themes, rather than only saying it."""
        about = self._weight(known) >= ABOUT
        for theme in themes:
            about |= self._themes[theme] > 0
        return about

    def why(self, known: str, story: int) -> Why | None:
        """Where a story, by its number, holds a stem, as the story spells it."""
        if posting := self._postings.get(known):
            at = int(np.searchsorted(posting.stories, story))
            if at < len(posting.stories) and posting.stories[at] == story:
                return self._whys[int(posting.whys[at])]
        return None

    def _weight(self, known: str) -> Floats:
        weight = np.zeros(self.size, np.float32)
        if posting := self._postings.get(known):
            weight[posting.stories] = posting.weights
        return weight


def _posting(stories: Mapping[int, tuple[float, int]]) -> _Posting:
    weights, whys = zip(*stories.values(), strict=True)
    return _Posting(np.array(list(stories), np.int32), np.array(weights, np.float32), np.array(whys, np.int32))


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
