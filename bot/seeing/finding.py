"""What `storybot doctor` finds: one thing that it looked at, how that is, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum

from bot.errors import ProblemsError


class State(StrEnum):
    """A note is worth knowing, and keeps the bot from nothing."""

    WELL = "well"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """`mend` is what to do; empty where nothing is to be done."""

    about: str
    state: State
    what: str
    mend: str = ""


def well(about: str, what: str) -> Finding:
    return Finding(about, State.WELL, what)


def note(about: str, what: str, mend: str) -> Finding:
    return Finding(about, State.NOTE, what, mend)


def wrong(about: str, what: str, mend: str) -> Finding:
    return Finding(about, State.WRONG, what, mend)


def problems(about: str, error: ProblemsError) -> list[Finding]:
    """Each problem that somebody can mend, as a finding."""
    found = error.problems
    return [wrong(about, f"{one.path}{f':{one.line}' if one.line else ''}: {one.what}", one.mend) for one in found]
