"""Hands on a keyboard that say nothing: "asdfgh qwer", "xxxxx", "sdkfjh"."""

import re

_ROWS = "qwertyuiop qwertzuiop azertyuiop asdfghjkl qsdfghjklm zxcvbnm yxcvbnm wxcvbn"
_RUNS = {row[at : at + 3] for rows in (_ROWS, _ROWS[::-1]) for row in rows.split() for at in range(len(row) - 2)}
_WORD = re.compile(r"[^\W_]+")

SHORTEST = 4
"""Letters; "was" and "red" are runs of keys as well."""

MOSTLY = 0.8
"""The share of its letters that lie in runs of three keys side by side, from which a word is none: "were" has 0.75."""

NO_VOWEL_FROM = 6
"""Letters; a shorter word without any vowel may be an abbreviation."""


def looks_mashed(text: str) -> bool:
    """Whether every word of a text looks like hands on a keyboard. Some words do as well ("Wert"): look those up.

    >>> looks_mashed("asdfgh qwer"), looks_mashed("xxxxx"), looks_mashed("steak"), looks_mashed("GDPR")
    (True, True, False, False)
    """
    words = _WORD.findall(text.casefold())
    return bool(words) and all(map(_is_mashed, words))


def _is_mashed(word: str) -> bool:
    if not (word.isascii() and word.isalpha() and len(word) >= SHORTEST):
        return False
    in_runs = {at + beside for at in range(len(word) - 2) if word[at : at + 3] in _RUNS for beside in range(3)}
    is_without_vowel = len(word) >= NO_VOWEL_FROM and not set("aeiouy") & set(word)
    return len(set(word)) == 1 or is_without_vowel or len(in_runs) >= MOSTLY * len(word)
