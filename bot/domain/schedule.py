"""The story of the week in one channel: when it comes, what it draws from, and what became of each slot."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.domain.outgoing import Outgoing
from bot.domain.rotation import Draw, Pin, Telling
from bot.domain.slots import Slot, Timing, next_slot
from bot.domain.story import Story
from bot.domain.workspace import Workspace

LATE_FROM = timedelta(minutes=10)
"""A post that comes later than this says so."""


class Pause(StrEnum):
    """Why nothing is posted for now."""

    BY_HAND = "by_hand"
    REFUSED = "refused"


class SlotState(StrEnum):
    """What became of a slot. `TOLD` says that its story was chosen and frozen; the outbox knows whether it is out."""

    TOLD = "told"
    MISSED = "missed"
    SKIPPED = "skipped"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Schedule:
    """One channel's story of the week; each change gives a new value with the next `revision`.

    `owner_id` is whoever set it up last, who is told when something is amiss; `themes` are ids, none for all; `next` is
    the coming slot (None while paused); `last` the slot that was used last, whatever became of it; `refused_with` is
    Slack's name for why it takes no posts there.
    """

    workspace: Workspace
    channel_id: str
    id: str
    owner_id: str
    timing: Timing
    themes: tuple[str, ...] = ()
    asks_question: bool = True
    next: Slot | None = None
    last: Slot | None = None
    pause: Pause | None = None
    pin: Pin | None = None
    refused_with: str | None = None
    revision: int = 1

    @property
    def draw(self) -> Draw:
        return Draw(self.id, frozenset(self.themes))

    def coming(self, now: datetime) -> Slot:
        """The first slot after a moment in a week that is not used yet."""
        return next_slot(self.timing, now, self.last)

    def set_up(
        self, owner_id: str, timing: Timing, themes: tuple[str, ...], *, asks_question: bool, now: datetime
    ) -> "Schedule":
        """Going on from now, unless somebody paused it."""
        changed = replace(self, owner_id=owner_id, timing=timing, themes=themes, asks_question=asks_question)
        return changed._after() if self.pause is Pause.BY_HAND else changed._going_on(now)

    def paused(self, why: Pause, error: str | None = None) -> "Schedule":
        return self._after(pause=why, next=None, refused_with=error)

    def resumed(self, now: datetime) -> "Schedule":
        return self._going_on(now)

    def skipping(self) -> "Schedule":
        """The coming slot is passed over, or went by while nobody was there; its pin waits for the one after it."""
        slot = self.next
        if slot is None:
            return self
        return self._after(last=slot, next=next_slot(self.timing, slot.due_at, slot))

    def not_skipping(self, slot: Slot, last: Slot | None) -> "Schedule":
        """A skipped slot comes after all; `last` is the one that was used before it."""
        return self._after(next=slot, last=last)

    def pinning(self, pin: Pin | None) -> "Schedule":
        return self._after(pin=pin)

    def telling(self, slot: Slot) -> "Schedule":
        """After the story of a slot was chosen; its pin is used up."""
        return self._after(last=slot, next=next_slot(self.timing, slot.due_at, slot), pin=None)

    def told_now(self, on: date, now: datetime) -> "Schedule":
        """After a story out of turn on `on`, which uses this week."""
        slot = Slot(on, now)
        return self._after(last=slot, next=self.next and next_slot(self.timing, now, slot), pin=None)

    def _going_on(self, now: datetime) -> "Schedule":
        return self._after(pause=None, refused_with=None, next=self.coming(now))

    def _after(self, **changes: object) -> "Schedule":
        return replace(self, revision=self.revision + 1, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Week:
    """A used slot as it is kept: its story frozen with the message that tells it (`message` is Slack's own JSON).

    `key` is an opaque name that goes with the post unseen, by which it can be found again.
    """

    workspace: Workspace
    channel_id: str
    schedule_id: str
    slot: Slot
    state: SlotState
    key: str
    story: Story | None = None
    why: str = ""
    message: dict[str, Any] | None = None

    @property
    def on(self) -> date:
        return self.slot.on


@dataclass(frozen=True, slots=True)
class History:
    """What became of a channel's slots so far: every date that was used, and what was told, the oldest first."""

    used: frozenset[date]
    told: tuple[Telling, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A schedule that goes on: the slots that it used, and what has to be said for them."""

    before: Schedule
    after: Schedule
    used: tuple[Week, ...] = ()
    say: tuple[Outgoing, ...] = ()


def post_key(channel_id: str, on: date) -> str:
    """The outbox's key of a slot's post."""
    return f"weekly:{channel_id}:{on.isoformat()}"


def question_key(post: str) -> str:
    """The outbox's key of the question in the thread of a post."""
    return f"{post}:question"


def about(channel_id: str, on: date) -> str:
    """What everything that is said of a slot is about."""
    return f"{channel_id}:{on.isoformat()}"


def read_about(written: str) -> tuple[str, date]:
    """The channel and date of what a message of the outbox is about."""
    channel_id, _, on = written.partition(":")
    return channel_id, date.fromisoformat(on)
