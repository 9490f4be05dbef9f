"""What is being done, as logs, metrics and traces tell of it: for whom and by what, and never anybody's words."""

import re
import secrets
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

Payload = Mapping[str, Any]

# The `type` of an interaction payload or an envelope (docs: "Interaction payloads", "Events API").
_KINDS = {
    "block_actions": "action",
    "view_submission": "view_submission",
    "view_closed": "view_closed",
    "shortcut": "shortcut",
    "message_action": "message_shortcut",
    "block_suggestion": "options",
    "event_callback": "event",
}
KINDS = ("command", *_KINDS.values(), "other")

# Ids and names of listeners look like this; whatever does not is not repeated.
_ID = re.compile(r"[A-Z][a-z]?[A-Z0-9]{1,40}")
_NAME = re.compile(r"[\w:./-]{1,64}", re.ASCII)


class Incoming:
    """One request of Slack's; what it tells is read when somebody asks, since most requests are never told of."""

    __slots__ = ("_body", "_id")

    def __init__(self, body: Payload) -> None:
        self._body = body
        self._id = ""

    @property
    def id(self) -> str:
        """Slack's own id of an event, else a random one that this request keeps."""
        if not self._id:
            self._id = _plain(self._body.get("event_id"), _ID) or secrets.token_hex(6)
        return self._id

    @property
    def team(self) -> str:
        """The id of the workspace, or of the organisation; empty where it does not say."""
        match self._body:
            case {"team": {"id": str(team_id)}} | {"context_team_id": str(team_id)} | {"team_id": str(team_id)}:
                return _plain(team_id, _ID)
            case {"enterprise": {"id": str(enterprise_id)}} | {"enterprise_id": str(enterprise_id)}:
                return _plain(enterprise_id, _ID)
        return ""

    @property
    def listener(self) -> str:
        """What a listener is registered for: a command, an `action_id`, a `callback_id`, or an event's type."""
        match self._body:
            case (
                {"command": str(name)}
                | {"event": {"type": str(name)}}
                | {"actions": [{"action_id": str(name)}, *_]}
                | {"type": "block_suggestion", "action_id": str(name)}
                | {"view": {"callback_id": str(name)}}
                | {"callback_id": str(name)}
            ):
                return _plain(name, _NAME)
        return ""


@dataclass(frozen=True, slots=True)
class Saying:
    """Something of the outbox that is being said: `listener` is its kind."""

    team: str
    listener: str
    id: str = ""


CURRENT: ContextVar[Incoming | Saying | None] = ContextVar("incoming", default=None)
"""What this task is about; None for what is about no workspace, or about all."""


def kind_of(body: Payload) -> str:
    """One of `KINDS`."""
    if "command" in body:
        return "command"
    kind = body.get("type")
    return _KINDS.get(kind, "other") if isinstance(kind, str) else "other"


def _plain(said: object, looks: re.Pattern[str]) -> str:
    return said if isinstance(said, str) and looks.fullmatch(said) else ""
