"""What time it is, as something that is handed in: the playground and the tests have clocks of their own."""

from collections.abc import Callable
from datetime import UTC, datetime

Now = Callable[[], datetime]
"""The present moment in UTC."""


def now() -> datetime:
    return datetime.now(UTC)
