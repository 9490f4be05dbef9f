"""Whatever a careless caller logs, no secret stands in the line."""

import logging
import sys

import pytest

from bot.logs import Redacting


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
def test_a_secret_is_blackened_wherever_it_stands(secret: str) -> None:
    record = logging.LogRecord("bot", logging.INFO, "", 0, "calling %s (%s)", (secret, {"token": secret}), None)
    line = Redacting("%(message)s").format(record)
    assert secret not in line
    assert "[secret]" in line


def test_the_ticket_of_a_socket_is_blackened() -> None:
    record = logging.LogRecord(
        "bot", logging.INFO, "", 0, "wss://wss.slack.com/link/?ticket=abc-123&app_id=A1", None, None
    )
    assert "abc-123" not in Redacting("%(message)s").format(record)


def test_of_an_error_its_kind_and_place_are_told_and_not_its_words() -> None:
    said = "what somebody told in confidence"
    try:
        raise ValueError(said)
    except ValueError:
        record = logging.LogRecord("bot", logging.ERROR, "", 0, "It stumbled", None, sys.exc_info())
    line = Redacting("%(message)s").format(record)
    assert said not in line
    assert "test_logs.py" in line
    assert line.endswith("ValueError")
