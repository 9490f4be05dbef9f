"""The stories of the packs that a bot tells: understood once it serves, and read again whenever somebody asks for it.

Whoever asks for a story meanwhile is answered with what was there before.
"""

import asyncio
import gc
import logging
import os

from bot.aside import aside
from bot.config import Settings, cache_folder
from bot.domain.library import Library
from bot.errors import Problem, ProblemsError
from bot.matching import Matcher
from bot.matching.encoder import STANDARD, Encoder
from bot.memory import give_back
from bot.reading import kept_packs
from bot.services.shelves import Shelves

log = logging.getLogger(__name__)

# Whoever stood at the door while the bot started is answered in this time: to take in what the stories mean keeps the
# interpreter from all else for tenths of a second.
LET_IN_SECONDS = 0.2


def load_library(settings: Settings) -> Library:
    """The stories of all packs. Broken ones are logged and left out; ProblemsError when a pack or all are missing."""
    library, problems = _read(settings)
    for problem in problems:
        log.warning("%s", problem)
    return library


async def understood(library: Library, encoder: Encoder | None = STANDARD) -> Matcher:
    """The matcher of a library, built off the event loop: the first time takes seconds, and longer for more stories.

    Without an `encoder` it knows their words alone, and takes a moment.
    """
    matcher = await aside(lambda: Matcher(library, encoder, cache_folder(os.environ)))
    # All of this stays: to look through it for garbage again and again would hold the event loop.
    gc.freeze()
    return matcher


class Stock:
    """The packs' stories, and the matcher that finds them; both are replaced together, and never change."""

    def __init__(
        self, settings: Settings, library: Library, matcher: Matcher, encoder: Encoder | None = STANDARD
    ) -> None:
        """A `matcher` that knows words alone is yet to `understand` meaning, if there is an `encoder` for it."""
        self.library = library
        self.matcher = matcher
        self.is_understood = matcher.understands_meaning or not encoder
        self._settings = settings
        self._encoder = encoder
        self._one_at_a_time = asyncio.Lock()

    async def understand(self, shelves: Shelves) -> None:
        """Take in what the stories mean: that takes a second or two where it was kept, else minutes for thousands."""
        await asyncio.sleep(LET_IN_SECONDS)
        async with self._one_at_a_time:
            library, matcher, encoder = self.library, self.matcher, self._encoder
            # Where packs were read again meanwhile, it is so already.
            if encoder and not matcher.understands_meaning:
                try:
                    await _make_all(library)
                    meaning = await aside(lambda: matcher.with_meaning(encoder))
                    gc.freeze()
                    await self._put(shelves, library, meaning)
                except Exception:
                    log.exception("What the stories mean cannot be taken in")
            self.is_understood = True
        if self.matcher.understands_meaning:
            log.info("Stories are matched by their meaning, too")

    async def renew(self, shelves: Shelves) -> None:
        """Tell the stories that the packs hold by now, as soon as they are understood.

        A pack with a problem may be half written: its problems are logged, and the former stories stay.
        """
        async with self._one_at_a_time:
            try:
                library = await aside(lambda: _read_whole(self._settings))
                await _make_all(library)
                matcher = await understood(library, self._encoder)
            except ProblemsError as error:
                for problem in error.problems:
                    log.warning("%s", problem)
                log.warning("The packs were read again and not taken: the former stories stay")
                return
            except Exception:
                log.exception("The packs cannot be read again: the former stories stay")
                return
            matcher.remember_as(self.matcher)
            await self._put(shelves, library, matcher)
            await aside(give_back)
        log.info("The packs were read again: telling %d stories", len(library.stories))

    async def _put(self, shelves: Shelves, library: Library, matcher: Matcher) -> None:
        self.library, self.matcher = library, matcher
        await shelves.tell(library, matcher)


def _read(settings: Settings) -> tuple[Library, list[Problem]]:
    """The good stories of all packs, and what is wrong with others. ProblemsError when a pack or all are missing."""
    folders = settings.pack_folders()
    if missing := [folder for folder in folders if not folder.is_dir()]:
        mend = "Name a folder that is there; paths start at the settings file."
        raise ProblemsError([Problem(str(folder), None, "There is no such pack folder.", mend) for folder in missing])
    library, problems = kept_packs.load(folders, cache_folder(os.environ))
    if not library.stories:
        raise ProblemsError(problems or [Problem("packs", None, "There are no stories.", "Name a pack folder.")])
    return library, problems


def _read_whole(settings: Settings) -> Library:
    """The stories of all packs; ProblemsError when anything is wrong with any."""
    library, problems = _read(settings)
    if problems:
        raise ProblemsError(problems)
    return library


async def _make_all(library: Library) -> None:
    """Kept stories are made when they are looked at: now, and not in the event loop for the first who wants all."""
    await aside(lambda: list(library.stories))
