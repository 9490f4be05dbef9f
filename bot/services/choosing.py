"""Which story comes next in a channel: chosen from what its workspace has just then, and frozen as it will look."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.domain.clock import Now
from bot.domain.library import Library
from bot.domain.rotation import Choice, choose, preview
from bot.domain.schedule import LATE_FROM, History, Schedule, SlotState, Week
from bot.domain.slots import Slot, slots
from bot.domain.story import Theme
from bot.domain.workspace import Workspace
from bot.services.shelves import Shelves
from bot.services.store import WeeklyKept

PREVIEWED = 5
# A story that moderators approved is told early for so long.
FRESH_FOR = timedelta(weeks=8)

Draw = Callable[[Schedule, Slot, Choice, Sequence[Theme], bool], Mapping[str, Any]]
"""How a story of the week looks: its schedule, slot, choice and themes, and whether it comes late."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the choice goes by: the stories of a workspace, those approved of late, and what a channel was told."""

    library: Library
    fresh: frozenset[str]
    history: History


class Choosing:
    """Asks the rotation with what a channel was told so far, and what was approved of late."""

    def __init__(self, store: WeeklyKept, shelves: Shelves, draw: Draw, now: Now) -> None:
        self._store = store
        self._shelves = shelves
        self._draw = draw
        self._now = now

    async def coming(self, schedule: Schedule) -> list[tuple[Slot, Choice]]:
        """The next slots and what they get if nothing changes."""
        if schedule.next is None:
            return []
        walk = slots(schedule.timing, schedule.next.due_at - timedelta(microseconds=1), schedule.last)
        coming = [slot for slot, _ in zip(walk, range(PREVIEWED), strict=False)]
        [known] = await self.known([schedule])
        dates = [slot.on for slot in coming]
        stories, told = known.library.stories, known.history.told
        choices = preview(stories, told, dates, schedule.draw, known.fresh, schedule.pin)
        return list(zip(coming, choices, strict=False))

    def week(self, schedule: Schedule, slot: Slot, known: Known) -> Week:
        """The week of a slot with its story and message frozen, or an empty one when nothing can be told."""
        library = known.library
        before = [telling for telling in known.history.told if telling.on != slot.on]
        choice = choose(library.stories, before, slot.on, schedule.draw, known.fresh, schedule.pin)
        if choice is None:
            return used_week(schedule, slot, SlotState.EMPTY)
        is_late = self._now() - slot.due_at > LATE_FROM
        message = self._draw(schedule, slot, choice, library.themes_of(choice.story), is_late)
        return used_week(schedule, slot, SlotState.TOLD, choice, message)

    async def has(self, workspace: Workspace, story_id: str) -> bool:
        """Whether a story may be told there at this moment."""
        library = self._shelves.library
        return bool(library.story(story_id) or (await self._shelves.library_of(workspace)).story(story_id))

    async def known(self, schedules: Sequence[Schedule]) -> list[Known]:
        """What there is to know of each schedule at this moment, each workspace looked at once."""
        shelves = {workspace: await self._shelf(workspace) for workspace in {one.workspace for one in schedules}}
        histories = await self._store.histories(schedules)
        return [Known(*shelves[one.workspace], history) for one, history in zip(schedules, histories, strict=True)]

    async def _shelf(self, workspace: Workspace) -> tuple[Library, frozenset[str]]:
        library = await self._shelves.library_of(workspace)
        if library is self._shelves.library:
            return library, frozenset()
        return library, frozenset(await self._shelves.fresh(workspace, self._now() - FRESH_FOR))


def used_week(
    schedule: Schedule,
    slot: Slot,
    state: SlotState,
    choice: Choice | None = None,
    message: Mapping[str, Any] | None = None,
) -> Week:
    """What a slot became, under a key that nobody can guess."""
    return Week(
        schedule.workspace,
        schedule.channel_id,
        schedule.id,
        slot,
        state,
        key=secrets.token_hex(12),
        story=choice.story if choice else None,
        why=choice.reason if choice else "",
        message=dict(message) if message else None,
    )
