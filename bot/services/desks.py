"""The desk of each workspace, at which its people's stories are reviewed: chosen in Slack, or else in the settings."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.domain.clock import Now
from bot.domain.moderation import Chosen, Moderation
from bot.domain.outgoing import Kind, Outgoing
from bot.domain.person import Person
from bot.domain.workspace import Workspace
from bot.errors import StoreUnavailableError
from bot.patience import in_time
from bot.services.store import ModerationKept

log = logging.getLogger(__name__)

WORKSPACES = 10_000
# What another replica was told counts after so many seconds at most.
KEPT_SECONDS = 3.0
# After three seconds Slack says that the app failed; somebody who waits is told what is amiss well before that.
FETCH_SECONDS = 1.5


class Desks:
    """Gives each workspace its own `Moderation`; `default` is that of one where nobody has chosen."""

    def __init__(self, store: ModerationKept, default: Moderation, now: Now) -> None:
        self._store = store
        self._default = default
        self._now = now
        self._known: OrderedDict[Workspace, tuple[float, Moderation]] = OrderedDict()
        self._wake: Callable[[], None] = lambda: None

    def on_news(self, wake: Callable[[], None]) -> None:
        """Call `wake` whenever there is something to say."""
        self._wake = wake

    async def of(self, workspace: Workspace, *, fresh: bool = False) -> Moderation:
        """How it reviews now; `fresh` looks even if it looked a moment ago.

        StoreUnavailableError when that cannot be known. Where it need not be fresh, what was known counts on.
        """
        at, known = self._known.get(workspace, (float("-inf"), None))
        if known and not fresh and time.monotonic() - at < KEPT_SECONDS:
            return known
        try:
            chosen = await self.chosen(workspace)
        except StoreUnavailableError:
            if known and not fresh:
                return known
            raise
        found = chosen.moderation if chosen else self._default
        self._keep(workspace, found)
        return found

    async def chosen(self, workspace: Workspace) -> Chosen | None:
        """What somebody chose in Slack, and who; None where nobody has."""
        try:
            return await in_time(self._store.chosen(workspace), FETCH_SECONDS)
        except TimeoutError:
            raise StoreUnavailableError("it takes too long") from None

    async def choose(self, person: Person, moderation: Moderation) -> tuple[int, bool]:
        """From now on their workspace reviews so: how many stories wait, and whether it reviewed so before.

        Whoever reviews now is shown what waits; whoever is named a moderator, and was none before, is told so.
        """
        workspace, at = person.workspace, self._now()
        had = self._default

        def say(before: Chosen | None, waiting: Sequence[str]) -> list[Outgoing]:
            nonlocal had
            had = before.moderation if before else self._default
            named = [one for one in moderation.moderators if one not in (*had.moderators, person.user_id)]
            cards = [card for submission_id in waiting for card in review_cards(workspace, submission_id, moderation)]
            return [*(_naming(workspace, user_id, at) for user_id in named), *cards]

        waiting = await self._store.choose(workspace, Chosen(moderation, person.user_id, at), say)
        self._wake()
        log.info("Somebody chose how %s reviews its stories", workspace.team_id)
        self._keep(workspace, moderation)
        return waiting, had == moderation

    def _keep(self, workspace: Workspace, moderation: Moderation) -> None:
        self._known[workspace] = (time.monotonic(), moderation)
        self._known.move_to_end(workspace)
        if len(self._known) > WORKSPACES:
            self._known.popitem(last=False)


def review_cards(workspace: Workspace, submission_id: str, moderation: Moderation) -> list[Outgoing]:
    """The cards of a submission, one for each place that they go to."""
    return [
        Outgoing(workspace, card_key(submission_id, to), Kind.REVIEW_CARD, submission_id, to)
        for to in moderation.reviewers
    ]


def _naming(workspace: Workspace, user_id: str, at: datetime) -> Outgoing:
    """What somebody is told who has become a moderator, once each time."""
    key = f"new_moderator:{user_id}:{at.timestamp():.6f}"
    return Outgoing(workspace, key, Kind.NEW_MODERATOR, user_id, user_id)


def card_key(submission_id: str, to: str) -> str:
    return f"review:{submission_id}:{to}"
