"""Which stories hold the words: BM25 over weighted fields, scaled so that 1 means "every word, fully"."""

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.domain.match import Why
from bot.domain.story import Story
from bot.matching import channels
from bot.matching.words import WORD, fold, stem

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
    "sources": 0.5,
}
"""How much one mention counts in each field: what a story is *of* before what it only says, or its sources' titles."""

_FIELDS = tuple(FIELD_WEIGHTS)

THEME_WEIGHTS = (8.0, 6.0, 5.0, 4.0, 3.0)
"""What a story's themes count in the same measure, the strongest first, as packs list them."""

SATURATION = 1.0
"""BM25's k1: at this weight a word counts half. BM25's b is left out: a long telling is no worse answer."""

ABOUT = FIELD_WEIGHTS["title"]
"""From this weight on a story is of a word, rather than only saying it."""

FEW_SAY = 2
"""Stories; a word that no more of them say tells them from all others."""

KINDS = {
    "country": "place",
    "told_by": "told by",
    "title": "mentions",
    "summary": "mentions",
    "story": "mentions",
    "takeaway": "mentions",
    "sources": "source",
}
"""How a field is called in a reason, where it is not by its own name."""


@dataclass(frozen=True, slots=True)
class Held:
    """The stories that hold a stem or show a theme: their numbers in order, and for each how much it weighs there."""

    stories: Numbers
    weights: Floats


NOWHERE = Held(np.zeros(0, np.int32), np.zeros(0, np.float32))
NO_ROWS = slice(0, 0)


class Index:
    """Word stems to the stories that hold them, and themes to the stories that show them.

    What is known of all stems stands in three long rows, stem after stem, the stories of each in order: a stem costs
    no objects of its own, and a hundred thousand stories are indexed in half a minute.
    """

    def __init__(self, stories: Sequence[Story]) -> None:
        self.size = len(stories)
        self._told = stories
        said = _Said(stories)
        folded = list(map(fold, said.spelt))
        self.words = set(folded)
        numbers = _numbering()
        stems = np.array([numbers[stem(word)] for word in folded], np.int64)[said.words]
        self._stems = dict(numbers)
        # By stem, then by story; of a story's words with the same stem the one that tells most comes first.
        keys = stems * self.size + said.stories
        order = np.argsort(keys, kind="stable")
        firsts = np.flatnonzero(np.diff(keys[order], prepend=-1))
        weights = np.array(list(FIELD_WEIGHTS.values()), np.float32)[said.fields[order]]
        self._spelt = list(said.spelt)
        self._stories = said.stories[order[firsts]]
        self._weights = np.add.reduceat(weights, firsts) if self.size else weights
        self._whys = (said.words * len(_FIELDS) + said.fields)[order[firsts]]
        of_stem = stems[order[firsts]]
        self._starts = np.searchsorted(of_stem, np.arange(len(self._stems) + 1))
        is_told = self._whys % len(_FIELDS) != _FIELDS.index("sources")
        self._tells = np.bincount(of_stem, is_told, len(self._stems)) > 0
        self._shown = _shown(stories)

    def holding(self, known: str) -> int:
        """How many stories hold a stem."""
        return len(self._held(known).stories)

    def tells(self, known: str) -> bool:
        """Whether a story itself holds a stem, rather than the titles of sources alone."""
        number = self._stems.get(known)
        return number is not None and bool(self._tells[number])

    def shown(self, theme: str) -> Held:
        """The stories that show a theme, or that happened by a channel."""
        return self._shown.get(theme, NOWHERE)

    def evidence(self, known: str, themes: Collection[str] = ()) -> Held:
        """The stories that hold this stem or show the themes that the word speaks of, weighed 0 to 1 by how surely.

        Two witnesses that know nothing of each other: a story that shows the theme *and* says the word goes before
        one whose theme is a little stronger.
        """
        # Whoever says "on the phone" means the channel, and no story about a phone.
        said = NOWHERE if any(map(channels.is_phrase, themes)) else self._held(known)
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
        """The stories that are of this stem or show one of these themes, rather than only saying it.

        One that hardly any other story says is as good as its name: "not the Kindle one".
        """
        said = self._held(known)
        of = said.stories if len(said.stories) <= FEW_SAY else said.stories[said.weights >= ABOUT]
        return np.concatenate([of, *(self.shown(theme).stories for theme in themes)])

    def why(self, known: str, story: int) -> Why | None:
        """Where a story, by its number, holds a stem, as the story spells it."""
        rows = self._rows(known)
        at = rows.start + int(self._stories[rows].searchsorted(story))
        if at == rows.stop or self._stories[at] != story:
            return None
        word, of_field = divmod(int(self._whys[at]), len(_FIELDS))
        field, spelt = _FIELDS[of_field], self._spelt[word]
        kind = KINDS.get(field, field)
        texts = _texts(self._told[story], field)
        return Why(kind, spelt if kind == "mentions" else next((text for text in texts if spelt in text), texts[0]))

    def _held(self, known: str) -> Held:
        rows = self._rows(known)
        return Held(self._stories[rows], self._weights[rows])

    def _rows(self, known: str) -> slice:
        number = self._stems.get(known)
        return NO_ROWS if number is None else slice(int(self._starts[number]), int(self._starts[number + 1]))


class _Said:
    """Every word that some stories say: its number in `spelt`, its field and its story, one story after the other."""

    def __init__(self, stories: Sequence[Story]) -> None:
        self.spelt = _numbering()
        words, sizes = array("i"), array("i")
        for story in stories:
            for field in _FIELDS:
                said = _words(story, field)
                words.extend(map(self.spelt.__getitem__, said))
                sizes.append(len(said))
        self.words = np.array(words, np.int32)
        self.fields = np.repeat(np.tile(np.arange(len(_FIELDS), dtype=np.int32), len(stories)), sizes)
        self.stories = np.repeat(np.repeat(np.arange(len(stories), dtype=np.int32), len(_FIELDS)), sizes)


def _numbering() -> dict[str, int]:
    """Gives each text that is looked up a number, in the order of their coming."""
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    return numbers


def _shown(stories: Sequence[Story]) -> dict[str, Held]:
    shown: dict[str, dict[int, float]] = defaultdict(dict)
    for number, story in enumerate(stories):
        for theme, weight in zip(story.themes, THEME_WEIGHTS, strict=False):
            shown[theme][number] = weight
        if story.channel:
            shown[channels.phrase_id(story.channel)][number] = channels.WEIGHT
    return {
        theme: Held(np.fromiter(of, np.int32, len(of)), np.fromiter(of.values(), np.float32, len(of)))
        for theme, of in shown.items()
    }


def _words(story: Story, field: str) -> list[str]:
    """Every word of a field as it is spelt, and what people call it otherwise: "UK" for a country, a year's decade."""
    words = [word for text in _texts(story, field) for word in WORD.findall(text)]
    if field == "country" and len(words) > 1:
        words.append("".join(fold(word)[0] for word in words))
    if field == "year" and story.year:
        words += _decade(story.year)
    return words


def _texts(story: Story, field: str) -> list[str]:
    """What a story says in a field: one text, but the title of each of its sources."""
    if field == "sources":
        return [source.title for source in story.sources]
    return [str(getattr(story, field) or "")]


def _decade(year: int) -> tuple[str, ...]:
    """How people say a year's decade: 1994 is of the "1990s", the "90s" and the "nineties"."""
    spoken = {50: "fifties", 60: "sixties", 70: "seventies", 80: "eighties", 90: "nineties"}.get(year // 10 * 10 % 100)
    decade = f"{year // 10 * 10}s"
    return (decade, decade[2:], spoken) if spoken and year < 2000 else (decade,)
