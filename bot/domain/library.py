"""All the stories and themes that a bot can tell, as one unchanging value."""

import hashlib
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

    def story(self, story_id: str) -> Story | None:
        return self._stories_by_id.get(story_id)

    def theme(self, theme_id: str) -> Theme | None:
        return self._themes_by_id.get(theme_id)

    def themes_of(self, story: Story) -> list[Theme]:
        return [theme for theme in map(self.theme, story.themes) if theme]

    def stories_with(self, theme_id: str) -> list[Story]:
        return [story for story in self.stories if theme_id in story.themes]

    def with_own(self, stories: Iterable[Story]) -> "Library":
        """This library with a team's own stories after it; of two with the same id the library's own stays."""
        own = tuple(story for story in stories if story.id not in self._stories_by_id)
        return Library((*self.stories, *own), self.themes) if own else self

    def only(self, story_ids: Iterable[str]) -> "Library":
        """The same themes over fewer stories."""
        wanted = set(story_ids)
        return Library(tuple(story for story in self.stories if story.id in wanted), self.themes)

    @cached_property
    def _stories_by_id(self) -> dict[str, Story]:
        return {story.id: story for story in self.stories}

    @cached_property
    def _themes_by_id(self) -> dict[str, Theme]:
        return {theme.id: theme for theme in self.themes}
