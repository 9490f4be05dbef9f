"""The form in which a workspace chooses who reviews its stories: what stands in it, how it looks, how it is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from bot.blocks import ids
from bot.blocks.form import Said, alert, field, join_box, modal, notice, option
from bot.blocks.message import Block, line, plain, rich, section, words
from bot.blocks.review import date
from bot.domain.draft import DraftErrors
from bot.domain.moderation import Chosen, Moderation
from bot.errors import UserError

MOST_MODERATORS = 30
"""Slack is asked about each of them when the form is sent; more are a user group."""
# Slack's limit for the options of a menu, and for each of its groups of options (Block Kit reference).
_OPTIONS = 100
_TITLE = "Moderation settings"
_FOUR_EYES, _SELF_APPROVAL = "four_eyes", "self_approval"
_RULES = {
    _FOUR_EYES: ("Two moderators have to approve a story", "A second person decides as well."),
    _SELF_APPROVAL: ("Moderators may decide about stories of their own", "Otherwise another one does."),
}


@dataclass(frozen=True, slots=True)
class ModerationForm:
    """The form's fields as chosen, named like its blocks; `joins` wants the bot to join a public channel."""

    channel_id: str = ""
    moderators: tuple[str, ...] = ()
    group: str = ""
    rules: tuple[str, ...] = ()
    joins: bool = False

    @classmethod
    def of(cls, moderation: Moderation) -> "ModerationForm":
        """What is changed, as it stands."""
        ticked = {_FOUR_EYES: moderation.four_eyes, _SELF_APPROVAL: moderation.self_approval}
        rules = tuple(rule for rule, is_ticked in ticked.items() if is_ticked)
        return cls(moderation.channel or "", moderation.moderators, moderation.group or "", rules)

    def moderation(self) -> Moderation:
        """What is wished for; DraftErrors with everything that is amiss in the whole form."""
        errors: dict[str, str] = {}
        if not (self.moderators or self.group):
            errors["moderators"] = "Choose at least one person, or below a user group where the form offers one."
        if len(self.moderators) > MOST_MODERATORS:
            errors["moderators"] = f"Choose at most {MOST_MODERATORS} people; for more, choose a user group."
        if self.group and not (self.channel_id or self.moderators):
            errors["channel_id"] = "Choose a channel: a user group cannot be sent a direct message."
        if _FOUR_EYES in self.rules and len(self.moderators) < 2 and not self.group:
            errors.setdefault("moderators", "Choose at least two people, since two have to approve a story.")
        if errors:
            raise DraftErrors(errors)
        try:
            return Moderation(
                channel=self.channel_id or None,
                moderators=self.moderators,
                group=self.group or None,
                four_eyes=_FOUR_EYES in self.rules,
                self_approval=_SELF_APPROVAL in self.rules,
            )
        except ValidationError as error:
            raise UserError("Slack sent something that I do not know. Close the form, and open it again.") from error


def form(
    values: ModerationForm,
    groups: Mapping[str, str],
    *,
    chosen: Chosen | None = None,
    waiting: int = 0,
    trouble: str = "",
    can_join: bool = False,
) -> Block:
    """The form with `values` in it; `groups` are the handles of the workspace's user groups by id, where Slack tells.

    `chosen` tells who chose last, and `waiting` how many stories wait for a decision; `trouble` says why a form that
    was sent is still there, and `can_join` offers to join the channel.
    """
    group = _group_field(groups, values.group)
    blocks = [
        *([alert("error", trouble)] if trouble else []),
        *_standing(values, chosen, waiting),
        _people_field(values.moderators, or_group=bool(group)),
        *group,
        _channel_field(values.channel_id),
        *([join_box(values.joins)] if can_join else []),
        _rules_field(values.rules),
    ]
    return modal(_TITLE, blocks, callback_id=ids.MODERATION_FORM, meta="", send="Save")


def read(view: Mapping[str, Any]) -> ModerationForm:
    """What stands in a sent form."""
    said = Said(view)
    return ModerationForm(
        channel_id=said.picked("channel_id", "selected_conversation"),
        moderators=said.people("moderators"),
        group=said.option("group"),
        rules=said.options("rules"),
        joins=said.ticked("joins"),
    )


def offered_groups(view: Mapping[str, Any]) -> dict[str, str]:
    """The user groups that a sent form offers, their handles by id."""
    menus = [block["element"] for block in view.get("blocks") or () if block.get("block_id") == "group"]
    options = [option for menu in menus for page in menu.get("option_groups") or [menu] for option in page["options"]]
    return {option["value"]: option["text"]["text"].removeprefix("@") for option in options}


def saved(
    moderation: Moderation,
    waiting: int,
    command: str,
    *,
    was_so: bool = False,
    missing: Sequence[str] | None = (),
    is_out: bool = False,
) -> Block:
    """What takes the place of a form that was sent: who decides now, and where; `was_so` when that is as it was.

    `missing` are moderators who are not in a private review channel, None where Slack does not say; `is_out` tells
    whoever sent the form that they are no moderator any more.
    """
    where = [words("to each of them as a direct message")]
    if moderation.channel:
        where = [words("to "), {"type": "channel", "channel_id": moderation.channel}]
    since, now = " as before." if was_so else " from now on.", ""
    if waiting and not was_so:
        now = f" The {'one that waits is' if waiting == 1 else f'{waiting} that wait are'} on the way there."
    told = [
        *([line(words("Nothing had to be changed: it is as you want it."))] if was_so else []),
        line(words("Moderators", bold=True), words(": "), *_everybody(moderation), words(".")),
        line(words("Stories that people send go "), *where, words(f"{since}{now}")),
    ]
    if not was_so:
        news = f"Whoever is new among them hears it from me. {command} review lists what waits to them."
        told.append(line(words(news)))
    note = [alert("warning", f"You are no longer a moderator here. {command} settings changes that.")] if is_out else []
    return notice(_TITLE, *note, rich(*told), *_not_there(missing))


def _everybody(moderation: Moderation) -> list[Block]:
    """Who decides, each by name; a user group as itself."""
    people = _people(moderation.moderators)
    if not moderation.group:
        return people
    return [*people, *([words(" and ")] if people else []), {"type": "usergroup", "usergroup_id": moderation.group}]


def _people(user_ids: Sequence[str]) -> list[Block]:
    return [part for one in user_ids for part in (words(", "), {"type": "user", "user_id": one})][1:]


def _not_there(missing: Sequence[str] | None) -> list[Block]:
    """Who could not open a private review channel."""
    if missing is None:
        return [section("That channel is private: look whether all of them are in it, and invite whoever is not.")]
    if not missing:
        return []
    invite = ". Please invite them: it is private, so they see no cards yet."
    return [rich(line(words("Not in that channel: "), *_people(missing), words(invite)))]


def _standing(values: ModerationForm, chosen: Chosen | None, waiting: int) -> list[Block]:
    """How things are: nobody reviews yet, or who chose last."""
    if not (values.moderators or values.group) and not chosen:
        stories = {0: "", 1: " One story waits."}.get(waiting, f" {waiting} stories wait.")
        return [alert("info", f"Nobody reviews stories here yet.{stories} Choose who does.")]
    if not (chosen and chosen.by):
        return []
    return [rich(line(words("Chosen by "), {"type": "user", "user_id": chosen.by}, words(" on "), date(chosen.at)))]


def _people_field(moderators: tuple[str, ...], *, or_group: bool) -> Block:
    """Slack writes “(optional)” behind what need not be chosen: without a group to choose, people are needed."""
    menu: Block = {"type": "multi_users_select", "placeholder": plain("Choose people", 150)}
    if moderators:
        menu["initial_users"] = list(moderators)
    hint = "They approve or reject each story before anybody else reads it. Members only: no guests, no apps."
    label = "Moderators, or a user group below" if or_group else "Moderators"
    return field("moderators", label, menu, hint, optional=or_group)


def _group_field(groups: Mapping[str, str], chosen: str) -> list[Block]:
    """Nothing where there is no group to choose; the one that was chosen stays, also while Slack does not tell."""
    handles = {**({chosen: chosen} if chosen else {}), **groups}
    if not handles:
        return []
    options = {id_: option(f"@{handle}", id_) for id_, handle in sorted(handles.items(), key=lambda one: one[1])}
    menu: Block = {"type": "static_select", "placeholder": plain("Choose a user group", 150)}
    every = list(options.values())
    if len(every) <= _OPTIONS:
        menu["options"] = every
    else:
        pages = (every[n : n + _OPTIONS] for n in range(0, min(len(every), _OPTIONS * _OPTIONS), _OPTIONS))
        menu["option_groups"] = [{"label": page[0]["text"], "options": page} for page in pages]
    if chosen:
        menu["initial_option"] = options[chosen]
    hint = "Its members decide as well; whoever joins or leaves it, from that moment on."
    return [field("group", "User group", menu, hint, optional=True)]


def _channel_field(channel_id: str) -> Block:
    menu: Block = {
        "type": "conversations_select",
        "placeholder": plain("Direct messages to the moderators", 150),
        # Stories that nobody has approved stay with the team.
        "filter": {"include": ["public", "private"], "exclude_external_shared_channels": True},
    }
    if channel_id:
        menu["initial_conversation"] = channel_id
    hint = (
        "Where stories wait for a decision; everybody there reads them, but no name that is for moderators only. To a "
        "private channel, invite me first: /invite @storybot. Without a channel each moderator gets direct messages."
    )
    return field("channel_id", "Review channel", menu, hint, optional=True)


def _rules_field(rules: tuple[str, ...]) -> Block:
    boxes = {rule: option(label, rule, what) for rule, (label, what) in _RULES.items()}
    element: Block = {"type": "checkboxes", "options": list(boxes.values())}
    if ticked := [boxes[rule] for rule in rules if rule in boxes]:
        element["initial_options"] = ticked
    return field("rules", "Rules", element, optional=True)
