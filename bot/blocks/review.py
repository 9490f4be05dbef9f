"""How reviewing looks: the card that moderators decide on, the form to reject, what waits, and the note to the author.

A card is drawn from the submission as it stands, so that each of its copies shows the verdict once there is one.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.blocks import ids
from bot.blocks.form import Said, clean, field, modal, option, written
from bot.blocks.message import Block, Message, actions, button, context, header, line, quote, rich, words
from bot.blocks.submit import FormMeta, Purpose, read_meta
from bot.blocks.text import fallback, shortened
from bot.domain.draft import DraftErrors
from bot.domain.story import Theme
from bot.domain.submission import Credit, State, Submission, Told
from bot.errors import UserError

# A message holds 50 blocks; what waits takes two a story.
WAITING_LISTED = 20
_HINTS_SHOWN = 8
_BEFORE_SHOWN = 150
_OWN_WORDS = 1_000
_REASONS = (
    "Not a service story",
    "A customer could be recognised",
    "Too little happened to learn from",
    "We have this one already",
)
_VERDICTS = {State.APPROVED: "Approved", State.REJECTED: "Rejected", State.WITHDRAWN: "Withdrawn by its author"}
_FIELDS = {
    "title": "Title",
    "story": "What happened",
    "takeaway": "What it showed",
    "themes": "Themes",
    "company": "Company or team",
    "year": "When",
}


@dataclass(frozen=True, slots=True)
class Version:
    """A submission as somebody saw it when they pressed a button."""

    submission_id: str
    revision: int

    @classmethod
    def of(cls, submission: Submission) -> "Version":
        return cls(submission.id, submission.revision)

    def value(self) -> str:
        """This as a button value."""
        return json.dumps([self.submission_id, self.revision], separators=(",", ":"))


def read_version(value: str) -> Version:
    """The version in a button's value; UserError when it is not one of ours."""
    try:
        match json.loads(value):
            case [str(submission_id), int(revision)]:
                return Version(submission_id, revision)
    except ValueError:
        pass
    raise UserError("This button is from an older version of me. Open the list again, and the new one will work.")


def card(
    submission: Submission,
    themes: Sequence[Theme],
    *,
    hints: Sequence[str] = (),
    before: Told | None = None,
    name_in: str | None = None,
) -> Message:
    """A submission as moderators see it; with buttons while nobody has decided.

    `themes` are those of its text, `hints` what to look at, `before` the author's text before a change. On a card that
    others see as well, `name_in` is the command that tells moderators a name which is for them alone.
    """
    text = submission.text
    if submission.state is State.WITHDRAWN:
        # What was taken back is not shown any longer.
        blocks = [header(text.title), _verdict(submission)]
        return {"text": fallback(f"“{text.title}”.", f"{_VERDICTS[submission.state]}."), "blocks": blocks}
    is_for_all = submission.author.credit is Credit.NAME
    author_id = submission.author.user_id if is_for_all or not name_in else None
    byline = _byline(submission, author_id, name_in or "")
    blocks = [header(text.title), byline, *_whole(text, themes), *_changes(submission, before)]
    if submission.state is State.PENDING:
        blocks += [*_look_at(hints), *_seconded(submission), _decide(submission)]
    else:
        blocks += [_verdict(submission), *_reason(submission)]
    return {"text": _spoken(submission, themes, hints, author_id), "blocks": blocks}


def reject_form(meta: FormMeta, title: str, *, author_is_told: bool = True) -> Block:
    """The form that asks why the story of this title is rejected."""
    reader = "Its author reads the reason." if author_is_told else "Its author is unknown, so only moderators read it."
    options = [option(reason, str(number)) for number, reason in enumerate(_REASONS)]
    own = written(multiline=True)
    blocks = [
        rich(line(words(shortened(title, 80), bold=True))),
        context(reader),
        field("reasons", "Why?", {"type": "checkboxes", "options": options}, optional=True),
        field("own_words", "In your own words", own, "What would make it fit? A kind word helps.", optional=True),
    ]
    remembered = replace(meta, purpose=Purpose.REJECT).value()
    return modal("Reject this story", blocks, callback_id=ids.REJECT_FORM, meta=remembered, send="Reject")


def read_rejection(view: Mapping[str, Any]) -> tuple[FormMeta, str]:
    """What the form remembered, and the reason as its author reads it; DraftErrors when there is none."""
    meta, said = read_meta(view), Said(view)
    own = " ".join(said.text("own_words").split())
    if len(own) > _OWN_WORDS:
        raise DraftErrors({"own_words": f"It has {len(own):,} characters; at most {_OWN_WORDS:,} fit."})
    chosen = said.options("reasons")
    reason = " ".join([*(f"{known}." for n, known in enumerate(_REASONS) if str(n) in chosen), own]).strip()
    if not reason:
        raise DraftErrors({"own_words": "Choose a reason above, or say in a few words why."})
    return meta, reason


def queue(waiting: Sequence[Submission], count: int) -> Message:
    """What waits for a decision, each story a click from its card; `waiting` are the first of `count`."""
    if not waiting:
        nothing = "No story waits for a decision."
        return {"text": fallback(nothing), "blocks": [context(nothing)]}
    listed = waiting[:WAITING_LISTED]
    blocks = [header(_waiting(count))]
    for submission in listed:
        version = Version.of(submission).value()
        says = f"Show: {submission.text.title}"
        blocks.append(
            rich(line(words(submission.text.title, bold=True), words(", sent on "), date(submission.created_at)))
        )
        blocks.append(actions(button("Show", ids.SHOW_SUBMISSION, version, says=says)))
    if count > len(listed):
        blocks.append(context(f"And {count - len(listed)} more, once these are decided."))
    titles = "; ".join(submission.text.title for submission in listed)
    return {"text": fallback(f"{_waiting(count)}: {titles}."), "blocks": blocks}


def reminder(count: int, command: str) -> Message:
    """To moderators whose card may never have arrived."""
    told = f"{_waiting(count)}, and a card may not have reached you. Type {command} review to see what waits."
    return {"text": fallback(told), "blocks": [context(told)]}


def decision(submission: Submission, command: str) -> Message:
    """What the author is told once there is a verdict."""
    title = submission.text.title
    if submission.state is State.APPROVED:
        told = words(" is in the library now. Thank you! To find it, type "), words(f"{command} {title}", code=True)
        changed = submission.text.changed_from(submission.told)
        note = f"A moderator changed: {_named(changed)}." if changed else ""
        blocks = [rich(line(words(f"“{title}”", bold=True), *told)), *([context(note)] if note else [])]
        text = f"“{title}” is in the library now. Thank you! To find it, type {command} {title}."
        return {"text": fallback(text, note), "blocks": blocks}
    again = "You can change it and send it again; what you wrote is still here."
    blocks = [
        rich(line(words("Thank you for "), words(f"“{title}”", bold=True), words(". It was not taken this time."))),
        *_reason(submission),
        context(again),
        actions(button("Change and send again", ids.TELL_AGAIN, Version.of(submission).value())),
    ]
    text = f"Thank you for “{title}”. It was not taken this time."
    return {
        "text": fallback(text, f"Reason: {submission.reason}" if submission.reason else "", again),
        "blocks": blocks,
    }


def date(at: datetime) -> Block:
    """A moment in words, in each reader's own time zone (docs: the date element of `rich_text`)."""
    return {"type": "date", "timestamp": int(at.timestamp()), "format": "{date_short}", "fallback": spoken_date(at)}


def spoken_date(at: datetime) -> str:
    """The same for screen readers and notifications, which know no zone: in that of `at`."""
    return f"{at.day} {at:%B %Y}"


def _byline(submission: Submission, author_id: str | None, name_in: str) -> Block:
    """Where it happened, and the author as they want to be known."""
    where = _where(submission.text)
    match submission.author.credit, author_id:
        case Credit.NAME, str(user_id):
            who = [words("by "), _person(user_id)]
        case Credit.MODERATORS, str(user_id):
            who = [words("by "), _person(user_id), words(" (only moderators may know)")]
        case Credit.MODERATORS, None:
            # What is decided is not in that list any more.
            told_in = f": {name_in}" if submission.state is State.PENDING else ""
            who = [words(f"by somebody whose name is for moderators only{told_in}")]
        case _:
            who = [words("by somebody who wants to stay unknown")]
    source: list[Block] = []
    if submission.permalink:
        source = [words(" · from "), {"type": "link", "url": submission.permalink, "text": "a message"}]
    return rich(line(*([words(f"{where} · ")] if where else []), *who, *source))


def _whole(text: Told, themes: Sequence[Theme]) -> list[Block]:
    # One text element with its lines in it: as a block a paragraph, 2,500 characters could be over 800 blocks.
    blocks = [rich(line({"type": "text", "text": clean(text.story)}))]
    if text.takeaway:
        blocks.append(rich(quote(words("Takeaway: ", bold=True), words(text.takeaway))))
    if themes:
        names = "   ".join(f":{theme.emoji}: {theme.name}" for theme in themes)
        blocks.append(context(names, emoji=True))
    return blocks


def _changes(submission: Submission, before: Told | None) -> list[Block]:
    """What the author changed, and what a moderator did, each beside the text before."""
    changed = []
    if before and before != submission.told:
        changed.append(_change("Changed by its author: ", before, submission.told))
    if submission.edited and submission.edited != submission.told:
        changed.append(_change("Changed by a moderator: ", submission.told, submission.edited))
    return changed


def _change(who: str, before: Told, after: Told) -> Block:
    names = after.changed_from(before)
    earlier = [_was(name, getattr(before, name)) for name in names]
    return rich(line(words(who, bold=True), words(f"{_named(names)}. {' '.join(earlier)}")))


def _was(name: str, value: object) -> str:
    match value:
        case None:
            return f"{_FIELDS[name]} was empty."
        case tuple():
            return f"{_FIELDS[name]} were {', '.join(value)}."
    return f"{_FIELDS[name]} was “{shortened(str(value), _BEFORE_SHOWN)}”."


def _seconded(submission: Submission) -> list[Block]:
    if not submission.seconded_by:
        return []
    return [rich(line(_person(submission.seconded_by), words(" approved it; one more yes is needed.")))]


def _look_at(hints: Sequence[str]) -> list[Block]:
    if not hints:
        return []
    listed: list[Block] = [line(words(hint)) for hint in hints[:_HINTS_SHOWN]]
    bullets: Block = {"type": "rich_text_list", "style": "bullet", "elements": listed}
    return [rich(line(words("Look closely:", bold=True)), bullets)]


def _decide(submission: Submission) -> Block:
    value, title = Version.of(submission).value(), submission.text.title
    return actions(
        button("Approve", ids.APPROVE, value, says=f"Approve: {title}", style="primary"),
        button("Edit and approve", ids.EDIT_AND_APPROVE, value, says=f"Edit and approve: {title}"),
        button("Reject", ids.REJECT, value, says=f"Reject: {title}", style="danger"),
    )


def _verdict(submission: Submission) -> Block:
    parts: list[Block] = [words(_VERDICTS[submission.state], bold=True)]
    if submission.decided_by and submission.state is not State.WITHDRAWN:
        parts += [words(" by "), _person(submission.decided_by)]
    if submission.decided_at:
        parts += [words(" on "), date(submission.decided_at)]
    return rich(line(*parts))


def _reason(submission: Submission) -> list[Block]:
    return [rich(quote(words("Reason: ", bold=True), words(submission.reason)))] if submission.reason else []


def _spoken(submission: Submission, themes: Sequence[Theme], hints: Sequence[str], author_id: str | None) -> str:
    """The card for those who only hear it; what is to be done comes first, for a long story is cut."""
    text = submission.text
    if submission.state is not State.PENDING:
        wish = f"{_VERDICTS[submission.state]}."
    elif submission.seconded_by:
        wish = "One more yes is needed for this story."
    else:
        wish = "A story waits for your decision."
    where = f" ({_where(text)})" if _where(text) else ""
    said = fallback(
        wish,
        *([f"Reason: {submission.reason}"] if submission.reason else []),
        *(hints[:_HINTS_SHOWN] if submission.state is State.PENDING else ()),
        f"“{text.title}”{where}: {text.story}",
        f"Takeaway: {text.takeaway}" if text.takeaway else "",
        f"Themes: {', '.join(theme.name for theme in themes)}." if themes else "",
    )
    by = f" Told by <@{author_id}>." if author_id else ""
    decided = f" Decided by <@{submission.decided_by}>." if submission.decided_by else ""
    return said + by + decided


def _where(text: Told) -> str:
    return " · ".join(str(part) for part in (text.company, text.year) if part)


def _named(fields: Sequence[str]) -> str:
    return ", ".join(_FIELDS[name].lower() for name in fields)


def _waiting(count: int) -> str:
    return "1 story waits for a decision" if count == 1 else f"{count} stories wait for a decision"


def _person(user_id: str) -> Block:
    return {"type": "user", "user_id": user_id}
