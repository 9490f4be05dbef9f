"""Many stories on their way at once, and what the database says of each: for races, faults and kills."""

import asyncio
import random
import sqlite3
from pathlib import Path
from typing import Any

from bot.storage.database import FILE_NAME
from playground.person import Person, Seen
from tests.submissions.people import CONSENT

TRIES = 100

WORDS = "parcel train garden phone letter bakery ferry key umbrella child driver bridge doctor shoes lamp river horse"


def a_title(number: int) -> str:
    return f"Story number {number} of many"


def a_story(number: int) -> dict[str, Any]:
    """What fills the form; each reads like no other."""
    words = random.Random(number).choices(WORDS.split(), k=30)
    return {"Title": a_title(number), "What happened": f"We helped: {' '.join(words)}, and {number} thanks came back."}


async def tells(author: Person, number: int) -> None:
    """Tell a story; as people do, go on until the thanks are there, whatever comes in between."""
    filled = ""
    for _ in range(TRIES):
        top = author.modal
        if top is None:
            filled = ""
            await author.types("/story submit", channel="storybot")
            if author.modal is None:
                # It may come late; who asks again at once has two.
                await asyncio.sleep(0.5)
        elif top.title == "Thank you":
            await author.closes(whole_stack=True)
            return
        elif top.submit is None or filled not in ("", top.id):
            # An apology, or a second form.
            await author.closes()
        else:
            if not filled:
                await author.fills({"Themes": ["Empathy"], **CONSENT, **a_story(number)})
                filled = top.id
            await author.submits()
    raise AssertionError(f"{author.name} tried {TRIES} times, and sees {author.modal}")


def cards_of(moderator: Person, title: str) -> list[Seen]:
    """The cards of this story that stand in the channel; another's may name it too."""
    return [
        seen
        for seen in moderator.sees("story-review")
        if not seen.ephemeral and seen.blocks and seen.blocks[0].get("text", {}).get("text") == title
    ]


def rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    """What stands in the bot's database, while it runs or after."""
    with sqlite3.connect(f"file:{folder / FILE_NAME}?mode=ro", uri=True) as database:
        return list(database.execute(query))


def kept(folder: Path) -> dict[str, tuple[str, str]]:
    """The id and the state of every submission, by title."""
    query = "SELECT json_extract(told, '$.title'), id, state FROM submissions"
    return {title: (submission_id, state) for title, submission_id, state in rows(folder, query)}


def said(folder: Path, kind: str) -> dict[str, str]:
    """The state of everything of one kind in the outbox, by key."""
    return dict(rows(folder, f"SELECT key, state FROM outbox WHERE kind = '{kind}'"))


def is_quiet(folder: Path) -> bool:
    """Whether everything that was to be said is settled."""
    return not rows(folder, "SELECT 1 FROM outbox WHERE state IN ('due', 'sending') LIMIT 1")
