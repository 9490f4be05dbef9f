"""Setting up the story of the week: the list, the form, and what can be done with a schedule."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks import ids, schedules
from bot.blocks.message import Message
from bot.blocks.schedule_form import ScheduleForm, SetUp, form, read, sent
from bot.blocks.schedules import (
    LISTED,
    ScheduleRef,
    listed,
    not_invited,
    one,
    pin_form,
    pinned,
    read_pin,
    read_schedule_ref,
    story_options,
)
from bot.blocks.weekly import read_slot_ref
from bot.blocks.zones import zone_options
from bot.domain.clock import Now
from bot.domain.permissions import Action
from bot.domain.person import Person
from bot.domain.schedule import Schedule, SlotState
from bot.domain.slots import Timing
from bot.domain.story import Story
from bot.domain.workspace import Workspace
from bot.errors import UserError
from bot.handlers.beneath import Beneath
from bot.handlers.channels import NotInvitedError, be_in
from bot.handlers.forms import open_form, told_in_form, under_field, while_slack_waits
from bot.handlers.permissions import Guard, person_of, reader_of
from bot.handlers.replies import Replies
from bot.services.shelves import Shelves
from bot.services.weekly import Entry, Weekly

Payload = Mapping[str, Any]

_SUGGESTED = 20


class Scheduling:
    """`command` is the slash command's name."""

    def __init__(
        self, weekly: Weekly, shelves: Shelves, guard: Guard, replies: Replies, command: str, now: Now
    ) -> None:
        self._weekly = weekly
        self._shelves = shelves
        self._guard = guard
        self._replies = replies
        self._beneath = Beneath(replies, now)
        self._command = command
        self._now = now

    def register(self, app: AsyncApp) -> None:
        app.action(ids.SET_UP)(self.set_up)
        app.action(ids.CHANGE_SCHEDULE)(self.change)
        app.action(ids.JOIN)(self.join)
        app.action(ids.SKIP)(self.skip)
        app.action(ids.UNSKIP)(self.unskip)
        app.action(ids.PIN)(self.pin)
        app.action(ids.POST_NOW)(self.post_now)
        app.action(ids.PAUSE)(self.pause)
        app.action(ids.RESUME)(self.resume)
        app.action(ids.DELETE_SCHEDULE)(self.delete)
        app.action(ids.SHOW_SCHEDULE)(self.show)
        app.action(ids.MORE_SCHEDULES)(self.page)
        app.action(ids.ALL_SCHEDULES)(self.page)
        app.view(ids.SCHEDULE_FORM)(self.form_sent)
        app.view(ids.PIN_FORM)(self.pin_sent)
        for block_id in ("zone", "story_id"):
            app.options({"block_id": block_id, "action_id": "value"})(self.suggest)

    async def listed(self, person: Person, body: Payload, client: AsyncWebClient) -> Message | None:
        """What `/story schedule` shows; where there is nothing yet, the form to begin with."""
        may_change = self._guard.may(Action.SCHEDULE, person)
        if may_change and not await self._weekly.schedules(person.workspace):
            await self._open_new(person, body, client)
            return None
        return await self._list(person, first=0)

    # The form

    async def set_up(self, ack: AsyncAck, body: Payload, context: Payload, client: AsyncWebClient) -> None:
        await ack()
        await self._open_new(person_of(context), body, client)

    async def change(
        self, ack: AsyncAck, body: Payload, action: Payload, context: Payload, client: AsyncWebClient
    ) -> None:
        await ack()
        person = person_of(context)
        schedule = await self._schedule(person.workspace, action)
        await self._open(person, ScheduleForm.of(schedule), SetUp.of(schedule), body, client)

    async def form_sent(self, ack: AsyncAck, view: Payload, context: Payload, client: AsyncWebClient) -> None:
        """Set up or change a channel's schedule; whatever is in the way is told in the form."""
        meta, values = read(view)
        person = person_of(context)
        themes = (await self._shelves.of_workspace(person.workspace)).library.themes

        async def again(trouble: UserError) -> None:
            can_join = isinstance(trouble, NotInvitedError)
            shown = form(themes, values, meta, self._now(), trouble=str(trouble), can_join=can_join)
            await ack(response_action="update", view=shown)

        async with told_in_form(ack, again):
            timing = values.timing([theme.id for theme in themes])
            await while_slack_waits(be_in(client, values.channel_id, joins=values.joins), context)
            schedule, first = await while_slack_waits(self._set_up(person, meta, values, timing), context)
            await ack(response_action="update", view=sent(schedule, self._now(), first))
            await self._beneath.redraw(view, partial(self._list_with, person, schedule.channel_id), context)

    async def _set_up(self, person: Person, meta: SetUp, values: ScheduleForm, timing: Timing) -> tuple[Schedule, str]:
        """The schedule as it is now, and what is said of its first post where that was wished for."""
        if meta.channel_id:
            await self._weekly.schedule(person.workspace, meta.channel_id)
        schedule = await self._weekly.set_up(
            person, values.channel_id, meta.schedule_id, timing, values.themes, asks_question=values.asks_question
        )
        return await self._first_post(schedule) if values.posts_now else (schedule, "")

    async def _first_post(self, schedule: Schedule) -> tuple[Schedule, str]:
        """Post at once, and what is said of it; the schedule is set up whether that can be or not."""
        try:
            await self._weekly.tell_now(schedule.workspace, schedule.channel_id)
        except UserError as refused:
            return schedule, str(refused)
        changed = await self._weekly.schedule(schedule.workspace, schedule.channel_id)
        return changed, "The first story is on its way."

    # What can be done with one

    async def skip(self, ack: AsyncAck, body: Payload, action: Payload, context: Payload) -> None:
        await ack()
        ref = read_slot_ref(action["value"])
        await self._weekly.skip(person_of(context).workspace, ref.channel_id, ref.on)
        await self._show_again(body, context, ref.channel_id)

    async def unskip(self, ack: AsyncAck, body: Payload, action: Payload, context: Payload) -> None:
        await ack()
        ref = read_slot_ref(action["value"])
        await self._weekly.unskip(person_of(context).workspace, ref.channel_id, ref.on)
        await self._show_again(body, context, ref.channel_id)

    async def post_now(self, ack: AsyncAck, body: Payload, action: Payload, context: Payload) -> None:
        await ack()
        schedule = await self._schedule(person_of(context).workspace, action)
        await self._weekly.tell_now(schedule.workspace, schedule.channel_id)
        await self._show_again(body, context, schedule.channel_id)

    async def pause(self, ack: AsyncAck, body: Payload, action: Payload, context: Payload) -> None:
        await ack()
        schedule = await self._schedule(person_of(context).workspace, action)
        await self._weekly.pause(schedule.workspace, schedule.channel_id)
        await self._show_again(body, context, schedule.channel_id)

    async def resume(
        self, ack: AsyncAck, body: Payload, action: Payload, context: Payload, client: AsyncWebClient
    ) -> None:
        await ack()
        schedule = await self._schedule(person_of(context).workspace, action)
        try:
            await be_in(client, schedule.channel_id, joins=False)
        except NotInvitedError:
            await self._replies.whisper(body, not_invited(ScheduleRef.of(schedule)))
        else:
            await self._resume(schedule, body, context)

    async def join(
        self, ack: AsyncAck, body: Payload, action: Payload, context: Payload, client: AsyncWebClient
    ) -> None:
        await ack()
        schedule = await self._schedule(person_of(context).workspace, action)
        await be_in(client, schedule.channel_id, joins=True)
        await self._resume(schedule, body, context)

    async def _resume(self, schedule: Schedule, body: Payload, context: Payload) -> None:
        await self._weekly.resume(schedule.workspace, schedule.channel_id)
        await self._show_again(body, context, schedule.channel_id)

    async def delete(self, ack: AsyncAck, body: Payload, action: Payload, context: Payload) -> None:
        await ack()
        person = person_of(context)
        schedule = await self._schedule(person.workspace, action)
        first = await self._first_beside(person.workspace, schedule.channel_id)
        await self._weekly.delete(schedule.workspace, schedule.channel_id)
        await self._replies.replace(body, await self._list(person, first))

    # A story that somebody wants told next

    async def pin(
        self, ack: AsyncAck, body: Payload, action: Payload, context: Payload, client: AsyncWebClient
    ) -> None:
        await ack()
        schedule = await self._schedule(person_of(context).workspace, action)
        story = await self._story(schedule.workspace, schedule.pin.story_id) if schedule.pin else None
        self._beneath.remember(await open_form(client, body, pin_form(ScheduleRef.of(schedule), story)), body)

    async def pin_sent(self, ack: AsyncAck, view: Payload, context: Payload) -> None:
        person = person_of(context)
        async with told_in_form(ack, under_field(ack, "story_id")):
            ref, story_id = read_pin(view)
            schedule = await while_slack_waits(self._weekly.pin(person, ref.channel_id, story_id), context)
            story = await self._story(person.workspace, story_id) if story_id else None
            await ack(response_action="update", view=pinned(schedule, story, self._now()))
            await self._beneath.redraw(view, partial(self._list_with, person, ref.channel_id), context)

    async def _story(self, workspace: Workspace, story_id: str) -> Story | None:
        return (await self._shelves.of_workspace(workspace)).library.story(story_id)

    # The list

    async def show(self, ack: AsyncAck, body: Payload, action: Payload, context: Payload) -> None:
        await ack()
        person = person_of(context)
        schedule = await self._schedule(person.workspace, action)
        themes = (await self._shelves.of_workspace(person.workspace)).library.themes
        may_change = self._guard.may(Action.SCHEDULE, person)
        entry = _entry(await self._weekly.entry(schedule), self._now())
        await self._replies.replace(body, one(entry, themes, self._now(), may_change=may_change))

    async def page(self, ack: AsyncAck, body: Payload, action: Payload, context: Payload) -> None:
        await ack()
        first = int(action["value"]) if str(action["value"]).isdecimal() else 0
        await self._replies.replace(body, await self._list(person_of(context), first))

    async def _show_again(self, body: Payload, context: Payload, channel_id: str) -> None:
        await self._replies.replace(body, await self._list_with(person_of(context), channel_id))

    async def _list_with(self, person: Person, channel_id: str) -> Message:
        """That page of the list on which a channel's schedule stands."""
        return await self._list(person, await self._first_beside(person.workspace, channel_id))

    async def _first_beside(self, workspace: Workspace, channel_id: str) -> int:
        """Which schedule is the first on a channel's page."""
        channels = [schedule.channel_id for schedule in await self._weekly.schedules(workspace)]
        return channels.index(channel_id) // LISTED * LISTED if channel_id in channels else 0

    async def _list(self, person: Person, first: int) -> Message:
        every = await self._weekly.schedules(person.workspace)
        first = first if first < len(every) else 0
        page = every[first : first + LISTED]
        entries = [_entry(await self._weekly.entry(schedule), self._now()) for schedule in page]
        themes = (await self._shelves.of_workspace(person.workspace)).library.themes
        may_change = self._guard.may(Action.SCHEDULE, person)
        after = first + len(page)
        return listed(
            entries, themes, self._now(), self._command, may_change=may_change, after=after, rest=len(every) - after
        )

    # Menus that are searched while somebody types

    async def suggest(self, ack: AsyncAck, payload: Payload, context: Payload) -> None:
        """Bolt looks at the action_id alone, which all fields have in common: which menu it is, is seen here."""
        words = str(payload.get("value") or "")
        if payload["block_id"] == "zone":
            await ack(options=zone_options(words, person_of(context).zone, self._now()))
        else:
            sharing = await self._shelves.of(reader_of(context))
            await ack(options=story_options(sharing.suggest(words, _SUGGESTED)))

    async def _open_new(self, person: Person, body: Payload, client: AsyncWebClient) -> None:
        channel_id = str(body.get("channel_id") or (body.get("channel") or {}).get("id") or "")
        values = ScheduleForm(channel_id if channel_id.startswith(("C", "G")) else "", zone=person.zone)
        await self._open(person, values, SetUp(uuid.uuid4().hex), body, client)

    async def _open(
        self,
        person: Person,
        values: ScheduleForm,
        meta: SetUp,
        body: Payload,
        client: AsyncWebClient,
    ) -> None:
        themes = (await self._shelves.of_workspace(person.workspace)).library.themes
        view = form(themes, values, meta, self._now(), can_join=values.joins)
        self._beneath.remember(await open_form(client, body, view), body)

    async def _schedule(self, workspace: Workspace, action: Payload) -> Schedule:
        ref = read_schedule_ref(action["value"])
        schedule = await self._weekly.schedule(workspace, ref.channel_id)
        if schedule.id != ref.schedule_id:
            raise UserError("That schedule was deleted and set up anew. Look at the list again.")
        return schedule


def _entry(entry: Entry, now: datetime) -> schedules.Entry:
    """What the list tells of a schedule: what comes, and which of its latest slots did not go as they should."""
    missed = [(week.on, post) for week, post in entry.latest if week.state is SlotState.MISSED]
    skipped = [week.slot for week, _ in entry.latest if week.state is SlotState.SKIPPED]
    return schedules.Entry(
        entry.schedule,
        tuple((slot.on, choice) for slot, choice in entry.coming),
        missed=tuple(on for on, post in missed if post != "refused"),
        refused=tuple(on for on, post in missed if post == "refused"),
        unknown=tuple(week.on for week, post in entry.latest if post == "unknown"),
        empty=tuple(week.on for week, _ in entry.latest if week.state is SlotState.EMPTY),
        skipped=tuple(slot.on for slot in skipped if slot.due_at > now),
    )
