"""Block Kit as a person reads it: as plain text for the tests, and with tokens for the page."""

import re
from collections.abc import Iterator
from typing import Any

from playground import mrkdwn
from playground.mrkdwn import Names, Token

Json = dict[str, Any]

_RICH_PARTS = frozenset({"rich_text_section", "rich_text_quote", "rich_text_preformatted"})
_STYLES = {"b": "bold", "i": "italic", "strike": "strike", "code": "code"}


def text_tokens(text: Json, names: Names) -> list[Token]:
    """Tokens of a text object."""
    if text.get("type") == "mrkdwn":
        return mrkdwn.tokens(text["text"], names, verbatim=bool(text.get("verbatim")))
    return mrkdwn.plain_tokens(text["text"], emoji=text.get("emoji") is not False)


def rich_tokens(element: Json, names: Names) -> list[Token]:
    """Tokens of one inline element of a rich text."""
    asked = element.get("style") or {}
    style = {mark: True for mark, name in _STYLES.items() if asked.get(name)}
    match element["type"]:
        case "text":
            return mrkdwn.plain_tokens(element["text"], emoji=False, **style)
        case "link":
            return [{"t": "link", "url": element["url"], "s": element.get("text") or element["url"], **style}]
        case "user":
            return [{"t": "user", "id": element["user_id"], "s": f"@{names(element['user_id']) or element['user_id']}"}]
        case "channel":
            channel_id = element["channel_id"]
            return [{"t": "channel", "id": channel_id, "s": f"#{names(channel_id) or channel_id}"}]
        case "broadcast":
            return [{"t": "broadcast", "s": f"@{element['range']}"}]
        case "usergroup":
            return [{"t": "broadcast", "s": f"@{element['usergroup_id']}"}]
        case "emoji":
            return mrkdwn.plain_tokens(f":{element['name']}:")
    return mrkdwn.plain_tokens(str(element.get("fallback") or element.get("value") or ""), emoji=False)


def annotated(part: Any, names: Names) -> Any:
    """A copy of blocks (or of any part of them) in which every text carries its `tokens`."""
    if isinstance(part, list):
        return [annotated(item, names) for item in part]
    if not isinstance(part, dict):
        return part
    copied = {key: annotated(value, names) for key, value in part.items()}
    kind = part.get("type")
    if kind in ("mrkdwn", "plain_text") and isinstance(part.get("text"), str):
        copied["tokens"] = text_tokens(part, names)
    elif kind == "markdown":
        copied["tokens"] = mrkdwn.tokens(_markdown(part["text"]), names)
    elif kind in _RICH_PARTS:
        copied["elements"] = [{**element, "tokens": rich_tokens(element, names)} for element in part["elements"]]
    return copied


def live(part: Any) -> list[Token]:
    """Every mention, broadcast and link in annotated blocks that would notify somebody or lead somewhere."""
    if isinstance(part, list):
        return [token for item in part for token in live(item)]
    if not isinstance(part, dict):
        return []
    own = mrkdwn.live(part["tokens"]) if "tokens" in part else []
    return own + [token for key, value in part.items() if key != "tokens" for token in live(value)]


def drawn(blocks: list[Json], names: Names, values: Json | None = None) -> str:
    """Everything a person reads in the blocks, block by block. `values` are what a form holds."""
    return "\n".join(filter(None, (_block(block, names, values or {}) for block in blocks)))


def label(element: Json, names: Names) -> str:
    """The words on a button or beside a menu."""
    text = element.get("text") or element.get("placeholder") or {"type": "plain_text", "text": element["type"]}
    return mrkdwn.plain(text_tokens(text, names))


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Each interactive element with its block, in reading order."""
    for block in blocks:
        match block["type"]:
            case "actions" | "context_actions":
                found = block["elements"]
            case "carousel":
                yield from elements(block["elements"])
                continue
            case "container":
                yield from elements(block["child_blocks"])
                continue
            case _:
                found = [block.get("accessory"), block.get("element"), *(block.get("actions") or [])]
        for element in found:
            if isinstance(element, dict) and "action_id" in element:
                yield block, element


def options(element: Json) -> list[Json]:
    """The options of a menu, of radio buttons or of checkboxes, its groups opened."""
    grouped = [option for group in element.get("option_groups") or [] for option in group["options"]]
    return grouped or list(element.get("options") or [])


def button_labels(blocks: list[Json], names: Names) -> list[str]:
    return [label(element, names) for _, element in elements(blocks) if element["type"] in BUTTONS]


BUTTONS = frozenset({"button", "icon_button", "workflow_button"})


def _block(block: Json, names: Names, values: Json) -> str:
    def read(text: Json | None) -> str:
        return mrkdwn.plain(text_tokens(text, names)) if text else ""

    def acting(found: list[Json]) -> str:
        return " ".join(_element(element, names) for element in found)

    match block["type"]:
        case "section":
            parts = [read(block.get("text")), *map(read, block.get("fields") or [])]
            accessory = block.get("accessory")
            return "\n".join(filter(None, [*parts, _element(accessory, names) if accessory else ""]))
        case "header" | "alert":
            return read(block["text"])
        case "context":
            return " ".join(_element(part, names) for part in block["elements"])
        case "actions" | "context_actions":
            return acting(block["elements"])
        case "divider":
            return "———"
        case "image":
            return "\n".join(filter(None, [read(block.get("title")), f"({block['alt_text']})"]))
        case "input":
            return _input(block, names, values)
        case "rich_text":
            return "\n".join(_rich(element, names) for element in block["elements"])
        case "markdown":
            return mrkdwn.plain(mrkdwn.tokens(_markdown(block["text"]), names))
        case "card":
            parts = [read(block.get(part)) for part in ("title", "subtitle", "body")]
            return "\n".join(filter(None, [*parts, acting(block.get("actions") or [])]))
        case "carousel":
            return drawn(block["elements"], names, values)
        case "container":
            title = read(block.get("title")) or drawn([block["rich_text_title"]], names)
            return "\n".join(filter(None, [title, read(block.get("subtitle")), drawn(block["child_blocks"], names)]))
    return f"(a block of type {block['type']})"


def _element(element: Json, names: Names) -> str:
    match element["type"]:
        case "mrkdwn" | "plain_text":
            return mrkdwn.plain(text_tokens(element, names))
        case "image":
            return f"({element['alt_text']})"
        case "overflow":
            return "[⋯]"
    shown = element.get("initial_option")
    return f"[{mrkdwn.plain(text_tokens(shown['text'], names)) if shown else label(element, names)}]"


def _input(block: Json, names: Names, values: Json) -> str:
    element = block["element"]
    held = values.get(block["block_id"], {}).get(element["action_id"], {})
    said = [_said(value) for key, value in held.items() if key != "type" and value]
    listed = [
        f"( ) {mrkdwn.plain(text_tokens(option['text'], names))}"
        for option in options(element)
        if element["type"] in ("radio_buttons", "checkboxes")
    ]
    first = f"{mrkdwn.plain(text_tokens(block['label'], names))}: {', '.join(said)}".rstrip()
    hint = mrkdwn.plain(text_tokens(block["hint"], names)) if block.get("hint") else ""
    return "\n".join(filter(None, [first, *listed, hint]))


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_said, value))
    if isinstance(value, dict):
        return str(value["text"]["text"]) if "text" in value else ""
    return str(value)


def _rich(element: Json, names: Names) -> str:
    if element["type"] == "rich_text_list":
        marks = (f"{n}. " if element.get("style") == "ordered" else "• " for n in range(1, 1000))
        return "\n".join(mark + _rich(item, names) for mark, item in zip(marks, element["elements"], strict=False))
    return "".join(mrkdwn.plain(rich_tokens(part, names)) for part in element["elements"])


def _markdown(text: str) -> str:
    """Standard Markdown's most used marks as Slack's own, so that one drawing serves both."""
    lines = []
    for line in text.split("\n"):
        heading = line.lstrip("#")
        is_heading = 0 < len(line) - len(heading) <= 6 and heading.startswith(" ")
        line = f"**{heading.strip()}**" if is_heading else line
        line = re.sub(r"(?<!\*)\*([^*\s][^*]*)\*(?!\*)", r"_\1_", line)
        line = re.sub(r"\*\*([^*]+)\*\*", r"*\1*", line)
        line = re.sub(r"\[([^\[\]]+)\]\((https?://[^\s()<>|]+)\)", r"<\2|\1>", line)
        lines.append(re.sub(r"^(\s*)[-*] ", r"\1• ", line))
    return "\n".join(lines)
