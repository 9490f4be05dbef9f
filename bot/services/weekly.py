"""The story of the week: setting it up, choosing what comes next, and taking each slot once."""

import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.domain.clock import Now
from bot.domain.outgoing import Kind, Outcome, Outgoing, Refused, Unknown
from bot.domain.pace import CHANNEL_APART
from bot.domain.person import Person
from bot.domain.rotation import Choice, Pin
from bot.domain.schedule import (
    Move,
    Pause,
    Schedule,
    SlotState,
    Week,
    about,
    post_key,
    question_key,
    read_about,
)
from bot.domain.slots import Slot, Timing
from bot.domain.story import Story
from bot.domain.workspace import Workspace
from bot.errors import StoreUnavailableError, UserError
from bot.services.choosing import Choosing, Draw, Known, used_week
from bot.services.shelves import Shelves
from bot.services.store import WeeklyKept

log = logging.getLogger(__name__)

# One refusal may be a slip of Slack's; the second one pauses the schedule.
REFUSED_AGAIN_AFTER = timedelta(minutes=15)
# So many slots are taken together: fewer queries for each, and no long hold of the database.
_AT_ONCE = 20
# Replicas look at the same slots: taking some of so many, they seldom meet.
_LOOKED_AT = 5 * _AT_ONCE
_NOT_TWICE = {
    SlotState.TOLD: "A story of the week was told there today already.",
    SlotState.MISSED: "Today's story was missed there, and a day has one slot only. Post now works again tomorrow.",
    SlotState.SKIPPED: "Today's story was skipped there, and a day has one slot only. Post now works again tomorrow.",
    SlotState.EMPTY: "Today there was no story with its themes, and a day has one slot only. Try again tomorrow.",
}
_LISTED_WEEKS = 4


@dataclass(frozen=True, slots=True)
class Rules:
    """`catch_up` is how late a post is still made; `spread` how far those of one minute are told apart."""

    catch_up: timedelta = timedelta(hours=24)
    spread: timedelta = timedelta(seconds=0)
    reads_back: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A schedule as its people want to see it: what comes, and what became of the latest slots (newest first).

    Each of `latest` comes with the state of its post in the outbox.
    """

    schedule: Schedule
    coming: tuple[tuple[Slot, Choice], ...]
    latest: tuple[tuple[Week, str | None], ...]


class Weekly:
    """Schedules of all workspaces; whether somebody may change them is decided before."""

    def __init__(self, store: WeeklyKept, shelves: Shelves, draw: Draw, rules: Rules, now: Now) -> None:
        self._store = store
        self._shelves = shelves
        self._choosing = Choosing(store, shelves, draw, now)
        self._rules = rules
        self._now = now
        self._wake: Callable[[], None] = _nobody_waits

    def on_news(self, wake: Callable[[], None]) -> None:
        """Call `wake` whenever there is something to say, or another moment to wait for."""
        self._wake = wake

    # People

    async def schedules(self, workspace: Workspace) -> list[Schedule]:
        """Every schedule of a workspace, the next one due first."""
        return await self._store.schedules(workspace)

    async def entry(self, schedule: Schedule) -> Entry:
        latest = await self._store.weeks(schedule.workspace, schedule.channel_id, _LISTED_WEEKS)
        return Entry(schedule, tuple(await self._choosing.coming(schedule)), tuple(latest))

    async def schedule(self, workspace: Workspace, channel_id: str) -> Schedule:
        if schedule := await self._store.schedule(workspace, channel_id):
            return schedule
        raise UserError("There is no story of the week in that channel any more.")

    async def find(self, workspace: Workspace, channel_id: str) -> Schedule | None:
        return await self._store.schedule(workspace, channel_id)

    async def set_up(
        self,
        person: Person,
        channel_id: str,
        schedule_id: str,
        timing: Timing,
        themes: tuple[str, ...],
        *,
        asks_question: bool,
    ) -> Schedule:
        """Set up a channel's story of the week, or change it; whoever wishes for a new one brings a new id.

        UserError when the channel has another one.
        """
        before = await self._store.schedule(person.workspace, channel_id)
        if before and before.id != schedule_id:
            raise UserError("That channel has a story of the week already, which can be changed in the list.")
        begun = before or Schedule(
            person.workspace,
            channel_id,
            schedule_id,
            person.user_id,
            timing,
            # A channel's weeks outlive its schedule: a new one does not post twice in a week.
            last=await self._store.last_slot(person.workspace, channel_id),
        )
        after = begun.set_up(person.user_id, timing, themes, asks_question=asks_question, now=self._now())
        return await self._keep(before, after)

    async def pause(self, workspace: Workspace, channel_id: str) -> Schedule:
        before = await self.schedule(workspace, channel_id)
        return await self._keep(before, before.paused(Pause.BY_HAND))

    async def resume(self, workspace: Workspace, channel_id: str) -> Schedule:
        before = await self.schedule(workspace, channel_id)
        return await self._keep(before, before.resumed(self._now())) if before.pause else before

    async def skip(self, workspace: Workspace, channel_id: str, on: date) -> Schedule:
        """Pass the slot of this date over; pressed twice, it skips once."""
        before = await self.schedule(workspace, channel_id)
        if before.next is None or before.next.on != on:
            raise UserError("That week is no longer the next one. Look at the list again.")
        return await self._keep(before, before.skipping(), [used_week(before, before.next, SlotState.SKIPPED)])

    async def unskip(self, workspace: Workspace, channel_id: str, on: date) -> Schedule:
        """A skipped slot comes after all, if it is still to come."""
        before = await self.schedule(workspace, channel_id)
        latest = [week for week, _ in await self._store.weeks(workspace, channel_id, 2)]
        if not latest or latest[0].on != on or latest[0].state is not SlotState.SKIPPED or before.pause:
            raise UserError("That week can no longer be brought back. Look at the list again.")
        week, earlier = latest[0], latest[1].slot if len(latest) > 1 else None
        if week.slot.due_at <= self._now() or before.timing.slot(on) != week.slot:
            raise UserError("That week can no longer be brought back: its time has passed or was changed.")
        return await self._keep(before, before.not_skipping(week.slot, earlier), unused=[week])

    async def pin(self, person: Person, channel_id: str, story_id: str | None) -> Schedule:
        """Have this story told at the next slot; None takes the pin off."""
        before = await self.schedule(person.workspace, channel_id)
        if story_id and not await self._choosing.has(person.workspace, story_id):
            raise UserError("That story is no longer told. Choose another.")
        return await self._keep(before, before.pinning(Pin(story_id, person.user_id) if story_id else None))

    async def delete(self, workspace: Workspace, channel_id: str) -> None:
        await self._store.delete(await self.schedule(workspace, channel_id))

    async def tell_now(self, workspace: Workspace, channel_id: str) -> Week:
        """Tell a story out of turn, which is then this week's."""
        before, now = await self.schedule(workspace, channel_id), self._now()
        slot = Slot(before.timing.local_date(now), now)
        if week := await self._store.week(workspace, channel_id, slot.on):
            raise UserError(_NOT_TWICE[week.state])
        [known] = await self._choosing.known([before])
        week = self._choosing.week(before, slot, known)
        if week.state is SlotState.EMPTY:
            raise UserError("No story has one of the themes that this channel draws from.")
        await self._keep(before, before.told_now(slot.on, now), [week], self._posts(before, week, now))
        return week

    async def told_lately(self, workspace: Workspace, channel_id: str) -> list[Week]:
        """What a channel was told in the latest weeks, the newest first."""
        weeks = await self._store.weeks(workspace, channel_id, _LISTED_WEEKS)
        return [week for week, _ in weeks if week.state is SlotState.TOLD]

    async def try_it(self, week: Week, user_id: str) -> None:
        """Say that somebody tried what a story told, or take that back."""
        await self._store.toggle_tried(week.workspace, week.channel_id, week.on, user_id)

    async def tried(self, week: Week) -> int:
        """How many tried what a story told."""
        return await self._store.tried(week.workspace, week.channel_id, week.on)

    async def save(self, workspace: Workspace, user_id: str, story_id: str) -> bool:
        """Save a story for oneself; False when it was saved before."""
        return await self._store.save(workspace, user_id, story_id, self._now())

    async def unsave(self, workspace: Workspace, user_id: str, story_id: str) -> None:
        await self._store.unsave(workspace, user_id, story_id)

    async def saved(self, workspace: Workspace, user_id: str) -> list[Story]:
        """What somebody saved and is still in the library, the newest first."""
        library = (await self._shelves.of_workspace(workspace)).library
        found = map(library.story, await self._store.saved_by(workspace, user_id))
        return [story for story in found if story]

    # The clock

    async def next_due(self) -> datetime | None:
        return await self._store.next_due()

    async def take_due(self) -> int:
        """Take slots whose moment has come, in all workspaces; how many were looked at, by whichever replica taken."""
        due = await self._store.due(self._now(), _LOOKED_AT)
        some = random.sample(due, min(len(due), _AT_ONCE))
        try:
            await self._take(some)
        except StoreUnavailableError:
            raise
        except Exception:
            # A mistake of ours with one keeps no other waiting.
            log.exception("Slots could not be taken together")
            return sum([await self._is_taken(schedule) for schedule in some])
        return len(some)

    async def _is_taken(self, schedule: Schedule) -> bool:
        try:
            await self._take([schedule])
        except StoreUnavailableError:
            raise
        except Exception:
            log.exception("The slot of a schedule could not be taken")
            return False
        return True

    async def _take(self, due: Sequence[Schedule]) -> None:
        """Tell what is due; of a schedule that another replica was faster with, nothing."""
        known = await self._choosing.known(due)
        if await self._store.move_on([self._move(*one) for one in zip(due, known, strict=True)], self._now()):
            self._wake()

    def _move(self, before: Schedule, known: Known) -> Move:
        """Record what was missed, and choose the story of the slot that is due."""
        now, after, used = self._now(), before, list[Week]()
        say: list[Outgoing] = []
        while (slot := after.next) and slot.due_at <= now:
            if slot.on in known.history.used:
                # Used already, by whatever way: going on is what matters.
                after = after.skipping()
            elif slot.is_missed(now, self._rules.catch_up):
                used.append(used_week(after, slot, SlotState.MISSED))
                after = after.skipping()
            else:
                used.append(self._choosing.week(after, slot, known))
                say += self._posts(after, used[-1], now)
                after = after.telling(slot)
        return Move(before, after, tuple(used), tuple(say))

    # What becomes of a post

    async def to_post(self, week: Week) -> Week | None:
        """What is to be said for a slot when its turn has come; None when nothing is, any more.

        A story that was withdrawn meanwhile gives its place to another. A schedule that was deleted or
        paused says nothing, and what Slack did not take for so long that it would surprise is missed.
        """
        schedule = await self._store.schedule(week.workspace, week.channel_id)
        is_gone = schedule is None or schedule.id != week.schedule_id or schedule.pause is not None
        if schedule is None or is_gone or week.slot.is_missed(self._now(), self._rules.catch_up):
            await self._store.mark(week, SlotState.MISSED)
            return None
        if week.story and await self._choosing.has(week.workspace, week.story.id):
            return week
        # A pin that is there by now is for the next slot.
        [known] = await self._choosing.known([schedule])
        other = self._choosing.week(replace(schedule, pin=None), week.slot, known)
        if other.state is SlotState.EMPTY:
            await self._store.mark(week, SlotState.EMPTY)
            return None
        await self._store.retell(week, other)
        return await self.week(week.workspace, week.channel_id, week.on)

    async def settled(self, outgoing: Outgoing, outcome: Outcome) -> None:
        """A channel that takes no posts pauses; where nobody knows, its owner is asked."""
        if outgoing.kind is not Kind.WEEKLY_STORY or not isinstance(outcome, Refused | Unknown):
            return
        channel_id, on = read_about(outgoing.about)
        week = await self._store.week(outgoing.workspace, channel_id, on)
        schedule = await self._store.schedule(outgoing.workspace, channel_id)
        if week is None:
            return
        match outcome:
            case Refused(error):
                if not await self._store.refused_before(week, self._now() + REFUSED_AGAIN_AFTER):
                    return
                await self._store.mark(week, SlotState.MISSED)
                if schedule and schedule.id == week.schedule_id and not schedule.pause:
                    note = _note(Kind.WEEKLY_PAUSED, outgoing, schedule.owner_id)
                    await self._keep(schedule, schedule.paused(Pause.REFUSED, error), say=[note])
            case Unknown() if schedule and not self._rules.reads_back:
                await self._store.say([_note(Kind.WEEKLY_UNKNOWN, outgoing, schedule.owner_id)], self._now())
                self._wake()

    async def it_is_there(self, week: Week) -> bool:
        """Somebody has looked and seen the post. False when that was settled before."""
        return await self._store.found(week, self._now())

    async def post_again(self, week: Week) -> bool:
        """Somebody has looked and not seen the post. False when that was settled before."""
        schedule = await self.schedule(week.workspace, week.channel_id)
        if schedule.id != week.schedule_id:
            raise UserError("That schedule was deleted, and with it what it had still to post.")
        if week.slot.is_missed(self._now(), self._rules.catch_up):
            raise UserError("It is too late for that one by now. Post now, in the list, tells the next story.")
        again = await self._store.not_found(week, self._now())
        self._wake()
        return again

    async def week(self, workspace: Workspace, channel_id: str, on: date) -> Week | None:
        return await self._store.week(workspace, channel_id, on)

    def _posts(self, schedule: Schedule, week: Week, now: datetime) -> list[Outgoing]:
        """The post and, in its thread, the question."""
        if week.state is not SlotState.TOLD:
            return []
        key, slot = post_key(week.channel_id, week.on), about(week.channel_id, week.on)
        at = max(now, week.slot.due_at + self._apart(week.channel_id))
        post = Outgoing(week.workspace, key, Kind.WEEKLY_STORY, slot, week.channel_id, due_at=at)
        if not schedule.asks_question:
            return [post]
        question = Outgoing(
            week.workspace,
            question_key(key),
            Kind.WEEKLY_QUESTION,
            slot,
            week.channel_id,
            replies_to=key,
            # Where many stories are due, all of them come before the first question.
            due_at=at + CHANNEL_APART,
        )
        return [post, question]

    def _apart(self, channel_id: str) -> timedelta:
        """How long this channel waits, so that many of one minute are not told in one second."""
        return self._rules.spread * random.Random(channel_id).random()

    async def _keep(
        self,
        before: Schedule | None,
        after: Schedule,
        used: Sequence[Week] = (),
        say: Sequence[Outgoing] = (),
        unused: Sequence[Week] = (),
    ) -> Schedule:
        if not await self._store.keep(before, after, self._now(), used, say, unused):
            raise UserError("Somebody changed this schedule in the same moment. Look at it again, then try once more.")
        self._wake()
        return after


def _note(kind: Kind, outgoing: Outgoing, to: str) -> Outgoing:
    return Outgoing(outgoing.workspace, f"{kind}:{outgoing.about}", kind, outgoing.about, to)


def _nobody_waits() -> None:
    """Whoever has to know looks by and by."""
