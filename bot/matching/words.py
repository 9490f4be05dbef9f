"""From what somebody typed to words: markup and emoji fall away, and forms of a word are one."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import Stemmer  # type: ignore[import-not-found]  # a compiled module without type hints

from bot.matching import feelings
from bot.matching.filler import LITTLE

MOST_CHARACTERS = 2_000
"""What is read of a query: more than anybody types on purpose, and a bound on the work of one answer."""

SHOUTED_FROM = 6
"""Characters of a text all in capitals."""

MOST_WORDS = 40
"""How many different content words of a query count."""

_LINK = re.compile(r"<(?:[@#!]|https?:|mailto:)[^<>|]*(?:\|([^<>]*))?>")
_EMOJI_NAME = re.compile(r":([a-z0-9_+-]+):(?::skin-tone-\d:)?")
WORD = re.compile(r"[^\W_]{1,40}(?:['’][^\W_]{1,20})?")

_ELISION = re.compile(r"^(?:[cdjlmnst]|qu)'(?=\w{3})")

_NOT_TEXT = {"So", "Sk", "Cc", "Cs", "Co", "Cn"}
_stemmer = Stemmer.Stemmer("english")

_APART = {
    word: forms.split()[0]
    for forms in """
        accountable accountability
        candidate candidates
        compassion compassionate
        competent competence
        composed composure
        confident confidence
        considerate
        conviction convictions
        customise customised customize customized customisation customization
        dogged doggedness
        hospitality hospitable
        humane
        initiative initiatives
        integrity
        memorable
        openness
        original originality
        personal personally personalised personalized
        playful playfulness
        regulars
        resourceful resourcefulness
        responsible responsibility responsibilities
        tailored
        thoughtful thoughtfulness
    """.strip().splitlines()
    for word in forms.split()
}
"""Words that a stemmer takes for forms of others, which mean something else: "hospitality" is no hospital."""


def fold(word: str) -> str:
    """Lower case, without possessive and elision: "Morton's" and "morton" are one word, "l'avion" and "avion" too."""
    plain_word = word.casefold().replace("’", "'")
    if "'" not in plain_word:
        return plain_word
    plain_word = _ELISION.sub("", plain_word)
    without = plain_word.removesuffix("'s")
    # "1990's" is the decade, as is "1990s".
    return f"{without}s" if without.isdigit() and without != plain_word else without


@lru_cache(maxsize=10_000)
def stem(word: str) -> str:
    """What the forms of a folded word share, with or without accents: "flights" and "flight" both give "flight"."""
    if word in _APART:
        return _APART[word]
    if not word.isascii():
        bare = "".join(char for char in unicodedata.normalize("NFKD", word) if not unicodedata.combining(char))
        word = bare if bare.isascii() else word
    return str(_stemmer.stemWord(word))


def split(text: str) -> list[str]:
    """Every word of a text, folded, in order."""
    return [fold(found) for found in WORD.findall(text)]


def content(words: Iterable[str]) -> list[str]:
    """The words of a phrase that are not only grammar; all of them where none would be left."""
    every = list(words)
    return [word for word in every if word not in LITTLE] or every


def plain(typed: str) -> str:
    """What was typed, without markup, control characters and emoji.

    Where nothing else was said, the emoji's names; of those that only say what somebody feels, not even them.
    """
    text = _LINK.sub(lambda link: f" {link[1] or ''} " if link[0][1] not in "@#!" else " ", typed[:MOST_CHARACTERS])
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    named = [name.replace("_", " ") for name in _EMOJI_NAME.findall(text) if name not in feelings.NAMES]
    kept: list[str] = []
    for char in unicodedata.normalize("NFKC", _EMOJI_NAME.sub(" ", text)):
        kind = unicodedata.category(char)
        if kind == "So" and ord(char) not in feelings.CHARACTERS:
            named.append(unicodedata.name(char, "").lower())
        kept.append("" if kind == "Cf" else " " if kind in _NOT_TEXT else char)
    said = " ".join("".join(kept).split())
    # Who shouts means the same; an encoder hears something else. A short word may be a name: "LEGO", "TSB".
    if said.isupper() and len(said) >= SHOUTED_FROM:
        said = said.lower()
    return said if WORD.search(said) else " ".join(dict.fromkeys(named))
