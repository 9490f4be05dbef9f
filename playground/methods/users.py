"""People: https://docs.slack.dev/reference/methods (users.*)."""

from typing import Any

from playground import payloads
from playground.methods.method import Method, page, user_of
from playground.slack import Slack

Json = dict[str, Any]


def info(slack: Slack, arguments: Json) -> Json:
    return {"user": payloads.user(slack.workspace, user_of(slack, arguments.get("user")))}


def list_users(slack: Slack, arguments: Json) -> Json:
    everybody = [payloads.user(slack.workspace, user) for user in slack.workspace.users.values()]
    shown, metadata = page(everybody, arguments)
    return {"members": shown, "cache_ts": int(slack.clock.now()), "response_metadata": metadata}


METHODS = {"users.info": Method(info, "users:read"), "users.list": Method(list_users, "users:read")}
