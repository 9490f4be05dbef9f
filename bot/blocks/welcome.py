"""What whoever installed the bot is told first."""

from bot.blocks.message import Block, Message, context, header, line, rich, words
from bot.blocks.text import fallback


def welcome(command: str) -> Message:
    """Three first steps; `command` is the slash command's name."""
    steps = [
        (f"{command} empathy", "shows you a story, for your eyes only"),
        (f"{command} settings", "lets you choose who reviews the stories that people tell; until then those wait"),
        (f"{command} schedule", "has a story told in a channel every week"),
    ]
    told: list[Block] = [line(words(form, code=True), words(f" {what}")) for form, what in steps]
    listed: Block = {"type": "rich_text_list", "style": "ordered", "elements": told}
    more = (
        f"/invite @storybot in a channel lets people there mention me. {command} help lists everything else. "
        "Only you can see this conversation."
    )
    blocks = [
        header("Thank you for installing me"),
        rich(line(words("I tell true stories of great customer service. Three first steps:")), listed),
        context(more),
    ]
    spoken = "; ".join(f"{form} {what}" for form, what in steps)
    return {"text": fallback("Thank you for installing me. Three first steps:", f"{spoken}.", more), "blocks": blocks}
