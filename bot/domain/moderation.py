"""How a workspace reviews the stories that its people tell: who decides, where the cards go, by which rules."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from bot.domain.outgoing import Outgoing

ChannelId = Annotated[str, StringConstraints(pattern=r"^[CG][A-Z0-9]{5,}$")]
UserId = Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]{5,}$")]
GroupId = Annotated[str, StringConstraints(pattern=r"^S[A-Z0-9]{5,}$")]


class Moderation(BaseModel):
    """By Slack's ids: the channel that cards go to, the people who decide, and a user group whose members do as well.

    `four_eyes` wants two moderators to approve; `self_approval` lets them decide about stories of their own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: ChannelId | None = None
    moderators: tuple[UserId, ...] = ()
    group: GroupId | None = None
    four_eyes: bool = False
    self_approval: bool = False

    @property
    def has_moderators(self) -> bool:
        return bool(self.moderators or self.group)

    @property
    def reviewers(self) -> tuple[str, ...]:
        """Where review cards go: the channel, or without one each moderator."""
        return (self.channel,) if self.channel else self.moderators


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody chose for their workspace; `by` is None once that person is forgotten."""

    moderation: Moderation
    by: str | None
    at: datetime


Say = Callable[[Chosen | None, Sequence[str]], list[Outgoing]]
"""Gives what a new choice has to be followed by, from the choice before and the ids of the submissions that wait."""
