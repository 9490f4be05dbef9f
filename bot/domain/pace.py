"""How fast many messages that are due at once may be said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.workspace import Workspace

# One message a second in a channel, and in a workspace "several hundred" a minute, of which 300 is the cautious reading
# (docs: Rate limits, "Posting messages").
CHANNEL_APART = timedelta(seconds=1)
WORKSPACE_APART = timedelta(minutes=1) / 300
# Whoever takes a message that may be said in a moment waits with it, so that none of a workspace's moments is lost.
AHEAD = timedelta(milliseconds=400)
AT_ONCE = AHEAD // WORKSPACE_APART + 1
"""So many messages of one workspace may be taken at a time."""


@dataclass(slots=True)
class Pace:
    """`said` holds the last moment of each workspace that was given out lately."""

    now: datetime
    said: dict[Workspace, datetime] = field(default_factory=dict)

    @classmethod
    def of(cls, now: datetime, said: Mapping[Workspace, datetime]) -> "Pace":
        # A moment from a clock that was set back since then must not make anybody wait for it.
        return cls(now, {workspace: moment for workspace, moment in said.items() if moment <= now + CHANNEL_APART})

    def moment(self, workspace: Workspace, base_sent_at: datetime | None) -> datetime | None:
        """The moment for one more message there, perhaps in the thread of another; None when that is not yet."""
        free = [self.now]
        if workspace in self.said:
            free.append(self.said[workspace] + WORKSPACE_APART)
        if base_sent_at and base_sent_at <= self.now:
            free.append(base_sent_at + CHANNEL_APART)
        if max(free) > self.now + AHEAD:
            return None
        self.said[workspace] = max(free)
        return max(free)
