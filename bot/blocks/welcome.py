"""What somebody is told first: whoever installed the bot, and whoever becomes a moderator."""

from collections.abc import Sequence

from bot.blocks.message import Block, Message, context, header, line, rich, words
from bot.blocks.text import fallback
from bot.domain.moderation import Chosen


def welcome(command: str) -> Message:
    """Three first steps; `command` is the slash command's name."""
    steps = [
        (f"{command} empathy", "shows you a story, for your eyes only"),
        (f"{command} settings", "lets you choose who reviews the stories that people tell; until then those wait"),
        (f"{command} schedule", "has a story told in a channel every week"),
    ]
    more = (
        f"/invite @storybot in a channel lets people there mention me. {command} help lists everything else. "
        "Only you can see this conversation."
    )
    blocks = [
        header("Thank you for installing me"),
        rich(line(words("I tell true stories of great customer service. Three first steps:")), _list("ordered", steps)),
        context(more),
    ]
    spoken = "; ".join(f"{form} {what}" for form, what in steps)
    return {"text": fallback("Thank you for installing me. Three first steps:", f"{spoken}.", more), "blocks": blocks}


def new_moderator(chosen: Chosen, waiting: int, command: str) -> Message:
    """What whoever was made a moderator may do from now on; `waiting` is how many stories wait for a decision."""
    channel_id = chosen.moderation.channel
    steps = [
        (f"{command} review", f"lists what waits ({waiting or 'nothing'} just now), with names for moderators only"),
        (f"{command} schedule", "lets you change when and where the story of the week is told"),
    ]
    told = " chose you to decide about the stories that people here send. Each comes as a card to "
    more = "If you cannot open that channel, ask to be invited." if channel_id else ""
    who: Block = {"type": "user", "user_id": chosen.by} if chosen.by else words("Somebody")
    where: Block = {"type": "channel", "channel_id": channel_id} if channel_id else words("you, here")
    blocks = [
        header("You are a moderator now"),
        rich(line(who, words(told), where, words(".")), _list("bullet", steps)),
        *([context(more)] if more else []),
    ]
    spoken = "; ".join(f"{form} {what}" for form, what in steps)
    named = f"<@{chosen.by}>" if chosen.by else "Somebody"
    place = f"<#{channel_id}>" if channel_id else "you, here"
    return {"text": f"{named}{told}{place}. {fallback(f'{spoken}.', more)}", "blocks": blocks}


def _list(style: str, steps: Sequence[tuple[str, str]]) -> Block:
    told: list[Block] = [line(words(form, code=True), words(f" {what}")) for form, what in steps]
    return {"type": "rich_text_list", "style": style, "elements": told}
