"""Slack's own commands, of those that matter to an app: bringing it in, sending it away, closing a channel.

Each takes who typed it, where, and the words after it, and gives whether it worked and what Slack says.
"""

import re
from collections.abc import Callable

from playground.slack import Slack
from playground.workspace import Channel

Told = tuple[bool, str]


def invite(slack: Slack, user_id: str, channel: Channel, text: str) -> Told:
    named = _named(slack, text)
    if not named or channel.is_im:
        return False, "Name somebody to bring into this channel, such as /invite @ada."
    for one in named:
        slack.join(channel, one, user_id)
    return True, f"{_handles(slack, named)} is in #{channel.name} now."


def remove(slack: Slack, user_id: str, channel: Channel, text: str) -> Told:
    named = [one for one in _named(slack, text) if one in channel.members]
    if not named or channel.is_im:
        return False, "Name somebody of this channel to remove, such as /remove @ada."
    for one in named:
        slack.leave(channel, one, user_id)
    return True, f"{_handles(slack, named)} is no longer in #{channel.name}."


def archive(slack: Slack, user_id: str, channel: Channel, _text: str) -> Told:
    if channel.is_im or channel.is_archived:
        return False, "This conversation cannot be archived."
    slack.archive(channel, user_id)
    return True, f"#{channel.name} is archived now."


COMMANDS: dict[str, Callable[[Slack, str, Channel, str], Told]] = {
    "/invite": invite,
    "/remove": remove,
    "/archive": archive,
}


def _named(slack: Slack, text: str) -> list[str]:
    return re.findall(r"<@(\w+)>", slack.typed(text))


def _handles(slack: Slack, named: list[str]) -> str:
    return ", ".join(f"@{slack.workspace.users[one].name}" for one in named)
