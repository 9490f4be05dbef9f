"""The one gate through which stories come in: from a pack, a JSON or a CSV file, each bad one told with its place."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from bot.domain.story import Source, Story
from bot.errors import Problem
from bot.exchange import csv_file, json_file, pack
from bot.exchange.fields import one_line_end
from bot.reading.packs import MOST_PROBLEMS_A_FILE
from bot.reading.strict_yaml import MOST_DEPTH, UNSEEN, Document, Flaw, Loc, Value, quoted
from bot.reading.wording import did_you_mean, in_words

MOST_BYTES = 100_000_000
MOST_STORIES = 100_000
MOST_PROBLEMS = 1_000
_TABLES = (".csv", ".tsv", ".txt")
_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".numbers")
_AS_CSV = "Save it as “CSV UTF-8 (comma delimited)”, as Excel calls it, and read that."

Entry = tuple[str, Document, float]


def read(
    path: Path, theme_ids: Collection[str], progress: Callable[[float], None] = lambda share: None
) -> tuple[list[Story], list[Problem]]:
    """The good stories of a pack's folder or of a JSON or CSV file, in their order, and what is wrong with the others.

    Whatever is in there, it ends and does not raise: at most 100 MB, 100,000 stories and about 1,000 problems are read.
    `theme_ids` are the themes that a story may have; `progress` hears after each story which share has been read, from
    0 to 1. Whether good stories are kept while others have problems is for the caller to say.
    """
    gate = _Gate(theme_ids)
    for number, (place, document, share) in enumerate(_entries(path), 1):
        if number > MOST_STORIES:
            gate.tell(place, Flaw(None, f"There are more than {MOST_STORIES:,} stories.", "Split the file."))
            break
        if len(gate.problems) >= MOST_PROBLEMS:
            gate.tell(place, Flaw(None, "There are more problems than these.", "Mend these first, then try again."))
            break
        gate.take(place, document)
        progress(share)
    if not gate.stories and not gate.problems:
        gate.tell(str(path), Flaw(None, "There is no story in it.", "Check that it is the one you mean."))
    return gate.stories, gate.problems


@dataclass(slots=True)
class _Gate:
    """Lets good stories in, and keeps why the others stay out."""

    theme_ids: Collection[str]
    stories: list[Story] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)

    def take(self, path: str, document: Document) -> None:
        flaws = document.flaws or _unseen(document, document.value, ())
        story = None
        if not flaws:
            story, flaws = _validated(document)
        if story:
            flaws = [*self._flaws_of_id(path, document, story), *self._flaws_of_themes(document, story)]
            if not flaws:
                self.stories.append(story)
        for flaw in flaws:
            self.tell(path, flaw)

    def _flaws_of_id(self, path: str, document: Document, story: Story) -> Iterator[Flaw]:
        line = document.line_of(("id",))
        here = path if line is None else f"{path}:{line}"
        first = self.places.setdefault(story.id, here)
        if first != here:
            yield Flaw(line, f"There is already a story {quoted(story.id)}.", f"The first is in {first}.")

    def _flaws_of_themes(self, document: Document, story: Story) -> Iterator[Flaw]:
        for index, theme in enumerate(story.themes):
            if theme not in self.theme_ids:
                mend = did_you_mean(theme, self.theme_ids) or "Name one of the library's, or add it to a pack there."
                yield Flaw(document.line_of(("themes", index)), f"There is no theme {quoted(theme)}.", mend)

    def tell(self, path: str, flaw: Flaw) -> None:
        self.problems.append(Problem(path, flaw.line, flaw.what, flaw.mend))


def _entries(path: Path) -> Iterator[Entry]:
    kind = path.suffix.lower()
    if path.is_dir():
        yield from pack.entries(path)
    elif kind in _WORKBOOKS:
        yield _unread(path, "This is a workbook, and only its tables can be read.", _AS_CSV)
    elif kind not in (".json", *_TABLES):
        yield _unread(path, "This is no folder and ends neither in .json nor in .csv.", "Name a pack or such a file.")
    else:
        text = _text(path)
        if isinstance(text, Flaw):
            yield str(path), Document(flaws=[text], whole=False), 1.0
            return
        read_entries = json_file.entries if kind == ".json" else csv_file.entries
        for document, share in read_entries(text):
            yield str(path), document, share


def _unread(path: Path, what: str, mend: str) -> Entry:
    return str(path), Document(flaws=[Flaw(None, what, mend)], whole=False), 1.0


def _text(path: Path) -> str | Flaw:
    """What the file says, or why that cannot be known."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        return Flaw(None, f"The file cannot be read: {error.strerror}.", "Check the path and its permissions.")
    if len(data) > MOST_BYTES:
        return Flaw(None, f"The file is larger than {MOST_BYTES // 1_000_000} MB.", "Split it.")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return Flaw(None, "This is a workbook under another name.", _AS_CSV)
    if b"\0" in data[:4] or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Flaw(None, "The text is UTF-16, which Excel calls “Unicode Text”.", _AS_CSV)
    try:
        return one_line_end(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Flaw(line, "The text is not UTF-8 but an older encoding, in which letters get lost.", _AS_CSV)


def _unseen(document: Document, value: Value | int | float, loc: Loc) -> list[Flaw]:
    """For each text with an invisible character a flaw that tells the first of them."""
    if len(loc) > MOST_DEPTH:
        return []  # no story is that deep, and the model will say so
    match value:
        case str() if found := UNSEEN.search(value):
            what = f"There is an invisible character, U+{ord(found[0]):04X}"
            named = f"{what}, in {quoted(str(loc[0]))}." if loc else f"{what}."
            return [Flaw(document.line_of(loc), named, "Take it out.")]
        case list():
            return [flaw for at, part in enumerate(value) for flaw in _unseen(document, part, (*loc, at))]
        case dict():
            return [flaw for name, part in value.items() for flaw in _unseen(document, part, (*loc, name))]
    return []


def _validated(document: Document) -> tuple[Story | None, list[Flaw]]:
    """The value as a story, or its flaws. Not strict: a text of digits may be a year."""
    if not isinstance(document.value, dict):
        return None, [Flaw(document.line_of(()), "This is not a story.", "Write it as fields, each with its name.")]
    try:
        return Story.model_validate(document.value, strict=False), []
    except ValidationError as error:
        flaws = []
        for detail in error.errors(include_url=False)[:MOST_PROBLEMS_A_FILE]:
            loc = detail["loc"]
            fields = (Story if len(loc) == 1 else Source).model_fields
            flaws.append(Flaw(document.line_of(loc), *in_words(detail, fields), loc))
        return None, flaws
