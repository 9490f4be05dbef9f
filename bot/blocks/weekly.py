"""How the story of the week looks: the post, the question in its thread, and what a schedule's owner is told."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zlib import crc32

from bot.blocks import ids, when
from bot.blocks.message import Block, Message, actions, button, context, header, line, rich, words
from bot.blocks.story import takeaway, theme_names, where
from bot.blocks.submit import tell_us_yours
from bot.blocks.text import fallback, shortened
from bot.domain.schedule import Schedule
from bot.domain.slots import Slot, Timing
from bot.domain.story import Story, Theme
from bot.errors import UserError

# For a story that brings no question of its own.
_QUESTIONS = (
    "What would have made it easy to walk past this, and what would make it easy for us not to?",
    "When did one of us do something like this? Tell the others.",
    "Which rule or habit of ours would have stood in the way here?",
    "What did they notice that we might have missed?",
    "What is the smallest thing in this that we could do tomorrow?",
    "Who would have had to say yes here, and would they have?",
)
# Slack's names for a refusal (docs: errors of chat.postMessage): why, and what helps.
_ARCHIVED = ("the channel is archived", "Unarchive it, or choose another channel.")
_GONE = ("I am not in the channel any more, or it was deleted", "Invite me there again with /invite @storybot.")
_RESTRICTED = ("only some people may post in the channel", "Ask an admin to let me post there.")
_REFUSALS = {
    "is_archived": _ARCHIVED,
    "not_in_channel": _GONE,
    "channel_not_found": _GONE,
    "restricted_action": _RESTRICTED,
    "restricted_action_read_only_channel": _RESTRICTED,
    "restricted_action_thread_only_channel": _RESTRICTED,
    "restricted_action_non_threadable_channel": _RESTRICTED,
}


@dataclass(frozen=True, slots=True)
class SlotRef:
    """Which week of which channel a button belongs to, and the story that was told; `on` is the slot's date."""

    channel_id: str
    on: date
    story_id: str = ""

    def value(self) -> str:
        """This as a button value."""
        return json.dumps([self.channel_id, self.on.isoformat(), self.story_id], separators=(",", ":"))


def read_slot_ref(value: str) -> SlotRef:
    """What a button's value says; UserError when it is not one of ours."""
    try:
        match json.loads(value):
            case [str(channel_id), str(on), str(story_id)]:
                return SlotRef(channel_id, date.fromisoformat(on), story_id)
    except ValueError:
        pass
    raise UserError("This button is from an older version of me. The next story of the week will have new ones.")


def post(story: Story, themes: Sequence[Theme], slot_ref: SlotRef, *, tried: int = 0, late: str = "") -> Message:
    """The story of the week as a channel sees it; `tried` says how many did what it tells, `late` why it comes now."""
    return _told("Story of the week", story, themes, slot_ref, tried, late)


def late_note(timing: Timing, slot: Slot) -> str:
    return f"This was due {when.due(timing, slot)}; I was away."


def question(story: Story) -> Message:
    """The first reply in the post's thread; the same story asks the same."""
    asked = story.question or _QUESTIONS[crc32(story.id.encode()) % len(_QUESTIONS)]
    return {
        "text": fallback(f"For your team: {asked}"),
        "blocks": [rich(line(words("For your team: ", bold=True), words(asked)))],
    }


def this_week(story: Story, themes: Sequence[Theme], slot_ref: SlotRef, *, tried: int = 0) -> Message:
    """The channel's current story once more, to whoever asks."""
    note = f"Told here on {when.day(slot_ref.on)}. Only you see this."
    return _told("The story of the week here", story, themes, slot_ref, tried, note)


def none_yet(command: str, coming: str = "") -> Message:
    """An answer where no story was told yet; `coming` is when the first one comes, as `when.next_due` says it."""
    first = f"The first comes {coming}." if coming else f"Type {command} schedule to have one every week."
    told = f"No story of the week was told in this channel yet. {first}"
    return {"text": fallback(told), "blocks": [rich(line(words(told)))]}


def unknown(slot_ref: SlotRef, title: str) -> Message:
    """To a schedule's owner: Slack did not confirm this week's post, and a second one may be one too many."""
    value = slot_ref.value()
    buttons = actions(
        button("It is there", ids.IS_THERE, value, says=f"It is there: {title}"),
        button("Post again", ids.POST_AGAIN, value, says=f"Post again: {title}"),
    )
    asked = "Slack did not say whether it arrived. Please look: is it in the channel?"
    told = _about_week(slot_ref, title, asked)
    return {"text": told["text"], "blocks": [*told["blocks"], buttons]}


def settled(slot_ref: SlotRef, title: str, *, posts_again: bool) -> Message:
    """What takes the place of that question once it is answered."""
    done = "I post it again." if posts_again else "You found it in the channel, so nothing is posted again."
    return _about_week(slot_ref, title, done)


def paused(schedule: Schedule, error: str, command: str) -> Message:
    """To a schedule's owner, once: why there are no more posts, and how to go on."""
    why, cure = refusal(error)
    then = f"Then type {command} schedule and press Resume; until then I post nothing there."
    told = f" is paused: {why}. {cure} {then}"
    return _about_channel("The story of the week in ", schedule.channel_id, told)


def refusal(error: str) -> tuple[str, str]:
    """Why Slack takes no posts, by its name for it, and what helps."""
    named = f" ({shortened(error, 80)})" if error else ""
    return _REFUSALS.get(error, (f"Slack takes no posts there{named}", "Ask an admin what that means."))


def _told(heading: str, story: Story, themes: Sequence[Theme], slot_ref: SlotRef, tried: int, note: str) -> Message:
    telling = _telling(story)
    learned = f"Takeaway: {story.takeaway}" if story.takeaway else ""
    blocks = [
        header(heading),
        rich(line(words(story.title, bold=True))),
        *([context(place)] if (place := where(story)) else []),
        # One text with its empty lines in it: of a paragraph a block, 2,500 characters could make hundreds.
        rich(line({"type": "text", "text": telling})),
        *takeaway(story),
        *theme_names(themes),
        *([context(note)] if note else []),
        post_buttons(story, slot_ref, tried),
    ]
    title = f"{heading}: {story.title}" + (f" ({place})." if place else ".")
    shown = f"Themes: {', '.join(theme.name for theme in themes)}." if themes else ""
    return {"text": fallback(title, telling, learned, shown, note), "blocks": blocks}


def post_buttons(story: Story, slot_ref: SlotRef, tried: int) -> Block:
    """What can be done with it; `tried` says how many did what it tells."""
    value = slot_ref.value()
    label = f"I tried this · {tried:,}" if tried else "I tried this"
    return actions(
        button(label, ids.TRIED, value, says=f"{label}: {story.title}"),
        button("Save", ids.SAVE, value, says=f"Save: {story.title}"),
        tell_us_yours(),
    )


def _telling(story: Story) -> str:
    paragraphs = (shortened(part, len(part)) for part in story.story.split("\n\n"))
    return "\n\n".join(filter(None, paragraphs))


def _about_week(slot_ref: SlotRef, title: str, what: str) -> Message:
    week = f"“{shortened(title, 80)}”, the story of {when.day(slot_ref.on)} for "
    return _about_channel(week, slot_ref.channel_id, f". {what}")


def _about_channel(before: str, channel_id: str, after: str) -> Message:
    """A sentence around a channel's name."""
    channel: Block = {"type": "channel", "channel_id": channel_id}
    space = "" if after.startswith(".") else " "
    # A channel's mention is the one thing in the text that Slack is to parse.
    text = f"{fallback(before)} <#{channel_id}>{space}{fallback(after)}"
    return {"text": text, "blocks": [rich(line(words(before), channel, words(after)))]}
