"""Messages: https://docs.slack.dev/reference/methods (chat.*)."""

import json
from typing import Any

from playground import limits, payloads
from playground.errors import Refusal
from playground.methods.method import Method, channel_of, required, user_of
from playground.slack import Slack
from playground.workspace import Channel, Message

Json = dict[str, Any]

MARKDOWN_TEXT, METADATA_BYTES = 12_000, 8_000


def post_message(slack: Slack, arguments: Json) -> Json:
    channel = _writable(slack, arguments)
    text, blocks = _content(arguments)
    thread_ts = arguments.get("thread_ts")
    if thread_ts and _root(slack, channel, thread_ts) is None:
        raise Refusal("cannot_reply_to_message")
    message = slack.post_as_app(channel, text, blocks, thread_ts, metadata=_metadata(arguments))
    return {"channel": channel.id, "ts": message.ts, "message": payloads.message(slack.workspace, message)}


def post_ephemeral(slack: Slack, arguments: Json) -> Json:
    channel = _writable(slack, arguments)
    user = user_of(slack, arguments.get("user"))
    if user.id not in channel.members:
        raise Refusal("user_not_in_channel")
    text, blocks = _content(arguments)
    message = slack.post_as_app(channel, text, blocks, arguments.get("thread_ts"), only_for=user.id)
    return {"message_ts": message.ts}


def update(slack: Slack, arguments: Json) -> Json:
    channel = channel_of(slack, arguments)
    message = _own(slack, channel, arguments, "cant_update_message")
    text = str(arguments.get("text") or "")
    # Slack keeps the blocks of a message whose update brings none; an empty list takes them away.
    kept = message.blocks if arguments.get("blocks") is None else arguments["blocks"]
    limits.check_message(text, kept, limits.UPDATED_TEXT)
    slack.edit(message, text, kept, slack.workspace.new_ts())
    if (metadata := _metadata(arguments)) is not None:
        message.metadata = metadata
    told = payloads.message(slack.workspace, message)
    return {"channel": channel.id, "ts": message.ts, "text": text, "message": told}


def delete(slack: Slack, arguments: Json) -> Json:
    channel = channel_of(slack, arguments)
    message = _own(slack, channel, arguments, "cant_delete_message")
    slack.delete(message)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(slack: Slack, arguments: Json) -> Json:
    channel = channel_of(slack, arguments)
    ts = str(required(arguments, "message_ts"))
    if slack.workspace.message(channel.id, ts) is None:
        raise Refusal("message_not_found")
    path = f"archives/{channel.id}/p{ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": f"https://{slack.workspace.domain}.slack.com/{path}"}


def _writable(slack: Slack, arguments: Json) -> Channel:
    channel = channel_of(slack, arguments)
    if channel.is_archived:
        raise Refusal("is_archived")
    if slack.app.bot_user.id not in channel.members and not slack.app.may("chat:write.public"):
        raise Refusal("not_in_channel")
    if channel.is_read_only:
        raise Refusal("restricted_action")
    if channel.is_im and slack.app.manifest and not slack.app.manifest.messages_tab:
        raise Refusal("messages_tab_disabled")
    return channel


def _content(arguments: Json) -> tuple[str, list[Json]]:
    text, blocks = str(arguments.get("text") or ""), arguments.get("blocks") or []
    if markdown := arguments.get("markdown_text"):
        if text or blocks:
            raise Refusal("markdown_text_conflict")
        if len(markdown) > MARKDOWN_TEXT:
            raise Refusal("msg_too_long")
        blocks = [{"type": "markdown", "text": markdown}]
    if not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format")
    limits.check_message(text, blocks)
    return text, blocks


def _metadata(arguments: Json) -> Json | None:
    metadata = arguments.get("metadata")
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str):
        raise Refusal("invalid_metadata_format")
    if not isinstance(metadata.get("event_payload"), dict):
        raise Refusal("invalid_metadata_schema")
    if len(json.dumps(metadata)) > METADATA_BYTES:
        raise Refusal("metadata_too_large")
    return metadata


def _root(slack: Slack, channel: Channel, thread_ts: str) -> Message | None:
    root = slack.workspace.message(channel.id, str(thread_ts))
    return root if root and not root.is_ephemeral else None


def _own(slack: Slack, channel: Channel, arguments: Json, otherwise: str) -> Message:
    message = slack.workspace.message(channel.id, str(required(arguments, "ts")))
    if message is None or message.is_ephemeral:
        raise Refusal("message_not_found")
    if message.bot_id != slack.app.bot_id:
        raise Refusal(otherwise)
    return message


METHODS = {
    "chat.postMessage": Method(post_message, "chat:write"),
    "chat.postEphemeral": Method(post_ephemeral, "chat:write"),
    "chat.update": Method(update, "chat:write"),
    "chat.delete": Method(delete, "chat:write"),
    "chat.getPermalink": Method(get_permalink),
}
