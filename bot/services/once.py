"""Doing a thing once, however often it is asked for: events that Slack delivers again, buttons pressed twice."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Iterable

KEPT = 10_000


class Once:
    """Remembers the last `KEPT` keys in memory: a restart forgets them, and with them what was done just before."""

    def __init__(self) -> None:
        self._done: OrderedDict[Hashable, asyncio.Future[None]] = OrderedDict()

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
            if earlier := self._done.get(key):
                # Shielded: a second caller who goes away must not stop the first one's work.
                try:
                    await asyncio.shield(earlier)
                except Exception as error:
                    if try_again_after(error):
                        raise
                    # The first caller has told of it already.
                return
        outcome = asyncio.ensure_future(work())
        for key in keys:
            self._done[key] = outcome
        while len(self._done) > KEPT:
            self._done.popitem(last=False)
        try:
            await outcome
        except BaseException as error:
            if try_again_after(error):
                for key in keys:
                    self._done.pop(key, None)
            raise
