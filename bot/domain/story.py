"""What a story is, what a theme is, and what makes either one well formed."""

from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError, PydanticKnownError

STORY_WORDS = (90, 220)
# What a colleague tells of their own may be short, and needs no more than they know.
TOLD_LENGTH = (40, 2_500)
LEAST_THEMES = 2
_NEEDED = ("company", "industry", "channel", "takeaway", "question", "sources")

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]


def _text(most: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=most)


Short = Annotated[str, _text(60)]
Line = Annotated[str, _text(200)]


Month = Literal[
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
]  # fmt: skip


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Theme(_Value):
    """A trait or idea that stories show, with the other words people use for it."""

    id: Id
    name: Annotated[str, _text(30)]
    emoji: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_+-]+$", max_length=40)] = Field(
        description="A standard Slack emoji name without its colons."
    )
    meaning: Annotated[str, _text(120)]
    synonyms: tuple[Annotated[str, _text(40)], ...] = Field(default=(), max_length=100)


class Source(_Value):
    """Where a story was read: a web page, or a document by its name."""

    title: Line
    publisher: Annotated[str, _text(120)] | None = None
    author: Annotated[str, _text(120)] | None = None
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>|]+$", max_length=500)] | None = None
    document: Annotated[str, _text(120)] | None = None

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if not (self.url or self.document):
            raise ValueError("a source needs a url or a document")
        return self


class Story(_Value):
    """A true story of service. Text lengths are chosen so that every drawing of it fits Slack's limits.

    One that a colleague told (`told_by`) may do without what only a researched story has.
    """

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["told_by"]}, {"required": list(_NEEDED)}]})

    id: Id
    title: Short
    told_by: Short | None = Field(
        default=None, description="Who told it in Slack, as they want to be named; for a team's own stories only."
    )
    company: Short | None = Field(default=None, validate_default=True)
    industry: Annotated[str, _text(40)] | None = Field(default=None, validate_default=True)
    country: Annotated[str, _text(40)] | None = None
    place: Short | None = None
    year: Annotated[int, Field(ge=1800, le=2100)] | None = None
    channel: Annotated[str, _text(40)] | None = Field(
        default=None, validate_default=True, description="How the customer was in touch: phone, letter, in person, …"
    )
    themes: tuple[Id, ...] = Field(min_length=1, max_length=5, description="At least 2, but 1 of a colleague's story.")
    summary: Line
    story: Annotated[str, _text(TOLD_LENGTH[1])] = Field(
        description="90 to 220 words, or from 40 characters on if a colleague told it; an empty line splits paragraphs."
    )
    takeaway: Line | None = Field(default=None, validate_default=True)
    question: Line | None = Field(default=None, validate_default=True)
    differs: Annotated[str, _text(500)] | None = Field(
        default=None, description="What the reader should know where accounts disagree or are thin."
    )
    season: tuple[Month, ...] = Field(default=(), max_length=11, description="The months it belongs to; any, if none.")
    similar: tuple[Id, ...] = Field(
        default=(), max_length=8, description="Ids of stories that should not be told right before or after this one."
    )
    sources: tuple[Source, ...] = Field(default=(), validate_default=True, max_length=8)

    @field_validator(*_NEEDED)
    @classmethod
    def _is_there(cls, value: object, info: ValidationInfo) -> object:
        if not value and not info.data.get("told_by"):
            raise PydanticCustomError("missing", "Field required")
        return value

    @field_validator("story")
    @classmethod
    def _is_a_telling(cls, told: str, info: ValidationInfo) -> str:
        if info.data.get("told_by"):
            if len(told) < TOLD_LENGTH[0]:
                raise ValueError(f"the story has {len(told)} characters; it should have at least {TOLD_LENGTH[0]}")
            return told
        words = len(told.split())
        least, most = STORY_WORDS
        if not least <= words <= most:
            raise ValueError(f"the story has {words} words; it should have {least} to {most}")
        return told

    @field_validator("themes")
    @classmethod
    def _names_each_theme_once(cls, themes: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if len(set(themes)) != len(themes):
            raise ValueError("a theme is named twice")
        if len(themes) < LEAST_THEMES and not info.data.get("told_by"):
            few = {"field_type": "Tuple", "min_length": LEAST_THEMES, "actual_length": len(themes)}
            raise PydanticKnownError("too_short", few)
        return themes
