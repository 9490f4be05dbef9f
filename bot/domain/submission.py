"""A story on its way into a team's library: what its author wrote, and what became of it."""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.domain.story import TOLD_LENGTH, Id, Line, Short, Source, Story
from bot.domain.workspace import Workspace
from bot.errors import UserError

MOST_THEMES = 4
COLLEAGUE = "a colleague"
_SUMMARY = 200
_SENTENCE = re.compile(r".+?[.!?…](?=[\s\"”’)]|$)", re.DOTALL)


class Credit(StrEnum):
    """Who may know the author: everybody, the moderators, or nobody at all (then nothing of them is kept)."""

    NAME = "name"
    MODERATORS = "moderators"
    NOBODY = "nobody"


class State(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Told(BaseModel):
    """What the form asks for; lengths in characters."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Short
    story: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=TOLD_LENGTH[0], max_length=TOLD_LENGTH[1])
    ]
    themes: Annotated[tuple[Id, ...], Field(min_length=1, max_length=MOST_THEMES)]
    takeaway: Line | None = None
    company: Short | None = None
    year: Annotated[int, Field(ge=1800, le=2100)] | None = None

    def changed_from(self, before: "Told") -> list[str]:
        """The names of the fields that differ."""
        return [name for name in type(self).model_fields if getattr(self, name) != getattr(before, name)]


@dataclass(frozen=True, slots=True)
class Author:
    """Who tells a story and how they want to be known.

    `user_id` is None with `Credit.NOBODY`, for no record of the person is kept then; `name` is what the story is
    credited to.
    """

    credit: Credit
    user_id: str | None
    name: str

    @classmethod
    def who(cls, credit: Credit, user_id: str, name: str) -> "Author":
        """The author as they chose to be known; of nobody nothing is kept."""
        if credit is Credit.NOBODY:
            return cls(credit, None, COLLEAGUE)
        return cls(credit, user_id, name if credit is Credit.NAME else COLLEAGUE)


@dataclass(frozen=True, slots=True)
class Submission:
    """One submitted story. Each change gives a new value with the next `revision`, or refuses with a UserError.

    `id` is that of the form it was written in, so that a form sent twice makes one submission. `told` is the author's
    own text, `edited` a moderator's version of it, `permalink` the Slack message it was made of. `seconded_by` is the
    first of two moderators where two are needed.
    """

    workspace: Workspace
    id: str
    author: Author
    told: Told
    created_at: datetime
    permalink: str | None = None
    state: State = State.PENDING
    revision: int = 1
    edited: Told | None = None
    seconded_by: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None

    @property
    def text(self) -> Told:
        """The story as it will be told."""
        return self.edited or self.told

    @property
    def story_id(self) -> str:
        """Readable, and unique in its workspace by the first characters of the submission's id."""
        return f"{_slug(self.text.title)}-{self.id[:8]}"

    def is_by(self, user_id: str) -> bool:
        return self.author.user_id == user_id

    def retold(self, told: Told) -> "Submission":
        """The author's change while nobody has decided; a first moderator's yes was for the text before it."""
        self._is_pending("change")
        return self._next(told=told, edited=None, seconded_by=None)

    def seconded(self, moderator_id: str, edited: Told | None = None) -> "Submission":
        """The first yes of two."""
        self._is_pending("approve")
        return self._next(seconded_by=moderator_id, edited=edited or self.edited)

    def approved(self, moderator_id: str, at: datetime, edited: Told | None = None) -> "Submission":
        self._is_pending("approve")
        return self._next(
            state=State.APPROVED, decided_by=moderator_id, decided_at=at, edited=edited or self.edited, reason=None
        )

    def rejected(self, moderator_id: str, at: datetime, reason: str) -> "Submission":
        self._is_pending("reject")
        return self._next(state=State.REJECTED, decided_by=moderator_id, decided_at=at, reason=reason)

    def withdrawn(self, at: datetime) -> "Submission":
        if self.state is State.WITHDRAWN:
            raise UserError("This story was withdrawn already.")
        return self._next(state=State.WITHDRAWN, decided_at=at)

    def as_story(self) -> Story:
        """The story that an approved submission becomes."""
        text = self.text
        sources = (Source(title="A message in our Slack", url=self.permalink),) if self.permalink else ()
        return Story(
            id=self.story_id,
            title=text.title,
            told_by=self.author.name,
            company=text.company,
            year=text.year,
            themes=text.themes,
            summary=_summary(text.story),
            story=text.story,
            takeaway=text.takeaway,
            sources=sources,
        )

    def _is_pending(self, wish: str) -> None:
        if self.state is not State.PENDING:
            raise UserError(f"This story is {self.state} already, so nobody can {wish} it any more.")

    def _next(self, **changes: object) -> "Submission":
        return replace(self, revision=self.revision + 1, **changes)  # type: ignore[arg-type]


def _summary(story: str) -> str:
    """The first sentences, as many as fit a card; a longer one is cut."""
    text = " ".join(story.split())
    kept = ""
    for sentence in _SENTENCE.findall(text):
        longer = f"{kept} {sentence.strip()}".strip()
        if len(longer) > _SUMMARY:
            break
        kept = longer
    return kept or (text if len(text) <= _SUMMARY else f"{text[: _SUMMARY - 1].rstrip()}…")


def _slug(title: str) -> str:
    """The title's first words in the letters that an id may hold; "story" when it has none of these."""
    plain = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:48].strip("-") or "story"
