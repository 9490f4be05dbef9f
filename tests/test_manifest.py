"""The manifest asks for what the code uses, no more and no less."""

import re
from pathlib import Path

from bot.config import Moderation, Settings, Weekly
from bot.domain.library import Library
from bot.manifest import manifest
from bot.matching import Matcher
from playground.methods import METHODS
from tests.listening import all_that_listens

BOT = Path(__file__).parents[1] / "bot"
# Which scope lets us hear an event (Slack's reference of events).
HEARS = {"app_mention": "app_mentions:read", "message.im": "im:history", "app_home_opened": None}
# What these need depends on the kind of channel.
OF_CHANNELS = {
    "conversations.info": {"channels:read", "groups:read"},
    "conversations.history": {"channels:history", "groups:history"},
    "conversations.replies": {"channels:history", "groups:history"},
}


async def test_it_holds_all_that_somebody_listens_to(library: Library, matcher: Matcher, tmp_path: Path) -> None:
    settings = Settings(command="/tales")
    heard = await all_that_listens(settings, library, matcher, tmp_path)
    made = manifest(settings, "https://stories.example.org/")

    assert {command["command"] for command in made["features"]["slash_commands"]} == heard.commands
    assert {shortcut["callback_id"] for shortcut in made["features"]["shortcuts"]} == heard.shortcuts
    subscribed = {event.split(".")[0] for event in made["settings"]["event_subscriptions"]["bot_events"]}
    assert subscribed == heard.events
    assert made["settings"]["interactivity"]["is_enabled"]


def test_every_scope_is_for_something_that_is_called_or_heard() -> None:
    source = "\n".join(path.read_text() for path in BOT.rglob("*.py"))
    called = {name for name in METHODS if re.search(rf"\.{name.replace('.', '_')}\b", source)}
    needed = {"commands"}.union(*(OF_CHANNELS.get(name) or {METHODS[name].scope} for name in called))
    every = Settings(moderation=Moderation(group="S0LEADS000"), weekly=Weekly(reads_back=True))
    needed |= {HEARS[event] for event in manifest(every)["settings"]["event_subscriptions"]["bot_events"]}
    assert needed - {None} == asked_for(every)


def test_what_nobody_has_switched_on_is_not_asked_for() -> None:
    asked = asked_for(Settings())
    assert "usergroups:read" not in asked
    assert [scope for scope in asked if scope.endswith(":history")] == ["im:history"]


def asked_for(settings: Settings) -> set[str]:
    return set(manifest(settings)["oauth_config"]["scopes"]["bot"])


def test_without_an_address_it_is_for_socket_mode() -> None:
    made = manifest(Settings())
    assert made["settings"]["socket_mode_enabled"]
    assert "request_url" not in str(made)


def test_it_is_an_agent() -> None:
    made = manifest(Settings())
    assert made["features"]["agent_view"]["suggested_prompts"]
    assert "assistant_view" not in made["features"]
