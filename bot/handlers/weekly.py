"""The story of the week in its channel: how it is drawn, its buttons, and what is asked of its owner."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks import ids
from bot.blocks.lists import apology
from bot.blocks.message import Block, Message
from bot.blocks.saved import saved
from bot.blocks.weekly import (
    SlotRef,
    late_note,
    none_yet,
    paused,
    post,
    post_buttons,
    question,
    read_slot_ref,
    settled,
    this_week,
    unknown,
)
from bot.blocks.when import next_due
from bot.domain.clock import Now
from bot.domain.outgoing import Kind, Outgoing
from bot.domain.person import Person
from bot.domain.rotation import Choice
from bot.domain.schedule import Schedule, Week, read_about
from bot.domain.slots import Slot
from bot.domain.story import Story, Theme
from bot.domain.workspace import Reader, Workspace
from bot.errors import UserError
from bot.handlers.permissions import person_of, reader_of
from bot.handlers.read_back import metadata
from bot.handlers.replies import Replies
from bot.services.shelves import Shelves
from bot.services.weekly import Weekly

Payload = Mapping[str, Any]

# A response_url takes five posts.
REDRAWN = 4


def draw_post(schedule: Schedule, slot: Slot, choice: Choice, themes: Sequence[Theme], is_late: bool) -> Message:
    """The post of a slot, as it is frozen when the slot is taken."""
    ref = SlotRef(schedule.channel_id, slot.on, choice.story.id)
    return post(choice.story, themes, ref, late=late_note(schedule.timing, slot) if is_late else "")


class WeeklyPosts:
    """`command` is the slash command's name."""

    def __init__(self, weekly: Weekly, shelves: Shelves, replies: Replies, command: str, now: Now) -> None:
        self._weekly = weekly
        self._shelves = shelves
        self._replies = replies
        self._command = command
        self._now = now

    def register(self, app: AsyncApp) -> None:
        app.action(ids.TRIED)(self.tried)
        app.action(ids.SAVE)(self.save)
        app.action(ids.UNSAVE)(self.unsave)
        app.action(ids.POST_AGAIN)(self.post_again)
        app.action(ids.IS_THERE)(self.is_there)

    @property
    def draws(self) -> dict[Kind, Callable[[Outgoing], Awaitable[Message | None]]]:
        """How what is in the outbox looks."""
        return {
            Kind.WEEKLY_STORY: self.draw_story,
            Kind.WEEKLY_QUESTION: self.draw_question,
            Kind.WEEKLY_UNKNOWN: self.draw_unknown,
            Kind.WEEKLY_PAUSED: self.draw_paused,
        }

    # What people ask for

    async def this_week(self, reader: Reader, channel_id: str) -> Message:
        """The latest story of this channel that may be told to whoever asks."""
        library = (await self._shelves.of(reader)).library
        for week in await self._weekly.told_lately(reader.workspace, channel_id):
            if week.story and library.story(week.story.id):
                ref, themes = _ref(week, week.story), library.themes_of(week.story)
                return this_week(week.story, themes, ref, tried=await self._weekly.tried(week))
        schedule = await self._weekly.find(reader.workspace, channel_id)
        coming = next_due(schedule.timing, schedule.next, self._now()) if schedule and schedule.next else ""
        return none_yet(self._command, coming)

    async def saved(self, person: Person) -> Message:
        return saved(await self._weekly.saved(person.workspace, person.user_id), person.user_id, self._command)

    # Buttons

    async def tried(self, ack: AsyncAck, body: Payload, action: Payload, context: Payload) -> None:
        """Count somebody in, or out again, and redraw the post with the new count."""
        await ack()
        person, ref = person_of(context), read_slot_ref(action["value"])
        week = await self._week(person.workspace, ref.channel_id, ref.on)
        await self._weekly.try_it(week, person.user_id)
        drawn = None
        for _ in range(REDRAWN):
            # Of two who press at once, the one whose redrawing comes last sees that there is a newer count.
            if (count := await self._weekly.tried(week)) == drawn:
                break
            await self._replies.replace(body, await self._counted(body, reader_of(context), week, count))
            drawn = count

    async def save(self, ack: AsyncAck, body: Payload, action: Payload, context: Payload) -> None:
        await ack()
        person, ref = person_of(context), read_slot_ref(action["value"])
        (await self._shelves.of_workspace(person.workspace)).story(ref.story_id)
        is_new = await self._weekly.save(person.workspace, person.user_id, ref.story_id)
        told = "Saved" if is_new else "You have saved it already"
        await self._replies.whisper(body, apology(f"{told}: {self._command} saved lists it."))

    async def unsave(self, ack: AsyncAck, body: Payload, action: Payload, context: Payload) -> None:
        await ack()
        person = person_of(context)
        await self._weekly.unsave(person.workspace, person.user_id, action["value"])
        await self._replies.replace(body, await self.saved(person))

    async def post_again(self, ack: AsyncAck, body: Payload, action: Payload, context: Payload) -> None:
        await ack()
        await self._settle(body, action, context, posts_again=True)

    async def is_there(self, ack: AsyncAck, body: Payload, action: Payload, context: Payload) -> None:
        await ack()
        await self._settle(body, action, context, posts_again=False)

    async def _settle(self, body: Payload, action: Payload, context: Payload, *, posts_again: bool) -> None:
        ref = read_slot_ref(action["value"])
        week = await self._week(person_of(context).workspace, ref.channel_id, ref.on)
        settle = self._weekly.post_again if posts_again else self._weekly.it_is_there
        if not await settle(week):
            raise UserError("That was settled already, so nothing more is posted.")
        await self._replies.replace(body, settled(ref, _title(week), posts_again=posts_again))

    # What is said later

    async def draw_story(self, outgoing: Outgoing) -> Message | None:
        """The frozen post, if it is still to be made."""
        week = await self._weekly.to_post(await self._week_of(outgoing))
        if week is None or week.message is None:
            return None
        return {
            "text": str(week.message["text"]),
            "blocks": list(week.message["blocks"]),
            "metadata": metadata(outgoing.kind, week.key),
        }

    async def draw_question(self, outgoing: Outgoing) -> Message | None:
        week = await self._week_of(outgoing)
        return {**question(week.story), "metadata": metadata(outgoing.kind, week.key)} if week.story else None

    async def draw_unknown(self, outgoing: Outgoing) -> Message | None:
        week = await self._week_of(outgoing)
        return unknown(_ref(week, week.story), _title(week)) if week.story else None

    async def draw_paused(self, outgoing: Outgoing) -> Message | None:
        channel_id, _ = read_about(outgoing.about)
        schedule = await self._weekly.find(outgoing.workspace, channel_id)
        return paused(schedule, schedule.refused_with or "", self._command) if schedule and schedule.pause else None

    async def _counted(self, body: Payload, reader: Reader, week: Week, count: int) -> Message:
        """What somebody pressed on, as it is with this count."""
        if body["container"].get("is_ephemeral"):
            return await self.this_week(reader, week.channel_id)
        return _post_of(week, count)

    async def _week_of(self, outgoing: Outgoing) -> Week:
        return await self._week(outgoing.workspace, *read_about(outgoing.about))

    async def _week(self, workspace: Workspace, channel_id: str, on: date) -> Week:
        if week := await self._weekly.week(workspace, channel_id, on):
            return week
        raise UserError("That week is no longer here.")


def _ref(week: Week, story: Story) -> SlotRef:
    return SlotRef(week.channel_id, week.on, story.id)


def _title(week: Week) -> str:
    return week.story.title if week.story else "A story"


def _post_of(week: Week, count: int) -> Message:
    """The post as it was frozen, with the count of this moment on its button."""
    message = week.message or {"text": "", "blocks": []}
    blocks: list[Block] = list(message["blocks"])
    if week.story:
        row = post_buttons(week.story, _ref(week, week.story), count)
        blocks = [row if _is_row(block) else block for block in blocks]
    return {"text": str(message["text"]), "blocks": blocks}


def _is_row(block: Block) -> bool:
    return bool(block["type"] == "actions")
