"""Whatever a careless caller logs, no secret stands in the line, and nobody's words make a line of their own."""

import io
import json
import logging
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.seeing.incoming import CURRENT, Incoming
from bot.seeing.logs import Redacting
from playground import Playground

JSON, TEXT = Redacting(as_json=True), Redacting(as_json=False)


def record(message: str, *arguments: Any, name: str = "bot", **more: Any) -> logging.LogRecord:
    return logging.LogRecord(name, logging.INFO, "", 0, message, arguments, more.get("exc_info"))


@pytest.mark.parametrize("formatter", [JSON, TEXT])
@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-123456-abcdef",
        "xoxe.xoxb-1-abcdef",
        "xapp-1-A012-345-abc",
        "https://hooks.slack.com/commands/T1/2/abc",
        "https://hooks.slack.com/actions/T1/2/abc",
        "http://127.0.0.1:8065/commands/T1/2/abc",
    ],
)
def test_a_secret_is_blackened_wherever_it_stands(secret: str, formatter: Redacting) -> None:
    line = formatter.format(record("calling %s (%s)", secret, {"token": secret}))
    assert secret not in line
    assert "[secret]" in line


def test_the_ticket_of_a_socket_is_blackened() -> None:
    assert "abc-123" not in JSON.format(record("wss://wss.slack.com/link/?ticket=abc-123&app_id=A1"))


@pytest.mark.parametrize("formatter", [JSON, TEXT])
def test_of_an_error_its_kind_and_place_are_told_and_not_its_words(formatter: Redacting) -> None:
    said = "what somebody told in confidence"
    try:
        raise ValueError(said)
    except ValueError:
        line = formatter.format(record("It stumbled", exc_info=sys.exc_info()))
    assert said not in line
    assert "test_logs.py" in line
    assert "ValueError" in line


def test_a_task_that_nobody_waited_for_does_not_tell_what_it_ended_with() -> None:
    forgotten = "Task exception was never retrieved\nfuture: <Task exception=ValueError('in confidence')>"
    line = json.loads(JSON.format(record(forgotten, name="asyncio")))
    assert line["event"] == "Task exception was never retrieved"


@given(st.text(), st.text())
def test_nobody_s_words_make_a_line_of_their_own(name: str, words: str) -> None:
    said = record("Slack refused %s: %s", name, words)
    line = JSON.format(said)
    assert line.isascii()
    assert line.isprintable()
    assert {"event", "level", "logger", "timestamp"} == json.loads(line).keys()
    first, *others = TEXT.format(said).splitlines()
    assert first.startswith("20")
    assert all(other.startswith("    ") for other in others)
    assert all(other.isprintable() or not {*"\x1b\x07\u202e"} & {*other} for other in (first, *others))


CLICK = {
    "type": "block_actions",
    "team": {"id": "T0000001"},
    "actions": [{"action_id": "share_story", "value": "in confidence"}],
    "user": {"id": "U0000001", "name": "ada"},
}


async def test_a_line_says_which_request_it_is_about() -> None:
    CURRENT.set(Incoming(CLICK))
    first, second = (json.loads(JSON.format(record(words))) for words in ("begun", "ended"))
    assert (first["team"], first["listener"]) == ("T0000001", "share_story")
    assert first["request"] == second["request"] != ""
    assert "ada" not in str(first)
    assert "in confidence" not in str(first)


async def test_an_event_goes_by_slack_s_own_id() -> None:
    event = {"type": "app_mention", "text": "in confidence"}
    CURRENT.set(Incoming({"type": "event_callback", "event_id": "Ev123", "team_id": "T0000001", "event": event}))
    line = json.loads(JSON.format(record("heard")))
    assert (line["request"], line["listener"], line["team"]) == ("Ev123", "app_mention", "T0000001")


FIELDS = st.sampled_from(
    ["type", "team", "id", "team_id", "enterprise", "command", "event", "event_id", "actions", "action_id", "view"]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda deeper: st.lists(deeper, max_size=3) | st.dictionaries(FIELDS | st.text(), deeper, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(FIELDS, ANYTHING))
def test_whatever_somebody_sends_a_line_can_be_written_and_repeats_none_of_it_that_is_no_id(body: Any) -> None:
    incoming = Incoming(body)
    for told in (incoming.id, incoming.team, incoming.listener):
        assert len(told) <= 64
        assert told == "" or (told.isascii() and told.isprintable() and " " not in told)


async def test_when_an_answer_fails_its_line_says_for_whom_and_by_what(slack: Playground) -> None:
    written = io.StringIO()
    handler, root = logging.StreamHandler(written), logging.getLogger("bot")
    handler.setFormatter(JSON)
    root.addHandler(handler)
    try:
        slack.fail("chat.postMessage", error="msg_too_long")
        await slack.person("Ada").types("@storybot wombatword", channel="general")
        await slack.settled()
    finally:
        root.removeHandler(handler)
    [line] = [json.loads(line) for line in written.getvalue().splitlines()]
    assert (line["level"], line["team"], line["listener"]) == ("error", slack.team_id, "app_mention")
    assert line["request"].startswith("Ev")
    assert "wombat" not in str(line)


def test_a_form_that_it_cannot_write_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "run"],
        env={"PATH": "", "STORYBOT_LOG_FORMAT": "xml"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "STORYBOT_LOG_FORMAT" in done.stderr
