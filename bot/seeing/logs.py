"""What is logged: one line each on standard error, never a token, a response URL or people's words.

Everybody logs by the standard library; structlog makes the line. A line that is written while a request is answered
says which: the workspace, the request's id and its listener.
"""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog
from aiohttp.http_exceptions import HttpProcessingError
from structlog.typing import Processor

from bot.seeing.incoming import CURRENT

Line = MutableMapping[str, Any]

_SECRETS = re.compile(
    r"xox[a-z]-[\w.-]+|xapp-[\w-]+|xoxe\.[\w.-]+|https?://[^\s\"']*?/(?:commands|actions|services|workflows)/[^\s\"']+"
    r"|(?<=[?&]ticket=)[^\s&\"']+"
)
# What could begin a new line, steer a terminal or turn its text round.
_BREAKS = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_STEERING = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Redacting(structlog.stdlib.ProcessorFormatter):
    """Makes the line, and blackens secrets in it when it is finished, so that no caller can forget to."""

    def __init__(self, *, as_json: bool, colours: bool = False) -> None:
        drawn: list[Processor] = [structlog.processors.JSONRenderer()]
        if not as_json:
            drawn = [_in_its_place, structlog.dev.ConsoleRenderer(colors=colours, pad_event_to=0)]
        super().__init__(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *drawn],
            foreign_pre_chain=[
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                _without_quotations,
                _of_its_request,
            ],
        )

    def format(self, record: logging.LogRecord) -> str:
        return _SECRETS.sub("[secret]", super().format(record))


def configure(level: str, *, as_json: bool = True) -> None:
    """Log to standard error from `level` on, as JSON or as text for people.

    The SDK, the HTTP libraries and those of the database log whole requests and rows, with people's words, at DEBUG
    and INFO: they speak from WARNING on whatever the level is.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(Redacting(as_json=as_json, colours=is_read_by_people()))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # A line that cannot be written would be told of with its arguments, which nobody has blackened.
    logging.raiseExceptions = False
    for library in ("slack_sdk", "aiohttp", "asyncio", "aiosqlite", "sqlalchemy", "opentelemetry", "urllib3"):
        logging.getLogger(library).setLevel(max(logging.WARNING, root.level))
    # It tells each of its own parts, which are loaded where a migration is missing.
    logging.getLogger("alembic.runtime.plugins").setLevel(max(logging.WARNING, root.level))


def is_read_by_people() -> bool:
    """Whether the log goes to a terminal; standard error is None when it is closed."""
    return sys.stderr is not None and sys.stderr.isatty()


def bolt_logger() -> logging.Logger:
    """A logger for Bolt, whose warnings quote requests, and warn of what is meant: from ERROR on."""
    logger = logging.getLogger("slack_bolt")
    logger.setLevel(logging.ERROR)
    return logger


def server_logger() -> logging.Logger:
    """A logger for the HTTP server, which says nothing of what is no HTTP: anybody may send that, however often."""
    logger = logging.getLogger("aiohttp.server")
    logger.addFilter(_is_about_http)
    return logger


def _is_about_http(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


def _without_quotations(_: Any, __: str, line: Line) -> Line:
    """What an error says may quote people's words: where it happened and its kind are told."""
    if told := line.pop("exc_info", None):
        kind, _, where = told
        line["exception"] = "".join([*traceback.format_tb(where), getattr(kind, "__name__", "")])
    if line["logger"] == "asyncio":
        # Its further lines are a task and the error that it ended with, written out.
        line["event"] = str(line["event"]).partition("\n")[0]
    return line


def _of_its_request(_: Any, __: str, line: Line) -> Line:
    if incoming := CURRENT.get():
        told = {"team": incoming.team, "request": incoming.id, "listener": incoming.listener}
        line.update((name, value) for name, value in told.items() if value)
    return line


def _in_its_place(_: Any, __: str, line: Line) -> Line:
    """Text that is more than one line is set in, so that no line but the first looks like one of the log."""
    return {name: _set_in(value) if isinstance(value, str) else value for name, value in line.items()}


def _set_in(text: str) -> str:
    return _STEERING.sub("?", _BREAKS.sub("\n    ", text))
