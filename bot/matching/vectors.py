"""Many vectors in little room: as bytes to compare a few exactly, and as signs to tell which few those are."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from bot.matching.bm25 import Floats, Numbers

Encode = Callable[[Sequence[str]], Floats]
"""From texts to vectors of length 1, one row each."""

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

    def cosines(self, vector: Floats, which: slice | Numbers) -> Floats:
        """The cosines of some of the vectors with this one."""
        cosines: Floats = (self._bytes[which].astype(np.float32) @ vector) * self._scales[which]
        return cosines


class Signs:
    """Which numbers of vectors are positive: 64 bytes for 512 of them, and compared a hundred times as fast."""

    def __init__(self, vectors: Floats) -> None:
        self._words = _words(vectors)

    def nearest(self, vector: Floats, most: int) -> Numbers:
        """The numbers of about so many vectors that agree with this one in most signs, in order."""
        return nearest(self.agreement(vector), most)

    def agreement(self, vector: Floats) -> Floats:
        """The share of signs in which each vector agrees with this one: 0 to 1, about a half for no likeness."""
        apart = np.zeros(self._words.shape[1], np.uint16)
        for row, signs in zip(self._words, _words(vector[None]), strict=True):
            apart += np.bitwise_count(row ^ signs)
        return np.subtract(1, apart / np.float32(len(vector)), dtype=np.float32)


def nearest(scores: Floats, most: int) -> Numbers:
    """The numbers of the `most` best scores, in order; all where there are no more."""
    if len(scores) <= most:
        return np.arange(len(scores), dtype=np.int32)
    return np.sort(np.argpartition(-scores, most)[:most]).astype(np.int32)


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
    whole = np.pad(bits, ((0, 0), (0, -bits.shape[1] % 8)))
    return np.ascontiguousarray(whole.view(np.uint64).T)
