"""What a person asks for, read from the words they typed."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Find:
    """A story about something: `words` is never empty and at most `WORDS_KEPT` characters long."""

    words: str


@dataclass(frozen=True, slots=True)
class Surprise:
    """Any story that this person has not seen lately."""


@dataclass(frozen=True, slots=True)
class ListThemes:
    """Every theme with its meaning."""


@dataclass(frozen=True, slots=True)
class Help:
    """What can be asked, with examples."""


Request = Find | Surprise | ListThemes | Help

# Nobody describes a wish in more; a longer text is somebody's pasted ticket, whose beginning says what it is about.
WORDS_KEPT = 1000

_SURPRISE = {"", "surprise", "surprise me", "random", "a story", "story"}
_THEMES = {"themes", "theme", "list", "list themes"}
_HELP = {"help", "?", "-h", "--help", "/help"}


def parse(text: str) -> Request:
    """Read typed words as a request; what is no known form is something to find a story about.

    >>> parse("  themes ")
    ListThemes()
    >>> parse("a lost ring")
    Find(words='a lost ring')
    """
    words = " ".join(text[:WORDS_KEPT].split())
    form = re.sub(r"[.!]+$", "", words.casefold())
    if form in _SURPRISE:
        return Surprise()
    if form in _THEMES:
        return ListThemes()
    if form in _HELP:
        return Help()
    return Find(words)
