"""The Slack app manifest: exactly the command, events and scopes that the handlers use."""

from typing import Any

from bot.blocks import ids
from bot.config import Settings
from bot.handlers import lifecycle
from bot.handlers.home import PROMPTS

SCOPES = {
    "commands": "to answer the slash command",
    "chat:write": "to answer mentions and direct messages",
    "app_mentions:read": "to hear when somebody mentions it",
    "im:history": "to hear what people write to it in a direct message; no channel can be read with it",
    "users:read": "to know who may submit and decide, and what they are called; e-mail addresses stay hidden",
    "assistant:write": "to suggest prompts when somebody opens the conversation",
}
WEEKLY_SCOPES = {
    "channels:read": "to know whether it is in the public channel that a story of the week is set up for",
    "groups:read": "the same for private channels that it was invited to",
    "channels:join": "to join a public channel when whoever sets up a story of the week asks for it",
}
READING_SCOPES = {
    "channels:history": "to look whether a story of the week is in its channel when Slack did not confirm it",
    "groups:history": "the same in private channels",
}
GROUP_SCOPES = {"usergroups:read": "to know who is in the moderators' group, where one is chosen"}
EVENTS = ["app_home_opened", "app_mention", "message.im"]

# Names have at most 24 characters (docs: app manifest reference).
SHORTCUTS = [
    {
        "name": "Share a service story",
        "type": "global",
        "callback_id": ids.SHORTCUT_SUBMIT,
        "description": "Tell your team about great service that you gave, got or saw",
    },
    {
        "name": "Save as a service story",
        "type": "message",
        "callback_id": ids.SHORTCUT_SAVE,
        "description": "Make a story of this message",
    },
]


def scopes(settings: Settings) -> dict[str, str]:
    """The bot scopes that these settings need, and what each is for."""
    # Where people install it by themselves, each workspace may choose a group.
    by_group = GROUP_SCOPES if settings.moderation.group or settings.installing.address else {}
    reading = READING_SCOPES if settings.weekly.reads_back else {}
    return {**SCOPES, **WEEKLY_SCOPES, **by_group, **reading}


def manifest(settings: Settings, url: str | None = None) -> dict[str, Any]:
    """The manifest for HTTP at `url` (the address that Slack reaches the bot at), or for Socket Mode without one."""
    slash_command = {
        "command": settings.command,
        "description": "A true story of great customer service",
        "usage_hint": "empathy | themes | submit | schedule | settings | help",
        "should_escape": False,
    }
    address = settings.installing.address
    redirects = {"redirect_urls": [f"{address}/slack/oauth_redirect"]} if address else {}
    slack_settings: dict[str, Any] = {
        "event_subscriptions": {"bot_events": [*EVENTS, *(sorted(lifecycle.EVENTS) if address else [])]},
        "interactivity": {"is_enabled": True},
        "org_deploy_enabled": settings.installing.org_wide,
        "socket_mode_enabled": url is None,
        "token_rotation_enabled": settings.installing.rotating_tokens,
    }
    if url is not None:
        request_url = f"{url.rstrip('/')}/slack/events"
        slash_command["url"] = request_url
        slack_settings["event_subscriptions"]["request_url"] = request_url
        slack_settings["interactivity"]["request_url"] = request_url
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Storybot",
            "description": "True stories of great customer service, where your team already talks",
            "background_color": "#4a2545",
        },
        "features": {
            "agent_view": {
                "agent_description": "Ask me for a true story of great customer service.",
                "suggested_prompts": PROMPTS,
            },
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "storybot", "always_online": True},
            "shortcuts": SHORTCUTS,
            "slash_commands": [slash_command],
        },
        "oauth_config": {**redirects, "scopes": {"bot": list(scopes(settings))}},
        "settings": slack_settings,
    }
