"""A query, read: what is wanted and what is not, without the chat that people put around a wish in English.

People at work tell of themselves: "we had a rough week", "need it for our retro on Friday". Stories tell of others. So
what speaks of "me" and "us", of what the story is for, and of when it is needed, falls away where a wish remains.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import chain, filterfalse, islice, takewhile

from bot.matching.filler import LITTLE, WHO
from bot.matching.words import MOST_WORDS, WORD, fold, split

_UNWANTED = re.compile(
    r"(?:\b(?:(?:but |and |just |please )?not (?:about|from|in|on|with|at|another|involving|set in|the one)"
    r"|but (?:not|no)|except(?: for)?|excluding|other than|apart from|anything but|nothing (?:about|with|from|in|on))"
    r"|^without(?: any)?(?=[^,.;:?!]+[,;:]))\b([^,.;:?!]+?)(?= but | please\b|[,.;:?!]|$)",
    re.IGNORECASE,
)
_PURPOSE = re.compile(
    r"\b(?:to (?:open|start|close|kick off|read|tell|show|share|use|present)\b[^,.;?!]{0,40}?)?\b"
    r"(?:for|with|to|in|at|before|open|start|close|kick off) (?:my|our|the|a|tomorrow's|today's|this|next) (?:\w+ )?"
    r"(?:team|meeting|stand-?up|workshop|training|presentation|talk|slides|newsletter|session|retro|colleagues|boss)\b"
    r"(?: with$)?",
    re.IGNORECASE,
)
"""What it is for."""

_OURS = re.compile(
    r"\b(?:for|with|to|in|at|before|during) (?:my|our) (?:[\w'’-]+ ){0,4}?[\w'’-]+"
    r"(?= (?:about|on|that|where|who)\b|[,.;:?!]|$)",
    re.IGNORECASE,
)
"""The same where somebody asks: "for our next QBR"; what they ask for is not theirs."""

_CUSTOMER = re.compile(
    r"\b(?:(?:an?|the) customers?|customers"
    r"|customer(?=[^\w ]|$| (?:and|at|from|had|has|in|is|of|on|or|was|who|whose|with)\b))\b",
    re.IGNORECASE,
)
"""Every story is about one, but an encoder takes it for a likeness where both say so; "customer focus" is a wish."""

_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_WHEN = re.compile(
    r"\b(?:(?:by|on|for|until|from) )?(?:(?:today|tomorrow|yesterday|tonight)(?:['’]s)?(?: morning| afternoon| night)?"
    rf"|(?:this|next|last) (?:week|month|quarter|sprint|morning|{_DAY})|(?:on|by|for) {_DAY}"
    r"|(?:the )?end of (?:the )?day|right now|a while ago|again)\b",
    re.IGNORECASE,
)
"""When it is needed; what happened in a story is no more "yesterday"."""

REQUEST = re.compile(r"\b(?:stor(?:y|ies)|tales?|anecdotes?|examples?|something|anything|ones?)\b", re.IGNORECASE)
_ASKS = re.compile(
    r"\b(?:(?:stor(?:y|ies)|tales?|anecdotes?|examples?|cases?(?: stud(?:y|ies))?|ideas?)"
    r" (?:about|of|on|where|in which|with|that|who|from|how)\b"
    r"|(?:(?:some|any)?thing|ones?)(?:(?P<how>(?: \w+){0,3}?) (?:about|where)| on)\b|ones? with\b)",
    re.IGNORECASE,
)
"""What a wish follows, and how it should be: "something *funny* about"."""

_TELLS = re.compile(
    r"\b(?:told (?:me|us) about|(?:topic|theme|subject) is|(?:maybe|perhaps|ideally|preferably) about"
    r"|(?:love|like|want) to (?:show|see|hear|learn|read)(?: \w+)?(?= (?:what|how|about|why)\b))",
    re.IGNORECASE,
)
"""What a wish follows, too."""

_SELF = re.compile(r"\b(?:i|i['’](?:m|d|ve|ll)|we|we['’](?:re|d|ve|ll)|my|our|me|(?-i:us))\b", re.IGNORECASE)
"""Whoever asks."""

_CHAT = re.compile(
    r"(?:any|asking|because|been|can|can['’]t|could|is|it['’]s|needs?|thanks?|that['’]s|what|which|would)\b",
    re.IGNORECASE,
)
"""What the clause begins with that speaks of asking."""

_CLAUSE_END = re.compile(
    r"[,;:!?]+ |(?<=\w{3})\. | ?\.{2,} ?| [-–—]+ | (?:and|but|so|because|since) (?=(?:i|we|my|our)\b)",
    re.IGNORECASE,
)

MOST_ASKED = 5
"""Times that one clause asks which are looked at."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, read. Words are folded and in order."""

    text: str
    """What the encoder should hear: without the filler at its ends, so empty where only filler was said."""
    spoken: tuple[str, ...]
    """Every word."""
    words: tuple[str, ...]
    """The different words that tell something; where only filler was said, those of them that are not only grammar."""
    unwanted: tuple[str, ...]
    """Words of stories to stay clear of."""


def read(text: str, filler: Collection[str]) -> Asked:
    """Read plain text; `filler` are words that tell nothing. Text without a single word gives no words."""
    unwanted = [word for found in _UNWANTED.findall(text) for word in split(found) if word not in filler]
    wanted = _wish(_UNWANTED.sub(" ", text), filler)
    spoken = split(wanted)
    telling = [word for word in spoken if word not in filler] or [word for word in spoken if word not in LITTLE]
    return Asked(
        text=_CUSTOMER.sub("somebody", _without_ends(wanted, filler)),
        spoken=tuple(spoken),
        words=tuple(dict.fromkeys(telling))[:MOST_WORDS],
        unwanted=tuple(dict.fromkeys(unwanted))[:MOST_WORDS],
    )


def _wish(text: str, filler: Collection[str]) -> str:
    """What is wanted: what is asked for, and what is added before somebody tells of themselves again."""
    purposeless = _PURPOSE.sub(" ", text)
    timeless = " ".join(_WHEN.sub(" ", _OURS.sub(" ", purposeless)).split())
    wishes: list[str] = []
    is_asking = False
    for clause in _CLAUSE_END.split(timeless):
        wish = _asked_for(clause, filler)
        is_asking = bool(wish) or (is_asking and not (_SELF.search(clause) or _CHAT.match(clause)))
        if is_asking:
            wishes.append(wish or clause)
    return ", ".join(wishes or _CLAUSE_END.split(timeless if REQUEST.search(timeless) else purposeless))


def _asked_for(clause: str, filler: Collection[str]) -> str:
    """What a clause asks for: "funny, cats" in "I need a funny story about cats"; nothing where it does not ask."""
    for asks in islice(chain(*(way.finditer(clause) for way in (_ASKS, _TELLS, REQUEST))), MOST_ASKED):
        before, after = clause[: asks.start()], clause[asks.end() :].strip()
        how = [] if asks.re is _TELLS else _how(before, asks.groupdict().get("how") or "", filler)
        wish = ", ".join([*how, after])
        if asks.re is REQUEST and not (_SELF.search(before) and (how or _ends_in(before, filler))):
            wish = clause
        if _without_ends(after if asks.re is _ASKS else wish, filler) and not _SELF.search(after):
            return wish
    return ""


def _how(before: str, between: str, filler: Collection[str]) -> list[str]:
    """How a story should be, in the words right before "story" and right after it; "I saw one" is no way to be."""
    words = list(map(fold, WORD.findall(before)))
    said = [*takewhile(lambda word: word not in filler, reversed(words))][::-1]
    if words[: -len(said)][-1:] in (["i"], ["we"], ["you"]):
        said = []
    return [" ".join(how) for how in (said, [*filterfalse(filler.__contains__, split(between))]) if how]


def _ends_in(text: str, filler: Collection[str]) -> bool:
    return split(text)[-1] in filler


def _without_ends(text: str, filler: Collection[str]) -> str:
    """The text without the filler at its two ends; nothing where all is filler."""
    found = list(WORD.finditer(text))
    words = [fold(word[0]) for word in found]
    if all(word in filler for word in words):
        return ""
    telling = [at for at, word in enumerate(words) if word not in filler or word in WHO]
    start = found[telling[0]].start() if telling[0] > 0 else 0
    end = found[telling[-1]].end() if telling[-1] < len(found) - 1 else len(text)
    return text[start:end].strip(" ,;:.!?")
