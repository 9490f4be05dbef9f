"""What stands in the form of a story, as somebody typed it: not yet checked, and worth keeping."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.domain.submission import MOST_THEMES, Credit, Told
from bot.errors import UserError

# As long as the title of a story may be.
_TITLE_LENGTH = 60


class DraftErrors(UserError):
    """Everything that is amiss in a form: words for a person by the name of the field, all told at once."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(f"{name.replace('_', ' ').capitalize()}: {words}" for name, words in fields.items()))
        self.fields = fields


@dataclass(frozen=True, slots=True)
class Draft:
    """The form's fields as typed; `themes` holds ids, and what is left empty is "".

    `consent` says that no customer can be recognised or that they agreed, `author_agrees` that whoever wrote the
    message that the story was made of agrees as well; it counts only where there is such a person.
    """

    title: str = ""
    story: str = ""
    takeaway: str = ""
    themes: tuple[str, ...] = ()
    company: str = ""
    year: str = ""
    credit: Credit = Credit.NAME
    consent: bool = False
    author_agrees: bool = False

    @classmethod
    def from_words(cls, words: str) -> "Draft":
        """A draft begun with the words typed behind the command: few are a title, more are the story."""
        return cls(title=words) if len(words) <= _TITLE_LENGTH else cls(story=words)

    @classmethod
    def from_told(cls, told: Told, credit: Credit) -> "Draft":
        """A draft to change what was told before; consent is asked for anew, since it was given for the old text."""
        return cls(
            title=told.title,
            story=told.story,
            takeaway=told.takeaway or "",
            themes=told.themes,
            company=told.company or "",
            year=str(told.year or ""),
            credit=credit,
        )

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Draft":
        """What `as_json` gave; of an older version's draft, all that can still be read."""
        read = (_read(name, value) for name, value in kept.items())
        return cls(**{name: value for name, value in read if value is not None})

    def as_json(self) -> dict[str, Any]:
        """This draft in JSON's own types, without the fields that are as in an empty form."""
        empty = Draft()
        changed = {name: getattr(self, name) for name in _FIELDS if getattr(self, name) != getattr(empty, name)}
        return changed | {"themes": list(self.themes)} if self.themes else changed

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written or chosen of the story itself."""
        return not any((self.title, self.story, self.takeaway, self.themes, self.company, self.year))

    def told(self, known_themes: Collection[str], *, message_author: str = "") -> Told:
        """The story as it may be submitted; else DraftErrors.

        `message_author` is the name of whoever wrote the message that it was made of, "" where that is the same person
        or there was none.
        """
        errors: dict[str, str] = {}
        if unknown := [theme for theme in self.themes if theme not in known_themes]:
            errors["themes"] = f"There is no theme “{'” or “'.join(unknown)}” any more. Choose another."
        if not self.consent:
            errors["consent"] = "Please tick this box, if no customer can be recognised in it or if they agreed to it."
        if message_author and not self.author_agrees:
            errors["author_agrees"] = f"Ask {message_author} first, and tick this when they agree."
        told = self._checked(errors)
        if errors or told is None:
            raise DraftErrors(errors)
        return told

    def _checked(self, errors: dict[str, str]) -> Told | None:
        try:
            return Told(
                title=_line(self.title),
                story=_lines(self.story),
                themes=tuple(dict.fromkeys(self.themes)),
                takeaway=_line(self.takeaway) or None,
                company=_line(self.company) or None,
                year=_year(self.year),
            )
        except ValidationError as invalid:
            for error in invalid.errors():
                errors.setdefault(str(error["loc"][0]), _in_words(error))
        return None


_FIELDS = tuple(field.name for field in fields(Draft))


def _read(name: str, value: object) -> tuple[str, Any]:
    """A field's name and value; the value is None where it is not what this version writes."""
    match name, value:
        case "title" | "story" | "takeaway" | "company" | "year", str():
            return name, value
        case "themes", [*themes] if all(isinstance(theme, str) for theme in themes):
            return name, tuple(themes)
        case "credit", str() if value in set(Credit):
            return name, Credit(value)
        case "consent" | "author_agrees", bool():
            return name, value
    return name, None


def _line(words: str) -> str:
    # Joiners alone are a title that nobody sees.
    return " ".join(words.split()).strip("\u200c\u200d")


def _lines(words: str) -> str:
    """The same lines, so that what is said of “line 2” is true, without the spaces around them."""
    return "\n".join(line.strip() for line in words.split("\n")).strip()


def _year(typed: str) -> int | None:
    """Four digits of any script; what is no year is 0, which the model refuses."""
    year = typed.strip()
    if not year:
        return None
    return int(year) if len(year) == 4 and year.isdecimal() else 0


def _in_words(error: ErrorDetails) -> str:
    """What pydantic found wrong, said to somebody who fills in a form."""
    bounds = error.get("ctx", {})
    match error["type"], error["loc"]:
        case "string_too_short", _ if not error["input"]:
            return "Write something here."
        case "string_too_short", _:
            return f"It has {_characters(len(error['input']))}; at least {bounds['min_length']} are needed."
        case "string_too_long", _:
            return f"It has {_characters(len(error['input']))}; at most {bounds['max_length']:,} fit."
        case "too_short", _:
            return "Choose at least one theme."
        case "too_long", _:
            return f"Choose at most {MOST_THEMES} themes; there are {bounds['actual_length']}."
        case _, ("themes", *_):
            return "There is no such theme any more. Choose another."
        case _, ("year",):
            return "Write a year from 1800 on with four digits, such as 2019."
    return f"{error['msg']}."


def _characters(count: int) -> str:
    return "1 character" if count == 1 else f"{count:,} characters"
