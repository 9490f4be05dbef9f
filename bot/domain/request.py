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


@dataclass(frozen=True, slots=True)
class Submit:
    """The form in which somebody tells a story of their own, begun with `words` where there are some."""

    words: str = ""


@dataclass(frozen=True, slots=True)
class ListOwn:
    """What somebody has submitted, and what became of it."""


@dataclass(frozen=True, slots=True)
class Review:
    """What waits for a moderator's decision."""


@dataclass(frozen=True, slots=True)
class ChooseModeration:
    """The form in which an admin chooses who reviews stories, and where."""


@dataclass(frozen=True, slots=True)
class ListSchedules:
    """The story of the week in every channel that has one."""


@dataclass(frozen=True, slots=True)
class ThisWeek:
    """The story that this channel was told last."""


@dataclass(frozen=True, slots=True)
class ListSaved:
    """The stories that somebody saved for themselves."""


Request = (
    Find
    | Surprise
    | ListThemes
    | Help
    | Thanks
    | Submit
    | ListOwn
    | Review
    | ChooseModeration
    | ListSchedules
    | ThisWeek
    | ListSaved
)

# Nobody describes a wish in more; a longer text is somebody's pasted ticket, whose beginning says what it is about.
WORDS_KEPT = 1000
# A story that somebody begins behind the command is kept as far as the form takes it.
_STORY_KEPT = 2_500


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Words around a wish that tell nothing of it.
_AROUND = _listed(
    """
    a an bot can could get give i just like me need now of one please pls plz read share show some storybot
    tell the us want we would you
    """
)
_SURPRISE = {"story", "stories", "another", "another story", "more", "next", "next story", "random", "random story",
             "surprise", "anything"}  # fmt: skip
_THEMES = {"themes", "theme", "list", "list themes", "all themes", "every theme"}
_SUBMIT = re.compile(r"submit\b[\s:,]*", re.IGNORECASE)
_SUBMIT_WISHES = {"submit", "submit story", "submit mine", "tell us yours"}
_OWN = {"mine", "my stories", "my story", "my submissions"}
_REVIEW = {"review", "moderate"}
_SETTINGS = {"settings", "moderation", "moderation settings"}
_SCHEDULES = {"schedule", "schedules", "weekly"}
_WEEK = {"week", "this week", "story of the week"}
_SAVED = {"saved", "saved stories", "my saved stories"}
_HELP = {"help", "help with this", "how does this work", "how do use this", "what do do", "what do", "who are",
         "what are", "what is this"}  # fmt: skip
# Said in conversation only: who types them behind a slash command means the word.
_GREETING = _listed(
    """
    afternoon evening hello hey hi hiya morning start
    bonjour bonsoir ciao cześć goedemorgen hallo hoi hola merhaba moin olá oi salut selam servus
    привет здравствуйте مرحبا 你好 您好 こんにちは 안녕하세요
    """
)
_BESIDE_GREETING = _listed(
    "a again all everybody everyone good team there to à le monde todos tous tout tutti zusammen"
)
_THANKS = _listed(
    """
    awesome brilliant bye cheers cool good goodnight great lovely nice no ok okay perfect thank thanks thx ty
    wow yes
    bedankt danke dank dziękuję gracias grazie merci obrigada obrigado teşekkürler
    спасибо شكرا 谢谢 謝謝 ありがとう ありがとうございます 감사합니다
    """
)
_BESIDE_THANKS = _listed(
    """
    again all for it lot many much night really s so that this very
    beaucoup bien mille muchas muito schön sehr vielen wel большое
    """
)
_NODS = {"👍", "🙏", "😀", "🙂", "😊", "❤️", "🎉", "👏", ":+1:", ":pray:", ":thumbsup:", ":heart:", ":tada:", ":clap:"}
_WORD = re.compile(r"[^\W_]+")
_EMOJI_NAME = re.compile(r":[a-z0-9_+-]+:")


def parse(text: str) -> Request:
    """Read typed words as a request; what is no known form is something to find a story about.

    >>> parse("  themes ")
    ListThemes()
    >>> parse("tell me a story, please")
    Surprise()
    >>> parse("a lost ring")
    Find(words='a lost ring')
    >>> parse("submit They stayed until midnight")
    Submit(words='They stayed until midnight')
    """
    words = " ".join(text[:WORDS_KEPT].split())
    said = _WORD.findall(words.casefold())
    bare = " ".join(said)
    wish = " ".join(word for word in said if word not in _AROUND)
    if not words or wish in _SURPRISE or (said and not wish):
        return Surprise()
    if wish in _THEMES:
        return ListThemes()
    if bare in _OWN:
        return ListOwn()
    if bare in _REVIEW:
        return Review()
    if bare in _SETTINGS:
        return ChooseModeration()
    if bare in _SCHEDULES:
        return ListSchedules()
    if bare in _WEEK:
        return ThisWeek()
    if bare in _SAVED:
        return ListSaved()
    if begun := _SUBMIT.match(text.strip()):
        return Submit("" if bare in _SUBMIT_WISHES else text.strip()[begun.end() :][:_STORY_KEPT])
    if wish in _HELP or words in ("?", "-h"):
        return Help()
    return Find(words)


def parse_said(text: str) -> Request:
    """Read words of a conversation: as `parse` does, but a greeting asks for help and thanks ask for nothing.

    >>> parse_said("Hello there 👋")
    Help()
    >>> parse_said("thank you so much!")
    Thanks()
    """
    kept = text[:WORDS_KEPT].casefold()
    said = {word for word in _WORD.findall(_EMOJI_NAME.sub(" ", kept)) if word not in _AROUND}
    if said & _GREETING and said <= _GREETING | _BESIDE_GREETING:
        return Help()
    if said & _THANKS and said <= _THANKS | _BESIDE_THANKS:
        return Thanks()
    if not said and any(nod in kept for nod in _NODS):
        return Thanks()
    if kept.strip() and not _WORD.search(kept) and kept.isascii():
        return Help()  # "!!!"
    return parse(text)
