"""The pieces that every form is put together from, and how what was typed is read back.

Limits are Slack's: 24 characters for a view's title and buttons, 3,000 for a first value, 75 for an option and its
description (Block Kit reference). Each input is one block with one element, so a field is known by its `block_id`.
"""

from collections.abc import Mapping
from typing import Any

from bot.blocks.message import Block, plain, section
from bot.blocks.text import visible

FIRST_VALUE = 3_000
TICKED = "yes"
_ELEMENT = "value"


class Said:
    """The values of a sent form by block_id (docs: `view.state.values`); a field that it lacks is empty.

    Characters that hide or reorder text are left out here, so that no store and no reader ever meets them.
    """

    def __init__(self, view: Mapping[str, Any]) -> None:
        self._values: Mapping[str, Any] = (view.get("state") or {}).get("values") or {}

    def text(self, block_id: str) -> str:
        return clean(self._value(block_id).get("value") or "")

    def option(self, block_id: str) -> str:
        return str((self._value(block_id).get("selected_option") or {}).get("value", ""))

    def options(self, block_id: str) -> tuple[str, ...]:
        return tuple(str(option["value"]) for option in self._value(block_id).get("selected_options") or ())

    def ticked(self, block_id: str) -> bool:
        return TICKED in self.options(block_id)

    def picked(self, block_id: str, name: str) -> str:
        """What one of Slack's own pickers holds, under its name for that: "selected_conversation", "selected_time"."""
        return str(self._value(block_id).get(name) or "")

    def people(self, block_id: str) -> tuple[str, ...]:
        """The ids in a `multi_users_select`."""
        return tuple(map(str, self._value(block_id).get("selected_users") or ()))

    def _value(self, block_id: str) -> Mapping[str, Any]:
        return (self._values.get(block_id) or {}).get(_ELEMENT) or {}


def field(block_id: str, label: str, element: Block, hint: str = "", *, optional: bool = False) -> Block:
    drawn: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, 2_000),
        "element": element | {"action_id": _ELEMENT},
        "optional": optional,
    }
    return drawn | {"hint": plain(hint, 2_000)} if hint else drawn


def written(value: str = "", *, multiline: bool = False, example: str = "") -> Block:
    """A text input. Lengths are the reader's to judge: Slack would tell of them first, and of the rest only then."""
    element: Block = {"type": "plain_text_input", "multiline": multiline}
    if first := clean(value)[:FIRST_VALUE]:
        element["initial_value"] = first
    if example:
        element["placeholder"] = plain(example, 150)
    return element


def tick(block_id: str, label: str, what: str, ticked: bool, *, optional: bool = False) -> Block:
    """A single box; one that is not `optional` has to be ticked."""
    box = option(what, TICKED)
    element: Block = {"type": "checkboxes", "options": [box]}
    return field(block_id, label, element | {"initial_options": [box]} if ticked else element, optional=optional)


def join_box(ticked: bool) -> Block:
    """The offer to join a public channel that was chosen and that the bot is not in; its block_id is "joins"."""
    return tick("joins", "I am not in it", "Join this channel, since it is public", ticked, optional=True)


def option(label: str, value: str, what: str = "") -> Block:
    drawn: Block = {"text": plain(label, 75), "value": str(value)}
    return drawn | {"description": plain(what, 75)} if what else drawn


def alert(level: str, what: str) -> Block:
    """A notice in a modal, the only place where Slack takes one; `level` is "info", "warning" or "error"."""
    return {"type": "alert", "level": level, "text": plain(what, 3_000)}


def modal(title: str, blocks: list[Block], *, callback_id: str, meta: str, send: str) -> Block:
    """A modal that can be sent; `meta` is what it remembers."""
    return {
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": meta,
        "title": plain(title, 24),
        "submit": plain(send, 24),
        "close": plain("Cancel", 24),
        "blocks": blocks,
    }


def notice(title: str, *what: str | Block) -> Block:
    """A modal that only tells something, in words or blocks."""
    blocks = [section(part) if isinstance(part, str) else part for part in what]
    return {"type": "modal", "title": plain(title, 24), "close": plain("Close", 24), "blocks": blocks}


def clean(text: str) -> str:
    """`text` without hidden characters, its lines kept."""
    return "\n".join(map(visible, text.replace("\r\n", "\n").replace("\r", "\n").split("\n")))
