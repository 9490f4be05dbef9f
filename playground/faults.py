"""Web API calls that go wrong: because a test names them, or by chance."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["ratelimited", "error", "html", "cut", "lost"]
KINDS: tuple[Kind, ...] = ("ratelimited", "error", "html", "cut", "lost")


@dataclass
class Fault:
    """How a call goes wrong.

    `lost`: the call is carried out and the connection then closes without an answer. `cut`: the connection closes and
    nothing was carried out. `delay` is in seconds and comes before everything else.
    """

    method: str
    error: str | None = None
    times: int = 1
    status: int | None = None
    retry_after: int | None = None
    html: bool = False
    lost: bool = False
    cut: bool = False
    delay: float = 0.0


_BY_CHANCE: dict[Kind, Fault] = {
    "ratelimited": Fault("*", "ratelimited", retry_after=1),
    "error": Fault("*", "internal_error", status=500),
    "html": Fault("*", status=503, html=True),
    "cut": Fault("*", cut=True),
    "lost": Fault("*", lost=True),
}


class Faults:
    """What is to go wrong next; "*" stands for every method."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._share = 0.0
        self._kinds: Sequence[Kind] = KINDS
        self._delay = 0.0
        self._random = random.Random()

    def add(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def by_chance(self, share: float, seed: int, kinds: Sequence[Kind], delay: float) -> None:
        """From now on let a share of all calls go wrong, each in one of the ways."""
        self._share, self._kinds, self._delay, self._random = share, kinds, delay, random.Random(seed)

    def clear(self) -> None:
        self._waiting.clear()
        self._share = 0.0

    def next_for(self, method: str) -> Fault | None:
        fault = next((waiting for waiting in self._waiting if waiting.method in (method, "*")), None)
        if fault:
            fault.times -= 1
            if fault.times < 1:
                self._waiting.remove(fault)
            return fault
        if self._share and self._random.random() < self._share:
            kind = self._random.choice(self._kinds)
            return replace(_BY_CHANCE[kind], delay=self._delay if kind in ("cut", "lost") else 0.0)
        return None
