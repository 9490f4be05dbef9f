"""Many stories on their way at once, and what the database says of each: for races, faults and kills."""

import random
import sqlite3
from pathlib import Path
from typing import Any

from bot.storage.database import FILE_NAME
from playground.person import Person
from tests.submissions.people import sends_a_story

WORDS = "parcel train garden phone letter bakery ferry key umbrella child driver bridge doctor shoes lamp river horse"


def a_title(number: int) -> str:
    return f"Story number {number} of many"


def a_story(number: int) -> dict[str, Any]:
    """What fills the form; each reads like no other."""
    words = random.Random(number).choices(WORDS.split(), k=30)
    return {"Title": a_title(number), "What happened": f"We helped: {' '.join(words)}, and {number} thanks came back."}


async def tells(author: Person, number: int) -> None:
    """Tell a story, and as people do, try again until the thanks are there."""
    for _ in range(20):
        while author.modal is not None:
            await author.closes(whole_stack=True)
        await author.types("/story submit", channel="storybot")
        if author.modal is None or author.modal.submit is None:
            continue
        await sends_a_story(author, a_story(number))
        if author.modal is not None and author.modal.submit == "Send anyway":
            await author.submits()
        if author.modal is not None and author.modal.title == "Thank you":
            await author.closes(whole_stack=True)
            return
    raise AssertionError(f"{author.name} could not tell story {number}")


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
    return dict(rows(folder, f"SELECT key, state FROM outbox WHERE kind = '{kind}'"))  # type: ignore[arg-type]


def is_quiet(folder: Path) -> bool:
    """Whether everything that was to be said is settled."""
    return not rows(folder, "SELECT 1 FROM outbox WHERE state IN ('due', 'sending') LIMIT 1")
