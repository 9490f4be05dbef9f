"""How something that Slack sent stands among replicas, of which one acts on it."""

from enum import Enum


class Claim(Enum):
    """`TAKEN` is at work somewhere, and may end before it is done."""

    OURS = "ours"
    TAKEN = "taken"
    DONE = "done"
