"""Whatever an app sends, Slack answers by the rules: a refusal with a name, or a thing that can be drawn."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground import drawing, limits
from playground.cloud import Cloud
from playground.errors import Refusal
from playground.gestures import Gestures
from playground.manifest import read
from playground.methods import METHODS
from playground.page import Page
from playground.workspace import with_ids
from tests.playground.tiny_bot import SCOPES, manifest

MORE_SCOPES = ["channels:history", "channels:join", "assistant:write", "reactions:write", "chat:write.public"]

TYPES = [
    *("section", "divider", "header", "context", "actions", "image", "input", "rich_text", "video", "card", "carousel"),
    *(
        "context_actions",
        "markdown",
        "table",
        "file",
        "container",
        "alert",
        "mrkdwn",
        "plain_text",
        "button",
        "overflow",
    ),
    *("static_select", "multi_users_select", "checkboxes", "plain_text_input", "number_input", "rich_text_input"),
    *("rich_text_section", "rich_text_list", "rich_text_quote", "text", "link", "user", "broadcast", "emoji", "date"),
]
FIELDS = [
    *("type", "text", "block_id", "action_id", "elements", "fields", "accessory", "element", "label", "options"),
    *(
        "alt_text",
        "url",
        "title",
        "body",
        "actions",
        "child_blocks",
        "initial_value",
        "initial_option",
        "style",
        "value",
    ),
    *("name", "user_id", "range", "hint", "optional", "is_decimal_allowed", "rows", "placeholder"),
]
words = st.sampled_from(TYPES) | st.text(max_size=6)
anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 5) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5),
    max_leaves=12,
)
text: st.SearchStrategy[Any] = st.builds(
    dict, type=st.sampled_from(["mrkdwn", "plain_text"]), text=st.text(min_size=1, max_size=8)
)
bare: st.SearchStrategy[Any] = text.map(lambda told: {**told, "type": "plain_text"})
button: st.SearchStrategy[Any] = st.builds(dict, type=st.just("button"), text=bare, value=words)
option: st.SearchStrategy[Any] = st.builds(dict, text=bare, value=words)
menu: st.SearchStrategy[Any] = st.builds(
    dict,
    type=st.sampled_from(["static_select", "checkboxes", "overflow"]),
    options=st.lists(option, min_size=1, max_size=2),
)
said: st.SearchStrategy[Any] = st.builds(dict, type=st.just("text"), text=st.text(min_size=1, max_size=8))
link: st.SearchStrategy[Any] = st.builds(
    dict, type=st.just("link"), url=st.just("https://a.test"), text=st.none() | words
)
rich: st.SearchStrategy[Any] = st.builds(
    dict, type=st.just("rich_text_section"), elements=st.lists(said | link | anything, max_size=3)
)
block: st.SearchStrategy[Any] = st.one_of(
    st.builds(dict, type=st.just("section"), text=text, accessory=menu | button | st.none()),
    st.builds(dict, type=st.just("header"), text=bare),
    st.builds(dict, type=st.sampled_from(["actions", "context"]), elements=st.lists(button | menu | text, max_size=3)),
    st.builds(dict, type=st.just("rich_text"), elements=st.lists(rich, max_size=2)),
    st.builds(dict, type=st.just("input"), label=bare, element=menu | st.just({"type": "plain_text_input"})),
    st.builds(dict, type=st.just("card"), title=text | st.none(), actions=st.lists(button, max_size=2) | st.none()),
    st.builds(dict, type=st.sampled_from(TYPES), text=anything, elements=anything, title=anything, element=anything),
    anything,
)


@given(st.lists(block, max_size=3) | anything)
def test_blocks_are_refused_or_can_be_drawn(blocks: Any) -> None:
    try:
        limits.check_message("words", blocks)
    except Refusal:
        return
    shown = with_ids(blocks or [], lambda: "id")
    drawn = drawing.drawn(shown, lambda _: None)
    assert len(drawn.splitlines()) >= len([told for told in shown if told["type"] in ("header", "divider")])
    drawing.live(drawing.annotated(shown, lambda _: None))
    drawing.button_labels(shown, lambda _: None)


@given(st.lists(block, max_size=3), st.sampled_from(["modal", "home", "other"]), anything)
def test_views_are_refused_or_can_be_shown(blocks: list[Any], kind: str, title: Any) -> None:
    slack = Cloud().add_workspace("Playground")
    ada = slack.workspace.add_user("Ada").id
    view = {"type": kind, "blocks": blocks, "title": title, "submit": {"type": "plain_text", "text": "Go"}}
    try:
        limits.check_view(view)
    except Refusal:
        return
    slack.show(slack.workspace.new_view(ada, view))
    [shown] = Page(slack, Gestures(slack)).state(ada)["views"]
    assert len(shown["blocks"]) == len(blocks)


@pytest.mark.parametrize("name", METHODS)
@settings(max_examples=50)
@given(
    arguments=st.dictionaries(
        st.sampled_from(
            [
                *(
                    "channel",
                    "ts",
                    "thread_ts",
                    "text",
                    "blocks",
                    "view",
                    "view_id",
                    "user",
                    "users",
                    "user_id",
                    "hash",
                    "metadata",
                ),
                *(
                    "prompts",
                    "channel_id",
                    "status",
                    "title",
                    "name",
                    "timestamp",
                    "types",
                    "cursor",
                    "limit",
                    "trigger_id",
                ),
                *("external_id", "markdown_text", "message_ts", "latest", "oldest"),
            ]
        ),
        anything | st.sampled_from(["general", "1.000001"]),
    )
)
def test_a_method_answers_or_refuses_whatever_it_is_asked(name: str, arguments: dict[str, Any]) -> None:
    cloud = Cloud()
    slack = cloud.add_workspace("Playground")
    cloud.registration.manifest = read(manifest())
    slack.app.grant(frozenset([*SCOPES, *MORE_SCOPES]))
    general = slack.workspace.add_channel("general", {slack.app.bot_user.id})
    slack.post_as_app(general, "first", [])
    try:
        answer = METHODS[name].carry_out(slack, arguments)
    except Refusal as refusal:
        answer = refusal.answer()
    json.dumps(answer)
    assert len(general.messages) <= 2
