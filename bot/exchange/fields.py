"""A story as plain fields, which every format writes."""

import re
from collections.abc import Iterable
from typing import Any

from bot.domain.story import Story
from bot.reading.strict_yaml import UNSEEN

_LINE_END = re.compile(r"\r\n?")


def in_order(stories: Iterable[Story]) -> list[Story]:
    """By id, so that the same stories always make the same file."""
    return sorted(stories, key=lambda story: story.id)


def fields_of(story: Story) -> dict[str, Any]:
    """What is known of a story, in the order of the model, as texts, numbers, lists and dicts; nothing invisible."""
    return {name: _shown(value) for name, value in story.model_dump().items() if value not in (None, ())}


def one_line_end(text: str) -> str:
    """The text with every end of a line as “\\n”, however Windows, Excel or an old Mac wrote it."""
    return _LINE_END.sub("\n", text)


def _shown(value: Any) -> Any:
    match value:
        case str():
            return UNSEEN.sub("", one_line_end(value)).strip()
        case dict():
            return {name: _shown(part) for name, part in value.items() if part is not None}
        case tuple():
            return [_shown(part) for part in value]
    return value
