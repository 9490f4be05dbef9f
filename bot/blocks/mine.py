"""How `/story mine` looks: what somebody has told, how each story stands, and what they can do with it."""

from collections.abc import Sequence
from datetime import datetime

from bot.blocks import ids
from bot.blocks.message import Block, Message, actions, button, context, header, line, plain, quote, rich, words
from bot.blocks.review import Version, date, spoken_date
from bot.blocks.submit import tell_us_yours
from bot.blocks.text import fallback, shortened
from bot.domain.submission import State, Submission

# A message holds 50 blocks and about 13,200 characters in all; a story takes up to two blocks and 500 characters.
STORIES_LISTED = 20
_REASON_SHOWN = 200
_STATES = {
    State.PENDING: "waits for a moderator, sent on",
    State.APPROVED: "in the library since",
    State.REJECTED: "not taken on",
    State.WITHDRAWN: "withdrawn on",
}
_UNKNOWN = "Stories that you told as nobody are not in this list: nothing leads from them to you."


def mine(submissions: Sequence[Submission], command: str) -> Message:
    """Somebody's own stories, the latest first, each with its state and what they can still do; 20 are listed."""
    if not submissions:
        empty = "You have not told a story yet. What did a colleague, or somebody who served you, do that you remember?"
        return {
            "text": fallback(empty, f"Type {command} submit to tell it."),
            "blocks": [rich(line(words(empty))), actions(tell_us_yours())],
        }
    listed = submissions[:STORIES_LISTED]
    blocks = [header("Your stories")]
    for submission in listed:
        blocks += _own(submission)
    if len(submissions) > len(listed):
        blocks.append(context(f"These are your latest {len(listed)}."))
    blocks += [context(_UNKNOWN), actions(tell_us_yours())]
    return {"text": fallback("Your stories.", *map(_spoken, listed), _UNKNOWN), "blocks": blocks}


def _own(submission: Submission) -> list[Block]:
    state = words(f": {_STATES[submission.state]} ")
    said = [line(words(submission.text.title, bold=True), state, date(_since(submission)), words("."))]
    if submission.state is State.REJECTED and submission.reason:
        said.append(quote(words("Reason: ", bold=True), words(shortened(submission.reason, _REASON_SHOWN))))
    buttons = _buttons(submission)
    return [rich(*said), *([actions(*buttons)] if buttons else [])]


def _buttons(submission: Submission) -> list[Block]:
    value, title = Version.of(submission).value(), submission.text.title
    change = button("Change", ids.CHANGE_OWN, value, says=f"Change: {title}")
    withdraw = button("Withdraw", ids.WITHDRAW, value, says=f"Withdraw: {title}") | {"confirm": _sure(submission)}
    again = button("Change and send again", ids.TELL_AGAIN, value, says=f"Change and send again: {title}")
    return {
        State.PENDING: [change, withdraw],
        State.APPROVED: [withdraw],
        State.REJECTED: [again],
        State.WITHDRAWN: [],
    }[submission.state]


def _sure(submission: Submission) -> Block:
    """Slack's own question before the button counts (docs: confirmation dialog; title 100, text 300, buttons 30)."""
    approved = submission.state is State.APPROVED
    what = "It leaves the library at once, for everybody." if approved else "Moderators will not see it any more."
    return {
        "title": plain("Withdraw this story?", 100),
        "text": plain(f"“{submission.text.title}”: {what}", 300),
        "confirm": plain("Withdraw", 30),
        "deny": plain("Keep it", 30),
        "style": "danger",
    }


def _since(submission: Submission) -> datetime:
    return submission.decided_at or submission.created_at


def _spoken(submission: Submission) -> str:
    reason = f" Reason: {submission.reason}" if submission.state is State.REJECTED and submission.reason else ""
    return f"“{submission.text.title}”: {_STATES[submission.state]} {spoken_date(_since(submission))}.{reason}"
