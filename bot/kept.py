"""Values that take long to make, kept on disk, and read again only for exactly the key for which they were made.

A file that is damaged, or that holds anything else, is made anew, never believed: zip's checksums cover every byte,
and of what pickle can bring back only arrays, plain values and the types that the reader names are let in.
"""

import gc
import io
import logging
import pickle  # nosec B403
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

log = logging.getLogger(__name__)


def read(path: Path, key: bytes, types: Collection[type], known: Sequence[object] = ()) -> Any:
    """What was kept there for this key; None if nothing was. `known` is what the value holds but the file does not."""
    try:
        with path.open("rb") as stored, np.load(stored, allow_pickle=False) as file:
            if file["key"].tobytes() == key:
                arrays = [file[f"array-{number}"] for number in range(len(file.files) - 2)]
                with _nothing_thrown_away():
                    return _Reader(file["value"].tobytes(), types, [*known, *arrays]).load()
    except FileNotFoundError:
        pass
    except Exception as damaged:  # a damaged archive fails in many ways; each means: make it anew
        log.warning("%s cannot be read (%s); making it anew", path.name, type(damaged).__name__)
    return None


def write(path: Path, key: bytes, value: object, known: Sequence[object] = ()) -> None:
    """Keep a value under a key. A folder that cannot be written costs time at the next start, only."""
    pickled = io.BytesIO()
    writer = _Writer(pickled, known)
    writer.dump(value)
    arrays = {f"array-{number}": array for number, array in enumerate(writer.arrays)}
    save(path, {"key": np.frombuffer(key, np.uint8), "value": np.frombuffer(pickled.getbuffer(), np.uint8), **arrays})


def save(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays beside a file and then in its place: no other process ever reads half of it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as aside:
            made = Path(aside) / path.name
            np.savez(made, allow_pickle=False, **arrays)
            made.replace(path)
    except OSError as refused:
        log.warning("%s cannot be kept (%s): the next start will take as long again", path.name, refused.strerror)


@contextmanager
def _nothing_thrown_away() -> Iterator[None]:
    """Hundreds of thousands of values to stay: looking through them for garbage while they come takes half the time."""
    was_looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_looking:
            gc.enable()


class _Writer(pickle.Pickler):
    """Writes all but arrays, and what the reader knows: in their place stands a number."""

    def __init__(self, file: io.BytesIO, known: Sequence[object]) -> None:
        super().__init__(file, protocol=5)
        self.arrays: list[np.ndarray] = []
        self._numbers = {id(value): number for number, value in enumerate(known)}
        self._known = len(known)

    def persistent_id(self, value: object) -> int | None:
        if isinstance(value, np.ndarray) and id(value) not in self._numbers:
            self._numbers[id(value)] = self._known + len(self.arrays)
            self.arrays.append(value)
        return self._numbers.get(id(value))


class _Reader(pickle.Unpickler):
    def __init__(self, pickled: bytes, types: Collection[type], known: Sequence[object]) -> None:
        super().__init__(io.BytesIO(pickled))
        self._types = {(of.__module__, of.__qualname__): of for of in types}
        self._known = known

    def persistent_load(self, number: int) -> object:
        return self._known[number]

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self._types:
            raise pickle.UnpicklingError(f"{module}.{name} is nothing that is kept here")
        return self._types[module, name]
