"""How `/story schedule` looks: each channel's story of the week, what comes next and why, and what can be done."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.blocks import ids, when
from bot.blocks.form import Said, field, modal, notice, option, tick
from bot.blocks.message import Block, Message, actions, button, context, header, line, plain, rich, section, words
from bot.blocks.text import fallback, shortened
from bot.blocks.weekly import SlotRef, refusal
from bot.domain.draft import DraftErrors
from bot.domain.rotation import Choice, Reason, Rule
from bot.domain.schedule import Pause, Schedule
from bot.domain.story import Story, Theme
from bot.errors import UserError

# A message holds 50 blocks and about 13,200 characters in all, each further block counting 125: a schedule with its
# stories takes two blocks and up to 1,900 of them, one without them two and 500.
LISTED = 10
LISTED_WITH_STORIES = 4
COMING_SHOWN = 5
_NOTES_SHOWN = 4
_THEMES_SHOWN = 4
_WHY_SHOWN = 120
_WHY_KEPT = 200
_OPTIONS = 100
_TEXT = 4_000
_INVITING = (
    "Once a week, at a time that you choose, I post a true story of great service in a channel, with a question for "
    "the team in its thread. No story comes twice before all were told."
)
_MAY_CHANGE = "Moderators and workspace admins can change what is listed here."
_ALTHOUGH = {
    Rule.SEASON: "it is out of season",
    Rule.ROUND: "it was told in this round",
    Rule.COMPANY: "the same company was told within eight weeks",
    Rule.SIMILAR: "a similar story was told within four weeks",
    Rule.MAIN_THEME: "its main theme is that of the story before",
    Rule.THEME: "it shares a theme with the story before",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A schedule as it is listed: its coming stories by the dates of their slots, and dates that need a word.

    `missed` were due while nobody was there, `refused` are posts that Slack did not take, `unknown` those of which it
    did not say whether they arrived; of `empty` no story could be told; `skipped` are still to come and passed over,
    the latest first.
    """

    schedule: Schedule
    coming: tuple[tuple[date, Choice], ...] = ()
    missed: tuple[date, ...] = ()
    refused: tuple[date, ...] = ()
    unknown: tuple[date, ...] = ()
    empty: tuple[date, ...] = ()
    skipped: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class ScheduleRef:
    """The schedule that a button belongs to; of a channel's schedules the later ones have other ids."""

    channel_id: str
    schedule_id: str

    @classmethod
    def of(cls, schedule: Schedule) -> "ScheduleRef":
        return cls(schedule.channel_id, schedule.id)

    def value(self) -> str:
        """This as a button value, and as a form's `private_metadata`."""
        return json.dumps([self.channel_id, self.schedule_id], separators=(",", ":"))


def read_schedule_ref(value: str) -> ScheduleRef:
    """The schedule in a button's value; UserError when it is not one of ours."""
    try:
        match json.loads(value):
            case [str(channel_id), str(schedule_id)]:
                return ScheduleRef(channel_id, schedule_id)
    except ValueError:
        pass
    raise UserError("This button is from an older version of me. Open the list again, and the new one will work.")


def listed(
    entries: Sequence[Entry],
    themes: Sequence[Theme],
    now: datetime,
    command: str,
    *,
    may_change: bool,
    after: int = 0,
    rest: int = 0,
) -> Message:
    """Schedules, `LISTED` at most, the first few with their coming stories; `rest` more follow, from `after` on.

    `themes` are all there are, by which those of a schedule are named.
    """
    set_up = [button("Set one up", ids.SET_UP, "new", style="primary")] if may_change else []
    if not entries:
        who = "" if may_change else "No channel has one yet. Moderators and workspace admins can set one up."
        blocks = [header("The story of the week"), section(f"{_INVITING} {who}".strip())]
        return {
            "text": fallback("The story of the week.", _INVITING, who),
            "blocks": [*blocks, *([actions(*set_up)] if set_up else [])],
        }
    blocks = [header("The story of the week")]
    for number, entry in enumerate(entries):
        if number < LISTED_WITH_STORIES:
            blocks += _whole(entry, themes, now, may_change=may_change)
        else:
            blocks += _brief(entry, now)
    more = [button("More", ids.MORE_SCHEDULES, str(after), says=f"More: {rest} further")] if rest else []
    once_more = f"Type {command} week in a channel to read its story once more."
    notes = [f"And {rest} more." if rest else "", once_more, "" if may_change else _MAY_CHANGE]
    blocks += [context(note) for note in notes if note]
    blocks += [actions(*set_up, *more)] if set_up or more else []
    spoken = [_spoken(entry, now, with_stories=number < LISTED_WITH_STORIES) for number, entry in enumerate(entries)]
    return {"text": _joined("The story of the week.", spoken, notes), "blocks": blocks}


def one(entry: Entry, themes: Sequence[Theme], now: datetime, *, may_change: bool) -> Message:
    """A single schedule with its coming stories, and the way back to all."""
    blocks = [
        header("The story of the week"),
        *_whole(entry, themes, now, may_change=may_change),
        actions(button("All schedules", ids.ALL_SCHEDULES, "all")),
    ]
    return {"text": _joined("The story of the week.", [_spoken(entry, now, with_stories=True)], []), "blocks": blocks}


def why(choice: Choice) -> str:
    """Why this one, in at most 200 characters: what chose it, and which rules had to yield."""
    because = str(choice.reason)
    if choice.reason is Reason.OLDEST and choice.last_told:
        because = f"{because}, on {when.day(choice.last_told)} {choice.last_told.year}"
    if choice.yielded:
        because = f"{because}, although {' and '.join(_ALTHOUGH[rule] for rule in choice.yielded)}"
    return shortened(because, _WHY_KEPT)


def not_invited(ref: ScheduleRef) -> Message:
    """To somebody who wants to go on in a public channel that the bot is not in any more."""
    told = ". I can join it myself, since it is public, or you type /invite @storybot there and press Resume again."
    said = line(words("I am not in "), {"type": "channel", "channel_id": ref.channel_id}, words(told))
    join = button("Join and resume", ids.JOIN, ref.value(), style="primary")
    return {"text": f"I am not in <#{ref.channel_id}>{fallback(told)}", "blocks": [rich(said), actions(join)]}


def pin_form(ref: ScheduleRef, pinned: Story | None = None) -> Block:
    """The form in which a story is wished for the coming slot; `pinned` is wished already."""
    menu: Block = {
        "type": "external_select",
        "placeholder": plain("Search by words, as you would ask me", 150),
        "min_query_length": 1,
    }
    if pinned:
        menu["initial_option"] = story_options([pinned])[0]
    blocks = [
        rich(line(words("The next story in "), {"type": "channel", "channel_id": ref.channel_id})),
        field("story_id", "Story", menu, "It is told next, or with Post now, whatever the themes and the rules."),
    ]
    if pinned:
        off = tick("takes_off", "Or", "Take the pin off, and let the rotation choose", ticked=False)
        blocks.append(off | {"optional": True})
    return modal("Pin a story", blocks, callback_id=ids.PIN_FORM, meta=ref.value(), send="Save")


def read_pin(view: Mapping[str, Any]) -> tuple[ScheduleRef, str | None]:
    """The schedule, and the id of the story that is wished for; None takes the pin off. DraftErrors without either."""
    ref, said = read_schedule_ref(view.get("private_metadata") or ""), Said(view)
    if said.ticked("takes_off"):
        return ref, None
    if not (story_id := said.option("story_id")):
        raise DraftErrors({"story_id": "Choose a story."})
    return ref, story_id


def pinned(schedule: Schedule, story: Story | None, now: datetime) -> Block:
    """What takes the place of that form once it is sent; `story` is None when the pin was taken off."""
    when_next = f" {when.next_due(schedule.timing, schedule.next, now)}" if schedule.next else " once it is resumed"
    told = f"“{story.title}” is told{when_next}." if story else "The rotation chooses the next story again."
    return notice("Pin a story", told)


def story_options(stories: Sequence[Story]) -> list[Block]:
    """Options for the stories that fit what was typed, the best first; 100 at most."""
    return [option(story.title, story.id, _told_of(story)) for story in stories[:_OPTIONS]]


def _whole(entry: Entry, themes: Sequence[Theme], now: datetime, *, may_change: bool) -> list[Block]:
    schedule = entry.schedule
    about = line(
        *_heading(schedule),
        words(f", {_drawn_from(schedule, themes)}. Set up by "),
        {"type": "user", "user_id": schedule.owner_id},
        words("."),
    )
    facts: list[Block] = [line(words(fact)) for fact in _facts(entry, now)]
    told: list[Block] = [about, {"type": "rich_text_list", "style": "bullet", "elements": facts}]
    if entry.coming:
        stories: list[Block] = [_coming(on, choice) for on, choice in entry.coming[:COMING_SHOWN]]
        told += [
            line(words("Next, if nothing changes:")),
            {"type": "rich_text_list", "style": "ordered", "elements": stories},
        ]
    return [rich(*told), *([actions(*_buttons(entry, now))] if may_change else [])]


def _brief(entry: Entry, now: datetime) -> list[Block]:
    show = button("Show", ids.SHOW_SCHEDULE, ScheduleRef.of(entry.schedule).value(), says="Show its coming stories")
    return [rich(line(*_heading(entry.schedule), words(f". {' '.join(_facts(entry, now)[:2])}"))), actions(show)]


def _heading(schedule: Schedule) -> list[Block]:
    return [{"type": "channel", "channel_id": schedule.channel_id}, words(f": {when.every(schedule.timing)}")]


def _drawn_from(schedule: Schedule, themes: Sequence[Theme]) -> str:
    if not schedule.themes:
        return "from all themes"
    names = [theme.name for theme in themes if theme.id in schedule.themes]
    if len(names) > _THEMES_SHOWN:
        names = [*names[:_THEMES_SHOWN], f"{len(names) - _THEMES_SHOWN} more"]
    return f"from {', '.join(names) or 'themes that are gone'}"


def _facts(entry: Entry, now: datetime) -> list[str]:
    """How it stands, and what needs a word, each as a sentence; the newest of many."""
    notes = [
        *(f"{when.day(on)} is skipped." for on in entry.skipped),
        *(f"Missed {when.day(on)}: I was away for too long to post it late." for on in entry.missed),
        *(f"Slack did not take the post of {when.day(on)}." for on in entry.refused),
        *(f"Slack did not say whether the post of {when.day(on)} arrived." for on in entry.unknown),
        *(f"There was no story to tell on {when.day(on)}: none shows these themes." for on in entry.empty),
    ]
    return [_standing(entry.schedule, now), *notes[:_NOTES_SHOWN]]


def _standing(schedule: Schedule, now: datetime) -> str:
    if schedule.pause is Pause.REFUSED:
        reason, cure = refusal(schedule.refused_with or "")
        return f"Paused: {reason}. {cure} Then press Resume."
    if schedule.next is None:
        return "Paused: nothing is posted until somebody resumes it."
    return f"Next {when.next_due(schedule.timing, schedule.next, now)}."


def _coming(on: date, choice: Choice) -> Block:
    told = [words(f"{when.day(on)}: "), words(choice.story.title, bold=True)]
    if choice.pinned_by:
        return line(*told, words(", pinned by "), {"type": "user", "user_id": choice.pinned_by})
    return line(*told, words(f", {shortened(why(choice), _WHY_SHOWN)}"))


def _buttons(entry: Entry, now: datetime) -> list[Block]:
    schedule = entry.schedule
    value = ScheduleRef.of(schedule).value()
    buttons = [button("Change", ids.CHANGE_SCHEDULE, value)]
    if schedule.next:
        coming = SlotRef(schedule.channel_id, schedule.next.on)
        buttons.append(button("Skip next", ids.SKIP, coming.value(), says=f"Skip next: {when.day(coming.on)}"))
    if entry.skipped and not schedule.pause:
        skipped = SlotRef(schedule.channel_id, entry.skipped[0])
        says = f"Do not skip {when.day(skipped.on)}"
        buttons.append(button("Do not skip", ids.UNSKIP, skipped.value(), says=says))
    buttons.append(button("Pin a story", ids.PIN, value))
    sure = _sure("Post a story now?", _said_before_posting(schedule, now), "Post now")
    buttons.append(button("Post now", ids.POST_NOW, value) | {"confirm": sure})
    if schedule.pause:
        buttons.append(button("Resume", ids.RESUME, value))
    else:
        buttons.append(button("Pause", ids.PAUSE, value))
    gone = "Nothing more is posted in the channel. What was told there stays."
    sure = _sure("Delete this schedule?", gone, "Delete") | {"style": "danger"}
    return [*buttons, button("Delete", ids.DELETE_SCHEDULE, value, style="danger") | {"confirm": sure}]


def _said_before_posting(schedule: Schedule, now: datetime) -> str:
    """What a story out of turn does to those that come, and to a pin."""
    seen = f"{'The pinned one is told, and its pin used up. ' if schedule.pin else ''}Everybody in the channel sees it"
    after = schedule.told_now(schedule.timing.local_date(now), now).next
    if schedule.next is None or after is None:
        return f"{seen}."
    if after == schedule.next:
        return f"{seen}. The next one still comes {when.due(schedule.timing, after)}."
    return f"{seen}, and it takes the place of that of {when.day(schedule.next.on)}."


def _sure(title: str, what: str, yes: str) -> Block:
    """Slack's own question before a button counts (docs: confirmation dialog; title 100, text 300, buttons 30)."""
    return {
        "title": plain(title, 100),
        "text": plain(what, 300),
        "confirm": plain(yes, 30),
        "deny": plain("Cancel", 30),
    }


def _told_of(story: Story) -> str:
    return ", ".join(str(part) for part in (story.company or story.told_by, story.year) if part)


def _spoken(entry: Entry, now: datetime, *, with_stories: bool) -> tuple[str, str]:
    """A schedule's channel, and in words all that stands beneath it."""
    stories = [
        f"{when.day(on)}: {choice.story.title}, {shortened(why(choice), _WHY_SHOWN)}."
        for on, choice in entry.coming[: COMING_SHOWN if with_stories else 0]
    ]
    told = " ".join([f"{when.every(entry.schedule.timing)}.", *_facts(entry, now), *stories])
    return entry.schedule.channel_id, told


def _joined(heading: str, spoken: Sequence[tuple[str, str]], notes: Sequence[str]) -> str:
    """The whole for those who only hear it; a channel's mention is the one thing in it that Slack is to parse."""
    text = heading
    for part in (*(f"<#{channel_id}>: {fallback(told)}" for channel_id, told in spoken), fallback(*notes)):
        if part and len(text) + len(part) < _TEXT:
            text = f"{text} {part}"
    return text
