"""An answer of the matching: a story, how well it fits, and why."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from bot.domain.story import Story


class Strength(StrEnum):
    """Whether a match may be shown as *the* answer, or only as the nearest thing there is."""

    STRONG = "strong"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class Why:
    """One checkable reason: `Why("theme", "Empathy")` reads 'theme “Empathy”'.

    `kind` is the words before the quotation ("theme", "company", "place", "mentions", "close to", …);
    `words` is what a person can look for in the story.
    """

    kind: str
    words: str

    def __str__(self) -> str:
        return f"{self.kind} “{self.words}”"


@dataclass(frozen=True)
class Match:
    """One story for one query. Scores are comparable within one answer only; higher fits better."""

    story: Story
    score: float
    strength: Strength
    reasons: Callable[[], tuple[Why, ...]] = field(repr=False, compare=False)
    """Looks for what `why` tells, once it is asked: of most matches nobody ever does."""

    @cached_property
    def why(self) -> tuple[Why, ...]:
        """What speaks for the story, the best reason first."""
        return self.reasons()

    @property
    def is_strong(self) -> bool:
        return self.strength is Strength.STRONG
