"""Vectors kept by what they are of: on disk, so that a restart encodes only what is new, and lately used in memory.

Only what is in packs reaches the disk: nobody's query, and nobody's own story. A file that is damaged, or was written
by another encoder, is made anew, never believed.
"""

import hashlib
import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from bot.kept import save
from bot.matching.bm25 import Floats
from bot.matching.encoder import Encoder

log = logging.getLogger(__name__)

Half = NDArray[np.float16]
Vectors = dict[bytes, Half]
"""By a digest of what they are of."""

_DIGEST = 16


class VectorCache:
    """The vectors of a library's texts; those that are asked for are kept in `folder`, if there is one.

    One file for each version of an encoder, in half precision: 1 kB a text.
    """

    def __init__(self, folder: Path | None, encoder: Encoder) -> None:
        self._path = folder / f"vectors-{_digest(encoder.version).hex()}.npz" if folder else None
        self._encoder = encoder
        self._kept = _read(self._path) if self._path else {}
        self._asked: Vectors = {}
        self._is_new = False

    def encode(self, texts: Sequence[str]) -> Floats:
        """The vectors of `texts`, one row each: those that are kept, and the encoder's for the others."""
        digests = [_digest(text) for text in texts]
        if missing := _missing(texts, digests, self._kept):
            self._kept |= _encoded(missing, self._encoder)
            self._is_new = True
        self._asked |= {digest: self._kept[digest] for digest in digests}
        return _rows(self._asked, digests)

    def keep(self) -> None:
        """Keep exactly what was asked for. A folder that cannot be written costs time at the next start, only."""
        if self._path and self._is_new:
            _write(self._path, self._asked)


class RecentVectors:
    """The vectors of the texts that were asked for last, in memory. Several threads may ask."""

    def __init__(self, encoder: Encoder, most: int) -> None:
        self._encoder = encoder
        self._most = most
        self._kept: OrderedDict[bytes, Half] = OrderedDict()
        self._lock = Lock()

    def encode(self, texts: Sequence[str], along: Sequence[str] = ()) -> Floats:
        """The vectors of `texts`, one row each; only what was not asked for lately is encoded.

        `along` goes with what has to be encoded anyway, because it will be asked for next.
        """
        digests, later = [_digest(text) for text in texts], [_digest(text) for text in along]
        with self._lock:
            known = {digest: self._kept[digest] for digest in (*digests, *later) if digest in self._kept}
        if missing := _missing(texts, digests, known):
            known |= _encoded(missing | _missing(along, later, known), self._encoder)
        with self._lock:
            for digest, vector in known.items():
                self._kept[digest] = vector
                self._kept.move_to_end(digest)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return _rows(known, digests)


def _missing(texts: Sequence[str], digests: Sequence[bytes], kept: Mapping[bytes, Half]) -> dict[bytes, str]:
    return {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in kept}


def _encoded(texts: Mapping[bytes, str], encoder: Encoder) -> Vectors:
    """In half precision at once: the same text means the same whether it was kept or not."""
    if not texts:
        return {}
    return dict(zip(texts, encoder.encode(list(texts.values())).astype(np.float16), strict=True))


def _rows(vectors: Mapping[bytes, Half], digests: Sequence[bytes]) -> Floats:
    return np.array([vectors[digest] for digest in digests], np.float16).astype(np.float32)


def _read(path: Path) -> Vectors:
    try:
        with path.open("rb") as stored, np.load(stored, allow_pickle=False) as file:
            digests, vectors, seal = file["digests"], file["vectors"], file["seal"]
        if seal.tobytes() == _seal(digests, vectors) and len(digests) == len(vectors):
            return dict(zip((digest.tobytes() for digest in digests), vectors, strict=True))
    except FileNotFoundError:
        return {}
    except Exception as damaged:  # a damaged archive fails in many ways; each means: make it anew
        log.warning("The kept vectors cannot be read (%s); making them anew", type(damaged).__name__)
        return {}
    log.warning("The kept vectors are damaged; making them anew")
    return {}


def _write(path: Path, kept: Vectors) -> None:
    digests = np.frombuffer(b"".join(kept), np.uint8).reshape(-1, _DIGEST)
    vectors = np.stack(list(kept.values()))
    seal = np.frombuffer(_seal(digests, vectors), np.uint8)
    save(path, {"digests": digests, "vectors": vectors, "seal": seal})


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()


def _seal(digests: np.ndarray, vectors: np.ndarray) -> bytes:
    seal = hashlib.blake2b(str(vectors.dtype).encode(), digest_size=32)
    seal.update(np.ascontiguousarray(digests).data)
    seal.update(np.ascontiguousarray(vectors).data)
    return seal.digest()
