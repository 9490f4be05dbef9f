"""What one replica changes, told to all of them at once; whoever misses it sees it when they look the next time."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StoreUnavailableError
from bot.storage.database import Database

log = logging.getLogger(__name__)

_CHANNEL = "storybot"
# After a connection that was lost, in seconds: at once, then ever less often.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0


class Subject(StrEnum):
    """What has changed of a workspace, or of an organisation."""

    INSTALLATION = "installation"
    SCHEDULE = "schedule"
    STORIES = "stories"


Hear = Callable[[str, str], Awaitable[None]]
"""Takes in what has changed of an `enterprise_id` and a `team_id`."""


async def tell(connection: AsyncConnection, subject: Subject, enterprise_id: str, team_id: str) -> None:
    """Tell every replica, this one too, as soon as the transaction is committed. SQLite has nobody else to tell."""
    if connection.dialect.name == "postgresql":
        payload = json.dumps([subject, enterprise_id, team_id])
        await connection.execute(select(func.pg_notify(_CHANNEL, payload)))


class News:
    """Hears what replicas `tell`, over a connection of its own that is opened again whenever it is lost."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._hear: dict[Subject, Hear] = {}
        # In the order in which they came; what is told twice before anybody gets to it is taken in once.
        self._untold: dict[tuple[Subject, str, str], None] = {}
        self._come = asyncio.Event()

    def on(self, subject: Subject, hear: Hear) -> None:
        """Have `hear` called with every change of this kind."""
        self._hear[subject] = hear

    async def run(self) -> None:
        """For ever."""
        if self._database.is_shared:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._listen())
                both.create_task(self._pass_on())

    async def _listen(self) -> None:
        loop, pause = asyncio.get_running_loop(), _FIRST_PAUSE
        while True:
            begun = loop.time()
            try:
                await self._database.listen(_CHANNEL, self._take)
            except StoreUnavailableError as error:
                log.warning("What other replicas change is seen a little later: nothing can be heard (%s)", error)
            except Exception:
                log.exception("What other replicas change is not heard")
            if loop.time() - begun > _LONGEST_PAUSE:
                pause = _FIRST_PAUSE
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _take(self, payload: str) -> None:
        try:
            subject, enterprise_id, team_id = json.loads(payload)
            self._untold[Subject(subject), str(enterprise_id), str(team_id)] = None
        except (ValueError, TypeError):
            # A newer replica knows of more.
            return
        self._come.set()

    async def _pass_on(self) -> None:
        while True:
            await self._come.wait()
            self._come.clear()
            while self._untold:
                first = next(iter(self._untold))
                del self._untold[first]
                await self._tell_here(*first)

    async def _tell_here(self, subject: Subject, enterprise_id: str, team_id: str) -> None:
        try:
            if hear := self._hear.get(subject):
                await hear(enterprise_id, team_id)
        except StoreUnavailableError as error:
            log.warning("What another replica changed cannot be looked at (%s)", error)
        except Exception:
            log.exception("What another replica changed was not taken in")
