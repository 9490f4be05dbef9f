"""The stories of one origin, a library's or a team's own, with all that is known of them before anybody asks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log1p

from bot.domain.story import Story
from bot.matching.bm25 import Index
from bot.matching.meaning import Passages, Words
from bot.matching.vectors import Encode


@dataclass(frozen=True, slots=True)
class Sense:
    """What the words and the passages of a shelf mean."""

    words: Words
    passages: Passages


@dataclass(frozen=True, slots=True)
class Shelf:
    """Stories known by their numbers; `sense` is None where nothing understands meaning."""

    stories: Sequence[Story]
    index: Index
    sense: Sense | None


def sense(stories: Sequence[Story], words: Iterable[str], encode: Encode) -> Sense:
    """What `stories` and `words` mean."""
    return Sense(Words(words, encode), Passages(stories, encode))


def rarity(shelves: Sequence[Shelf], known: str) -> float:
    """BM25's idf over all shelves: how much a stem tells; most for one that no story holds."""
    stories = sum(shelf.index.size for shelf in shelves)
    holding = sum(shelf.index.holding(known) for shelf in shelves)
    return log1p((stories - holding + 0.5) / (holding + 0.5))
