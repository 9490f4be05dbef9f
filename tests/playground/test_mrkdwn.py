"""Markup as people see it: what is styled, what is live, and what stays words."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground import drawing, mrkdwn

NAMES = {"U1ADA": "Ada", "C1GEN": "general"}.get


def text(words: str, **style: bool) -> dict[str, Any]:
    return {"t": "text", "s": words, **style}


def escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@pytest.mark.parametrize(
    ("written", "tokens"),
    [
        ("plain", [text("plain")]),
        ("a *b* c", [text("a "), text("b", b=True), text(" c")]),
        ("*bold _both_*", [text("bold ", b=True), text("both", b=True, i=True)]),
        ("~gone~ `x *y*`", [text("gone", strike=True), text(" "), text("x *y*", code=True)]),
        ("2*3*4 and snake_case_name", [text("2*3*4 and snake_case_name")]),
        ("a * b * c", [text("a * b * c")]),
        ("one\ntwo", [text("one"), {"t": "br"}, text("two")]),
        ("```\ncode *x*```", [{"t": "pre", "s": "code *x*"}]),
        (
            "&gt; said\n&gt; more\nend",
            [
                {"t": "quote", "tokens": [text("said"), {"t": "br"}, text("more")]},
                text("end"),
            ],
        ),
        ("hi <@U1ADA>", [text("hi "), {"t": "user", "id": "U1ADA", "s": "@Ada"}]),
        ("<#C1GEN|old-name>", [{"t": "channel", "id": "C1GEN", "s": "#general"}]),
        ("<!channel>", [{"t": "broadcast", "s": "@channel"}]),
        ("<!subteam^S1|@team>", [{"t": "broadcast", "s": "@team"}]),
        ("<!date^1^{date}|some day>", [text("some day")]),
        ("<https://a.test/?a=1&amp;b=2|here>", [{"t": "link", "url": "https://a.test/?a=1&b=2", "s": "here"}]),
        (
            "see https://a.test/x.",
            [
                text("see "),
                {"t": "link", "url": "https://a.test/x", "s": "https://a.test/x"},
                text("."),
            ],
        ),
        ("*<https://a.test/a_b_c|x*y>*", [{"t": "link", "url": "https://a.test/a_b_c", "s": "x*y", "b": True}]),
        (
            ":tada: :no_such_thing: 10:30:45",
            [
                {"t": "emoji", "name": "tada", "s": "🎉"},
                text(" :no_such_thing: 10:30:45"),
            ],
        ),
        ("`<!channel>`", [{"t": "broadcast", "s": "@channel", "code": True}]),
        ("<b>", [text("<b>")]),
        ("&amp;lt;", [text("&lt;")]),
    ],
)
def test_each_mark_is_read_as_slack_reads_it(written: str, tokens: list[dict[str, Any]]) -> None:
    assert mrkdwn.tokens(written, NAMES) == tokens


@pytest.mark.parametrize(
    "words",
    [
        "<!channel>",
        "<@U1ADA>",
        "<#C1GEN|general>",
        "`<!here>`",
        "```<!here>```",
        ">>> <!here>",
    ],
)
def test_escaped_markup_is_words(words: str) -> None:
    assert mrkdwn.live(mrkdwn.tokens(escaped(words), NAMES)) == []


@given(st.text(st.sampled_from("<>&@#!|*_~`: \nhtps/.U1ADAC2channel^\x00") | st.characters(), max_size=80))
def test_text_escaped_as_slack_asks_never_becomes_live(words: str) -> None:
    assert mrkdwn.live(mrkdwn.tokens(escaped(words), NAMES, verbatim=True)) == []


@given(st.text(st.sampled_from("<>&@#!|*_~`: \nhtps/.") | st.characters(), max_size=80))
def test_a_bare_address_is_the_only_thing_that_escaping_leaves_live(words: str) -> None:
    for token in mrkdwn.live(mrkdwn.tokens(escaped(words), NAMES)):
        assert token["t"] == "link"
        assert token["url"] == token["s"]
        assert token["s"] in words


@given(st.text(max_size=120))
def test_any_text_at_all_is_drawn(words: str) -> None:
    assert isinstance(mrkdwn.plain(mrkdwn.tokens(words, NAMES)), str)


@given(st.text(st.characters(exclude_characters="\x00"), max_size=80))
def test_plain_text_and_rich_text_are_never_live_and_lose_nothing(words: str) -> None:
    plain = drawing.annotated({"type": "plain_text", "text": words, "emoji": False}, NAMES)
    rich = drawing.annotated({"type": "rich_text_section", "elements": [{"type": "text", "text": words}]}, NAMES)
    for told in (plain, rich["elements"][0]):
        assert drawing.live(told) == []
        assert mrkdwn.plain(told["tokens"]) == words


def test_a_message_is_drawn_block_by_block() -> None:
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": "A story :tada:"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*Bold* words"}},
        {"type": "divider"},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "why: <@U1ADA>"}]},
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_list",
                    "style": "bullet",
                    "elements": [
                        {"type": "rich_text_section", "elements": [{"type": "text", "text": "<!channel>"}]},
                        {"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U1ADA"}]},
                    ],
                },
            ],
        },
        {"type": "markdown", "text": "# Title\n**strong** and *soft* [link](https://a.test)"},
        {
            "type": "actions",
            "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": "g"}],
        },
    ]
    assert drawing.drawn(blocks, NAMES).splitlines() == [
        "A story 🎉",
        "Bold words",
        "———",
        "why: @Ada",
        "• <!channel>",
        "• @Ada",
        "Title",
        "strong and soft link",
        "[Go]",
    ]
    live = [token["s"] for token in drawing.live(drawing.annotated(blocks, NAMES))]
    assert live == ["@Ada", "@Ada", "link"]
