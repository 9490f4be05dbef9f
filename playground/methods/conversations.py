"""Channels and direct messages: https://docs.slack.dev/reference/methods (conversations.*)."""

import math
from collections.abc import Callable
from typing import Any

from playground import payloads
from playground.errors import Refusal
from playground.methods.method import Method, channel_of, flag, page, required, user_of
from playground.slack import Slack
from playground.workspace import Channel, Message

Json = dict[str, Any]


def open_conversation(slack: Slack, arguments: Json) -> Json:
    me = slack.app.bot_user.id
    if named := arguments.get("channel"):
        channel = slack.workspace.channels.get(str(named))
        if channel is None or me not in channel.members:
            raise Refusal("channel_not_found")
        return {"channel": {"id": channel.id}}
    listed = arguments.get("users") or ""
    users = listed if isinstance(listed, list) else [name for name in str(listed).split(",") if name]
    if len(users) != 1:
        raise Refusal("users_list_not_supplied" if not users else "method_not_supported_for_channel_type")
    user = user_of(slack, str(users[0]).strip())
    if user.deleted:
        raise Refusal("user_disabled")
    if user.is_bot:
        raise Refusal("cannot_dm_bot")
    channel = slack.workspace.im(me, user.id)
    told = payloads.channel(slack.workspace, channel, me) if flag(arguments, "return_im") else {"id": channel.id}
    return {"channel": told}


def info(slack: Slack, arguments: Json) -> Json:
    channel = channel_of(slack, arguments)
    _check_reading(slack, channel, "read")
    told = payloads.channel(slack.workspace, channel, slack.app.bot_user.id)
    if flag(arguments, "include_num_members"):
        told["num_members"] = len(channel.members)
    return {"channel": told}


def list_conversations(slack: Slack, arguments: Json) -> Json:
    kinds = str(arguments.get("types") or "public_channel").replace(" ", "").split(",")
    found = [
        payloads.channel(slack.workspace, channel, slack.app.bot_user.id)
        for channel in slack.workspace.channels.values()
        if payloads.may_know(channel, slack.app.bot_user.id) and _kind(channel) in kinds
        if not (channel.is_archived and flag(arguments, "exclude_archived"))
    ]
    shown, metadata = page(found, arguments)
    return {"channels": shown, "response_metadata": metadata}


def members(slack: Slack, arguments: Json) -> Json:
    shown, metadata = page(sorted(channel_of(slack, arguments).members), arguments)
    return {"members": shown, "response_metadata": metadata}


def join(slack: Slack, arguments: Json) -> Json:
    channel = channel_of(slack, arguments)
    if channel.is_im or channel.is_private:
        raise Refusal("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise Refusal("is_archived")
    slack.join(channel, slack.app.bot_user.id)
    return {"channel": payloads.channel(slack.workspace, channel, slack.app.bot_user.id)}


def replies(slack: Slack, arguments: Json) -> Json:
    """A thread, oldest first, beginning with its root; metadata only when it is asked for."""
    channel = _history_of(slack, arguments)
    ts = str(required(arguments, "ts"))
    lasting = [message for message in channel.messages if not message.is_ephemeral]
    if all(ts not in (message.ts, message.thread_ts) for message in lasting):
        raise Refusal("thread_not_found")
    is_asked = _period(arguments)
    replies = (message for message in lasting if message.thread_ts == ts and is_asked(message))
    return _told(slack, [*(message for message in lasting if message.ts == ts), *replies], arguments)


def history(slack: Slack, arguments: Json) -> Json:
    """Newest first, without the replies of threads; metadata only when it is asked for."""
    channel = _history_of(slack, arguments)
    is_asked = _period(arguments)
    lasting = (message for message in reversed(channel.messages) if not message.is_ephemeral)
    found = [message for message in lasting if message.thread_ts is None and is_asked(message)]
    return _told(slack, found, arguments)


def _told(slack: Slack, found: list[Message], arguments: Json) -> Json:
    shown, metadata = page(found, arguments)
    told = [payloads.message(slack.workspace, message) for message in shown]
    if not flag(arguments, "include_all_metadata"):
        told = [{name: value for name, value in message.items() if name != "metadata"} for message in told]
    return {"messages": told, "has_more": bool(metadata["next_cursor"]), "response_metadata": metadata}


def _period(arguments: Json) -> Callable[[Message], bool]:
    """Whether a message falls between `oldest` and `latest`, which themselves count only if `inclusive`."""
    oldest, latest = _seconds(arguments, "oldest", 0.0), _seconds(arguments, "latest", math.inf)
    if flag(arguments, "inclusive"):
        return lambda message: oldest <= float(message.ts) <= latest
    return lambda message: oldest < float(message.ts) < latest


def _history_of(slack: Slack, arguments: Json) -> Channel:
    channel = channel_of(slack, arguments)
    _check_reading(slack, channel, "history")
    if slack.app.bot_user.id not in channel.members:
        raise Refusal("not_in_channel")
    return channel


def _seconds(arguments: Json, name: str, otherwise: float) -> float:
    try:
        return float(arguments.get(name) or otherwise)
    except (TypeError, ValueError):
        raise Refusal(f"invalid_ts_{name}") from None


def _check_reading(slack: Slack, channel: Channel, what: str) -> None:
    """Reading needs the scope of the conversation's kind, which a method's name does not tell."""
    kind = {"im": "im", "private_channel": "groups", "public_channel": "channels"}[_kind(channel)]
    if not slack.app.may(f"{kind}:{what}"):
        provided = ",".join(sorted(slack.app.scopes or ()))
        raise Refusal("missing_scope", needed=f"{kind}:{what}", provided=provided)


def _kind(channel: Channel) -> str:
    return "im" if channel.is_im else "private_channel" if channel.is_private else "public_channel"


METHODS = {
    "conversations.open": Method(open_conversation, "im:write"),
    "conversations.info": Method(info),
    "conversations.list": Method(list_conversations, "channels:read"),
    "conversations.members": Method(members, "channels:read"),
    "conversations.join": Method(join, "channels:join"),
    "conversations.replies": Method(replies),
    "conversations.history": Method(history),
}
