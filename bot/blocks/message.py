"""The pieces that every message is put together from, as plain Block Kit dictionaries.

Texts that come from people or packs are cut to Slack's limits here: header 150, plain text of a button 75, a button's
value 2,000 characters, a section 3,000 (Slack's Block Kit reference).
"""

from typing import Any, NotRequired, TypedDict

from bot.blocks.text import shortened, visible

Block = dict[str, Any]


class Message(TypedDict):
    """What can be posted, answered or put in an acknowledgement; `text` alone carries the whole meaning.

    `metadata` goes with a post unseen, by which it is known again (docs: message metadata).
    """

    text: str
    blocks: list[Block]
    metadata: NotRequired[Block]


QUIETLY: dict[str, Any] = {"link_names": False, "unfurl_links": False, "unfurl_media": False}
"""How every post is made: names in it notify nobody, and addresses in it open no preview."""


def plain(words: str, limit: int, *, emoji: bool = False) -> Block:
    return {"type": "plain_text", "text": shortened(words, limit), "emoji": emoji}


def header(words: str) -> Block:
    return {"type": "header", "text": plain(words, 150)}


def context(words: str, *, emoji: bool = False) -> Block:
    return {"type": "context", "elements": [plain(words, 2_000, emoji=emoji)]}


def section(words: str, accessory: Block | None = None, *, emoji: bool = False) -> Block:
    drawn: Block = {"type": "section", "text": plain(words, 3_000, emoji=emoji)}
    return drawn | {"accessory": accessory} if accessory else drawn


def actions(*buttons: Block) -> Block:
    return {"type": "actions", "elements": list(buttons)}


def button(label: str, action_id: str, value: str, *, says: str = "", style: str = "", emoji: bool = False) -> Block:
    """A button; `says` is what a screen reader says where the label alone is not enough, and begins with the label."""
    drawn: Block = {
        "type": "button",
        "action_id": action_id,
        "text": plain(label, 75, emoji=emoji),
        "value": value,
    }
    if says:
        drawn["accessibility_label"] = shortened(says, 75)
    if style:
        drawn["style"] = style
    return drawn


def rich(*elements: Block) -> Block:
    return {"type": "rich_text", "elements": list(elements)}


def words(text: str, **style: bool) -> Block:
    """A `rich_text` text element, the only place beside `plain_text` where people's words stay inert."""
    element: Block = {"type": "text", "text": visible(text)}
    return element | {"style": style} if style else element


def line(*elements: Block) -> Block:
    return {"type": "rich_text_section", "elements": list(elements)}


def quote(*elements: Block) -> Block:
    return {"type": "rich_text_quote", "elements": list(elements)}
