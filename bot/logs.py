"""What is logged: one line each on standard error, never a token, a response URL or people's words."""

import logging
import re
import traceback
from typing import Any

_SECRETS = re.compile(
    r"xox[a-z]-[\w.-]+|xapp-[\w-]+|xoxe\.[\w.-]+|https?://[^\s\"']*?/(?:commands|actions|services|workflows)/[^\s\"']+"
    r"|(?<=[?&]ticket=)[^\s&\"']+"
)


class Redacting(logging.Formatter):
    """Blackens secrets in the finished line, so that no caller can forget to."""

    def format(self, record: logging.LogRecord) -> str:
        return _SECRETS.sub("[secret]", super().format(record))

    def formatException(self, ei: Any) -> str:
        # What an error says may quote people's words: where it happened and its kind are told.
        kind, _, where = ei
        return "".join([*traceback.format_tb(where), getattr(kind, "__name__", "")])


def configure(level: str) -> None:
    """Log to standard error from `level` on.

    The SDK, the HTTP libraries and those of the database log whole requests and rows, with people's words, at DEBUG
    and INFO: they speak from WARNING on whatever the level is.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(Redacting("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for library in ("slack_sdk", "aiohttp", "asyncio", "aiosqlite", "sqlalchemy"):
        logging.getLogger(library).setLevel(max(logging.WARNING, root.level))


def bolt_logger() -> logging.Logger:
    """A logger for Bolt, whose warnings quote requests, and warn of what is meant: from ERROR on."""
    logger = logging.getLogger("slack_bolt")
    logger.setLevel(logging.ERROR)
    return logger
