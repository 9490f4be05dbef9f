"""What a menu of people, channels or conversations lets somebody choose from, and what it holds at first.

Source: https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element and
https://docs.slack.dev/reference/block-kit/composition-objects/conversation-filter-object.
"""

from typing import Any

from playground import drawing
from playground.workspace import Channel, View, Workspace

Json = dict[str, Any]


def offered(workspace: Workspace, user_id: str, element: Json) -> dict[str, str] | None:
    """Ids and what this person reads for them, or None when the element brings its own options or none at all."""
    match element["type"].removeprefix("multi_"):
        case "users_select":
            return {user.id: f"@{user.real_name}" for user in workspace.users.values() if not user.deleted}
        case "channels_select":
            return _named(workspace, user_id, {"include": ["public"]})
        case "conversations_select":
            return _named(workspace, user_id, element.get("filter") or {})
    return None


def choose_current_conversation(workspace: Workspace, view: View) -> None:
    """Fill menus with `default_to_current_conversation` that hold nothing yet; an initial conversation goes before."""
    for block, element in drawing.elements(view.blocks):
        is_held = element["action_id"] in view.values.get(block["block_id"], {})
        has_initial = element.get("initial_conversation") or element.get("initial_conversations")
        if is_held or has_initial or not element.get("default_to_current_conversation"):
            continue
        if view.channel_id in (offered(workspace, view.user_id, element) or {}):
            several = element["type"].startswith("multi_")
            value = (
                ("selected_conversations", [view.channel_id]) if several else ("selected_conversation", view.channel_id)
            )
            state = {"type": element["type"], value[0]: value[1]}
            view.values.setdefault(block["block_id"], {})[element["action_id"]] = state


def _named(workspace: Workspace, user_id: str, sieve: Json) -> dict[str, str]:
    """The conversations that pass a filter, by id, with the name that this person knows each by."""
    kinds = sieve.get("include") or ["im", "mpim", "private", "public"]
    named = {}
    for channel in workspace.channels.values():
        if channel.is_archived or not _is_visible(workspace, user_id, channel) or _kind(channel) not in kinds:
            continue
        if sieve.get("exclude_external_shared_channels") and not channel.is_im and workspace.is_shared(channel):
            continue
        other = _other(channel, user_id)
        if sieve.get("exclude_bot_users") and other and workspace.users[other].is_bot:
            continue
        named[channel.id] = f"@{workspace.users[other].real_name}" if other else f"#{channel.name}"
    return named


def _is_visible(workspace: Workspace, user_id: str, channel: Channel) -> bool:
    """People of the workspace see every public channel; guests and strangers only what they are in."""
    user = workspace.users[user_id]
    is_outsider = user.is_restricted or user.team_id != workspace.team_id
    return user_id in channel.members or (_kind(channel) == "public" and not is_outsider)


def _kind(channel: Channel) -> str:
    return "im" if channel.is_im else "private" if channel.is_private else "public"


def _other(channel: Channel, user_id: str) -> str | None:
    """Whom somebody talks with in a conversation of two, perhaps themselves."""
    return next((member for member in channel.members if member != user_id), user_id) if channel.is_im else None
