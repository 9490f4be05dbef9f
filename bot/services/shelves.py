"""What each workspace can be told: the packs, and after them what its own people told and its moderators approved."""

import asyncio
import logging
import random
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.clock import Now
from bot.domain.library import Library
from bot.domain.story import Story
from bot.domain.submission import Submission, Told
from bot.domain.workspace import Reader, Workspace
from bot.errors import StoreUnavailableError
from bot.services.seen import Seen
from bot.services.sharing import Answers, Matching, Sharing
from bot.services.store import OwnStories

log = logging.getLogger(__name__)

WORKSPACES = 1_000
# How long somebody may wait for their team's own stories to be fetched; after that they are told from the packs.
FETCH_SECONDS = 1.0
# Slack gives a sent form three seconds in all.
COMPARE_SECONDS = 1.5
# Another replica's change, of which no news came, is seen after so many seconds at most.
LOOK_EVERY = 2.0
# Clocks of replicas differ, and a transaction is seen later than it began.
_OVERLAP = timedelta(minutes=1)
# No edition of anything: this shelf has to be built anew.
_OLD = -1

IsAtHome = Callable[[Reader], Awaitable[bool]]


class Base(Matching, Protocol):
    """The matching over the packs, to which a few stories can be added without building it anew."""

    def with_own(self, stories: Sequence[Story]) -> Matching: ...
    def reads_like(self, text: str, others: Sequence[tuple[str, str]] = ()) -> str | None: ...


@dataclass(frozen=True, slots=True)
class _Shelf:
    edition: int
    sharing: Sharing


class Shelves:
    """Gives everybody the stories of their workspace.

    A shelf is fetched when somebody of its workspace first asks, the last `WORKSPACES` are kept, and the old one serves
    until the new one is built.
    """

    def __init__(
        self,
        library: Library,
        matching: Base,
        store: OwnStories,
        is_at_home: IsAtHome,
        seen: Seen,
        rng: random.Random,
        now: Now,
    ) -> None:
        self._library = library
        self._matching = matching
        self._store = store
        self._is_at_home = is_at_home
        self._seen = seen
        self._rng = rng
        self._now = now
        self._answers = Answers()
        self._common = self._sharing(library, matching)
        self._shelves: OrderedDict[Workspace, _Shelf] = OrderedDict()
        self._fetching: dict[Workspace, asyncio.Task[None]] = {}

    @property
    def library(self) -> Library:
        """What everybody may be told."""
        return self._library

    async def of(self, reader: Reader) -> Sharing:
        """What this person can be told; strangers get the packs alone."""
        if reader.is_stranger:
            return self._common
        sharing = await self.of_workspace(reader.workspace)
        # Asked only where there is something to keep from strangers, so that nobody else waits for it.
        return sharing if sharing is self._common or await self._is_at_home(reader) else self._common

    async def of_workspace(self, workspace: Workspace) -> Sharing:
        """A workspace's stories; the packs alone while its own cannot be fetched."""
        shelf = self._shelves.get(workspace)
        if shelf is None:
            await asyncio.wait({self._fetch(workspace)}, timeout=FETCH_SECONDS)
            shelf = self._shelves.get(workspace)
        if shelf is None:
            return self._common
        self._shelves.move_to_end(workspace)
        return shelf.sharing

    async def library_of(self, workspace: Workspace) -> Library:
        """What a workspace has at this moment; StoreUnavailableError where that cannot be known."""
        _, own = await self._store.stories_of(workspace)
        return self._library.with_own(own) if own else self._library

    async def reads_like(
        self, workspace: Workspace, told: Told, waiting: Sequence[Submission]
    ) -> Story | Submission | None:
        """What this one tells again: a story that the workspace has, or one of those that wait there.

        None as well where comparing takes too long for somebody who has just sent a form.
        """
        library = (await self.of_workspace(workspace)).library
        own = {story.id: story for story in library.stories if not self._library.story(story.id)}
        others = [
            *((story.id, _text(story.title, story.story)) for story in own.values()),
            *((other.id, _text(other.text.title, other.text.story)) for other in waiting),
        ]
        comparing = asyncio.to_thread(self._matching.reads_like, _text(told.title, told.story), others)
        try:
            async with asyncio.timeout(COMPARE_SECONDS):
                found = await comparing
        except TimeoutError:
            return None
        if found is None:
            return None
        return library.story(found) or next((other for other in waiting if other.id == found), None)

    async def tell(self, library: Library, matching: Base) -> None:
        """Answer from this library, by this matching, from now on."""
        former, self._common = self._common, self._sharing(library, matching)
        self._library, self._matching = library, matching
        if fetching := list(self._fetching.values()):
            # It may have begun with the former one.
            await asyncio.wait(fetching)
        for workspace, shelf in self._shelves.items():
            sharing = self._common if shelf.sharing is former else shelf.sharing
            self._shelves[workspace] = _Shelf(_OLD, sharing)
        self._answers.forget()
        await self._renew()

    async def fresh(self, workspace: Workspace, since: datetime) -> set[str]:
        """Ids of the workspace's own stories that were approved since then."""
        approved = await self._store.approved_at(workspace)
        return {story_id for story_id, at in approved.items() if at >= since}

    async def refresh(self, workspace: Workspace) -> None:
        """Take in what has just changed."""
        if earlier := self._fetching.get(workspace):
            # It may have read before the change.
            await asyncio.wait({earlier})
        await asyncio.wait({self._fetch(workspace)})

    async def hear(self, workspace: Workspace) -> None:
        """Some replica has changed a workspace's stories."""
        if workspace in self._shelves:
            await self.refresh(workspace)

    async def watch(self) -> None:
        """Take in, for ever, what other replicas change; at its end nothing is being fetched any more."""
        try:
            await self._watch()
        finally:
            fetching = list(self._fetching.values())
            for task in fetching:
                task.cancel()
            await asyncio.gather(*fetching, return_exceptions=True)

    async def _watch(self) -> None:
        since = self._now()
        while True:
            await asyncio.sleep(LOOK_EVERY)
            looked = self._now()
            try:
                changed = await self._store.changed_since(since - _OVERLAP)
            except StoreUnavailableError as error:
                log.warning("The stories that teams told cannot be looked at (%s)", error)
                continue
            since = looked
            for workspace, edition in changed.items():
                shelf = self._shelves.get(workspace)
                if shelf and shelf.edition != edition:
                    await self.refresh(workspace)
            await self._renew()

    async def _renew(self) -> None:
        """Build those shelves anew that a former matching built; one that cannot be fetched now stays until it can."""
        for workspace in [workspace for workspace, shelf in self._shelves.items() if shelf.edition == _OLD]:
            await self.refresh(workspace)

    def _fetch(self, workspace: Workspace) -> asyncio.Task[None]:
        """The fetching that is under way, or a new one."""
        if workspace not in self._fetching:
            task = asyncio.create_task(self._load(workspace))
            self._fetching[workspace] = task
            task.add_done_callback(lambda _: self._fetching.pop(workspace, None))
        return self._fetching[workspace]

    async def _load(self, workspace: Workspace) -> None:
        try:
            edition, own = await self._store.stories_of(workspace)
        except StoreUnavailableError as error:
            log.warning("A team's own stories cannot be fetched (%s)", error)
            return
        if (shelf := self._shelves.get(workspace)) and shelf.edition == edition:
            return
        sharing = self._common
        if own:
            matching = await asyncio.to_thread(self._matching.with_own, own)
            library = await asyncio.to_thread(self._library.with_own, own)
            sharing = self._sharing(library, matching)
        self._shelves[workspace] = _Shelf(edition, sharing)
        if shelf:
            self._answers.forget()
        if len(self._shelves) > WORKSPACES:
            self._shelves.popitem(last=False)

    def _sharing(self, library: Library, matching: Matching) -> Sharing:
        return Sharing(library, matching, self._answers, self._seen, self._rng)


def _text(title: str, story: str) -> str:
    """A story as the matching compares it."""
    return f"{title}\n\n{story}"
