"""Stories as a pack: a folder that `storybot check` accepts, written as people write one."""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from yaml import ScalarNode
from yaml.resolver import Resolver

from bot.domain.story import Story, Theme
from bot.errors import Problem, ProblemsError
from bot.exchange.fields import fields_of, in_order
from bot.reading.packs import MOST_FILES, MOST_STORY_BYTES, THEMES_FILE, read_file
from bot.reading.strict_yaml import Document, Flaw

WIDTH = 120

_PLAIN_TO_ALL = "tag:yaml.org,2002:str"
_resolver: Any = Resolver()  # its stubs know no types
_MARKUP = re.compile(r"[\n\t]|: |:$| #")
_BETWEEN_WORDS = re.compile(r"(?<=\S) (?=\S)")


def write(stories: Iterable[Story], themes: Iterable[Theme], folder: Path) -> None:
    """Write stories, and those of the themes that they name, into a new or empty folder.

    A pack has to stand alone: a similar story that is not among these goes unnamed, and a theme that is not among
    `themes` any more is named after its id. Raises ProblemsError when a pack cannot hold the stories, when there is
    something in the folder, or when it cannot be written.
    """
    ordered = in_order(stories)
    known = {theme.id: theme for theme in themes}
    used = sorted({theme_id for story in ordered for theme_id in story.themes})
    ids = {story.id for story in ordered}
    if not ordered:
        _refuse(folder, "There is no story to write.", "")
    if len(ordered) >= MOST_FILES:
        _refuse(folder, f"A pack holds less than {MOST_FILES:,} stories.", "Write them as JSON or CSV.")
    if Path(THEMES_FILE).stem in ids:
        _refuse(folder, "A story cannot be called “themes” in a pack.", "Give it another id, or write JSON or CSV.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            _refuse(folder, "There is something in this folder already.", "Name a new one, or empty it.")
        _write(folder / THEMES_FILE, themes_text(known.get(theme_id) or _gone(theme_id) for theme_id in used))
        for story in ordered:
            _write(folder / f"{story.id}.yaml", story_text(story, ids))
    except OSError as error:
        _refuse(folder, f"The pack cannot be written: {error.strerror}.", "Check the path and its permissions.")


def entries(folder: Path) -> Iterator[tuple[str, Document, float]]:
    """For each story its path, what its file holds, and which share of the files has been read. Themes are not read."""
    paths = sorted({*folder.glob("*.yaml"), *folder.glob("*.yml")} - {folder / THEMES_FILE})
    if len(paths) > MOST_FILES:
        flaw = Flaw(None, f"There are more than {MOST_FILES:,} files in this folder.", "Split it into several packs.")
        yield str(folder), Document(flaws=[flaw], whole=False), 1.0
        return
    for done, path in enumerate(paths, 1):
        yield str(path), read_file(path, MOST_STORY_BYTES), done / len(paths)


def story_text(story: Story, similar: Collection[str]) -> str:
    """The story as a file of a pack that holds the stories `similar`: only these may be named."""
    fields = fields_of(story)
    fields["similar"] = [story_id for story_id in story.similar if story_id in similar and story_id != story.id]
    return _mapping(fields)


def themes_text(themes: Iterable[Theme]) -> str:
    """The themes as a `themes.yaml`."""
    return _mapping({"themes": [theme.model_dump(mode="json") for theme in themes]})


def _gone(theme_id: str) -> Theme:
    name = theme_id.replace("-", " ").capitalize()[:30].strip()
    return Theme(id=theme_id, name=name, emoji="label", meaning="A theme that the library does not have any more.")


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8", newline="\n")


def _refuse(folder: Path, what: str, mend: str) -> NoReturn:
    raise ProblemsError([Problem(str(folder), None, what, mend)])


def _mapping(fields: dict[str, Any]) -> str:
    return "".join(f"{name}:{_value(name, value)}\n" for name, value in fields.items() if value != [])


def _value(name: str, value: Any) -> str:
    """What comes after the colon: in the same line, or indented in those beneath."""
    match value:
        case str() if name == "story":
            return _block(value)
        case str():
            return f" {_scalar(value)}"
        case [{}, *_]:
            return "".join(f"\n  - {_indented(_mapping(item), 4)}" for item in value)
        case list() if name == "synonyms":
            return "".join(f"\n  - {_scalar(item)}" for item in value)
        case list():
            return f" [{', '.join(map(_scalar, value))}]"
    return f" {value}"


def _scalar(text: str) -> str:
    """The text as it stands, or in quotes when some reader of YAML could take it for anything but this text."""
    kind = _resolver.resolve(ScalarNode, text, (True, False))
    if text[:1].isalnum() and kind == _PLAIN_TO_ALL and not _MARKUP.search(text):
        return text
    return json.dumps(text, ensure_ascii=False)  # YAML's double quotes know every escape of JSON


def _block(text: str) -> str:
    """The telling line by line, or, where somebody typed long lines, wrapped so that it is read as it was typed."""
    fits = all(len(line) <= WIDTH - 2 for line in text.split("\n"))
    if fits or re.search(r"^[ \t]", text, re.MULTILINE):  # YAML never joins lines that start with a space
        return f" |\n  {_indented(text, 2)}"
    # Where lines are joined, it takes one end of a line more to keep one.
    paragraphs = re.sub(r"\n+", lambda ends: f"{ends[0]}\n", text).split("\n")
    wrapped = "\n".join(map(_wrapped, paragraphs))
    return f" >\n  {_indented(wrapped, 2)}"


def _wrapped(line: str) -> str:
    lines = [""]
    for words in _BETWEEN_WORDS.split(line):
        if lines[-1] and len(lines[-1]) + len(words) >= WIDTH - 2:
            lines.append(words)
        else:
            lines[-1] += f" {words}" if lines[-1] else words
    return "\n".join(lines)


def _indented(text: str, spaces: int) -> str:
    """The text with all lines but its first, and but empty ones, moved to the right; without its last line end."""
    return re.sub(r"\n(?=[^\n])", "\n" + " " * spaces, text.removesuffix("\n"))
