"""The stories of packs, kept in a form that is read at once for as long as no file of theirs has changed.

Ten thousand files of YAML take seconds to read. That one has changed is told by what the file system says of it; a
pack with a problem is never kept, so that its problems are told at every start. A kept story is made when it is first
looked at: whoever asks while the bot starts is shown a few of them.
"""

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import cast, overload

from bot import kept
from bot.domain import library, story
from bot.domain.library import Library
from bot.domain.story import Story, Theme
from bot.errors import Problem
from bot.reading import packs, strict_yaml

JUST_NOW_SECONDS = 2.0
"""A file that changed so lately may change again without its times telling: some clocks tick only that often."""

_CODE = (*(str(module.__file__) for module in (packs, strict_yaml, library, story)), __file__)


class Stories(Sequence[Story]):
    """Stories out of their JSON. Several threads may look: what two of them make at once is the same."""

    def __init__(self, told: Sequence[bytes]) -> None:
        self._stories: list[Story | bytes] = list(told)

    def __len__(self) -> int:
        return len(self._stories)

    @overload
    def __getitem__(self, at: int) -> Story: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Story]: ...
    def __getitem__(self, at: int | slice) -> Story | Sequence[Story]:
        if isinstance(at, slice):
            return [self[number] for number in range(len(self))[at]]
        found = self._stories[at]
        if isinstance(found, bytes):
            found = self._stories[at] = Story.model_validate_json(found)
        return found

    def __iter__(self) -> Iterator[Story]:
        for at in range(len(self)):
            _ = self[at]
        # By now all are stories, which a list goes through faster.
        return iter(cast("list[Story]", self._stories))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)


def load(
    folders: Sequence[Path], kept_in: Path | None, now: Callable[[], float] = time.time
) -> tuple[Library, list[Problem]]:
    """The stories of packs, and every problem of theirs, as `packs.load` tells them."""
    if not kept_in:
        loaded = packs.load(folders)
        return loaded.library, loaded.problems
    begun, path, (key, changed) = now(), kept_in / "stories.npz", _seen(folders)
    found = kept.read(path, key, (Library, Stories, Theme))
    if isinstance(found, Library):
        return found, []
    loaded = packs.load(folders)
    if not loaded.problems and changed < begun - JUST_NOW_SECONDS:
        kept.write(path, key, _unmade(loaded.library))
    return loaded.library, loaded.problems


def _unmade(library: Library) -> Library:
    """The same with stories that are yet to be made, and with what would make all of them."""
    told = [story.model_dump_json(exclude_unset=True).encode() for story in library.stories]
    unmade = Library(Stories(told), library.themes)
    vars(unmade).update(digest=library.digest, places=library.places, showing=library.showing)
    return unmade


def _seen(folders: Sequence[Path]) -> tuple[bytes, float]:
    """A digest of the folders, of what the file system says of their files, and of the code that reads them; and when
    the last of the files changed, in seconds."""
    digest, changed = hashlib.blake2b(digest_size=32), 0.0
    for path in _CODE:
        digest.update(Path(path).read_bytes())
    for folder in folders:
        digest.update(f"{folder}\0".encode(errors="surrogateescape"))
        for name, of in _files(folder):
            # The time of the last change of a file's entry cannot be set back, as that of its content can.
            told = (name, of.st_dev, of.st_ino, of.st_size, of.st_mtime_ns, of.st_ctime_ns)
            digest.update(repr(told).encode(errors="surrogateescape"))
            changed = max(changed, of.st_ctime)
    return digest.digest(), changed


def _files(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """The files of a folder by name, those that links lead to included; none of one that cannot be read."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        yield from [(entry.name, entry.stat()) for entry in entries[: packs.MOST_FILES]]
    except OSError:
        return
