"""How much an app may post: https://docs.slack.dev/apis/web-api/rate-limits.

Slack says one message a second in a channel, with short bursts, and several hundred a minute in a workspace. The time
is the playground's: moving the clock on gives room again.
"""

import math
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Limits:
    """`burst` messages may follow each other at once in a channel that was quiet; `a_minute` is for a workspace."""

    a_second: float = 1.0
    burst: int = 3
    a_minute: int = 300


@dataclass
class _Bucket:
    """Holds `most` messages, and fills at `a_second`."""

    a_second: float
    most: float
    level: float = field(init=False)
    filled_at: float = 0.0

    def __post_init__(self) -> None:
        self.level = self.most

    def wait(self, now: float) -> float:
        """Seconds until there is room for one more."""
        if now > self.filled_at:
            self.level = min(self.most, self.level + (now - self.filled_at) * self.a_second)
            self.filled_at = now
        return max(0.0, (1 - self.level) / self.a_second)


class RateLimits:
    """What one workspace has used up. A call that is refused uses up nothing."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits
        self._channels: dict[str, _Bucket] = {}
        self._workspace = _Bucket(limits.a_minute / 60, limits.a_minute) if limits else None

    def wait(self, method: str, arguments: Json, now: float) -> int:
        """The `Retry-After` with which a call is refused, or 0 when it may go on and counts."""
        if self._limits is None or self._workspace is None or method != "chat.postMessage":
            return 0
        channel_id = str(arguments.get("channel"))
        channel = self._channels.setdefault(channel_id, _Bucket(self._limits.a_second, self._limits.burst))
        buckets = (channel, self._workspace)
        wait = max(bucket.wait(now) for bucket in buckets)
        if wait > 0:
            return math.ceil(wait)
        for bucket in buckets:
            bucket.level -= 1
        return 0
