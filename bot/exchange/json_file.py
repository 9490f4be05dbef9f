"""Stories as one JSON file: `{"format": "storybot stories", "version": 1, "stories": [{…}, …]}`."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from bot.domain.story import Story
from bot.exchange.fields import fields_of, in_order
from bot.reading.strict_yaml import Document, Flaw, quoted

FORMAT, VERSION = "storybot stories", 1
_SPACE = re.compile(r"[ \t\r\n]*")


def to_json(stories: Iterable[Story]) -> bytes:
    """The whole file, UTF-8."""
    told = [fields_of(story) for story in in_order(stories)]
    file = {"format": FORMAT, "version": VERSION, "stories": told}
    return (json.dumps(file, ensure_ascii=False, indent=2) + "\n").encode()


def entries(text: str) -> Iterator[tuple[Document, float]]:
    """Each story, or what keeps the rest from being read, and which share of the text has been read.

    Stories are read one by one, because a file can be long and each problem needs its line.
    """
    scanner = _Scanner(text)
    try:
        yield from _stories(scanner)
    except json.JSONDecodeError as error:
        what = f"This is not JSON: {error.msg}."
        yield Document(flaws=[Flaw(error.lineno, what, "Check the signs around this place.")], whole=False), 1.0
    except (ValueError, RecursionError) as error:
        what = "The nesting is too deep." if isinstance(error, RecursionError) else f"{error}."
        yield Document(flaws=[Flaw(scanner.line(), what, "Mend this story, or take it out.")], whole=False), 1.0


def _stories(scanner: "_Scanner") -> Iterator[tuple[Document, float]]:
    wanted = {"format": FORMAT, "version": VERSION}
    scanner.sign("{")
    while True:
        name = scanner.value()
        scanner.sign(":")
        if name == "stories":
            yield from scanner.items()
        else:
            line, value = scanner.line(), scanner.value()
            if wanted.pop(str(name), value) != value:
                flaw = Flaw(line, f"The {name} is {quoted(str(value))}.", _mend())
                yield Document(flaws=[flaw], whole=False), scanner.share()
        if scanner.sign(",}") == "}":
            break
    scanner.end()
    for name in wanted:
        flaw = Flaw(1, f"The file does not say its {name}.", _mend())
        yield Document(flaws=[flaw], whole=False), 1.0


def _mend() -> str:
    return f'A file of stories starts with {{"format": "{FORMAT}", "version": {VERSION}, "stories": […]}}.'


class _Scanner:
    """Goes through a JSON text value by value."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.lines, self.counted = 1, 0
        self.decoder = json.JSONDecoder(object_pairs_hook=_without_twins, parse_constant=_no_number)

    def sign(self, signs: str) -> str:
        """Step over one of `signs`, and over space before it."""
        self._skip_space()
        sign = self.text[self.at : self.at + 1]
        if not sign or sign not in signs:
            raise json.JSONDecodeError(f"there should be {' or '.join(signs)}", self.text, self.at)
        self.at += 1
        return sign

    def value(self) -> Any:
        self._skip_space()
        value, self.at = self.decoder.raw_decode(self.text, self.at)
        return value

    def items(self) -> Iterator[tuple[Document, float]]:
        self.sign("[")
        self._skip_space()
        if self.text.startswith("]", self.at):
            self.sign("]")
            return
        while True:
            line = self.line()
            yield Document(self.value(), {(): line}), self.share()
            if self.sign(",]") == "]":
                return

    def line(self) -> int:
        """The line of the next value, counting from 1."""
        self._skip_space()
        self.lines += self.text.count("\n", self.counted, self.at)
        self.counted = self.at
        return self.lines

    def share(self) -> float:
        return self.at / len(self.text)

    def end(self) -> None:
        self._skip_space()
        if self.at < len(self.text):
            raise json.JSONDecodeError("something comes after its end", self.text, self.at)

    def _skip_space(self) -> None:
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("A field of this story is given twice")
    return fields


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number that a story may hold")
