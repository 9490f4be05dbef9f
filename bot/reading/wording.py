"""What pydantic finds wrong, said to somebody who writes YAML: what is wrong, and how to mend it."""

import re
from collections.abc import Iterable
from typing import Any

from pydantic_core import ErrorDetails

from bot.reading.strict_yaml import Loc, quoted

_PATTERNS = {
    "id": ("may hold only small letters a to z, digits and single hyphens.", "Write it like “a-coat-for-the-road”."),
    "emoji": ("is not the name of an emoji.", "Write the name without colons, like “heart”."),
    "command": ("is not a slash command.", "Write it like “/story”: a slash, then small letters, digits, - or _."),
    "channel": ("is not the id of a channel.", "Copy it from the channel's details; it starts with C."),
    "moderators": ("is not the id of a person.", "Copy it from their profile (Copy member ID); it starts with U."),
    "group": ("is not the id of a user group.", "Copy it from the group's page; it starts with S."),
    "address": (
        "is not an address of a bot.",
        "Write it like “https://stories.example.com”, without anything after it.",
    ),
    "url": ("is not a web address.", "Write all of it, starting with https://."),
}


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question with the nearest known word, or "" when none is near."""
    from rapidfuzz import fuzz, process  # where all is well nobody waits for it

    near = process.extractOne(word[:100].lower(), list(known), scorer=fuzz.ratio, score_cutoff=65)
    return f"Did you mean {quoted(near[0])}?" if near else ""


def in_words(error: ErrorDetails, fields: Iterable[str]) -> tuple[str, str]:
    """What is wrong and its mend. `fields` are the names that may stand where the error is."""
    name, given, bounds = _name(error["loc"]), error["input"], error.get("ctx", {})
    match error["type"]:
        case "missing":
            return f"{name} is missing.", f"Add a line “{error['loc'][-1]}: …”."
        case "extra_forbidden":
            known = list(fields)
            mend = did_you_mean(str(error["loc"][-1]), known) or f"Take it out; there are {', '.join(known)}."
            return f"{name} is not a field that belongs here.", mend
        case "model_type" | "tuple_type" | "string_type" | "int_type" | "int_parsing" | "int_parsing_size":
            return _wrong_kind(name, error["type"], given)
        case "string_pattern_mismatch":
            other = ("is not written as it should be.", f"The rule is {bounds['pattern']}")
            what, mend = _PATTERNS.get(str(error["loc"][-1]), other)
            return f"{name} {what}", mend
        case "greater_than_equal" | "less_than_equal":
            return f"{name} is {given}.", f"It should be {_bound(bounds)}."
        case "literal_error":
            known = re.findall("'([^']*)'", bounds["expected"])
            mend = did_you_mean(str(given), known) or f"It may be {', '.join(known)}."
            return f"{name} is {quoted(str(given))}.", mend
        case "value_error":
            said = str(bounds.get("error", error["msg"]))
            return f"{said[0].upper()}{said[1:]}.", ""
        case _:
            return _wrong_length(name, error["type"], given, bounds) or (f"{name}: {error['msg']}.", "")


def _name(loc: Loc) -> str:
    match loc:
        case ():
            return "The file"
        case (*_, str(last)):
            return quoted(last)
        case (*_, str(listed), int(index)):
            return f"Item {index + 1} of {quoted(listed)}"
    return "This"


def _wrong_kind(name: str, kind: str, given: object) -> tuple[str, str]:
    if given is None:
        return f"{name} is empty.", "Write something, or take the line out if it may be left out."
    wanted, mend = {
        "model_type": ("fields", "Write it as lines of “name: value”."),
        "tuple_type": ("a list", "Write each item in a line of its own, with “- ” in front."),
        "string_type": ("text", "Write plain text after the colon, in quotes if it holds “: ”."),
    }.get(kind, ("a whole number", "Write digits only."))
    kinds = ((list, "a list"), (dict, "fields"), (bool, "yes or no"), (int | float, "a number"), (type(None), "empty"))
    found = next((name for kind, name in kinds if isinstance(given, kind)), "text")
    return f"{name} should be {wanted}, but it is {found}.", mend


def _wrong_length(name: str, kind: str, given: Any, bounds: dict[str, Any]) -> tuple[str, str] | None:
    match kind:
        case "string_too_long":
            most, length = bounds["max_length"], len(given.strip())
            return f"{name} has {length:,} characters, {length - most:,} too many.", f"Cut it to {most:,}."
        case "string_too_short":
            return f"{name} is empty.", "Write something, or take the line out if it may be left out."
        case "too_long" | "too_short":
            many = "many" if kind == "too_long" else "few"
            bound = f"at most {bounds['max_length']}" if many == "many" else f"at least {bounds['min_length']}"
            return f"{name} has too {many} items, {len(given)}.", f"It should have {bound}."
    return None


def _bound(bounds: dict[str, Any]) -> str:
    return f"{bounds['ge']} or more" if "ge" in bounds else f"{bounds['le']} or less"
