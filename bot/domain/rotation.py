"""Which story a channel gets next, and why that one.

The rules are ordered. Each leaves of the stories those that satisfy it; a rule that none of these can satisfy yields,
and the next one is asked. So a weaker rule never costs a stronger one, and something is told while there is anything to
tell. No dice are thrown: what is left is told in an order of the schedule's own, so that a preview shows what will be
posted if nothing changes.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import NamedTuple, get_args

from bot.domain.story import Month, Story

# Inclusive, both: a story told exactly so long ago still counts.
COMPANY_APART = timedelta(weeks=8)
SIMILAR_APART = timedelta(weeks=4)


class Rule(StrEnum):
    """What a reader would notice; each value says what is so when the rule yielded."""

    SEASON = "out of season"
    ROUND = "told in this round"
    COMPANY = "the same company within eight weeks"
    SIMILAR = "a similar story within four weeks"
    MAIN_THEME = "the same main theme twice running"
    THEME = "a shared theme twice running"


class Reason(StrEnum):
    """Why a story was chosen among those that the rules left."""

    PINNED = "pinned"
    FRESH = "newly approved"
    SEASONAL = "in season"
    NEW_HERE = "not told here yet"
    OLDEST = "told longest ago"


class Telling(NamedTuple):
    """A story that a channel was told: the date of its slot, and the story's id."""

    on: date
    story_id: str


@dataclass(frozen=True, slots=True)
class Pin:
    """A story that somebody wants told at the next slot, before all rules."""

    story_id: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Draw:
    """What a schedule draws from: the stories of some themes (all, if none is named), in an order of its own."""

    schedule_id: str
    themes: frozenset[str] = frozenset()

    def of(self, stories: Sequence[Story]) -> list[Story]:
        return [story for story in stories if not self.themes or not self.themes.isdisjoint(story.themes)]

    def telling_themes(self, story: Story) -> tuple[str, ...]:
        """The themes by which stories of this draw differ: a draw from one theme has that one twice running by wish."""
        alike = self.themes if len(self.themes) == 1 else ()
        return tuple(theme for theme in story.themes if theme not in alike)

    def place(self, story: Story) -> bytes:
        """Where a story stands in the schedule's own order; the same whatever else is in the library."""
        return blake2b(f"{self.schedule_id} {story.id}".encode(), digest_size=8).digest()


@dataclass(frozen=True, slots=True)
class Choice:
    """A story for a slot: why this one, the rules that had to yield, and when the channel last heard it."""

    story: Story
    reason: Reason
    yielded: tuple[Rule, ...] = ()
    last_told: date | None = None
    pinned_by: str | None = None


@dataclass(frozen=True, slots=True)
class _Week:
    """What the rules have to know of a channel before one slot; a company is known by its name in small letters."""

    draw: Draw
    month: str
    fresh: Collection[str]
    last_told: dict[str, date]
    round: frozenset[str]
    companies: frozenset[str]
    lately: frozenset[str]
    named_similar: frozenset[str]
    last_themes: tuple[str, ...]

    @classmethod
    def of(
        cls, stories: Sequence[Story], history: Sequence[Telling], on: date, draw: Draw, fresh: Collection[str]
    ) -> "_Week":
        by_id = {story.id: story for story in stories}
        lately = {story_id for told_on, story_id in history if on - told_on <= SIMILAR_APART}
        since = {story_id for told_on, story_id in history if on - told_on <= COMPANY_APART}
        last = by_id.get(history[-1].story_id) if history else None
        return cls(
            draw=draw,
            month=get_args(Month)[on.month - 1],
            fresh=fresh,
            last_told={story_id: told_on for told_on, story_id in history},
            round=_round(history),
            companies=frozenset(_company(by_id[story_id]) for story_id in since & by_id.keys()) - {""},
            lately=frozenset(lately),
            named_similar=frozenset(other for story_id in lately & by_id.keys() for other in by_id[story_id].similar),
            last_themes=draw.telling_themes(last) if last else (),
        )

    def is_not_out_of_season(self, story: Story) -> bool:
        return not story.season or self.month in story.season

    def is_not_in_round(self, story: Story) -> bool:
        return story.id not in self.round

    def has_new_company(self, story: Story) -> bool:
        return _company(story) not in self.companies

    def is_unlike_lately(self, story: Story) -> bool:
        return story.id not in self.named_similar and self.lately.isdisjoint(story.similar)

    def has_new_main_theme(self, story: Story) -> bool:
        themes = self.draw.telling_themes(story)
        return not (themes and self.last_themes) or themes[0] != self.last_themes[0]

    def is_fresh(self, story: Story) -> bool:
        return story.id in self.fresh and self.is_new_here(story)

    def is_seasonal(self, story: Story) -> bool:
        return self.month in story.season

    def is_new_here(self, story: Story) -> bool:
        return story.id not in self.last_told

    def has_new_themes(self, story: Story) -> bool:
        return set(self.last_themes).isdisjoint(self.draw.telling_themes(story))

    def place(self, story: Story) -> tuple[date, bytes]:
        """What was told longest ago stands first; of those never told, the schedule's own order counts."""
        return self.last_told.get(story.id, date.min), self.draw.place(story)

    def choice(self, story: Story) -> Choice:
        holding = {rule for rule, holds in _HOLDS.items() if holds(self, story)}
        return Choice(
            story,
            reason=next((reason for reason in Reason if reason in holding), Reason.OLDEST),
            yielded=tuple(rule for rule in Rule if rule is not Rule.ROUND and rule not in holding),
            last_told=self.last_told.get(story.id),
        )


_HOLDS: dict[Rule | Reason, Callable[[_Week, Story], bool]] = {
    Rule.SEASON: _Week.is_not_out_of_season,
    Rule.ROUND: _Week.is_not_in_round,
    Rule.COMPANY: _Week.has_new_company,
    Rule.SIMILAR: _Week.is_unlike_lately,
    Rule.MAIN_THEME: _Week.has_new_main_theme,
    # An author waits for a newly approved story; the season lasts for some weeks.
    Reason.FRESH: _Week.is_fresh,
    Reason.SEASONAL: _Week.is_seasonal,
    Reason.NEW_HERE: _Week.is_new_here,
    Rule.THEME: _Week.has_new_themes,
}

ORDER: tuple[Rule | Reason, ...] = (*_HOLDS, Reason.OLDEST)
"""Strongest first: one yields to all before it. `Rule.ROUND` yields to the season only: when all are told, the next
round begins."""


def choose(
    stories: Sequence[Story],
    history: Sequence[Telling],
    on: date,
    draw: Draw,
    fresh: Collection[str] = (),
    pin: Pin | None = None,
) -> Choice | None:
    """The story of a slot, or None when no story has a theme of the draw.

    `stories` are those that may be told: what was withdrawn or removed is not among them, and a pin to it is passed
    over. `history` is what the channel was told, the oldest first; `fresh` holds the ids of newly approved stories, of
    which those that the channel heard already count no more. A pinned story need not be of the draw.
    """
    week = _Week.of(stories, history, on, draw, fresh)
    for story in stories:
        if pin and story.id == pin.story_id:
            return replace(week.choice(story), reason=Reason.PINNED, yielded=(), pinned_by=pin.user_id)
    if not (left := draw.of(stories)):
        return None
    for holds in _HOLDS.values():
        left = [story for story in left if holds(week, story)] or left
    return week.choice(min(left, key=week.place))


def preview(
    stories: Sequence[Story],
    history: Sequence[Telling],
    dates: Sequence[date],
    draw: Draw,
    fresh: Collection[str] = (),
    pin: Pin | None = None,
) -> list[Choice]:
    """What these coming slots will get if nothing changes; a pin is for the first of them."""
    told, choices = list(history), list[Choice]()
    for on in dates:
        if choice := choose(stories, told, on, draw, fresh, None if choices else pin):
            choices.append(choice)
            told.append(Telling(on, choice.story.id))
    return choices


def _round(history: Sequence[Telling]) -> frozenset[str]:
    """What was told since the first story came again; a pin that repeats one begins a round as well."""
    told = set[str]()
    for _, story_id in history:
        if story_id in told:
            told.clear()
        told.add(story_id)
    return frozenset(told)


def _company(story: Story) -> str:
    return (story.company or "").strip().casefold()
