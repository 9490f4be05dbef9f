"""Emoji on messages: https://docs.slack.dev/reference/methods/reactions.add."""

from typing import Any

from playground.errors import Refusal
from playground.methods.method import Method, channel_of, required
from playground.slack import Slack

Json = dict[str, Any]


def add(slack: Slack, arguments: Json) -> None:
    channel = channel_of(slack, arguments)
    message = slack.workspace.message(channel.id, str(required(arguments, "timestamp")))
    if message is None or message.is_ephemeral:
        raise Refusal("message_not_found")
    users = message.reactions.setdefault(str(required(arguments, "name")), [])
    if slack.app.bot_user.id in users:
        raise Refusal("already_reacted")
    users.append(slack.app.bot_user.id)
    slack.workspace.changed()


METHODS = {"reactions.add": Method(add, "reactions:write")}
