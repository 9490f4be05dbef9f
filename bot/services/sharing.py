"""Finding the story that fits what somebody asked, and the next one after it."""

import asyncio
import random
from collections import OrderedDict
from collections.abc import Collection, Hashable
from dataclasses import dataclass
from itertools import count
from threading import Lock
from typing import Protocol

from bot.domain.library import Library
from bot.domain.match import Match, Why
from bot.domain.story import Story, Theme
from bot.domain.workspace import Reader
from bot.errors import UserError
from bot.services.seen import Seen

RUNNERS_UP = 2
NEAREST = 3
# So many stories **Another one** goes through.
OFFERED = 50
# Answers that are remembered, of all workspaces together and in memory only: some ten megabytes.
ASKED = 1_000
# So many matches are looked at for one answer, and so near to the best one's score is as good: the scores of stories
# that show the same theme equally differ by less.
CONSIDERED = 12
AS_GOOD = 0.8
# From so many characters, or stories, on one answer may take longer than the event loop should be held, which is 5 ms.
LONG_WORDS = 100
LARGE_LIBRARY = 1_000


class Matching(Hashable, Protocol):
    """What sharing asks of the matching: every story that fits, the best first; whether any would do, or nothing could.

    It never changes. `takes_long` tells whether the event loop had better not wait for an answer.
    """

    @property
    def understands_meaning(self) -> bool: ...
    def match(self, words: str, limit: int | None = None) -> list[Match]: ...

    def only_asks(self, words: str) -> bool: ...
    def is_mashed(self, words: str) -> bool: ...
    def takes_long(self, words: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Found:
    """A story to show, why it was chosen, and what else would fit. `words` is empty when nothing was asked for."""

    words: str
    story: Story
    why: tuple[Why, ...]
    runners_up: tuple[Story, ...] = ()


@dataclass(frozen=True, slots=True)
class Nothing:
    """No story fits `words`; these come nearest, the closest first. Where no word was one, nothing does."""

    words: str
    nearest: tuple[Story, ...]
    understood: bool = True


class Answers:
    """What was found lately, in any library: many ask for the same, and **Another one** asks again. Threads may ask."""

    def __init__(self) -> None:
        self._found: OrderedDict[tuple[Matching, str], tuple[Match, ...]] = OrderedDict()
        self._lock = Lock()

    def of(self, matching: Matching, words: str) -> tuple[Match, ...]:
        """The stories that fit, the best first; where none does, those that come nearest."""
        key, lately = (matching, words), self._found
        with self._lock:
            if key in lately:
                lately.move_to_end(key)
                return lately[key]
        found = _found(matching, words)
        with self._lock:
            lately[key] = found
            if len(lately) > ASKED:
                lately.popitem(last=False)
        return found

    def know(self, matching: Matching, words: str) -> bool:
        """Whether it is at hand what was found."""
        return (matching, words) in self._found

    def forget(self) -> None:
        """Let go of all of it, and so of the stories of matchings that nobody will ask again.

        What somebody is looking for just now is not remembered.
        """
        self._found = OrderedDict()


class Sharing:
    """Answers readers from one library. `rng` chooses where any story would do."""

    def __init__(self, library: Library, matching: Matching, answers: Answers, seen: Seen, rng: random.Random) -> None:
        self.library = library
        self._matching = matching
        self._answers = answers
        self._seen = seen
        self._rng = rng

    async def ponder(self, words: str) -> None:
        """Look for what takes long in a thread, so that nobody else waits for it: `find` then has it at hand."""
        if words and not self._answers.know(self._matching, words) and self._takes_long(words):
            await asyncio.to_thread(self._offers, words)

    def find(self, reader: Reader, words: str) -> Found | Nothing:
        """The best-fitting story for `words`; of several that fit as well, the one this person saw longest ago.

        Any story for whoever says that they want one, and no more.
        """
        offers = self._offers(words)[:CONSIDERED]
        if not offers or not offers[0].is_strong:
            if self._matching.only_asks(words):
                return self.surprise(reader)
            if self._matching.is_mashed(words):
                return Nothing(words, (), understood=False)
            return Nothing(words, tuple(match.story for match in offers))
        age, enough = self._age(reader), AS_GOOD * offers[0].score
        as_good = [match for match in offers if match.score >= enough]
        best = min(as_good, key=lambda match: age.get(match.story.id, 0))
        return self._show(reader, words, best, [match for match in offers[: RUNNERS_UP + 1] if match is not best])

    def another(self, reader: Reader, words: str, shown: Collection[str]) -> Found | None:
        """The next story that fits and that neither this card (`shown`) nor this person has just had.

        Without `words` any story fits, and the round begins anew once a button can carry no more of what was shown.
        None when there is no further one.
        """
        if not words:
            return self._surprise(reader, without=shown)
        told = self._seen.just(reader).union(shown)
        left = [match for match in self._offers(words) if match.is_strong and match.story.id not in told]
        return self._show(reader, words, left[0], left[1:]) if left else None

    def surprise(self, reader: Reader) -> Found:
        """A story that this person has not seen lately, or the one they saw longest ago."""
        found = self._surprise(reader, without=())
        if found is None:
            raise UserError("There are no stories yet. Ask whoever runs me to check the story packs.")
        return found

    def show(self, reader: Reader, story_id: str, words: str = "", shown: Collection[str] = ()) -> Found:
        """The story of this id, chosen by the reader; with `words`, why it fits them, and what else does."""
        story = self.story(story_id)
        self._seen.remember(reader, story.id)
        offers = self._offers(words) if words else ()
        why = next((match.why for match in offers if match.story.id == story_id), ())
        others = (match.story for match in offers if match.is_strong and match.story.id not in {*shown, story_id})
        return Found(words, story, why, tuple(others)[:RUNNERS_UP])

    def suggest(self, words: str, limit: int) -> list[Story]:
        """Stories for somebody who looks for a certain one: those that fit `words` best, or the first of all."""
        if not words.strip():
            return list(self.library.stories[:limit])
        said = words.casefold().strip()
        by_title = [story for story in self.library.stories if said in story.title.casefold()]
        found = [*by_title, *(match.story for match in self._matching.match(words, limit))]
        return list(dict.fromkeys(found))[:limit]

    def story(self, story_id: str) -> Story:
        if story := self.library.story(story_id):
            return story
        raise UserError("That story is no longer in the library.")

    def theme(self, theme_id: str) -> Theme:
        if theme := self.library.theme(theme_id):
            return theme
        raise UserError("That theme is no longer in the library.")

    def _takes_long(self, words: str) -> bool:
        # Before it understands meaning it may not have loaded its dictionary either.
        if not self._matching.understands_meaning or len(self.library.stories) > LARGE_LIBRARY:
            return True
        return len(words) > LONG_WORDS or self._matching.takes_long(words)

    def _offers(self, words: str) -> tuple[Match, ...]:
        return self._answers.of(self._matching, words)

    def _show(self, reader: Reader, words: str, best: Match, others: list[Match]) -> Found:
        self._seen.remember(reader, best.story.id)
        runners_up = tuple(match.story for match in others[:RUNNERS_UP])
        return Found(words, best.story, best.why, runners_up)

    def _age(self, reader: Reader) -> dict[str, int]:
        """The stories this person has seen lately; the higher the number, the more recently."""
        return dict(zip(self._seen.lately(reader), count(1), strict=False))

    def _surprise(self, reader: Reader, without: Collection[str]) -> Found | None:
        age = self._age(reader)
        left = [story for story in self.library.stories if story.id not in without]
        if not left:
            return None
        longest_ago = min(age.get(story.id, 0) for story in left)
        story = self._rng.choice([story for story in left if age.get(story.id, 0) == longest_ago])
        self._seen.remember(reader, story.id)
        return Found("", story, ())


def _found(matching: Matching, words: str) -> tuple[Match, ...]:
    matches = matching.match(words, limit=OFFERED)
    return tuple(match for match in matches if match.is_strong) or tuple(matches[:NEAREST])
