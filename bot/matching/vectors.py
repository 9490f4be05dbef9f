"""Many vectors in little room: as bytes to compare a few exactly, and as signs to tell which few those are."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.matching.bm25 import Floats, Numbers

Counts = NDArray[np.uint16]

Encode = Callable[[Sequence[str]], Floats]
"""From texts to vectors of length 1, one row each."""

FEW = 256
"""Vectors that are unpacked at a time to be compared: they stay in the processor's cache meanwhile."""

PARTS = 4
"""Parts for each of the best scores that are looked for: with more, fewer scores are left to choose from."""

AT_ONCE = 4_096
"""Texts that are encoded at a time: their vectors take 8 MB before they are packed."""


class Vectors:
    """Vectors of length 1, one row each, with a byte a number: a cosine is wrong by less than 0.01."""

    def __init__(self, vectors: Iterator[Floats]) -> None:
        packed = [_packed(rows) for rows in vectors]
        self._bytes = np.concatenate([rows for rows, _ in packed])
        self._scales = np.concatenate([scales for _, scales in packed])

    def rows(self, which: slice | Numbers) -> Floats:
        """Some of the vectors."""
        rows: Floats = self._bytes[which] * self._scales[which, None]
        return rows

    def cosines(self, vector: Floats, which: Numbers) -> Floats:
        """The cosines of some of the vectors with this one."""
        cosines = np.empty(len(which), np.float32)
        for start in range(0, len(which), FEW):
            some = self._bytes.take(which[start : start + FEW], axis=0).astype(np.float32)
            np.dot(some, vector, out=cosines[start : start + FEW])
        cosines *= self._scales[which]
        return cosines


class Signs:
    """Which numbers of vectors are positive: 64 bytes for 512 of them, and compared a hundred times as fast."""

    def __init__(self, vectors: Iterable[Floats]) -> None:
        self._words = np.concatenate([_words(rows) for rows in vectors], axis=1)

    def nearest(self, vector: Floats, most: int) -> Numbers:
        """The numbers of so many vectors that agree with this one in most signs, in order."""
        return nearest(-self.apart(vector).astype(np.int16), most)

    def apart(self, vector: Floats) -> Counts:
        """In how many signs each vector differs from this one: in about half of them where they are not alike."""
        apart = np.zeros(self._words.shape[1], np.uint16)
        for row, signs in zip(self._words, _words(vector[None]), strict=True):
            apart += np.bitwise_count(row ^ signs)
        return apart


def nearest(scores: Floats | NDArray[np.int16], most: int) -> Numbers:
    """The numbers of the `most` best scores, in order, and of equal ones the first; all where there are no more."""
    if len(scores) <= most:
        return np.arange(len(scores), dtype=np.int32)
    some = np.flatnonzero(scores >= _bound(scores, most))
    least = _least(scores[some], most)
    better, as_good = some[scores[some] > least], some[scores[some] == least]
    return np.sort(np.concatenate([better, as_good[: most - len(better)]])).astype(np.int32)


def _bound(scores: Floats | NDArray[np.int16], most: int) -> float:
    """What at least so many scores reach, and not many more: of many scores only these need be put in order."""
    parts = PARTS * most
    if len(scores) < 2 * parts:
        return -np.inf
    return _least(scores[: len(scores) // parts * parts].reshape(-1, parts).max(axis=0), most)


def _least(scores: Floats | NDArray[np.int16], most: int) -> float:
    """The worst of the `most` best scores."""
    # The best are put at the start: at the end, numpy takes ten times as long where most scores are equal.
    return -float(np.partition(-scores, most - 1)[most - 1])


def encoded(texts: Sequence[str], encode: Encode) -> Iterator[Floats]:
    """The vectors of `texts`, some thousand at a time."""
    for start in range(0, len(texts), AT_ONCE):
        yield encode(texts[start : start + AT_ONCE])


def _packed(vectors: Floats) -> tuple[np.ndarray, Floats]:
    scales = np.abs(vectors).max(axis=1) / 127
    scales[scales == 0] = 1
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales.astype(np.float32)


def _words(vectors: Floats) -> np.ndarray:
    """A row for every 64 signs and a column a vector: so each row is compared in one long run."""
    bits = np.packbits(vectors > 0, axis=1)
    whole = np.zeros((len(bits), -(-bits.shape[1] // 8) * 8), np.uint8)
    whole[:, : bits.shape[1]] = bits
    return np.ascontiguousarray(whole.view(np.uint64).T)
