"""The manifest asks for what the code uses, no more and no less."""

import random
from collections.abc import Callable
from typing import Any

from bot.config import Settings
from bot.domain.library import Library
from bot.handlers import buttons, command, errors, home, mention
from bot.handlers.replies import Replies
from bot.manifest import SCOPES, manifest
from bot.matching import Matcher
from bot.services.once import Once
from bot.services.seen import Seen
from bot.services.sharing import Sharing
from playground import Playground

# Which scope lets us call a method, and hear an event (Slack's reference of methods and events).
CALLS = {"chat.postMessage": "chat:write", "assistant.threads.setSuggestedPrompts": "assistant:write"}
HEARS = {"app_mention": "app_mentions:read", "message.im": "im:history"}
NEEDS_NO_SCOPE = {"auth.test", "views.open", "response_url", "app_home_opened"}


class Listeners:
    """Stands where the Bolt app stands when handlers register, and writes down what they listen to."""

    def __init__(self) -> None:
        self.commands: set[str] = set()
        self.events: set[str] = set()

    def command(self, name: str) -> Callable[..., None]:
        self.commands.add(name)
        return lambda listener: None

    def event(self, name: str) -> Callable[..., None]:
        self.events.add(name)
        return lambda listener: None

    def action(self, _: Any) -> Callable[..., None]:
        return lambda listener: None

    def error(self, listener: Any) -> None:
        pass


def listeners(library: Library, matcher: Matcher) -> Listeners:
    app: Any = Listeners()
    sharing, once, replies = Sharing(library, matcher, Seen(), random.Random()), Once(), Replies(None, "")  # type: ignore[arg-type]
    command.register(app, "/tales", sharing)
    buttons.register(app, sharing, replies, once)
    mention.register(app, "/tales", sharing, once)
    home.register(app)
    errors.register(app, replies)
    return app  # type: ignore[no-any-return]


def test_it_holds_the_command_and_the_events_that_somebody_listens_to(library: Library, matcher: Matcher) -> None:
    heard = listeners(library, matcher)
    made = manifest(Settings(command="/tales"), "https://stories.example.org/")

    assert {command["command"] for command in made["features"]["slash_commands"]} == heard.commands
    subscribed = {event.split(".")[0] for event in made["settings"]["event_subscriptions"]["bot_events"]}
    assert subscribed == heard.events
    assert made["settings"]["interactivity"]["is_enabled"]


async def test_a_day_of_use_needs_every_scope_and_no_other(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("/story empathy", channel="general")
    for label in ("Another one", "Read it all", "Share to channel"):
        await ada.clicks(label, on=next(message for message in ada.sees("general") if message.ephemeral))
    await ada.types("@storybot teamwork", channel="general")
    await ada.opens("storybot")
    await ada.types("humour", channel="storybot")
    await slack.settled()

    used = {"commands"}
    for call in slack.calls:
        assert call.answer == "ok" or call.answer["ok"], call
        if call.method not in NEEDS_NO_SCOPE:
            used.add(CALLS[call.method])
    for delivery in slack.requests:
        if delivery.kind == "event" and delivery.name not in NEEDS_NO_SCOPE:
            used.add(HEARS["message.im" if delivery.name == "message" else delivery.name])
    assert used == set(SCOPES) == set(manifest(Settings())["oauth_config"]["scopes"]["bot"])


def test_without_an_address_it_is_for_socket_mode() -> None:
    made = manifest(Settings())
    assert made["settings"]["socket_mode_enabled"]
    assert "request_url" not in str(made)


def test_it_is_an_agent_that_reads_no_channel() -> None:
    made = manifest(Settings())
    assert made["features"]["agent_view"]["suggested_prompts"]
    assert "assistant_view" not in made["features"]
    assert [scope for scope in SCOPES if scope.endswith(":history")] == ["im:history"]
