"""The record of what went between Slack and the app, for tests to ask and for the page to show."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
KEPT = 10_000


@dataclass
class Delivery:
    """One request to the app. `kind` is "command", "event" or "interactive"; `name` the command, event or id.

    `answer` is the parsed body (text where it is not JSON); `failure` is Slack's word for what went wrong
    ("http_timeout", "connection_failed", "http_error"), or what was wrong with the answer.
    """

    kind: str
    name: str
    payload: Json
    at: float
    retry_num: int = 0
    retry_reason: str | None = None
    status: int | None = None
    answer: Any = None
    ack_ms: float | None = None
    failure: str | None = None
    by_socket: bool = False
    no_retry: bool = False

    @property
    def ok(self) -> bool:
        return self.failure is None


@dataclass
class Call:
    """One Web API call, or one post to a response_url (`method` is then "response_url"), that the app made.

    `owner` is the id of the workspace, or of the organisation, whose token or response_url it came with.
    """

    method: str
    arguments: Json
    at: float
    owner: str | None = None
    status: int = 200
    answer: Any = None
    ms: float = 0.0

    @property
    def ok(self) -> bool:
        return self.status == 200 and not (isinstance(self.answer, dict) and self.answer.get("ok") is False)


@dataclass
class Inspector:
    """The latest deliveries and calls, oldest first."""

    entries: deque[Delivery | Call] = field(default_factory=lambda: deque(maxlen=KEPT))
    seen: int = 0

    def record(self, entry: Delivery | Call) -> None:
        self.entries.append(entry)
        self.seen += 1

    @property
    def requests(self) -> list[Delivery]:
        return [entry for entry in self.entries if isinstance(entry, Delivery)]

    @property
    def calls(self) -> list[Call]:
        return [entry for entry in self.entries if isinstance(entry, Call)]
