"""Doing a thing once, however often it is asked for: events that Slack delivers again, buttons pressed twice."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable

KEPT = 5_000


class Once:
    """Remembers the last `KEPT` keys in memory: a restart forgets them, and with them what was done just before."""

    def __init__(self) -> None:
        # What is over is None: a task would hold on to all that it was about.
        self._done: OrderedDict[Hashable, asyncio.Future[None] | None] = OrderedDict()

    async def run(
        self,
        key: Hashable,
        work: Callable[[], Awaitable[None]],
        *,
        try_again_after: Callable[[BaseException], bool],
    ) -> None:
        """Do `work` unless its `key` is known; then share the outcome of the first time instead.

        Work that fails is remembered as well, unless `try_again_after` says of its error that nothing was done.
        """
        if key in self._done:
            await self._share(self._done[key], try_again_after)
            return
        outcome = self._done[key] = asyncio.ensure_future(work())
        if len(self._done) > KEPT:
            self._done.popitem(last=False)
        is_over = True
        try:
            await outcome
        except BaseException as error:
            is_over = not try_again_after(error)
            raise
        finally:
            if not is_over:
                self._done.pop(key, None)
            elif key in self._done:
                self._done[key] = None

    async def _share(
        self, earlier: asyncio.Future[None] | None, try_again_after: Callable[[BaseException], bool]
    ) -> None:
        if earlier is None:
            return
        # Shielded: a second caller who goes away must not stop the first one's work.
        try:
            await asyncio.shield(earlier)
        except Exception as error:
            if try_again_after(error):
                raise
            # The first caller has told of it already.
