"""How the bot's Home tab looks: what can be asked, and for who may choose it who reviews stories."""

from bot.blocks import ids
from bot.blocks.lists import help_on
from bot.blocks.message import Block, actions, button, section
from bot.blocks.submit import tell_us_yours


def home(command: str, *, chooses: bool) -> Block:
    """The view to publish; `chooses` says whether this person may choose who reviews stories."""
    blocks = [*help_on(command)["blocks"], actions(tell_us_yours())]
    if chooses:
        settings = button("Moderation settings", ids.CHOOSE_MODERATION, "home")
        blocks += [{"type": "divider"}, section("Who reviews the stories that people tell here, and where.", settings)]
    return {"type": "home", "blocks": blocks}
