"""How `/story saved` looks: the stories that somebody keeps for themselves."""

from collections.abc import Sequence

from bot.blocks import ids
from bot.blocks.message import Block, Message, actions, button, context, header, line, rich, words
from bot.blocks.pick import Pick
from bot.blocks.text import fallback
from bot.domain.story import Story

# A message holds 50 blocks and about 13,200 characters in all; a story takes two blocks and up to 600 of them.
STORIES_LISTED = 18


def saved(stories: Sequence[Story], user_id: str, command: str) -> Message:
    """What a person has saved, the latest first; 18 are listed."""
    if not stories:
        empty = "You have not saved a story yet."
        how = f"Press Save under a story of the week, and {command} saved brings it back whenever you need it."
        return {"text": fallback(empty, how), "blocks": [rich(line(words(f"{empty} {how}")))]}
    listed = stories[:STORIES_LISTED]
    blocks = [header("Your saved stories")]
    for story in listed:
        blocks += _kept(story, user_id)
    if len(stories) > len(listed):
        blocks.append(context(f"These are your latest {len(listed)} of {len(stories)}."))
    spoken = (f"{_named(story)}: {story.summary}" for story in listed)
    return {"text": fallback("Your saved stories.", *spoken), "blocks": blocks}


def _kept(story: Story, user_id: str) -> list[Block]:
    show = button("Show", ids.SHOW_STORY, Pick(story.id, user_id=user_id).value(), says=f"Show: {story.title}")
    off = button("Take off the list", ids.UNSAVE, story.id, says=f"Take off the list: {story.title}")
    return [rich(line(words(_named(story), bold=True), words(f": {story.summary}"))), actions(show, off)]


def _named(story: Story) -> str:
    return f"{story.title} ({story.company})" if story.company else story.title
