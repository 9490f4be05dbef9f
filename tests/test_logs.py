"""Whatever a careless caller logs, no secret stands in the line."""

import logging

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
