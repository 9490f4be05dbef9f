"""What a Web API method is, and how its arguments are read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from playground import payloads
from playground.errors import Refusal
from playground.slack import Slack
from playground.workspace import Channel, User

Json = dict[str, Any]


@dataclass(frozen=True)
class Method:
    """`carry_out(slack, arguments)` gives the answer without its `ok`, or raises a `Refusal`.

    With `token="bot"` the call needs the token of a workspace or an organisation, with "app" the app-level token, with
    "none" no token at all. `is_told_token`: the arguments then have the `token` too.
    """

    carry_out: Callable[[Slack, Json], Json | None]
    scope: str | None = None
    token: Literal["bot", "app", "none"] = "bot"
    is_told_token: bool = False


def required(arguments: Json, name: str) -> Any:
    if arguments.get(name) in (None, ""):
        raise Refusal("invalid_arguments", [f"missing required field: {name}"])
    return arguments[name]


def flag(arguments: Json, name: str) -> bool:
    return arguments.get(name) in (True, 1, "1", "true", "True")


def channel_of(slack: Slack, arguments: Json) -> Channel:
    """The conversation that `channel` names: an id, a name, or a person's id for the direct messages with them."""
    named = str(arguments.get("channel") or "")
    workspace = slack.workspace
    channel = workspace.channels.get(named) or workspace.channel_named(named)
    if channel is None and named in workspace.users and named != slack.app.bot_user.id:
        channel = workspace.im(named, slack.app.bot_user.id)
    if channel is None or not payloads.may_know(channel, slack.app.bot_user.id):
        raise Refusal("channel_not_found")
    return channel


def user_of(slack: Slack, user_id: Any) -> User:
    user = slack.workspace.users.get(str(user_id or ""))
    if user is None:
        raise Refusal("user_not_found")
    return user


def page(items: list[Any], arguments: Json, default: int = 100) -> tuple[list[Any], Json]:
    """A page of a list, and the `response_metadata` that leads to the next (Slack's cursor pagination)."""
    try:
        start = int(arguments.get("cursor") or 0)
        limit = int(arguments.get("limit") or default)
    except (TypeError, ValueError):
        raise Refusal("invalid_cursor") from None
    start = max(0, start)
    end = start + max(1, min(limit, 1000))
    return items[start:end], {"next_cursor": str(end) if end < len(items) else ""}
