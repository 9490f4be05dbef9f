"""Which story comes next in a channel: chosen from what its workspace has just then, and frozen as it will look."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.domain.clock import Now
from bot.domain.library import Library
from bot.domain.rotation import Choice, Telling, choose, preview
from bot.domain.schedule import LATE_FROM, Schedule, SlotState, Week
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
        library, history, fresh = await self._known(schedule)
        dates = [slot.on for slot in coming]
        choices = preview(library.stories, history, dates, schedule.draw, fresh, schedule.pin)
        return list(zip(coming, choices, strict=False))

    async def week(self, schedule: Schedule, slot: Slot) -> Week:
        """The week of a slot with its story and message frozen, or an empty one when nothing can be told."""
        library, history, fresh = await self._known(schedule)
        before = [telling for telling in history if telling.on != slot.on]
        choice = choose(library.stories, before, slot.on, schedule.draw, fresh, schedule.pin)
        if choice is None:
            return used_week(schedule, slot, SlotState.EMPTY)
        is_late = self._now() - slot.due_at > LATE_FROM
        message = self._draw(schedule, slot, choice, library.themes_of(choice.story), is_late)
        return used_week(schedule, slot, SlotState.TOLD, choice, message)

    async def has(self, workspace: Workspace, story_id: str) -> bool:
        """Whether a story may be told there at this moment."""
        library = self._shelves.library
        return bool(library.story(story_id) or (await self._shelves.library_of(workspace)).story(story_id))

    async def _known(self, schedule: Schedule) -> tuple[Library, list[Telling], set[str]]:
        workspace = schedule.workspace
        library = await self._shelves.library_of(workspace)
        history = await self._store.history(workspace, schedule.channel_id)
        has_own = library is not self._shelves.library
        fresh = await self._shelves.fresh(workspace, self._now() - FRESH_FOR) if has_own else set[str]()
        return library, history, fresh


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
