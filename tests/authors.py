"""Somebody who writes a pack: a good story and good themes to start from, and the folder they are written to."""

from pathlib import Path

from bot.reading.packs import Loaded, load

STORY = """\
# A story as its author first wrote it.
id: the-umbrella
title: The umbrella that crossed the bay
company: Harbour Ferries
industry: ferries
country: Norway
year: 1998
channel: in person
themes: [listening, ownership]
summary: A deckhand noticed the umbrella left on a bench.
takeaway: Carry it across yourself.
question: What do we hand on that we could carry?
story: |
  {words}
sources:
  - title: The harbour paper
    url: https://example.com/umbrella
""".format(words="word " * 100)

THEMES = """\
themes:
  - {id: listening, name: Listening, emoji: ear, meaning: Hearing what is said.}
  - {id: ownership, name: Ownership, emoji: raised_hand, meaning: Making it your own task.}
"""


class Author:
    """Somebody who writes a pack into a folder and has it read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.writes("themes.yaml", THEMES)

    def writes(self, name: str, text: str | bytes) -> Path:
        self.folder.mkdir(exist_ok=True)
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def tells(self, story_id: str, *changes: tuple[str, str]) -> Path:
        text = STORY.replace("the-umbrella", story_id)
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        return self.writes(f"{story_id}.yaml", text)

    def loads(self, *others: "Author") -> Loaded:
        return load([self.folder, *(other.folder for other in others)])
