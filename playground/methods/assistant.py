"""Prompts and status in the conversation with an agent (assistant.threads.*).

Source: https://docs.slack.dev/reference/methods/assistant.threads.setSuggestedPrompts and its neighbours.
"""

from typing import Any

from playground.errors import Refusal
from playground.methods.method import Method, required
from playground.slack import Slack
from playground.workspace import Channel

Json = dict[str, Any]

MOST_PROMPTS = 4


def set_suggested_prompts(slack: Slack, arguments: Json) -> None:
    channel = _conversation(slack, arguments)
    prompts = required(arguments, "prompts")
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= MOST_PROMPTS:
        raise Refusal("invalid_arguments", [f"between 1 and {MOST_PROMPTS} prompts [json-pointer:/prompts]"])
    for prompt in prompts:
        if not isinstance(prompt, dict) or not prompt.get("title") or not prompt.get("message"):
            raise Refusal("invalid_arguments", ["a prompt needs a title and a message [json-pointer:/prompts]"])
    if arguments.get("thread_ts") and slack.app.manifest and slack.app.manifest.is_agent:
        return  # Documented: for an app with an `agent_view`, a call that names a thread fails without a word.
    slack.workspace.prompts[channel.id] = {"title": arguments.get("title") or "", "prompts": prompts}
    slack.workspace.changed()


def set_status(slack: Slack, arguments: Json) -> None:
    channel = _conversation(slack, arguments)
    thread_ts = arguments.get("thread_ts")
    key = f"{channel.id}:{thread_ts}" if thread_ts else channel.id
    if status := arguments.get("status"):
        slack.workspace.statuses[key] = str(status)
    else:
        slack.workspace.statuses.pop(key, None)
    slack.workspace.changed()


def set_title(slack: Slack, arguments: Json) -> None:
    _conversation(slack, arguments)
    required(arguments, "title")


def _conversation(slack: Slack, arguments: Json) -> Channel:
    channel = slack.workspace.channels.get(str(required(arguments, "channel_id")))
    if channel is None or slack.app.bot_user.id not in channel.members:
        raise Refusal("channel_not_found")
    return channel


METHODS = {
    "assistant.threads.setSuggestedPrompts": Method(set_suggested_prompts, "assistant:write"),
    "assistant.threads.setStatus": Method(set_status, "assistant:write"),
    "assistant.threads.setTitle": Method(set_title, "assistant:write"),
}
