"""What people do at the desk, in a word each."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from playground import Playground, Seen
from playground.person import Person

CONSENT = {"The customers in it": ["No customer can be recognised in it, or they agreed to it"]}
STORY = (
    "A regular came in without her purse and with a crying baby. Our barista made the usual, carried the pram up the "
    "stairs, and wrote the price on a paper cup that still hangs behind the counter."
)
CUP = {"Title": "The cup behind the counter", "What happened": STORY}

_Seen = TypeVar("_Seen")


async def sends_a_story(author: Person, words: dict[str, Any]) -> None:
    """Fill in the form that is open, with a theme and the tick that it asks for, and send it."""
    await author.fills({"Themes": ["Empathy"], **CONSENT, **words})
    await author.submits()


async def chooses(admin: Person, words: dict[str, Any]) -> None:
    """Fill in the moderation settings, from the command to the thanks, and close them."""
    await admin.types("/story settings")
    await admin.fills(words)
    await admin.submits()
    assert admin.modal is not None
    assert "Stories that people send go" in admin.modal.drawn, (admin.modal.drawn, admin.modal.errors)
    await admin.closes()


async def tells(author: Person, **words: Any) -> None:
    """Tell a story from the command to the thanks, and close them; `words` are further fields with _ for spaces."""
    await author.types("/story submit")
    await sends_a_story(author, {**CUP, **{label.replace("_", " "): said for label, said in words.items()}})
    assert author.modal is not None
    assert author.modal.title == "Thank you", (author.modal.drawn, author.modal.errors)
    await author.closes()


def held(person: Person, label: str) -> str:
    """What stands in a text field of the form that is open."""
    assert person.modal is not None
    block = next(block for block in person.modal.blocks if block.get("label", {}).get("text") == label)
    return str(person.modal.values[block["block_id"]]["value"]["value"] or "")


async def card_of(moderator: Person, title: str = CUP["Title"], channel: str = "story-review") -> Seen:
    """The newest card of a story, as soon as it is there."""
    return await waits_for(lambda: next(seen for seen in reversed(moderator.sees(channel)) if title in seen.drawn))


async def sees(person: Person, words: str, channel: str) -> Seen:
    """The newest message there that says these words, as soon as there is one."""
    return await waits_for(lambda: next(seen for seen in reversed(person.sees(channel)) if words in seen.drawn))


def is_told(person: Person, words: str, channel: str = "story-review") -> bool:
    """Whether the last message there is for this person's eyes only and says these words."""
    last = person.last(channel)
    return last.ephemeral and words in last.drawn


def cards_posted(slack: Playground) -> int:
    return sum(call.method == "chat.postMessage" and call.ok for call in slack.calls)


async def waits_for(look: Callable[[], _Seen], seconds: float = 30.0) -> _Seen:
    """Look until there is something to see, and what it is; what the outbox says comes a moment later."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                if seen := look():
                    return seen
            except (LookupError, StopIteration):
                pass
            await asyncio.sleep(0.02)
