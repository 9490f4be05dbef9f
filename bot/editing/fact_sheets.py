"""Fact sheets, from which stories are written: whether every story that they list has been told."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from bot.errors import Problem
from bot.reading.packs import read_file
from bot.reading.strict_yaml import Document, Loc, quoted

MOST_BYTES = 1024 * 1024
ID_FIELDS = ("id", "key")


def untold(sheets: Sequence[Path], told: Collection[str]) -> list[Problem]:
    """What keeps a sheet from being read, and every id in it that is not among those told."""
    return [problem for sheet in sheets for problem in _untold(sheet, told)]


def _untold(sheet: Path, told: Collection[str]) -> Iterator[Problem]:
    document = read_file(sheet, MOST_BYTES)
    for flaw in document.flaws:
        yield Problem(str(sheet), flaw.line, flaw.what, flaw.mend)
    ids = list(_ids(document))
    if document.whole and not ids:
        mend = "Write a list, at the top or under “stories”, in which each item has an “id” or a “key”."
        yield Problem(str(sheet), None, "There is no story in this fact sheet.", mend)
    for story_id, line in ids:
        if story_id not in told:
            mend = "Add it to a pack, or check the id."
            yield Problem(str(sheet), line, f"No story tells {quoted(story_id, 60)}.", mend)


def _ids(document: Document) -> Iterator[tuple[str, int | None]]:
    """The id of each story and its line."""
    value, above = document.value, Loc()
    if isinstance(value, dict):
        value, above = value.get("stories"), ("stories",)
    for index, item in enumerate(value if isinstance(value, list) else []):
        for name in ID_FIELDS:
            if isinstance(item, dict) and isinstance(item.get(name), str):
                yield item[name], document.line_of((*above, index, name))
                break
