"""What must be said later, or must not be lost: one row of the outbox."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.workspace import Workspace


class Kind(StrEnum):
    """What is said; how it looks is decided when it is sent, from how things are then."""

    WEEKLY_STORY = "weekly_story"
    WEEKLY_QUESTION = "weekly_question"
    WEEKLY_UNKNOWN = "weekly_unknown"
    WEEKLY_PAUSED = "weekly_paused"
    REVIEW_CARD = "review_card"
    REVIEW_UPDATE = "review_update"
    REVIEW_REMINDER = "review_reminder"
    DECISION = "decision"
    NEW_MODERATOR = "new_moderator"
    WELCOME = "welcome"


IN_HERDS = frozenset({Kind.WEEKLY_STORY, Kind.WEEKLY_QUESTION})
"""What comes for many channels in the same minute, and so keeps pace (`bot.domain.pace`). What people cause comes one
by one, and goes at once."""
_HARMLESS_TWICE = frozenset({Kind.WEEKLY_UNKNOWN})


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one place; `key` is unique in its workspace, so that nothing is put in line twice.

    `about` is the id of what it is about (a submission, a slot); `to` a channel's or a person's id. With `changes`, the
    key of an earlier one, it redraws that message; with `replies_to` it is said in that message's thread.
    """

    workspace: Workspace
    key: str
    kind: Kind
    about: str
    to: str
    changes: str | None = None
    replies_to: str | None = None
    due_at: datetime | None = None
    """None: now."""

    @property
    def is_in_channel(self) -> bool:
        """Whether it is said in a channel, where more people read along than the one whom it is for."""
        return not self.to.startswith(("U", "W"))

    @property
    def is_repeatable(self) -> bool:
        """Whether sending it twice does no harm: a redrawing does the same twice, and to be asked twice is better than
        never; a post is neither."""
        return self.changes is not None or self.kind in _HARMLESS_TWICE


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message stands in Slack."""

    channel_id: str
    ts: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that this process alone may send, from `say_at` on and no later than `say_until`.

    `base` is the message that it changes or replies to; None when that was never sent.
    """

    outgoing: Outgoing
    lease: str
    tries: int
    base: Posted | None
    say_at: datetime
    say_until: datetime


@dataclass(frozen=True, slots=True)
class Lost:
    """A post of the story of the week, or its question, of which nobody knows whether it is there.

    `key` went along with it unseen; `thread` is where a question was said; `looks` tells how often it was looked for in
    vain; `owner_id` is whoever set the schedule up, None when it was deleted.
    """

    outgoing: Outgoing
    key: str
    said_at: datetime
    looks: int
    thread: Posted | None
    owner_id: str | None


@dataclass(frozen=True, slots=True)
class RefusedForNow:
    """Nothing was posted, and the same call may work after `wait`."""

    wait: timedelta
    error: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was posted, and it will not help to call again."""

    error: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have been posted: a state, never a guess."""

    error: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """There is nothing to say any more."""


Outcome = Posted | RefusedForNow | Refused | Unknown | Dropped
