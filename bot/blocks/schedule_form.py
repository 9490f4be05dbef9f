"""The form of a channel's story of the week: what stands in it, how it looks, and how it is read back."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from pydantic import TypeAdapter

from bot.blocks import ids, when
from bot.blocks.form import Said, alert, field, join_box, modal, notice, option, tick
from bot.blocks.message import Block, line, plain, rich, words
from bot.blocks.themes import themes_menu
from bot.blocks.zones import zone_option
from bot.domain.draft import DraftErrors
from bot.domain.schedule import Schedule
from bot.domain.slots import Timing, zones
from bot.domain.story import Theme
from bot.errors import UserError

_NEXT, _NOW = "next", "now"
_QUESTION = "Open the thread with a question for the team"
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True)
class ScheduleForm:
    """The form's fields as chosen, named like its blocks; `weekday` is "0" for Monday, `at` is HH:MM.

    `themes` holds ids, none for all; `posts_now` wants the first post at once, `joins` wants the bot to join a public
    channel that it is not in.
    """

    channel_id: str = ""
    weekday: str = "0"
    at: str = "09:00"
    zone: str = ""
    themes: tuple[str, ...] = ()
    asks_question: bool = True
    posts_now: bool = False
    joins: bool = False

    @classmethod
    def of(cls, schedule: Schedule) -> "ScheduleForm":
        """What is changed, as it stands."""
        timing = schedule.timing
        return cls(
            schedule.channel_id,
            str(timing.weekday),
            f"{timing.at:%H:%M}",
            timing.zone,
            schedule.themes,
            schedule.asks_question,
        )

    def timing(self, known_themes: Collection[str]) -> Timing:
        """When it is wished for; DraftErrors with everything that is amiss in the whole form."""
        errors: dict[str, str] = {}
        if not self.channel_id:
            errors["channel_id"] = "Choose a channel."
        if self.weekday not in _WEEKDAYS:
            errors["weekday"] = "Choose a weekday."
        if not _TIME.fullmatch(self.at):
            errors["at"] = "Choose a time, such as 09:00."
        if self.zone not in zones():
            errors["zone"] = "Choose a time zone from the list: type a city, a country or UTC+2 to find it."
        if unknown := [theme for theme in self.themes if theme not in known_themes]:
            errors["themes"] = f"There is no theme “{'” or “'.join(unknown)}” any more. Choose another."
        if errors:
            raise DraftErrors(errors)
        return Timing(int(self.weekday), time.fromisoformat(self.at), self.zone)


@dataclass(frozen=True, slots=True)
class SetUp:
    """What the form remembers, in its `private_metadata`: the schedule that it changes, or the id of a new one.

    A new one has no channel yet. Its id is there from the beginning, so that a form that was sent twice sets up one.
    """

    schedule_id: str
    channel_id: str = ""

    @classmethod
    def of(cls, schedule: Schedule) -> "SetUp":
        return cls(schedule.id, schedule.channel_id)

    def value(self) -> str:
        return _META.dump_json(self).decode()


_META = TypeAdapter(SetUp)
_WEEKDAYS = {str(number): name for number, name in enumerate(when.WEEKDAYS)}


def form(
    themes: Sequence[Theme],
    values: ScheduleForm,
    meta: SetUp,
    now: datetime,
    *,
    trouble: str = "",
    can_join: bool = False,
) -> Block:
    """The form with `values` in it, to set up a new schedule or to change that of `meta`.

    `themes` are those to choose from, one or more; `trouble` says why a form that was sent is still there, and
    `can_join` offers to join the channel. `now` tells how far the time zone is from UTC.
    """
    is_new = not meta.channel_id
    blocks = [
        *([alert("error", trouble)] if trouble else []),
        _channel_field(values) if is_new else _fixed_channel(meta.channel_id),
        *([join_box(values.joins)] if can_join else []),
        *_timing_fields(values, now),
        field(
            "themes",
            "Themes",
            themes_menu(themes, values.themes, "All themes"),
            "What the stories are drawn from; all themes, if you choose none.",
            optional=True,
        ),
        tick("asks_question", "In the thread", _QUESTION, values.asks_question, optional=True),
    ]
    if is_new:
        blocks.append(_first_post_field(values.posts_now))
    send = "Set it up" if is_new else "Save"
    return modal("Story of the week", blocks, callback_id=ids.SCHEDULE_FORM, meta=meta.value(), send=send)


def read(view: Mapping[str, Any]) -> tuple[SetUp, ScheduleForm]:
    """What a sent form remembered and what stands in it; UserError when it is an older version's form."""
    try:
        meta = _META.validate_json(view.get("private_metadata") or "", strict=True)
    except ValueError as error:
        raise UserError("This form is from an older version of me. Close it, and open it again.") from error
    said = Said(view)
    return meta, ScheduleForm(
        channel_id=meta.channel_id or said.picked("channel_id", "selected_conversation"),
        weekday=said.option("weekday"),
        at=said.picked("at", "selected_time"),
        zone=said.option("zone"),
        themes=said.options("themes"),
        asks_question=said.ticked("asks_question"),
        posts_now=said.option("first_post") == _NOW,
        joins=said.ticked("joins"),
    )


def sent(schedule: Schedule, now: datetime, first: str = "") -> Block:
    """What takes the place of a form that was sent; `first` is a sentence on the post that was wished for at once."""
    channel: Block = {"type": "channel", "channel_id": schedule.channel_id}
    coming = "It is paused until somebody resumes it."
    if schedule.next:
        coming = f"Next {when.next_due(schedule.timing, schedule.next, now)}."
    told = f": a story {when.every(schedule.timing)}. {first} {coming}".replace("  ", " ")
    return notice("Story of the week", told) | {"blocks": [rich(line(words("In "), channel, words(told)))]}


def _channel_field(values: ScheduleForm) -> Block:
    menu: Block = {
        "type": "conversations_select",
        "placeholder": plain("Choose a channel", 150),
        "default_to_current_conversation": True,
        # A team's own stories stay with the team.
        "filter": {"include": ["public", "private"], "exclude_external_shared_channels": True},
    }
    if values.channel_id:
        menu["initial_conversation"] = values.channel_id
    hint = "Of your own workspace only. To a private channel, invite me first: /invite @storybot."
    return field("channel_id", "Channel", menu, hint)


def _fixed_channel(channel_id: str) -> Block:
    return rich(line(words("Channel: ", bold=True), {"type": "channel", "channel_id": channel_id}))


def _timing_fields(values: ScheduleForm, now: datetime) -> list[Block]:
    days = {number: option(name, number) for number, name in _WEEKDAYS.items()}
    weekday: Block = {"type": "static_select", "options": list(days.values())}
    if values.weekday in days:
        weekday["initial_option"] = days[values.weekday]
    at: Block = {"type": "timepicker"}
    if _TIME.fullmatch(values.at):
        at["initial_time"] = values.at
    zone: Block = {
        "type": "external_select",
        "placeholder": plain("Type a city, a country or UTC+2", 150),
        "min_query_length": 0,
    }
    if values.zone in zones():
        zone["initial_option"] = zone_option(values.zone, now)
    return [
        field("weekday", "Day of the week", weekday),
        field("at", "Time", at),
        field("zone", "Time zone", zone, "Summer and winter time are kept."),
    ]


def _first_post_field(now: bool) -> Block:
    options = {_NEXT: option("At the next slot", _NEXT), _NOW: option("Now", _NOW, "It is this week's story.")}
    first = options[_NOW if now else _NEXT]
    element = {"type": "radio_buttons", "options": list(options.values()), "initial_option": first}
    return field("first_post", "First post", element)
