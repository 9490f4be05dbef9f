"""Somebody's story on its way, and what is said about it."""

import uuid
from datetime import UTC, datetime, timedelta

from bot.domain.outgoing import Kind, Outgoing
from bot.domain.submission import Author, Credit, Submission, Told
from bot.domain.workspace import Workspace

OURS, THEIRS = Workspace("", "T0000001"), Workspace("", "T0000002")
ADA, GRACE, MARGARET = "UADA", "UGRACE", "UMARGARET"
NOON = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)


def told(title: str = "The cup behind the counter") -> Told:
    story = "A regular came in without her purse and with a crying baby, and our barista carried the pram upstairs."
    return Told(title=title, story=story, themes=("empathy",))


def submitted(
    workspace: Workspace = OURS, author: str = ADA, credit: Credit = Credit.NAME, at: datetime = NOON
) -> Submission:
    return Submission(workspace, uuid.uuid4().hex, Author.who(credit, author, "Ada"), told(), at)


def card_of(submission: Submission, to: str = "CREVIEW") -> Outgoing:
    return Outgoing(submission.workspace, f"review:{submission.id}:{to}", Kind.REVIEW_CARD, submission.id, to)


def redrawing_of(card: Outgoing, number: int) -> Outgoing:
    key = f"{card.key}:{number}"
    return Outgoing(card.workspace, key, Kind.REVIEW_UPDATE, card.about, card.to, changes=card.key)
