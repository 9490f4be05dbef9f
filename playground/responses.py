"""Messages that an app sends back through a response_url or in a command's acknowledgement."""

from typing import Any

from playground import limits
from playground.capabilities import ResponseUrl
from playground.errors import Refusal
from playground.slack import Slack

Json = dict[str, Any]


def show_response(slack: Slack, url: ResponseUrl, told: Any) -> None:
    """Post, replace or delete as told (https://docs.slack.dev/interactivity/handling-user-interaction#message_responses).

    What is posted becomes the original that a later `replace_original` of the same response_url replaces.
    """
    if not isinstance(told, dict):
        raise Refusal("invalid_payload")
    original = slack.workspace.message(url.channel_id, url.ts) if url.ts else None
    if told.get("delete_original"):
        if original is None:
            raise Refusal("message_not_found")
        slack.delete(original)
        return
    text, blocks = str(told.get("text") or ""), told.get("blocks") or []
    limits.check_message(text, blocks)
    if told.get("replace_original") and original:
        slack.edit(original, text, blocks)
        return
    in_channel = told.get("response_type") == "in_channel"
    channel = slack.workspace.channels.get(url.channel_id)
    if channel is None:
        raise Refusal("channel_not_found")
    if channel.is_archived:
        raise Refusal("is_archived")
    only_for = None if in_channel else url.user_id
    posted = slack.post_as_app(channel, text, blocks, told.get("thread_ts"), only_for)
    if url.ts is None:
        url.ts = posted.ts
