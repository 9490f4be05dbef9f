"""Stories as a table that opens in Excel: one row a story, one column a field.

Lists stand in one cell: ids with commas, sources one a line as `Title | publisher: … | url: …`. A spreadsheet takes a
cell that starts with =, +, - or @ for a formula; these get an apostrophe in front, which is taken away when they are
read. So do the starts of what a reader with another idea of where cells end would take for one.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Any

from bot.domain.story import Source, Story
from bot.exchange.fields import fields_of, in_order
from bot.reading.strict_yaml import Document, Flaw, quoted
from bot.reading.wording import did_you_mean

COLUMNS = tuple(Story.model_fields)
_NEEDED = tuple(name for name, field in Story.model_fields.items() if field.is_required())
_IDS = ("themes", "season", "similar")
_PARTS = tuple(name for name in Source.model_fields if name != "title")
_DELIMITERS = ",;\t"

# Full-width signs count too: Excel in Japanese and Chinese takes them for the others (OWASP, “CSV Injection”).
_START, _FORMULA = r"(^|[;\t\r\n])", r"(?=[=+\-@\t\r＝＋－＠])"
_BEFORE_FORMULA = re.compile(f"{_START}('*){_FORMULA}")
_GUARDED = re.compile(f"{_START}'('*){_FORMULA}")
# A part of a source, in which \| is a bar, \n the end of a line, and \\ the backslash.
_PART = re.compile(r"(?:[^|\\]|\\.|\\$)+")
_ESCAPED = re.compile(r"\\(.)")
_ESCAPES = str.maketrans({"\\": r"\\", "|": r"\|", "\n": r"\n"})
_BETWEEN_IDS = re.compile(r"[,;\n]")
_MEND_SOURCE = "Write it as “Title | publisher: … | url: …”, one source a line."


def to_csv(stories: Iterable[Story]) -> bytes:
    """The whole file: UTF-8 with a byte-order mark, without which Excel takes it for something older."""
    file = io.StringIO(newline="")
    rows = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for story in in_order(stories):
        fields = fields_of(story)
        rows.writerow(_guarded(_cell(name, fields.get(name))) for name in COLUMNS)
    return file.getvalue().encode("utf-8-sig")


def entries(text: str) -> Iterator[tuple[Document, float]]:
    """Each row as the fields of a story, or what keeps the rest from being read, and which share has been read."""
    lines = text.count("\n") + 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    names: list[str] = []
    line = 1
    try:
        for cells in reader:
            if names:
                if any(cells):
                    yield _row(names, cells, line), min(reader.line_num / lines, 1.0)
            elif any(cells):
                names = [cell.strip().lower().replace(" ", "_") for cell in cells]
                flaws = list(_flaws_of_heading(names, line))
                if flaws:
                    yield Document(flaws=flaws, whole=False), 1.0
                    return
            line = reader.line_num + 1
    except csv.Error:
        what = "From here on the cells cannot be told apart."
        mend = "Look for a quotation mark that is not closed, or not doubled."
        yield Document(flaws=[Flaw(line, what, mend)], whole=False), 1.0


def _delimiter(text: str) -> str:
    """The sign that splits the first line into most names of columns: Excel writes ; in half of Europe."""
    heading = text.lstrip().partition("\n")[0].lower()
    return max(_DELIMITERS, key=lambda sign: sum(name.strip(' "') in COLUMNS for name in heading.split(sign)))


def _flaws_of_heading(names: Sequence[str], line: int) -> Iterator[Flaw]:
    if not set(names) & set(COLUMNS):
        what, mend = "The first row does not name the fields.", f"It needs {', '.join(_NEEDED)}."
        yield Flaw(line, what, mend)
        return
    for name in dict.fromkeys(names):
        if name and name not in COLUMNS:
            mend = did_you_mean(name, COLUMNS) or f"Take it out; there are {', '.join(COLUMNS)}."
            yield Flaw(line, f"{quoted(name)} is not a column that belongs here.", mend)
        elif name and names.count(name) > 1:
            yield Flaw(line, f"The column {quoted(name)} is there twice.", "Take one of them out.")
    for name in _NEEDED:
        if name not in names:
            yield Flaw(line, f"The column {quoted(name)} is missing.", "Add it, and fill it in every row.")


def _row(names: Sequence[str], cells: Sequence[str], line: int) -> Document:
    document = Document({}, {(): line})
    fields: dict[str, Any] = {}
    for name, cell in zip_longest(names, cells, fillvalue=""):
        text = _GUARDED.sub(r"\1\2", cell).strip()
        if not text:
            continue
        if not name:
            document.flaws.append(Flaw(line, f"{quoted(text)} stands in no column.", "Name the column, or empty it."))
        elif name in _IDS:
            fields[name] = [part.strip() for part in _BETWEEN_IDS.split(text) if part.strip()]
        elif name == "sources":
            fields[name] = [_source(told, line, document.flaws) for told in text.split("\n") if told.strip()]
        else:
            fields[name] = text
    document.value = fields
    return document


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in _IDS:
        return ", ".join(value)
    if name == "sources":
        return "\n".join(map(_source_line, value))
    return str(value)


def _source_line(source: dict[str, str]) -> str:
    shown = {name: text.translate(_ESCAPES) for name, text in source.items()}
    return " | ".join([shown["title"], *(f"{name}: {shown[name]}" for name in _PARTS if name in shown)])


def _source(told: str, line: int, flaws: list[Flaw]) -> dict[str, str]:
    title, *parts = [part.strip() for part in _PART.findall(told)] or [""]
    source = {"title": _unescaped(title)}
    for part in parts:
        name, _, value = part.partition(":")
        if name not in _PARTS or name in source:
            flaws.append(Flaw(line, f"{quoted(part)} is no part of a source.", _MEND_SOURCE))
        else:
            source[name] = _unescaped(value.strip())
    return source


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], text)


def _guarded(cell: str) -> str:
    return _BEFORE_FORMULA.sub(r"\1'\2", cell)
