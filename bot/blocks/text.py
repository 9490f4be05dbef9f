"""Text on its way to and from Slack: people's words made inert, and Slack's markup read as words.

Slack parses `<…>` wherever it parses markup, so people's words go into `plain_text` objects and `rich_text` text
elements, which it never parses. The one place left is a message's top-level `text`, which notifications and screen
readers read: `fallback` builds it escaped and on one line.
"""

import re
import unicodedata
from functools import lru_cache

# Slack advises at most 4,000 characters; what comes after that is cut off without a word.
FALLBACK_LIMIT = 3_900

_REFERENCE = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
# Controls, format characters (which turn the reading direction or hide things), lone surrogates, private use.
_INVISIBLE = {"Cc", "Cf", "Cs", "Co"}
# Words of some scripts, and many emoji, are held together by these.
_JOINERS = {"\u200c", "\u200d"}


class _Shown(dict[int, str]):
    """What each character is shown as, worked out when it is first met: every text on a card passes through here."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if character.isspace():
            shown = " "
        elif character in _JOINERS or unicodedata.category(character) not in _INVISIBLE:
            shown = character
        else:
            shown = ""
        self[code] = shown
        return shown


_SHOWN = _Shown()


def visible(words: str) -> str:
    """`words` without characters that hide, reorder or break what stands around them; white space becomes spaces."""
    return words.translate(_SHOWN)


# The same titles, labels and sentences stand on card after card.
@lru_cache(maxsize=1_024)
def shortened(words: str, limit: int) -> str:
    """`words` on one line, cut at `limit` characters with an ellipsis."""
    return _on_one_line(words, limit)


def _on_one_line(words: str, limit: int) -> str:
    line = " ".join(visible(words).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def escaped(words: str) -> str:
    """`words` as Slack wants them in text that it parses (docs: "Escaping text")."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# Whole texts are kept, not single lines: fewer, and by this cache alone.
@lru_cache(maxsize=256)
def fallback(*parts: str) -> str:
    """The top-level `text` of a message: `parts` as sentences on one inert line of at most `FALLBACK_LIMIT`."""
    # Slack makes a link of every address that it recognises in parsed text; escaping does not stop it.
    sentences = " ".join(part for part in parts if part).replace("://", ": //")
    line = _on_one_line(sentences, FALLBACK_LIMIT)
    text = escaped(line)
    # Escaping lengthens: cut the words, never an entity.
    while len(text) > FALLBACK_LIMIT:
        line = _on_one_line(line, len(line) * FALLBACK_LIMIT // len(text))
        text = escaped(line)
    return text


def typed_lines(text: str) -> str:
    """What a person meant by each line of a text that Slack delivers (see `typed`), the lines kept."""
    return "\n".join(typed(part) for part in text.split("\n")).strip()


def typed(text: str) -> str:
    """What a person meant by a text that Slack delivers: mentions of people are left out, links and channels become
    their names, entities become characters.

    >>> typed("<@U123> anything about <#C9|lost-parcels> &amp; &lt;trust&gt;?")
    'anything about lost-parcels & <trust>?'
    """

    def words_of(reference: re.Match[str]) -> str:
        kind, target, label = reference.groups()
        return " " if kind in ("@", "!") else label or target

    read = _REFERENCE.sub(words_of, text)
    for entity, character in _ENTITIES.items():
        read = read.replace(entity, character)
    return " ".join(visible(read).split())
