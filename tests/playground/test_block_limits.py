"""What Slack refuses, by its own error names."""

import json
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from playground import Playground
from tests.playground.tiny_bot import Bot, actions, button, field, modal, section

TEXT = {"type": "plain_text", "text": "x"}


def text(length: int, kind: str = "plain_text") -> dict[str, Any]:
    return {"type": kind, "text": "x" * length}


def option(words: str, kind: str = "plain_text") -> dict[str, Any]:
    return {"text": {"type": kind, "text": words}, "value": words}


def menu(**more: Any) -> dict[str, Any]:
    return {"type": "static_select", "action_id": "m", **more}


TOO_MUCH = [
    ("fifty-one blocks", [section("x")] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    ("a long section", [section("x" * 3001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    ("an empty section", [section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ("a section of nothing", [{"type": "section"}], "missing required field: text or fields [json-pointer:/blocks/0]"),
    ("a long header", [{"type": "header", "text": text(151)}], "must be less than 151 characters"),
    ("a header in mrkdwn", [{"type": "header", "text": text(5, "mrkdwn")}], "must be one of plain_text"),
    ("a long button", [actions(button("x" * 76))], "[json-pointer:/blocks/0/elements/0/text/text]"),
    ("a long value", [actions(button("x", value="x" * 2001))], "[json-pointer:/blocks/0/elements/0/value]"),
    ("a purple button", [actions(button("x", style="purple"))], "must be one of primary, danger"),
    ("twenty-six buttons", [actions(*[button("x")] * 26)], "no more than 25 items"),
    ("a type that is not", [{"type": "sektion"}], "unsupported type: sektion [json-pointer:/blocks/0/type]"),
    ("a property that is not", [{**section("x"), "colour": "red"}], "invalid additional property: colour"),
    ("an alert in a message", [{"type": "alert", "text": TEXT}], "unsupported type: alert"),
    ("a card of nothing", [{"type": "card", "subtitle": TEXT}], "missing required field"),
    ("a long card", [{"type": "card", "title": TEXT, "body": text(201, "mrkdwn")}], "less than 201 characters"),
    ("eleven cards", [{"type": "carousel", "elements": [{"type": "card", "title": TEXT}] * 11}], "no more than 10"),
    ("two of one id", [{**section("x"), "block_id": "a"}] * 2, "`block_id` must be unique"),
    ("words for blocks", ["hello"], "must provide an object [json-pointer:/blocks/0]"),
    (
        "six things in an overflow",
        [actions({"type": "overflow", "action_id": "o", "options": [{"text": TEXT, "value": "v"}] * 6})],
        "no more than 5 items",
    ),
    ("mrkdwn in a menu", [actions(menu(options=[option("x", kind="mrkdwn")]))], "must be one of plain_text"),
    ("a menu of nothing", [actions(menu())], "missing required field: options or option_groups"),
    (
        "options in groups and not",
        [actions(menu(options=[option("x")], option_groups=[{"label": TEXT, "options": [option("x")]}]))],
        "only one of options and option_groups may be given",
    ),
    (
        "a first choice that is not offered",
        [actions(menu(options=[option("x")], initial_option=option("y")))],
        "must be one of the options: y [json-pointer:/blocks/0/elements/0/initial_option]",
    ),
    (
        "several first choices of one",
        [actions(menu(options=[option("x")], initial_options=[option("x")]))],
        "initial_options",
    ),
    (
        "a menu of several among buttons",
        [actions({"type": "multi_static_select", "action_id": "m", "options": [option("x")]})],
        "unsupported type: multi_static_select",
    ),
    (
        "an empty filter",
        [actions({"type": "conversations_select", "action_id": "m", "filter": {}})],
        "missing required field: include or",
    ),
    (
        "a date as people say it",
        [actions({"type": "datepicker", "initial_date": "24.11.2026"})],
        "must be like YYYY-MM-DD",
    ),
    (
        "a broken rich text",
        [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text"}]}]}],
        "missing required field: text",
    ),
]


@pytest.mark.parametrize(("blocks", "problem"), [case[1:] for case in TOO_MUCH], ids=[case[0] for case in TOO_MUCH])
async def test_a_message_with_bad_blocks_is_refused_with_the_place(
    slack: Playground, bot: Bot, blocks: list[Any], problem: str
) -> None:
    with pytest.raises(SlackApiError) as refusal:
        await bot.client.chat_postMessage(channel=slack.channel("general").id, text="x", blocks=blocks)
    assert refusal.value.response["error"] == "invalid_blocks"
    assert any(problem in told for told in refusal.value.response["response_metadata"]["messages"])
    assert slack.person("Ada").sees() == []


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({"text": "  "}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        (
            {"text": "x", "blocks": [{"type": "markdown", "text": "x" * 11_000}, section("x" * 2500)]},
            "msg_blocks_too_long",
        ),
        ({"text": "x", "channel": "C404"}, "channel_not_found"),
        ({"text": "x", "channel": "random"}, "not_in_channel"),
        ({"text": "x", "channel": "old-office"}, "is_archived"),
        ({"text": "x", "thread_ts": "1.000001"}, "cannot_reply_to_message"),
        ({"text": "x", "metadata": {"event_type": "told"}}, "invalid_metadata_schema"),
        ({"markdown_text": "x", "text": "x"}, "markdown_text_conflict"),
    ],
)
async def test_a_message_that_cannot_be_posted_is_refused_by_name(
    bot: Bot, message: dict[str, Any], error: str
) -> None:
    with pytest.raises(SlackApiError) as refusal:
        await bot.client.api_call("chat.postMessage", json={"channel": "general", **message})
    assert refusal.value.response["error"] == error


async def test_an_update_takes_less_text_than_a_post(bot: Bot) -> None:
    posted = await bot.client.chat_postMessage(channel="general", text="x" * 5_000)
    with pytest.raises(SlackApiError, match="msg_too_long"):
        await bot.client.chat_update(channel=posted["channel"], ts=posted["ts"], text="x" * 5_000)


@pytest.mark.parametrize(
    ("view", "problem"),
    [
        (modal("x" * 25, section("x")), "must be less than 25 characters [json-pointer:/view/title/text]"),
        (
            modal("x", field("x", "x", {"type": "plain_text_input", "max_length": 3001})),
            "must be between 1 and 3000 [json-pointer:/view/blocks/0/element/max_length]",
        ),
        (modal("x", section("x"), private_metadata="x" * 3001), "[json-pointer:/view/private_metadata]"),
        (modal("x", *[section("x")] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (modal("x", {"type": "markdown", "text": "x"}), "unsupported type: markdown"),
        ({k: v for k, v in modal("x", field("x", "x")).items() if k != "submit"}, "a `submit` is required"),
        ({"type": "modal", "blocks": []}, "missing required field: title"),
        ({"blocks": []}, "unsupported type"),
    ],
)
async def test_a_view_with_a_flaw_is_refused_with_the_place(
    slack: Playground, bot: Bot, view: dict[str, Any], problem: str
) -> None:
    await slack.person("Ada").types("/echo")
    trigger_id = slack.requests[0].payload["trigger_id"]
    with pytest.raises(SlackApiError) as refusal:
        await bot.client.views_open(trigger_id=trigger_id, view=view)
    assert refusal.value.response["error"] == "invalid_arguments"
    assert any(problem in told for told in refusal.value.response["response_metadata"]["messages"])
    await bot.client.views_open(trigger_id=trigger_id, view=modal("Well", section("x")))


async def test_an_enormous_view_is_too_large(bot: Bot) -> None:
    view = modal("x", *[section("x" * 3000)] * 100)
    assert len(json.dumps(view)) > 250_000
    with pytest.raises(SlackApiError, match="view_too_large"):
        await bot.client.views_open(trigger_id="any", view=view)


async def test_everything_at_its_limit_passes(slack: Playground, bot: Bot) -> None:
    blocks = [
        {"type": "header", "text": text(150)},
        section("x" * 3000),
        actions(*[button("x" * 75, f"a{n}", value="x" * 2000) for n in range(25)]),
        {"type": "card", "title": text(150, "mrkdwn"), "body": text(200, "mrkdwn"), "actions": [button("Go", "go")]},
        {"type": "context", "elements": [text(2000, "mrkdwn")] * 2},
    ]
    await bot.client.chat_postMessage(channel="general", text="x" * 4000, blocks=blocks)
    assert "Go" in slack.person("Ada").last().buttons
