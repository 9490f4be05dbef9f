"""What people do at the desk, in a word each."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from playground.person import Person

CONSENT = {"The customers in it": ["No customer can be recognised in it, or they agreed to it"]}

_Seen = TypeVar("_Seen")


async def sends_a_story(author: Person, words: dict[str, Any]) -> None:
    """Fill in the form that is open, with a theme and the tick that it asks for, and send it."""
    await author.fills({"Themes": ["Empathy"], **CONSENT, **words})
    await author.submits()


async def waits_for(look: Callable[[], _Seen], seconds: float = 10.0) -> _Seen:
    """Look until there is something to see, and what it is; what the outbox says comes a moment later."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                if seen := look():
                    return seen
            except LookupError:
                pass
            await asyncio.sleep(0.02)
