"""Slash commands: what the app is sent, and what people see of its answer."""

import asyncio
import secrets
from typing import Any

from aiohttp import web

from playground import Person, Playground
from tests.playground.tiny_bot import Bot, manifest, section


async def test_a_command_goes_out_signed_and_its_answer_is_for_one_person_only(
    slack: Playground, bot: Bot, ada: Person, grace: Person
) -> None:
    @bot.hears("/echo")
    async def _(command: dict[str, Any]) -> dict[str, Any]:
        return {"text": f"You said {command['text']}", "blocks": [section(f"You said *{command['text']}*")]}

    await ada.types("/echo good morning", channel="general")

    seen = ada.last("general")
    assert (seen.drawn, seen.text, seen.ephemeral) == ("You said good morning", "You said good morning", True)
    assert seen.user == slack.bot_user_id
    assert grace.sees("general") == []
    [delivery] = slack.requests
    assert (delivery.kind, delivery.name, delivery.status) == ("command", "/echo", 200)
    assert delivery.ack_ms is not None


async def test_a_command_carries_the_fields_that_slack_documents(slack: Playground, bot: Bot, ada: Person) -> None:
    await ada.types("/echo hi", channel="support")

    [delivery] = slack.requests
    told = delivery.payload
    assert (told["command"], told["text"], told["channel_name"]) == ("/echo", "hi", "support")
    assert (told["user_id"], told["user_name"], told["team_id"]) == (ada.id, "ada", slack.team_id)
    assert told["api_app_id"] == slack.app_id
    assert told["is_enterprise_install"] == "false"
    assert told["response_url"].startswith(f"{slack.url}/commands/{slack.team_id}/")
    assert len(told["trigger_id"].split(".")) == 3
    assert "enterprise_id" not in told


async def test_in_direct_messages_the_channel_is_called_directmessage(slack: Playground, bot: Bot, ada: Person) -> None:
    await ada.types("/echo hi", channel="echo")
    assert slack.requests[0].payload["channel_name"] == "directmessage"
    assert slack.requests[0].payload["channel_id"].startswith("D")


async def test_an_unsigned_request_is_the_apps_to_refuse(slack: Playground, bot: Bot) -> None:
    body = b"command=/echo&text=hi"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await slack.sends(body, form))[0] == 401
    assert (await slack.sends(body, {**form, **slack.sign(body + b"!")}))[0] == 401
    assert (await slack.sends(body, {**form, **slack.sign(body)}))[0] == 200


async def test_an_answer_for_the_channel_is_seen_by_all_with_the_command_before_it(
    bot: Bot, ada: Person, grace: Person
) -> None:
    @bot.hears("/echo")
    async def _(_: dict[str, Any]) -> dict[str, Any]:
        return {"response_type": "in_channel", "text": "Hello all"}

    await ada.types("/echo", channel="general")

    assert [seen.drawn for seen in grace.sees("general")] == ["/echo", "Hello all"]


async def test_a_plain_text_answer_is_shown_and_an_empty_one_is_not(bot: Bot, ada: Person) -> None:
    await ada.types("/echo")
    assert ada.sees() == []

    @bot.hears("/echo")
    async def _(_: dict[str, Any]) -> str:
        return "just words"

    await ada.types("/echo")
    assert ada.last().drawn == "just words"


async def test_what_slack_itself_says_when_a_command_cannot_be_sent(slack: Playground, bot: Bot, ada: Person) -> None:
    await ada.types("/ehco hi")
    assert ada.last().drawn == "/ehco is not a valid command."
    await ada.types("hello")
    hello = ada.last()
    await ada.types("/echo hi", thread=hello)
    assert ada.last().drawn == "/echo is not supported in threads. Sorry!"
    assert ada.last().ephemeral
    assert slack.requests == []


async def test_a_person_is_told_when_the_app_is_late_broken_or_gone(slack: Playground, bot: Bot, ada: Person) -> None:
    @bot.hears("/echo")
    async def _(command: dict[str, Any]) -> web.Response:
        if command["text"] == "late":
            await asyncio.sleep(1)
        return web.Response(status=500)

    slack.wait_for_acks(0.4)
    await ada.types("/echo late")
    assert ada.last().drawn == '/echo failed with the error "operation_timeout"'
    slack.wait_for_acks(3)
    await ada.types("/echo broken")
    assert ada.last().drawn == '/echo failed with the error "dispatch_failed"'
    slack.install(manifest(), request_url="http://127.0.0.1:1/slack/events")
    await ada.types("/echo gone")
    assert ada.last().drawn == '/echo failed with the error "dispatch_failed"'
    assert [delivery.failure for delivery in slack.requests] == ["http_timeout", "http_error", "connection_failed"]


async def test_an_answer_over_slacks_limits_is_an_error_and_is_never_drawn(
    slack: Playground, bot: Bot, ada: Person
) -> None:
    @bot.hears("/echo")
    async def _(_: dict[str, Any]) -> dict[str, Any]:
        return {"text": "long", "blocks": [section("x" * 3001)]}

    await ada.types("/echo")

    [seen] = ada.sees()
    assert seen.drawn == '/echo failed with the error "invalid_command_response"'
    failure = slack.requests[0].failure or ""
    assert "invalid_blocks must be less than 3001 characters [json-pointer:/blocks/0/text/text]" in failure


async def test_what_is_typed_arrives_escaped_and_mentions_only_where_the_command_asks(
    slack: Playground, bot: Bot, ada: Person
) -> None:
    await ada.types("/echo <!channel> & @grace")
    escaping = {"command": "/echo", "description": "x", "should_escape": True}
    slack.install(manifest(features={"slash_commands": [escaping]}), request_url=bot.url)
    await ada.types("/echo @grace in #general <http://x.test|y>")

    plain, resolved = (delivery.payload["text"] for delivery in slack.requests)
    assert plain == "&lt;!channel&gt; &amp; @grace"
    assert f"<@{slack.person('Grace').id}> in <#{slack.channel('general').id}|general>" in resolved


async def test_two_workspaces_have_different_secrets() -> None:
    async with Playground() as one, Playground() as other:
        assert not secrets.compare_digest(one.signing_secret, other.signing_secret)
        assert one.bot_token != other.bot_token
        assert one.url != other.url
