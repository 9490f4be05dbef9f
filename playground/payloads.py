"""How Slack describes things to apps: users, channels, messages, views and events as JSON.

Field names and shapes follow https://docs.slack.dev/reference (events, interaction payloads, objects).
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from playground import mrkdwn
from playground.mrkdwn import Token
from playground.workspace import Channel, Message, User, UserGroup, View, Workspace

Json = dict[str, Any]


def organisation(workspace: Workspace) -> Json | None:
    roof = workspace.organisation
    return {"id": roof.id, "name": roof.name} if roof else None


def team(workspace: Workspace) -> Json:
    roof = workspace.organisation
    under = {"enterprise_id": roof.id, "enterprise_name": roof.name} if roof else {}
    return {"id": workspace.team_id, "domain": workspace.domain, **under}


def tokens_revoked(bot_user_id: str) -> Json:
    return {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [bot_user_id]}}


def user(workspace: Workspace, person: User, now: float, me: str) -> Json:
    """Somebody as the app whose bot user is `me` is told of them at `now` (seconds since 1970).

    Source: https://docs.slack.dev/reference/objects/user-object. Of a deactivated person Slack tells neither roles nor
    time zone. `is_stranger` is true only for those of another workspace who share no channel with the app: of somebody
    in a shared channel only the `team_id` tells that they are not from here.
    """
    profile = {
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "team": person.team_id,
    }
    told = {
        "id": person.id,
        "team_id": person.team_id,
        "name": person.name,
        "deleted": person.deleted,
        "profile": profile,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 0,
    }
    if person.deleted:
        return told
    here = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(person.tz))
    told |= {
        "real_name": person.real_name,
        "tz": person.tz,
        "tz_label": here.tzname(),
        "tz_offset": int((here.utcoffset() or timedelta()).total_seconds()),
        "is_admin": person.is_admin,
        "is_owner": person.is_owner,
        "is_primary_owner": False,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": person.is_ultra_restricted,
    }
    if person.team_id != workspace.team_id:
        meets_the_app = any({me, person.id} <= channel.members for channel in workspace.channels.values())
        told["is_stranger"] = not meets_the_app
    return told


def user_group(workspace: Workspace, group: UserGroup, with_users: bool, with_count: bool) -> Json:
    """Source: https://docs.slack.dev/reference/methods/usergroups.list."""
    told = {
        "id": group.id,
        "team_id": workspace.team_id,
        "is_usergroup": True,
        "name": group.handle,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_create": group.created,
        "date_update": group.created,
        "date_delete": 0,
        "auto_type": None,
        "prefs": {"channels": [], "groups": []},
    }
    if with_users:
        told["users"] = list(group.members)
    if with_count:
        told["user_count"] = len(group.members)
    return told


def may_know(told: Channel, me: str) -> bool:
    """Whether the app whose bot user is `me` may know of a conversation: it is public, or the app is in it."""
    return me in told.members or not (told.is_im or told.is_private)


def channel(workspace: Workspace, told: Channel, me: str) -> Json:
    """A conversation as the user `me` is told of it."""
    if told.is_im:
        other = next((member for member in told.members if member != me), me)
        return {
            "id": told.id,
            "created": told.created,
            "is_im": True,
            "is_org_shared": False,
            "user": other,
            "is_user_deleted": False,
            "is_archived": False,
            "priority": 0,
        }
    return {
        "id": told.id,
        "name": told.name,
        "name_normalized": told.name,
        "is_channel": not told.is_private,
        "is_group": told.is_private,
        "is_im": False,
        "is_mpim": False,
        "is_private": told.is_private,
        "created": told.created,
        "creator": next(iter(sorted(told.members)), ""),
        "is_archived": told.is_archived,
        "is_general": told.name == "general",
        "is_shared": workspace.is_shared(told),
        "is_ext_shared": workspace.is_shared(told),
        "is_org_shared": False,
        "is_member": me in told.members,
        "topic": {"value": told.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "context_team_id": workspace.team_id,
    }


def message(workspace: Workspace, said: Message) -> Json:
    team_id = workspace.users[said.user].team_id
    told: Json = {"type": "message", "user": said.user, "ts": said.ts, "text": said.text, "team": team_id}
    if team_id != workspace.team_id:
        told |= {"user_team": team_id, "source_team": team_id}
    if said.client_msg_id:
        told["client_msg_id"] = said.client_msg_id
    if said.bot_id:
        bot = workspace.users[said.user]
        profile = {"id": said.bot_id, "app_id": said.app_id, "name": bot.real_name, "deleted": False}
        told |= {"bot_id": said.bot_id, "app_id": said.app_id, "bot_profile": {**profile, "team_id": workspace.team_id}}
    if said.blocks:
        told["blocks"] = said.blocks
    if said.thread_ts:
        told["thread_ts"] = said.thread_ts
    if said.metadata:
        told["metadata"] = said.metadata
    if said.edited_ts:
        told["edited"] = {"user": said.user, "ts": said.edited_ts}
    if said.reactions:
        told["reactions"] = [
            {"name": name, "users": users, "count": len(users)} for name, users in said.reactions.items()
        ]
    return told


def view(workspace: Workspace, shown: View, app: Json) -> Json:
    """A view with its state; `app` holds `app_id` and `bot_id`."""
    body = shown.body
    return {
        "id": shown.id,
        "team_id": workspace.team_id,
        "type": body["type"],
        "blocks": shown.blocks,
        "private_metadata": body.get("private_metadata") or "",
        "callback_id": body.get("callback_id") or "",
        "state": {"values": shown.values},
        "hash": shown.hash,
        "title": body.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
        "clear_on_close": bool(body.get("clear_on_close")),
        "notify_on_close": bool(body.get("notify_on_close")),
        "close": body.get("close"),
        "submit": body.get("submit"),
        "previous_view_id": shown.previous_view_id,
        "root_view_id": shown.root_view_id,
        "app_id": app["app_id"],
        "external_id": body.get("external_id") or "",
        "app_installed_team_id": workspace.team_id,
        "bot_id": app["bot_id"],
    }


def rich_text(text: str, names: mrkdwn.Names) -> Json:
    """The `rich_text` block that Slack's own clients make of what somebody typed."""
    return {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [_inline(token) for token in mrkdwn.tokens(text, names)]}
        ],
    }


def _inline(token: Token) -> Json:
    match token["t"]:
        case "user":
            return {"type": "user", "user_id": token["id"]}
        case "channel":
            return {"type": "channel", "channel_id": token["id"]}
        case "broadcast":
            return {"type": "broadcast", "range": token["s"].lstrip("@")}
        case "emoji":
            return {"type": "emoji", "name": token["name"]}
        case "link":
            return {"type": "link", "url": token["url"]}
        case "text":
            asked = {"b": "bold", "i": "italic", "strike": "strike", "code": "code"}
            style = {name: True for mark, name in asked.items() if token.get(mark)}
            return {"type": "text", "text": token["s"], **({"style": style} if style else {})}
    return {"type": "text", "text": mrkdwn.plain([token])}
