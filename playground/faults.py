"""Web API calls that a test wants to go wrong."""

from dataclasses import dataclass


@dataclass
class Fault:
    """How a call goes wrong. `lost`: the call is carried out and the connection then closes without an answer."""

    method: str
    error: str | None = None
    times: int = 1
    status: int | None = None
    retry_after: int | None = None
    html: bool = False
    lost: bool = False
    delay: float = 0.0


class Faults:
    """What is to go wrong next; "*" stands for every method."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def clear(self) -> None:
        self._waiting.clear()

    def next_for(self, method: str) -> Fault | None:
        fault = next((waiting for waiting in self._waiting if waiting.method in (method, "*")), None)
        if fault:
            fault.times -= 1
            if fault.times < 1:
                self._waiting.remove(fault)
        return fault
