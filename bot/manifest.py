"""The Slack app manifest: exactly the command, events and scopes that the handlers use."""

from typing import Any

from bot.handlers.home import PROMPTS

SCOPES = {
    "commands": "to answer the slash command",
    "chat:write": "to answer mentions and direct messages",
    "app_mentions:read": "to hear when somebody mentions it",
    "im:history": "to hear what people write to it in a direct message; no channel can be read with it",
    "assistant:write": "to suggest prompts when somebody opens the conversation",
}
EVENTS = ["app_home_opened", "app_mention", "message.im"]


def manifest(command: str, url: str | None = None) -> dict[str, Any]:
    """The manifest for HTTP at `url` (the address that Slack reaches the bot at), or for Socket Mode without one."""
    slash_command = {
        "command": command,
        "description": "A true story of great customer service",
        "usage_hint": "empathy | a lost parcel | themes | help",
        "should_escape": False,
    }
    settings: dict[str, Any] = {
        "event_subscriptions": {"bot_events": EVENTS},
        "interactivity": {"is_enabled": True},
        "org_deploy_enabled": False,
        "socket_mode_enabled": url is None,
        "token_rotation_enabled": False,
    }
    if url is not None:
        request_url = f"{url.rstrip('/')}/slack/events"
        slash_command["url"] = request_url
        settings["event_subscriptions"]["request_url"] = request_url
        settings["interactivity"]["request_url"] = request_url
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
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "storybot", "always_online": True},
            "slash_commands": [slash_command],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": settings,
    }
