"""The app under test, as its manifest describes it (https://docs.slack.dev/reference/app-manifest)."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

# The scope without which Slack does not deliver an event: https://docs.slack.dev/reference/events
EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    **dict.fromkeys(
        ("channel_archive", "channel_unarchive", "channel_deleted", "channel_left", "channel_rename"), "channels:read"
    ),
    **dict.fromkeys(("group_archive", "group_unarchive", "group_deleted", "group_left", "group_rename"), "groups:read"),
    "subteam_members_changed": "usergroups:read",
    "reaction_added": "reactions:read",
}


@dataclass(frozen=True)
class Command:
    command: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True)
class Shortcut:
    """`type` is "global" or "message"."""

    name: str
    type: str
    callback_id: str
    description: str = ""


@dataclass(frozen=True)
class Manifest:
    """What Slack needs of a manifest. Without a `request_url` everything goes through Socket Mode."""

    name: str
    request_url: str | None
    commands: dict[str, Command]
    shortcuts: tuple[Shortcut, ...]
    events: frozenset[str]
    scopes: frozenset[str]
    home_tab: bool
    messages_tab: bool
    read_only: bool
    is_agent: bool
    redirect_urls: tuple[str, ...]
    token_rotation: bool
    org_wide: bool

    def missing(self) -> list[str]:
        """What the manifest uses without the scope for it."""
        needed = {event: EVENT_SCOPES[event] for event in self.events if event in EVENT_SCOPES}
        if self.commands or self.shortcuts:
            needed["commands and shortcuts"] = "commands"
        return sorted(f"{what} needs the scope {scope}" for what, scope in needed.items() if scope not in self.scopes)


def read(manifest: Json, request_url: str | None = None) -> Manifest:
    """A manifest as a value. `request_url` stands for every URL in it; without one the manifest's own is taken."""
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    oauth = manifest.get("oauth_config", {})
    home = features.get("app_home", {})
    subscriptions = settings.get("event_subscriptions", {})
    own_url = None if settings.get("socket_mode_enabled") else subscriptions.get("request_url")
    found = Manifest(
        name=features.get("bot_user", {}).get("display_name") or manifest["display_information"]["name"],
        request_url=request_url or own_url,
        commands={told["command"]: _command(told) for told in features.get("slash_commands", [])},
        shortcuts=tuple(_shortcut(told) for told in features.get("shortcuts", [])),
        events=frozenset(subscriptions.get("bot_events", [])),
        scopes=frozenset(oauth.get("scopes", {}).get("bot", [])),
        home_tab=home.get("home_tab_enabled", False),
        messages_tab=home.get("messages_tab_enabled", True),
        read_only=home.get("messages_tab_read_only_enabled", False),
        is_agent="agent_view" in features,
        redirect_urls=tuple(oauth.get("redirect_urls", [])),
        token_rotation=settings.get("token_rotation_enabled", False),
        org_wide=settings.get("org_deploy_enabled", False),
    )
    if problems := found.missing():
        raise ValueError("; ".join(problems))
    return found


def _command(told: Json) -> Command:
    return Command(
        told["command"], told.get("description", ""), told.get("usage_hint", ""), bool(told.get("should_escape"))
    )


def _shortcut(told: Json) -> Shortcut:
    return Shortcut(told["name"], told["type"], told["callback_id"], told.get("description", ""))
