"""YAML as people mean it: what was typed stays what was typed, and no file can flood or surprise its reader.

YAML turns `NO` into false, `1.10` into 1.1 and `2024-01-02` into a date, lets the second of two equal keys win, and
lets a kilobyte of aliases stand for gigabytes. Here every scalar is text; only an empty value, `~` and `null` are
None, and numbers are made by the schema that wants them. Anchors, aliases, tags, equal keys, characters that nobody
sees and deep nesting are flaws, told with their line.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
    StreamStartEvent,
)

MOST_DEPTH = 8
MOST_UNSEEN = 20

Loc = tuple[str | int, ...]
Value = str | list[Any] | dict[str, Any] | None

# Control characters but tab and line ends; line and paragraph separators; every bidirectional control, because it can
# make a text read otherwise than it is; half characters; a byte-order mark inside the text; two that YAML refuses.
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_C_OR_PURE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that may not be in a file. `line` counts from 1; `loc` is the value it spoils, () for the whole."""

    line: int | None
    what: str
    mend: str
    loc: Loc = ()


@dataclass(slots=True)
class Document:
    """What a text holds: its value, the line of each part of it, and the flaws. Not `whole`: reading had to stop."""

    value: Value = None
    lines: dict[Loc, int] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)
    whole: bool = True

    def line_of(self, loc: Loc) -> int | None:
        """The line of a part, or of the nearest part around it that is there."""
        while loc and loc not in self.lines:
            loc = loc[:-1]
        return self.lines.get(loc)


class _TooDeep(Exception):
    pass


def read(text: str) -> Document:
    """Read one YAML document. Never raises: whatever is wrong with the text is among the flaws."""
    document = Document()
    unseen = list(_unseen(text))
    if unseen:
        return Document(flaws=unseen, whole=False)
    parser = _C_OR_PURE(text)
    try:
        _Reader(parser, document).document()
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # the pure loader overflows on "\\UFFFFFFFF"
        document.whole = False
        document.flaws.append(_not_yaml(error, text))
    except _TooDeep:
        document.whole = False
    finally:
        parser.dispose()
    return document


def quoted(text: str, most: int = 40) -> str:
    """“text” as a message may show it: cut when long, and nothing in it that could steer a terminal."""
    cut = text if len(text) <= most else f"{text[:most]}…"
    return f"“{''.join(sign if sign.isprintable() else '?' for sign in cut)}”"


class _Reader:
    """Builds the value from the parser's events, so that an alias is seen as such and nesting is bounded."""

    def __init__(self, parser: Any, document: Document) -> None:
        self.next_event = parser.get_event
        self.lines = document.lines
        self.flaws = document.flaws
        self.into = document

    def document(self) -> None:
        documents = 0
        while not isinstance(event := self.next_event(), StreamEndEvent):
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents == 2:
                    mend = "Keep one document a file: take out the line with ---."
                    self.flaws.append(Flaw(_line(event), "A second document starts here.", mend))
                    self.into.whole = False
                    return
            elif not isinstance(event, (StreamStartEvent, DocumentEndEvent)):
                self.lines[()] = _line(event)
                self.into.value = self._value(event, ())

    def _value(self, event: Any, loc: Loc) -> Value:
        kind = type(event)
        if kind is AliasEvent:
            self._refuse_reference(event, f"*{event.anchor}", loc)
            return None
        if event.anchor is not None:
            self._refuse_reference(event, f"&{event.anchor}", loc)
        if event.tag is not None:
            self.flaws.append(Flaw(_line(event), f"The tag {quoted(event.tag)} is not allowed.", "Take it out.", loc))
        if kind is ScalarEvent:
            return self._scalar(event, loc)
        if len(loc) >= MOST_DEPTH:
            mend = f"Nothing here needs more than {MOST_DEPTH} levels."
            self.flaws.append(Flaw(_line(event), "The nesting is too deep.", mend))
            raise _TooDeep
        return self._mapping(loc) if kind is MappingStartEvent else self._sequence(loc)

    def _scalar(self, event: Any, loc: Loc) -> str | None:
        text: str = event.value
        if event.implicit[0]:
            return None if text in ("", "~", "null") else text
        if event.style == '"':  # only here can an escape such as \u202e bring in what the raw text does not show
            self.flaws.extend(_unseen(text, _line(event), loc))
        return text

    def _sequence(self, loc: Loc) -> list[Any]:
        values: list[Any] = []
        while type(event := self.next_event()) is not SequenceEndEvent:
            at = (*loc, len(values))
            self.lines[at] = _line(event)
            values.append(self._value(event, at))
        return values

    def _mapping(self, loc: Loc) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while type(event := self.next_event()) is not MappingEndEvent:
            line = _line(event)
            key = self._value(event, (*loc, -1))
            if not isinstance(key, str):
                self.flaws.append(Flaw(line, "The name of a field must be a word.", "Write it as “name: value”.", loc))
                self._value(self.next_event(), (*loc, -1))
            elif key in values:
                first = self.lines[*loc, key]
                mend = f"It is already in line {first}: keep one of the two."
                self.flaws.append(Flaw(line, f"{quoted(key)} is given twice.", mend, (*loc, key)))
                self._value(self.next_event(), (*loc, -1))
            else:
                at = (*loc, key)
                self.lines[at] = line
                values[key] = self._value(self.next_event(), at)
        return values

    def _refuse_reference(self, event: Any, name: str, loc: Loc) -> None:
        mend = "Write the value out; if the text itself starts with * or &, put it in quotes."
        self.flaws.append(Flaw(_line(event), f"The YAML anchor or alias {quoted(name)} is not allowed.", mend, loc))


def _line(event: Any) -> int:
    line: int = event.start_mark.line
    return line + 1


def _unseen(text: str, first_line: int | None = None, loc: Loc = ()) -> Iterable[Flaw]:
    """A flaw for each of the first invisible characters. `first_line`: all of the text counts as in that line."""
    for found in islice(UNSEEN.finditer(text), MOST_UNSEEN):
        line = first_line or text.count("\n", 0, found.start()) + 1
        yield Flaw(line, f"There is an invisible character, U+{ord(found[0]):04X}.", "Take it out.", loc)


def _not_yaml(error: Exception, text: str) -> Flaw:
    mend = "Indent with spaces, and quote a text that holds “: ” or “ #” or starts with a sign."
    mark = getattr(error, "problem_mark", None)
    last = text.rstrip().count("\n") + 1  # the parser may point behind the end
    said = [getattr(error, name, None) for name in ("problem", "context")]
    what = f"This is not YAML: {', '.join(filter(None, said)) or error}."
    return Flaw(min(mark.line + 1, last) if mark else None, what, mend)
