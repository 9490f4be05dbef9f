"""All the stories and themes that a bot can tell, as one unchanging value."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.domain.story import Story, Theme


@dataclass(frozen=True)
class Library:
    """Stories and themes by id, in the order in which their packs gave them."""

    stories: Sequence[Story]
    """Some may be made only when they are looked at: 25 µs each."""
    themes: tuple[Theme, ...]

    @cached_property
    def digest(self) -> bytes:
        """32 bytes that are the same for the same stories and themes only. Making it takes 10 µs a story."""
        digest = hashlib.blake2b(digest_size=32)
        for value in (*self.themes, *self.stories):
            told = value.model_dump_json().encode()
            digest.update(len(told).to_bytes(8))
            digest.update(told)
        return digest.digest()

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each story stands, by its id; of two with the same the last."""
        return {story.id: place for place, story in enumerate(self.stories)}

    @cached_property
    def showing(self) -> dict[str, int]:
        """How many stories show each theme, by its id."""
        shown = Counter(theme_id for story in self.stories for theme_id in story.themes)
        return {theme.id: shown[theme.id] for theme in self.themes}

    def story(self, story_id: str) -> Story | None:
        place = self.places.get(story_id)
        return None if place is None else self.stories[place]

    def theme(self, theme_id: str) -> Theme | None:
        return self._themes_by_id.get(theme_id)

    def themes_of(self, story: Story) -> list[Theme]:
        return [theme for theme in map(self.theme, story.themes) if theme]

    def stories_with(self, theme_id: str) -> list[Story]:
        return [story for story in self.stories if theme_id in story.themes]

    def with_own(self, stories: Iterable[Story]) -> "Library":
        """This library with a team's own stories after it; of two with the same id the library's own stays."""
        own = tuple(story for story in stories if story.id not in self.places)
        return Library((*self.stories, *own), self.themes) if own else self

    def only(self, story_ids: Iterable[str]) -> "Library":
        """The same themes over fewer stories."""
        wanted = set(story_ids)
        return Library(tuple(story for story in self.stories if story.id in wanted), self.themes)

    @cached_property
    def _themes_by_id(self) -> dict[str, Theme]:
        return {theme.id: theme for theme in self.themes}
