"""Mending what was mistyped, from the library's own words and names, without bending words that are right."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bot.matching.words import MOST_WORDS, WORD, fold, split, stem

SHORTEST = 5
"""Shorter words are taken as they stand: one letter more or less makes another word of them."""

TWO_SLIPS_FROM = 9
"""From this length on two slips are forgiven, below it one."""

MOST_WORDS_OF_A_NAME = 3

MOST_STRANGERS = 8
"""Words that nothing knows after which the rest of a text is taken as it stands: looking for each takes time."""

Sets = NDArray[np.uint64]

COMMONEST = np.uint64(sum(1 << ord(letter) % 64 for letter in "esiarntolcdugpmh"))
"""The letters that most words hold, as a set: of words that are alike in these there are few."""


class Known:
    """Words that are spelt right, and names as they are written."""

    def __init__(self, words: Iterable[str], filler: Iterable[str] = (), names: Iterable[str] = ()) -> None:
        """`filler` is known too, but nobody who mistypes a word means it: "donut" is no "dont"."""
        of_words = set(words)
        self.stems = set(map(stem, (*of_words, *filler)))
        self.words = Near(of_words)
        self.names = {"".join(split(name)): name for name in names}
        self.joined = Near(self.names)


@dataclass(frozen=True)
class Spelling:
    """What is `known` of spelling; `is_word` tells real words beyond: "boats" are not mistyped "boots".

    A word like none that is known may still be a slip of a real one, which `corrected` gives.
    """

    known: Sequence[Known]
    is_word: Callable[[str], bool]
    corrected: Callable[[str], str | None] = lambda _: None

    def mended(self, text: str) -> str:
        """The text with its mistyped words and names put right; the rest stays as it was typed."""
        found = list(WORD.finditer(text))[: 2 * MOST_WORDS]
        words = [fold(word[0]) for word in found]
        strange = [not self._is_known(word) for word in words]
        put_right: list[str] = []
        at = end = strangers = 0
        while at < len(found) and strangers < MOST_STRANGERS:
            strangers += strange[at]
            few = slice(at, at + MOST_WORDS_OF_A_NAME)
            size, right = self._name(words[few], strange[few]) or (1, self._word(words[at], strange[at]))
            if right:
                put_right += [text[end : found[at].start()], right]
                end = found[at + size - 1].end()
            at += size
        return "".join([*put_right, text[end:]])

    def _word(self, word: str, is_strange: bool) -> str | None:
        is_right = not is_strange or self.is_word(word) or self.is_word(word.removesuffix("s"))
        if is_right or not word.isalpha():
            return None
        return _nearest(word, [known.words for known in self.known]) or self.corrected(word)

    def _is_known(self, word: str) -> bool:
        return any(stem(word) in known.stems for known in self.known)

    def _name(self, words: Sequence[str], strange: Sequence[bool]) -> tuple[int, str] | None:
        """A name that is mistyped, or written apart or together otherwise, and how many typed words say it."""
        for size in range(len(words), 0, -1):
            typed = list(words[:size])
            joined = "".join(typed)
            near: str | None = joined
            if not any(joined in known.names for known in self.known):
                is_slip = size > 1 and any(strange[:size])
                near = _nearest(joined, [known.joined for known in self.known]) if is_slip else None
            name = next((known.names[near] for known in self.known if near in known.names), None)
            if name and split(name) != typed:
                return size, name
        return None


class Near:
    """Words among which those of a few slips are found without looking at each.

    A slip changes at most two of the letters that a word is made of, or one and its length, and together with its
    length (twice) and with its pairs of letters at most six things: a wrong letter two and four, a swap six pairs, one
    too many or missing one, two and three. Only words of which that may be true are compared. Each set is the bits of
    one number. Words of one length that hold the same of the commonest letters stand together, as a group that is
    looked at once.
    """

    def __init__(self, words: Iterable[str]) -> None:
        by_length = sorted((word for word in words if len(word) >= SHORTEST - 1), key=len)
        lengths = np.fromiter(map(len, by_length), np.int16, len(by_length))
        starts = np.flatnonzero(np.diff(lengths, prepend=0, append=0)).tolist()
        sets = [_sets(by_length[start:end]) for start, end in pairwise(starts)]
        none = np.zeros(0, np.uint64)
        letters = np.concatenate([none, *(letters for letters, _ in sets)])
        pairs = np.concatenate([none, *(pairs for _, pairs in sets)])
        order = np.lexsort((letters & COMMONEST, lengths))
        self._words = [by_length[at] for at in order.tolist()]
        self._letters, self._pairs = letters[order], pairs[order]
        common = self._letters & COMMONEST
        is_first = (np.diff(lengths, prepend=0) > 0) | (common != np.roll(common, 1))
        # Where each group starts, and the last one ends; which of the commonest letters its words hold.
        self._groups = np.append(np.flatnonzero(is_first), len(lengths))
        self._common = common[self._groups[:-1]]
        # Where the groups of each length start, one longer than the longest among them.
        of_lengths = np.arange(max(map(len, by_length), default=0) + 2)
        self._starts = np.searchsorted(lengths[self._groups[:-1]], of_lengths).tolist()

    def within(self, word: str, slips: int) -> list[tuple[int, str]]:
        """The words at most so many slips away, each with how many."""
        letters = _set(map(ord, word))
        some, most = self._of_groups(len(word), letters, slips)
        if not len(some):
            return []
        # Here, so that a start does not wait for them.
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        apart = np.bitwise_count(self._letters[some] ^ letters)
        near = np.flatnonzero(apart <= most)
        some, apart, most = some[near], apart[near], most[near]
        apart += np.bitwise_count(self._pairs[some] ^ _set(map(_pair, word, word[1:])))
        some = some[apart <= 2 * (slips + most)]
        candidates = [self._words[at] for at in some.tolist()]
        found = process.extract(word, candidates, scorer=OSA.distance, score_cutoff=slips, limit=None)
        return [(int(distance), candidate) for candidate, distance, _ in found]

    def _of_groups(self, length: int, letters: np.uint64, slips: int) -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
        """The words of groups that may be so near, and how many letters each may have otherwise."""
        longest = len(self._starts) - 1
        starts = [self._starts[min(size, longest)] for size in range(length - slips, length + slips + 2)]
        most = np.array([2 * slips - abs(longer) for longer in range(-slips, slips + 1)], np.uint8)
        most = most.repeat([end - start for start, end in pairwise(starts)])
        apart = np.bitwise_count(self._common[starts[0] : starts[-1]] ^ (letters & COMMONEST))
        near = np.flatnonzero(apart <= most)
        if not len(near):
            return near, most[:0]
        most = most[near]
        near += starts[0]
        firsts, sizes = self._groups[near], self._groups[near + 1] - self._groups[near]
        before = sizes.cumsum() - sizes
        return (firsts - before).repeat(sizes) + np.arange(sizes.sum()), most.repeat(sizes)


def _pair(first: str, second: str) -> int:
    return ord(first) + 37 * ord(second)


def _sets(words: Sequence[str]) -> tuple[Sets, Sets]:
    """The letters, and the pairs of letters, of each of some words of one length."""
    letters = np.array(words).view(np.uint32).reshape(len(words), -1).astype(np.uint64)
    return _bits(letters), _bits(letters[:, :-1] + 37 * letters[:, 1:])


def _set(parts: Iterable[int]) -> np.uint64:
    """As `_bits`, of one word: a fifth of the time that arrays take for so few."""
    bits = 0
    for part in parts:
        bits |= 1 << part % 64
    return np.uint64(bits)


def _bits(parts: Sets) -> Sets:
    bits: Sets = np.bitwise_or.reduce(np.uint64(1) << parts % 64, axis=1)
    return bits


def _nearest(word: str, known: Iterable[Near]) -> str | None:
    """The known word with the fewest slips, the same first letter where there is a choice; None if all are far."""
    slips = 0 if len(word) < SHORTEST or not word.isalpha() else 1 if len(word) < TWO_SLIPS_FROM else 2
    if not slips:
        return None
    near = [
        (distance, candidate[0] != word[0], candidate)
        for words in known
        for distance, candidate in words.within(word, slips)
    ]
    return min(near)[2] if near else None
