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


@dataclass(frozen=True, slots=True)
class Thanks:
    """Nothing more: somebody was polite."""


Request = Find | Surprise | ListThemes | Help | Thanks

# Nobody describes a wish in more; a longer text is somebody's pasted ticket, whose beginning says what it is about.
WORDS_KEPT = 1000

_SURPRISE = {
    "", "surprise", "surprise me", "random", "a story", "story", "another", "another one", "one more", "more", "next",
}  # fmt: skip
_THEMES = {"themes", "theme", "list", "list themes"}
_HELP = {"help", "?", "-h", "--help", "/help"}
# Said in conversation only: who types them behind a slash command means the word.
_GREETINGS = {
    "hello", "hi", "hey", "hello there", "hi there", "good morning", "good afternoon", "good evening", "start",
    "who are you", "what are you", "what can you do", "what do you do", "how does this work", "what is this",
}  # fmt: skip
_THANKS = {
    "thanks", "thank you", "thanks a lot", "many thanks", "thank you very much", "thx", "ty", "cheers", "ok", "okay",
    "great", "cool", "nice", "perfect", "lovely", "bye", "goodnight", "yes", "no", "👍", "🙏", ":+1:", ":pray:",
}  # fmt: skip


def parse(text: str) -> Request:
    """Read typed words as a request; what is no known form is something to find a story about.

    >>> parse("  themes ")
    ListThemes()
    >>> parse("a lost ring")
    Find(words='a lost ring')
    """
    words = " ".join(text[:WORDS_KEPT].split())
    form = _form(words)
    if form in _SURPRISE:
        return Surprise()
    if form in _THEMES:
        return ListThemes()
    if form in _HELP:
        return Help()
    return Find(words)


def parse_said(text: str) -> Request:
    """Read words of a conversation: as `parse` does, but a greeting asks for help and thanks ask for nothing.

    >>> parse_said("Hello!")
    Help()
    """
    form = _form(" ".join(text[:WORDS_KEPT].split()))
    if form in _GREETINGS:
        return Help()
    if form in _THANKS:
        return Thanks()
    return parse(text)


def _form(words: str) -> str:
    return re.sub(r"[.!?,\s]+$", "", words.casefold()) or words
