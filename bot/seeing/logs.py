"""What is logged: one line each on standard error, never a token, a response URL or people's words.

Everybody logs by the standard library. A line that is written while a request is answered
says which: the workspace, the request's id and its listener.
"""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime

from aiohttp.http_exceptions import HttpProcessingError

from bot.seeing.incoming import CURRENT

Line = dict[str, str]

_SECRETS = re.compile(
    r"xox[a-z]-[\w.-]+|xapp-[\w-]+|xoxe\.[\w.-]+|https?://[^\s\"']*?/(?:commands|actions|services|workflows)/[^\s\"']+"
    r"|(?<=[?&]ticket=)[^\s&\"']+"
)
# What could begin a new line, steer a terminal or turn its text round.
_BREAKS = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_STEERING = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


# How people see the parts of a line in colours (ECMA-48): bold, faint, and green, yellow or red for levels.
_BOLD, _FAINT = "1", "2"
_COLOURS = {"debug": "32", "info": "32", "warning": "33", "error": "31", "critical": "31"}


class Redacting(logging.Formatter):
    """Makes the line, and blackens secrets in it when it is finished, so that no caller can forget to."""

    def __init__(self, *, as_json: bool, colours: bool = False) -> None:
        super().__init__()
        self._as_json = as_json
        self._colours = colours

    def format(self, record: logging.LogRecord) -> str:
        line = _line(record)
        return _SECRETS.sub("[secret]", json.dumps(line) if self._as_json else _for_people(line, self._colours))


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


def _line(record: logging.LogRecord) -> Line:
    """What is told of a record, by name."""
    at = datetime.fromtimestamp(record.created, UTC)
    line = {
        "event": record.getMessage(),
        "timestamp": at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "logger": record.name,
    }
    if record.name == "asyncio":
        # Its further lines are a task and the error that it ended with, written out.
        line["event"] = line["event"].partition("\n")[0]
    if record.exc_info:
        # What an error says may quote people's words: where it happened and its kind are told.
        kind, _, where = record.exc_info
        line["exception"] = "".join([*traceback.format_tb(where), getattr(kind, "__name__", "")])
    if incoming := CURRENT.get():
        told = {"team": incoming.team, "request": incoming.id, "listener": incoming.listener}
        line.update((name, value) for name, value in told.items() if value)
    return line


def _for_people(line: Line, colours: bool) -> str:
    """Text that is more than one line is set in, so that no line but the first looks like one of the log."""

    def drawn(name: str, style: str, form: str = "{}") -> str:
        text = form.format(_set_in(line[name]))
        return f"\x1b[{style}m{text}\x1b[0m" if colours else text

    parts = [drawn("timestamp", _FAINT), drawn("level", _COLOURS.get(line["level"], _BOLD), "[{:9}]")]
    parts += [drawn("event", _BOLD), drawn("logger", _FAINT, "[{}]")]
    parts += [f"{name}={_set_in(line[name])}" for name in ("team", "request", "listener") if name in line]
    exception = _set_in(f"\n{line['exception']}") if "exception" in line else ""
    return " ".join(parts) + exception


def _set_in(text: str) -> str:
    return _STEERING.sub("?", _BREAKS.sub("\n    ", text))
