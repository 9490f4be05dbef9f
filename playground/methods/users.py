"""People: https://docs.slack.dev/reference/methods (users.*)."""

from typing import Any

from playground import payloads
from playground.methods.method import Method, page, user_of
from playground.slack import Slack
from playground.workspace import User

Json = dict[str, Any]


def info(slack: Slack, arguments: Json) -> Json:
    return {"user": _told(slack, user_of(slack, arguments.get("user")))}


def list_users(slack: Slack, arguments: Json) -> Json:
    everybody = [_told(slack, user) for user in slack.workspace.users.values()]
    shown, metadata = page(everybody, arguments)
    return {"members": shown, "cache_ts": int(slack.clock.now()), "response_metadata": metadata}


def _told(slack: Slack, user: User) -> Json:
    return payloads.user(slack.workspace, user, slack.clock.now(), slack.app.bot_user.id)


METHODS = {"users.info": Method(info, "users:read"), "users.list": Method(list_users, "users:read")}
