"""Posts of the story of the week of which nobody knows: looked for where Slack lets us read, and then settled."""

from datetime import timedelta

from bot.domain.clock import Now
from bot.domain.outgoing import Kind, Lost, Outgoing, Posted
from bot.services.store import LostPostsKept

# What Slack took shows in a history after a moment; a post is said again only when it was not there twice.
LOOK_AFTER = timedelta(minutes=5)
LOOKS = 2
_AT_A_TIME = 100


class LostPosts:
    """Without leave to read (`reads_back`) there is nothing to look for: whoever set up a schedule is asked instead."""

    def __init__(self, store: LostPostsKept, now: Now, *, reads_back: bool) -> None:
        self._store = store
        self._now = now
        self._reads_back = reads_back

    async def due(self) -> list[Lost]:
        """What is to be looked for now, the longest lost first: each time `LOOK_AFTER` later than the time before."""
        if not self._reads_back:
            return []
        return await self._store.lost(self._now(), LOOK_AFTER, LOOKS, _AT_A_TIME)

    async def found(self, lost: Lost, posted: Posted) -> None:
        await self._store.found_again(lost, posted, self._now())

    async def not_found(self, lost: Lost) -> None:
        """It was not there; the last time it is put in line again."""
        await self._store.looked_in_vain(lost, self._now(), is_last=lost.looks + 1 >= LOOKS)

    async def cannot_look(self, lost: Lost) -> None:
        """Slack lets nobody look: the owner is asked, and of a question nothing more is said."""
        outgoing = lost.outgoing
        note = Kind.WEEKLY_UNKNOWN
        ask = Outgoing(outgoing.workspace, f"{note}:{outgoing.about}", note, outgoing.about, lost.owner_id or "")
        is_asked = lost.owner_id and outgoing.kind is Kind.WEEKLY_STORY
        await self._store.look_no_more(lost, LOOKS, [ask] if is_asked else [], self._now())
