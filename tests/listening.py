"""Everything that the bot listens to, written down while it registers."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.abilities import Abilities
from bot.config import Settings
from bot.domain import clock
from bot.domain.library import Library
from bot.handlers.replies import Replies
from bot.matching import Matcher
from bot.stock import Stock
from bot.storage.database import opened
from bot.storage.news import News

Listener = Callable[..., Any]


class Listening:
    """Stands where the Bolt app stands when abilities register. Actions in a row are named without their number."""

    def __init__(self) -> None:
        self.commands: set[str] = set()
        self.events: set[str] = set()
        self.actions: set[str] = set()
        self.views: set[str] = set()
        self.shortcuts: set[str] = set()
        self.menus: set[str] = set()

    def command(self, name: str) -> Callable[[Listener], None]:
        return self._noted(self.commands, name)

    def event(self, name: str) -> Callable[[Listener], None]:
        return self._noted(self.events, name)

    def action(self, name: str | re.Pattern[str]) -> Callable[[Listener], None]:
        return self._noted(self.actions, name if isinstance(name, str) else name.pattern.partition("(")[0])

    def view(self, name: str) -> Callable[[Listener], None]:
        return self._noted(self.views, name)

    def shortcut(self, name: str) -> Callable[[Listener], None]:
        return self._noted(self.shortcuts, name)

    def options(self, where: dict[str, str]) -> Callable[[Listener], None]:
        return self._noted(self.menus, where["block_id"])

    def middleware(self, _: Listener) -> None: ...

    def error(self, _: Listener) -> None: ...

    def _noted(self, names: set[str], name: str) -> Callable[[Listener], None]:
        names.add(name)
        return lambda listener: None


async def all_that_listens(settings: Settings, library: Library, matcher: Matcher, folder: Path) -> Listening:
    async def client_of(_: Any) -> Any:
        raise AssertionError("nobody is asked anything while listeners register")

    app: Any = Listening()
    async with opened(None, folder) as database:
        replies = Replies(None, "https://slack.com/api/")  # type: ignore[arg-type]
        stock = Stock(settings, library, matcher)
        Abilities(settings, database, stock, replies, client_of, client_of, clock.now, News(database)).listen(app)
    listening: Listening = app
    return listening
