"""Doing a thing once, however often it is asked for: events that Slack delivers again, buttons pressed twice."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Iterable

KEPT = 10_000


class Once:
    """Remembers the last `KEPT` keys in memory: a restart forgets them, and with them what was done just before."""

    def __init__(self) -> None:
        # What is over is None: a task would hold on to all that it was about.
        self._done: OrderedDict[Hashable, asyncio.Future[None] | None] = OrderedDict()

    async def run(
        self,
        keys: Iterable[Hashable],
        work: Callable[[], Awaitable[None]],
        *,
        try_again_after: Callable[[BaseException], bool],
    ) -> None:
        """Do `work` unless one of `keys` is known; then share the outcome of the first time instead.

        Work that fails is remembered as well, unless `try_again_after` says of its error that nothing was done.
        """
        keys = list(keys)
        for key in keys:
            if key in self._done:
                await self._share(self._done[key], try_again_after)
                return
        outcome = asyncio.ensure_future(work())
        for key in keys:
            self._done[key] = outcome
        while len(self._done) > KEPT:
            self._done.popitem(last=False)
        is_over = True
        try:
            await outcome
        except BaseException as error:
            is_over = not try_again_after(error)
            raise
        finally:
            for key in self._done.keys() & keys:
                if is_over:
                    self._done[key] = None
                else:
                    del self._done[key]

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
