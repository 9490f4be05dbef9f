"""Somebody edits a pack: the bot that starts next tells what the files hold, however it was kept before."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.domain.library import Library
from bot.reading import kept_packs, packs


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return Path(shutil.copytree(packs.builtin_folder(), tmp_path / "pack"))


def start(pack: Path, seconds_later: float = 10) -> Library:
    """One start of the bot, so long after what was done before."""
    library, _ = kept_packs.load([pack], pack.parent / "cache", lambda: time.time() + seconds_later)
    return library


def a_story(pack: Path) -> Path:
    return min(path for path in pack.glob("*.yaml") if path.name != packs.THEMES_FILE)


def kept(pack: Path) -> bool:
    return (pack.parent / "cache" / "stories.npz").exists()


def test_the_second_start_reads_the_same_stories(pack: Path) -> None:
    first = start(pack)
    assert kept(pack)
    assert start(pack) == first == packs.load([pack]).library


def edit(pack: Path) -> None:
    story = a_story(pack)
    text = story.read_text(encoding="utf-8")
    story.write_text(text.replace("title: ", "title: New ", 1), encoding="utf-8")


def edit_unseen(pack: Path) -> None:
    """Another text of the same length, under the old time."""
    story, before = a_story(pack), a_story(pack).stat()
    text = story.read_text(encoding="utf-8")
    at = text.index("title: ") + len("title: ") + 1
    story.write_text(f"{text[:at]}z{text[at + 1 :]}", encoding="utf-8")
    os.utime(story, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert story.stat().st_size == before.st_size


def take_out(pack: Path) -> None:
    a_story(pack).unlink()


def swap(pack: Path) -> None:
    """Two files change their names: every size and time stays in the folder."""
    one, other = sorted(pack.glob("*.yaml"))[:2]
    aside = one.rename(pack / "aside")
    other.rename(one)
    aside.rename(other)


@pytest.mark.parametrize("change", [edit, edit_unseen, take_out, swap])
def test_whatever_is_changed_is_told_at_the_next_start(pack: Path, change: Callable[[Path], None]) -> None:
    before = start(pack)
    change(pack)
    after = start(pack)
    assert after == packs.load([pack]).library
    assert after != before


def test_a_pack_that_was_just_written_is_not_kept_yet(pack: Path) -> None:
    start(pack, seconds_later=0)
    assert not kept(pack)


def test_problems_are_told_at_every_start(pack: Path) -> None:
    a_story(pack).write_text("title: nothing more", encoding="utf-8")
    for _ in range(2):
        _, problems = kept_packs.load([pack], pack.parent / "cache", lambda: time.time() + 10)
        assert problems
    assert not kept(pack)
