"""From packs, folders of YAML files, to stories; every problem with its file, its line and its mend.

A pack holds one file a story (`<id>.yaml`) and, if it brings themes, `themes.yaml`. Packs are data from anybody:
whatever is in a folder, loading it ends soon, never raises, and keeps every story that is good.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from bot.domain.library import Library
from bot.domain.story import Source, Story, Theme
from bot.errors import Problem
from bot.reading import strict_yaml
from bot.reading.strict_yaml import Document, Flaw, Loc, quoted
from bot.reading.wording import did_you_mean, in_words

BUILTIN = "builtin"
THEMES_FILE = "themes.yaml"
MOST_FILES = 20_000
MOST_STORY_BYTES = 64 * 1024
MOST_THEMES_BYTES = 256 * 1024
MOST_PROBLEMS_A_FILE = 50
MOST_THEMES = 5  # of a story; what is listed beyond is too many anyway
MOST_SIMILAR = 8  # as many as a story may name
MOST_GUESSES = 100  # “Did you mean” looks through all ids, which would take long if every story named strangers


class Themes(BaseModel):
    """The themes that a pack brings: the whole of a `themes.yaml`."""

    model_config = ConfigDict(extra="forbid")

    themes: tuple[Theme, ...]


_PARTS: dict[type[BaseModel], type[BaseModel]] = {Story: Source, Themes: Theme}
_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written. `line` counts from 1."""

    path: Path
    line: int | None

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Loaded:
    """The good stories and themes of some packs, and every problem in the files that hold the others.

    The places are those of the ids, of good and of broken stories and themes alike.
    """

    library: Library
    problems: list[Problem]
    story_places: dict[str, Place]
    theme_places: dict[str, Place]


def builtin_folder() -> Path:
    """The pack that comes with the bot: inside the package when installed, beside it in the source tree."""
    package = Path(__file__).parent.parent
    inside = package / "stories"
    return inside if inside.is_dir() else package.parent / "stories"


def pack_folder(name: str) -> Path:
    """The folder that a person means: the word “builtin” is the pack that comes with the bot, all else is a path."""
    return builtin_folder() if name == BUILTIN else Path(name)


def load(folders: Sequence[Path]) -> Loaded:
    """Read packs in their order. A later one may add stories and themes; a story may name a theme of any of them."""
    loading = _Loading()
    files = [path for folder in folders for path in loading.files_of(folder)]
    for path in files:
        if path.name == THEMES_FILE:
            loading.add_themes(path)
    for path in files:
        if path.name != THEMES_FILE:
            loading.add_story(path)
    loading.check_similar()
    library = Library(tuple(loading.stories.values()), tuple(loading.themes.values()))
    return Loaded(library, loading.problems(), loading.story_places, loading.theme_places)


def schema(of: type[Story] | type[Themes]) -> dict[str, Any]:
    """The JSON Schema by which an editor completes and checks a file of a pack."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **of.model_json_schema()}


@dataclass(slots=True)
class _Loading:
    """What has been read so far. An id belongs to the first file that has it, even when that file is broken."""

    stories: dict[str, Story] = field(default_factory=dict)
    themes: dict[str, Theme] = field(default_factory=dict)
    story_places: dict[str, Place] = field(default_factory=dict)
    theme_places: dict[str, Place] = field(default_factory=dict)
    similar: list[tuple[str, Place]] = field(default_factory=list)
    flaws: dict[Path, list[Flaw]] = field(default_factory=dict)

    def files_of(self, folder: Path) -> list[Path]:
        """The YAML files of a folder by name; a folder that cannot be read is a problem and has none."""
        try:
            names = _names_in(folder)
        except (OSError, ValueError) as error:
            mend = "Check the path and its permissions."
            self._tell(folder, [Flaw(None, f"This folder cannot be read: {_reason(error)}.", mend)])
            return []
        if not names:
            self._tell(folder, [Flaw(None, "There is no story in this folder.", "Add one as <id>.yaml.")])
        if len(names) > MOST_FILES:
            what = f"There are more than {MOST_FILES:,} files in this folder, so none was read."
            self._tell(folder, [Flaw(None, what, "Split it into several packs.")])
            return []
        return [folder / name for name in sorted(names)]

    def add_themes(self, path: Path) -> None:
        document = read_file(path, MOST_THEMES_BYTES)
        _, flaws = _validated(Themes, document)
        broken = {flaw.loc[1] for flaw in flaws if len(flaw.loc) > 1}
        listed = document.value.get("themes") if isinstance(document.value, dict) else None
        for index, value in enumerate(listed if isinstance(listed, list) else []):
            theme_id = value.get("id") if isinstance(value, dict) else None
            if not isinstance(theme_id, str):
                continue
            place = Place(path, document.line_of(("themes", index, "id")))
            first = self.theme_places.setdefault(theme_id, place)
            if first != place:
                mend = f"The first is in {first}: take one of them out."
                flaws.append(Flaw(place.line, f"There is already a theme {quoted(theme_id)}.", mend))
            elif index not in broken:
                self.themes[theme_id] = Theme.model_validate(value, strict=False)
        self._tell(path, flaws)

    def add_story(self, path: Path) -> None:
        document = read_file(path, MOST_STORY_BYTES)
        story, flaws = _validated(Story, document)
        if isinstance(document.value, dict):
            flaws.extend(self._flaws_of_id(path, document, document.value.get("id")))
            flaws.extend(self._flaws_of_themes(document, document.value.get("themes")))
            flaws.extend(self._flaws_of_similar(path, document, document.value.get("similar")))
        if story and not flaws:
            self.stories[story.id] = story
        self._tell(path, flaws)

    def _flaws_of_id(self, path: Path, document: Document, story_id: object) -> Iterator[Flaw]:
        if not isinstance(story_id, str):
            return
        place = Place(path, document.line_of(("id",)))
        if story_id != path.stem:
            mend = f"Write “id: {path.stem}”, or rename the file."
            yield Flaw(place.line, f"The id {quoted(story_id)} is not the name of the file.", mend)
        first = self.story_places.setdefault(story_id, place)
        if first != place:
            mend = f"The first is in {first}: give one of them another id."
            yield Flaw(place.line, f"There is already a story {quoted(story_id)}.", mend)

    def _flaws_of_themes(self, document: Document, themes: object) -> Iterator[Flaw]:
        for index, theme in enumerate(themes[:MOST_THEMES] if isinstance(themes, list) else []):
            if isinstance(theme, str) and theme not in self.theme_places:
                near = did_you_mean(theme, self.theme_places)
                mend = near or f"Name another, add it to the pack's {THEMES_FILE}, or check “{BUILTIN}” along with it."
                yield Flaw(document.line_of(("themes", index)), f"There is no theme {quoted(theme)}.", mend)

    def _flaws_of_similar(self, path: Path, document: Document, similar: object) -> Iterator[Flaw]:
        for index, story_id in enumerate(similar[:MOST_SIMILAR] if isinstance(similar, list) else []):
            line = document.line_of(("similar", index))
            if story_id == path.stem:
                yield Flaw(line, "The story is named as similar to itself.", "Take it out.")
            elif isinstance(story_id, str):
                self.similar.append((story_id, Place(path, line)))

    def check_similar(self) -> None:
        """A story may name one of any pack as similar, so this can only be told when all are read."""
        unknown = [(story_id, place) for story_id, place in self.similar if story_id not in self.story_places]
        for index, (story_id, place) in enumerate(unknown):
            near = did_you_mean(story_id, self.story_places) if index < MOST_GUESSES else ""
            mend = near or "Name one of these packs, or take it out."
            self._tell(place.path, [Flaw(place.line, f"There is no story {quoted(story_id)}.", mend)])
            named = self.story_places.get(place.path.stem)
            if named and named.path == place.path:
                self.stories.pop(place.path.stem, None)

    def _tell(self, path: Path, flaws: list[Flaw]) -> None:
        self.flaws.setdefault(path, []).extend(flaws)

    def problems(self) -> list[Problem]:
        """Every problem, file by file in the order of reading, and by line."""
        return [problem for path, flaws in self.flaws.items() for problem in _problems(path, flaws)]


def _problems(path: Path, flaws: list[Flaw]) -> Iterator[Problem]:
    for flaw in sorted(flaws, key=lambda flaw: flaw.line or 0)[:MOST_PROBLEMS_A_FILE]:
        yield Problem(str(path), flaw.line, flaw.what, flaw.mend)
    if len(flaws) > MOST_PROBLEMS_A_FILE:
        more = f"There are {len(flaws) - MOST_PROBLEMS_A_FILE} more problems."
        yield Problem(str(path), None, more, "Mend these first, then check again.")


def _names_in(folder: Path) -> list[str]:
    """Names of YAML files, hidden ones left out; stops soon after there are too many."""
    names: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith((".yaml", ".yml")) and not entry.name.startswith("."):
                names.append(entry.name)
            if len(names) > MOST_FILES:
                break
    return names


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def read_file(path: Path, most_bytes: int) -> Document:
    """What a file holds. Whatever keeps it from being read is the one flaw of an empty document."""

    def unread(what: str, mend: str, line: int | None = None) -> Document:
        return Document(flaws=[Flaw(line, what, mend)], whole=False)

    if path.suffix != ".yaml":
        return unread("Files that end in .yml are not read.", "Rename it to .yaml.")
    try:
        if path.is_symlink() and not path.resolve(strict=True).is_relative_to(path.parent.resolve()):
            return unread("The file is a link to something outside its folder.", "Put the file itself here.")
        if not path.is_file():
            return unread("This is not a file.", "Rename it or take it out.")
        with path.open("rb") as file:
            data = file.read(most_bytes + 1)
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead round in a circle
        return unread(f"The file cannot be read: {_reason(error)}.", "Check what it is and its permissions.")
    if len(data) > most_bytes:
        return unread(f"The file is larger than {most_bytes // 1024} KiB.", "Shorten it, or split it.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return unread("The file is not UTF-8 text.", "Save it as UTF-8.", data.count(b"\n", 0, error.start) + 1)
    document = strict_yaml.read(text)
    if document.whole and document.value is None and not document.flaws:
        return unread("The file is empty.", "Write something into it, or take it out.")
    return document


def _validated(model: type[_Model], document: Document) -> tuple[_Model | None, list[Flaw]]:
    """The value as the model, and every flaw of the document. Not strict: a text of digits may be a year."""
    flaws = list(document.flaws)
    if not document.whole:
        return None, flaws
    try:
        return model.model_validate(document.value, strict=False), flaws
    except ValidationError as error:
        told = {flaw.loc for flaw in flaws}
        for detail in error.errors(include_url=False):
            if not _is_echo(detail, told):
                loc = detail["loc"]
                fields = (model if len(loc) == 1 else _PARTS[model]).model_fields
                flaws.append(Flaw(document.line_of(loc), *in_words(detail, fields), loc))
        return None, flaws


def _is_echo(detail: ErrorDetails, told: set[Loc]) -> bool:
    """Whether an error only repeats another: an alias left nothing here, or broken items were not counted."""
    if detail["type"] == "too_short":
        return len(detail["input"]) >= int(detail["ctx"]["min_length"])
    if detail["type"] in ("string_pattern_mismatch", "string_too_long") and len(detail["loc"]) == 2:
        return True  # the id of a theme or of a similar story: told as one that is not there
    return detail["input"] is None and detail["loc"] in told
