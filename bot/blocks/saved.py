"""How `/story saved` looks: the stories that somebody keeps for themselves."""

from collections.abc import Sequence

from bot.blocks import ids
from bot.blocks.message import Block, Message, actions, button, context, header, line, rich, words
from bot.blocks.pick import Pick
from bot.blocks.text import fallback
from bot.domain.story import Story

# A message holds 50 blocks and about 13,200 characters in all; a story takes two blocks and up to 600 of them.
STORIES_LISTED = 18


def saved(stories: Sequence[Story], user_id: str, command: str, *, gone: int = 0) -> Message:
    """What a person has saved, the latest first; 18 are listed. `gone` counts those that are no longer told."""
    lost = f"{_stories(gone)} that you had saved {'is' if gone == 1 else 'are'} no longer told." if gone else ""
    if not stories:
        empty = "You have not saved a story yet." if not gone else "None of your saved stories is left."
        how = f"Press Save under a story of the week, and {command} saved brings it back whenever you need it."
        blocks = [rich(line(words(f"{empty} {how}"))), *([context(lost)] if lost else [])]
        return {"text": fallback(empty, how, lost), "blocks": blocks}
    listed = stories[:STORIES_LISTED]
    blocks = [header("Your saved stories")]
    for story in listed:
        blocks += _kept(story, user_id)
    more = f"These are your latest {len(listed)} of {len(stories)}." if len(stories) > len(listed) else ""
    blocks += [context(note) for note in (more, lost) if note]
    spoken = (f"{_named(story)}: {story.summary}" for story in listed)
    return {"text": fallback("Your saved stories.", *spoken, more, lost), "blocks": blocks}


def _kept(story: Story, user_id: str) -> list[Block]:
    show = button("Show", ids.SHOW_STORY, Pick(story.id, user_id=user_id).value(), says=f"Show: {story.title}")
    off = button("Take off the list", ids.UNSAVE, story.id, says=f"Take off the list: {story.title}")
    return [rich(line(words(_named(story), bold=True), words(f": {story.summary}"))), actions(show, off)]


def _named(story: Story) -> str:
    return f"{story.title} ({story.company})" if story.company else story.title


def _stories(count: int) -> str:
    return "1 story" if count == 1 else f"{count} stories"
