"""How submitting a story looks: the form, how it is read back, and what takes its place once it is sent.

Slack's limit for `private_metadata` is 3,000 characters (Block Kit reference).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from bot.blocks import ids
from bot.blocks.form import FIRST_VALUE, Said, alert, field, modal, notice, option, tick, written
from bot.blocks.message import Block, Message, actions, button, context, line, rich, section, words
from bot.blocks.text import fallback, shortened, typed_lines
from bot.blocks.themes import themes_menu
from bot.domain.draft import Draft, DraftErrors
from bot.domain.story import TOLD_LENGTH, Theme
from bot.domain.submission import MOST_THEMES, Credit
from bot.errors import UserError

_WARNINGS_SHOWN = 8
_NAME = 80
_CREDITS = {
    Credit.NAME: ("Show my name", "Everybody reads who told it."),
    Credit.MODERATORS: ("Moderators only", "Readers see “a colleague”. Moderators can look your name up."),
    Credit.NOBODY: ("Nobody", "Nothing about you is kept, and nobody can tell you the decision."),
}
_GOOD_STORY = (
    f"{TOLD_LENGTH[0]} to {TOLD_LENGTH[1]:,} characters. A good one tells what the customer needed, what somebody did "
    "that nobody asked of them, and how it ended. Leave out customers' names, addresses and numbers."
)
_EXAMPLE = "A guest called at nine in the evening: her train had left, and her son's inhaler was still in her room…"


class Purpose(StrEnum):
    """What sending the form does."""

    SUBMIT = "submit"
    EDIT = "edit"
    EDIT_AND_APPROVE = "edit_and_approve"
    REJECT = "reject"


# The callback_id, by which is known who may send it; the title; the button.
_FORMS = {
    Purpose.SUBMIT: (ids.SUBMIT_FORM, "Share a service story", "Send"),
    Purpose.EDIT: (ids.CHANGE_FORM, "Change your story", "Save"),
    Purpose.EDIT_AND_APPROVE: (ids.EDIT_FORM, "Edit and approve", "Approve"),
}


@dataclass(frozen=True, slots=True)
class FormMeta:
    """What a form remembers while a person fills it in, in its `private_metadata`.

    `form_id` becomes the submission's id; `submission_id` and `revision` say what is changed or decided; `permalink`
    is the message that the story was made of, and `message_author` the name of whoever wrote that, "" where it is the
    same person; `accepted` the warnings that the person has been shown; `channel_id` where the form was opened.
    """

    form_id: str
    purpose: Purpose = Purpose.SUBMIT
    submission_id: str = ""
    revision: int = 0
    permalink: str = ""
    message_author: str = ""
    accepted: tuple[str, ...] = ()
    channel_id: str = ""

    def news_in(self, warnings: Sequence[str]) -> bool:
        """Whether there is a warning that the person has not been shown."""
        return not set(_digests(warnings)) <= set(self.accepted)

    def seeing(self, warnings: Sequence[str]) -> "FormMeta":
        """This, once the person has been shown these warnings: sending the same again is their decision."""
        return replace(self, accepted=_digests(warnings))

    def value(self) -> str:
        """This as `private_metadata`."""
        named = replace(self, message_author=shortened(self.message_author, _NAME))
        return _META.dump_json(named).decode()


_META = TypeAdapter(FormMeta)


def form(
    themes: Sequence[Theme],
    draft: Draft,
    meta: FormMeta,
    *,
    warnings: Sequence[str] = (),
    note: str = "",
    trouble: str = "",
) -> Block:
    """The form with `draft` in it, as its purpose needs it; `themes` are those to choose from, one or more.

    `warnings` are pointed out on top before the story is sent anyway, `note` says where the draft came from, and
    `trouble` why a form that was sent is still there. Shown as `response_action: update`, it keeps what was typed.
    """
    callback_id, title, send = _FORMS[meta.purpose]
    send = f"{send} anyway" if warnings else send
    blocks = [
        *([alert("error", trouble)] if trouble else []),
        *_pointed_out(warnings, send),
        *([context(note)] if note else []),
        *_origin(meta),
        *_story_fields(themes, draft),
    ]
    if len(draft.story) > FIRST_VALUE:
        blocks.insert(0, alert("warning", f"The text was too long for a form: it ends after {FIRST_VALUE:,} here."))
    if meta.purpose is Purpose.SUBMIT:
        blocks.append(_credit_field(draft.credit))
    if meta.purpose is not Purpose.EDIT_AND_APPROVE:
        asked = "No customer can be recognised in it, or they agreed to it"
        blocks.append(tick("consent", "The customers in it", asked, draft.consent))
    if meta.message_author:
        who = f"{shortened(meta.message_author, _NAME)} wrote the message"
        blocks.append(tick("author_agrees", who, "I asked, and they agree to it being told here", draft.author_agrees))
    # Whoever has just pressed the button below looks at the end of the form.
    if trouble:
        blocks.append(alert("error", trouble))
    elif warnings:
        blocks.append(alert("warning", f"Not sent yet: please look at the top, then mend it or press “{send}”."))
    return modal(title, blocks, callback_id=callback_id, meta=meta.value(), send=send)


def read(view: Mapping[str, Any]) -> tuple[FormMeta, Draft]:
    """What a sent form remembered and what stands in it; UserError when it is an older version's form."""
    meta, said = read_meta(view), Said(view)
    credit = said.option("credit")
    return meta, Draft(
        title=said.text("title"),
        story=said.text("story"),
        takeaway=said.text("takeaway"),
        themes=said.options("themes"),
        company=said.text("company"),
        year=said.text("year"),
        credit=Credit(credit) if credit in set(Credit) else Credit.NAME,
        # A moderator is not asked: the author was.
        consent=meta.purpose is Purpose.EDIT_AND_APPROVE or said.ticked("consent"),
        author_agrees=said.ticked("author_agrees"),
    )


def read_meta(view: Mapping[str, Any]) -> FormMeta:
    """What the form remembered; UserError when it is not one of this version's."""
    try:
        return _META.validate_json(view.get("private_metadata") or "", strict=True)
    except ValueError as error:
        raise UserError(
            "This form is from an older version of me. Copy what you wrote, open the form again, and paste it there."
        ) from error


def errors(found: DraftErrors) -> dict[str, str]:
    """Each error under its own field, for `response_action: errors`: a block_id is the name of the draft's field."""
    return dict(found.fields)


def draft_of_message(text: str) -> Draft:
    """A draft of a message as Slack delivers it: its lines stay, mentions are left out, links become words."""
    return Draft(story=typed_lines(text))


def tell_us_yours(draft: Draft | None = None) -> Block:
    """The button that opens the form, with what `draft` brings along."""
    brought = json.dumps((draft or Draft()).as_json(), separators=(",", ":"))
    return button("Tell us yours", ids.TELL, brought, says="Tell us yours: share a service story")


def read_tell(value: str) -> Draft:
    """What the button brought along; an empty draft when it is an older version's."""
    try:
        brought = json.loads(value)
    except ValueError:
        return Draft()
    return Draft.from_json(brought) if isinstance(brought, dict) else Draft()


def sent(purpose: Purpose, credit: Credit, command: str, *, is_reviewed: bool = True) -> Block:
    """What takes the place of an author's form that was sent; `is_reviewed` says whether there are moderators yet."""
    reads = "A moderator reads it soon"
    if not is_reviewed:
        reads = "Nobody reviews stories here yet, so it waits until a workspace admin has chosen who does"
    if purpose is Purpose.EDIT:
        told = "Your story is changed. Moderators see what is different, and read it soon."
    elif credit is Credit.NOBODY:
        told = (
            f"{reads}. Nothing about you is kept, so nobody can tell you what they decide, and it "
            f"cannot be changed or withdrawn by you. Once approved, {command} and a word of its title finds it."
        )
    else:
        told = (
            f"{reads}, and I tell you in a direct message what they decide. "
            f"Until then you can change it, and at any time withdraw it: type {command} mine."
        )
    return notice("Thank you", told)


def kept(command: str) -> Block:
    """What takes the place of a form that nobody could review: the text is not lost."""
    return notice("Kept for later", nobody_reviews(command))


def nobody_reviews(command: str) -> str:
    """The same in words, before a form is opened."""
    return (
        "Nobody can review stories here yet, so none can be sent. A workspace admin chooses who does: "
        f"{command} settings. What you have written is kept until then: {command} submit brings it back."
    )


def only_by_command(command: str) -> Message:
    """An answer to a wish that a conversation cannot fulfil: a form, or something for one person's eyes only."""
    told = (
        f"Press the button to tell a story. What is for your eyes only, type in any channel: {command} mine, "
        f"{command} week, {command} saved, {command} schedule, {command} review or {command} settings."
    )
    return {"text": fallback(told), "blocks": [section(told), actions(tell_us_yours())]}


def refused(what: str) -> Block:
    """Words for a person in the place of a form that they may not open or send."""
    return notice("Not possible", what)


def _story_fields(themes: Sequence[Theme], draft: Draft) -> list[Block]:
    story = written(draft.story, multiline=True, example=_EXAMPLE)
    year = written(draft.year, example="2019")
    return [
        field("title", "Title", written(draft.title), "A few words that make people want to read on."),
        field("story", "What happened", story, _GOOD_STORY),
        field(
            "takeaway",
            "What did it show?",
            written(draft.takeaway),
            "What we can learn of it, in a line.",
            optional=True,
        ),
        field(
            "themes",
            "Themes",
            themes_menu(themes, draft.themes, "Choose what it shows", MOST_THEMES),
            f"Up to {MOST_THEMES}.",
        ),
        field("company", "Company or team", written(draft.company), optional=True),
        field("year", "When", year, "The year, with four digits.", optional=True),
    ]


def _credit_field(chosen: Credit) -> Block:
    options = {credit: option(label, credit, what) for credit, (label, what) in _CREDITS.items()}
    element = {"type": "radio_buttons", "options": list(options.values()), "initial_option": options[chosen]}
    return field("credit", "Your name", element)


def _pointed_out(warnings: Sequence[str], anyway: str) -> list[Block]:
    if not warnings:
        return []
    alerts = [alert("warning", warning) for warning in warnings[:_WARNINGS_SHOWN]]
    more = len(warnings) - len(alerts)
    mend = f"Mend it below, or press “{anyway}”."
    return [*alerts, context(f"And {more} more like these. {mend}" if more else mend)]


def _origin(meta: FormMeta) -> list[Block]:
    """The message that the story is made of, where there is one."""
    if not meta.permalink:
        return []
    by = f" by {shortened(meta.message_author, _NAME)}." if meta.message_author else "."
    return [rich(line(words("From "), {"type": "link", "url": meta.permalink, "text": "this message"}, words(by)))]


def _digests(warnings: Iterable[str]) -> tuple[str, ...]:
    shown = list(warnings)[:_WARNINGS_SHOWN]
    return tuple(dict.fromkeys(hashlib.sha256(warning.encode(errors="replace")).hexdigest()[:8] for warning in shown))
