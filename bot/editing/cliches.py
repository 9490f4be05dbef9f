"""Words that a story does without, each kind with the reason.

A story shows what somebody did. Words that praise it, sell it or explain how to feel about it get between the reader
and the deed, and they make every story sound like the same advertisement.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """Phrases with one thing wrong with them. `*` stands for any ending; a hyphen may be a space or left out."""

    what: str
    mend: str
    phrases: tuple[str, ...]


KINDS = (
    Kind(
        "praises instead of telling",
        "Say what was done; the reader will find the word.",
        (
            "amazing*", "astonishing*", "awesome", "best ever", "best-in-class", "breathtaking*", "ever seen",
            "exceptional*", "extraordinary", "extraordinarily", "fabulous*", "fantastic*", "flawless*", "incredible",
            "incredibly", "inspiring", "inspirational", "legendary", "marvellous*", "mind-blowing", "outstanding",
            "phenomenal*", "remarkable", "remarkably", "second to none", "sensational*", "spectacular*", "stunning*",
            "superb*", "truly", "unbelievable", "unbelievably", "unforgettable", "unparalleled", "wonderful*",
            "world-class",
        ),
    ),
    Kind(
        "is the language of advertisements",
        "Name the thing that somebody got or felt.",
        (
            "above and beyond", "beyond expectations", "cutting-edge", "customer-centric*", "customer-focus*",
            "customer-obsess*", "customer journey*", "customers for life", "customer for life", "delight*",
            "exceed* expectations", "exceed* all expectations", "extra mile*", "five-star service", "game-changer*",
            "game-changing", "go* the distance", "loyal fan*", "magical*", "memorable experience*",
            "moment* of truth", "passionate about", "proud to", "raving fan*", "red carpet treatment", "seamless*",
            "state of the art", "thrilled to", "touchpoint*", "wow", "wowed",
        ),
    ),
    Kind(
        "tells the reader what to feel",
        "Leave the feeling to the reader.",
        (
            "brought tears", "faith in humanity", "heart-breaking*", "heart-felt", "heart-warming*", "hearts melt*",
            "melted hearts", "melted the heart*", "not a dry eye", "restore* faith", "restored our faith",
            "tear-jerk*", "touched the heart*", "touching gesture", "tugs at", "warms the heart*", "warmed the heart*",
        ),
    ),
    Kind(
        "moralises",
        "End with what happened; the takeaway is for the lesson.",
        (
            "goes to show", "the lesson here", "the lesson is", "the moral", "the true meaning", "this is what great",
            "that is what great", "that’s what great", "reminds us", "teaches us", "we can all learn",
            "what it means to care",
        ),
    ),
    Kind(
        "is a flourish that stands for nothing",
        "Take it out, or say the thing itself.",
        (
            "a beacon of", "a simple act of", "a symphony of", "a tapestry of", "at the end of the day", "delve",
            "delved", "delving", "in a world where", "in a world of", "in that moment", "little did he know",
            "little did she know", "little did they know", "made all the difference", "more than just",
            "needless to say", "not merely", "not only", "nothing short of", "speaks volumes", "spoke volumes",
            "testament to", "was not just", "wasn’t just", "were not just",
        ),
    ),
)  # fmt: skip

_DASH = Kind("joins what are two thoughts", "Make two sentences, or use a comma or a colon.", ("—", " – ", "--"))


def _pattern(kind: Kind) -> re.Pattern[str]:
    """Any of the phrases between word boundaries, whatever the white space and the kind of apostrophe."""
    signs = {"*": r"\w*", " ": r"\s+", "-": r"[-\s]*", "’": "['’]"}
    phrases = ("".join(signs.get(sign, re.escape(sign)) for sign in phrase) for phrase in kind.phrases)
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b", re.IGNORECASE)


_PATTERNS = [*((kind, _pattern(kind)) for kind in KINDS), (_DASH, re.compile("|".join(_DASH.phrases)))]


def cliches(text: str) -> Iterator[tuple[str, Kind]]:
    """The words found, on one line, and what is wrong with them."""
    for kind, pattern in _PATTERNS:
        for found in pattern.finditer(text):
            yield " ".join(found[0].split()), kind
