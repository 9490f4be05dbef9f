"""Vectors of a library's texts kept on disk, so that a restart encodes only what is new.

Only what is in packs is kept: nobody's query ever reaches the disk. A file that is damaged, or was written by another
encoder, is made anew, never believed.
"""

import hashlib
import logging
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from bot.matching.bm25 import Floats

log = logging.getLogger(__name__)

Encode = Callable[[Sequence[str]], Floats]
_DIGEST = 16


class VectorCache:
    """One file of vectors in `folder`, for one `version` of an encoder. Half precision: 1 kB a text."""

    def __init__(self, folder: Path, version: str) -> None:
        self._path = folder / f"vectors-{hashlib.sha256(version.encode()).hexdigest()[:16]}.npz"

    def encode(self, texts: Sequence[str], encode: Encode) -> Floats:
        """The vectors of `texts`, one row each: those that are kept, and `encode` for the others.

        Keeps exactly these texts for the next time. A folder that cannot be read or written costs time, nothing else.
        """
        kept = self._read()
        digests = [_digest(text) for text in texts]
        missing = list({digest: at for at, digest in enumerate(digests) if digest not in kept}.values())
        if missing:
            fresh = encode([texts[at] for at in missing]).astype(np.float16)
            kept |= {digests[at]: vector for at, vector in zip(missing, fresh, strict=True)}
            self._write({digest: kept[digest] for digest in digests})
        # Through half precision in any case: the same text means the same before and after a restart.
        vectors: Floats = np.stack([kept[digest] for digest in digests]).astype(np.float32)
        return vectors

    def _read(self) -> dict[bytes, Floats]:
        try:
            with self._path.open("rb") as stored, np.load(stored, allow_pickle=False) as file:
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

    def _write(self, kept: dict[bytes, Floats]) -> None:
        digests = np.frombuffer(b"".join(kept), np.uint8).reshape(-1, _DIGEST)
        vectors = np.stack(list(kept.values()))
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # Written aside and moved into place: another process never reads half a file.
            with tempfile.TemporaryDirectory(dir=self._path.parent) as aside:
                made = Path(aside) / self._path.name
                np.savez(made, digests=digests, vectors=vectors, seal=np.frombuffer(_seal(digests, vectors), np.uint8))
                made.replace(self._path)
        except OSError as refused:
            log.warning("Vectors cannot be kept (%s): the next start will take as long again", refused.strerror)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()


def _seal(digests: np.ndarray, vectors: np.ndarray) -> bytes:
    seal = hashlib.blake2b(str(vectors.dtype).encode(), digest_size=32)
    seal.update(np.ascontiguousarray(digests).data)
    seal.update(np.ascontiguousarray(vectors).data)
    return seal.digest()
