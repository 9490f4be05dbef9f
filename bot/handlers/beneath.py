"""The list that a form was opened from, drawn anew once that form is sent."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from bot.blocks.message import Message
from bot.domain.clock import Now
from bot.errors import StoreUnavailableError, UserError
from bot.handlers.forms import ANSWER_BY
from bot.handlers.replies import Replies
from bot.patience import in_time

FORMS = 1_000
# Slack's own limit on a response_url; each press has one of its own, so that the limit of five uses is never near.
LASTS = timedelta(minutes=30)
# What was sent is saved by then; whoever sent it waits for the form to close.
REDRAW_SECONDS = 0.7


class Beneath:
    """Remembers the last `FORMS` forms that this process opened from a message.

    In memory alone, since a `response_url` is a secret: after a restart, and where another replica takes a form in, the
    list stays as it was until somebody asks for it again; so it does for whoever had the form open for `LASTS`.
    """

    def __init__(self, replies: Replies, now: Now) -> None:
        self._replies = replies
        self._now = now
        self._pressed: OrderedDict[str, tuple[datetime, Mapping[str, Any]]] = OrderedDict()

    def remember(self, view_id: str, body: Mapping[str, Any]) -> None:
        """The form of this id was opened by what `body` tells of."""
        if view_id and body.get("type") == "block_actions" and "response_url" in body:
            # Kept for `Replies`, which looks where it leads.
            kept = {"response_url": body["response_url"]}  # nosemgrep: posts-to-trusted-addresses-only
            self._pressed[view_id] = (self._now(), kept)
        if len(self._pressed) > FORMS:
            self._pressed.popitem(last=False)

    async def redraw(
        self, view: Mapping[str, Any], draw: Callable[[], Awaitable[Message]], context: Mapping[str, Any]
    ) -> None:
        """Draw the message anew from which a form was opened that is now done with; what cannot be redrawn stays.

        For no longer than Slack waits for the answer to the form, which leaves once this is over.
        """
        opened, body = self._pressed.pop(str(view.get("id")), (None, {}))
        if opened is None or self._now() - opened >= LASTS:
            return

        async def draw_anew() -> None:
            await self._replies.replace(body, await draw())

        left = context[ANSWER_BY] - asyncio.get_running_loop().time()
        with suppress(UserError, StoreUnavailableError, TimeoutError):
            await in_time(draw_anew(), min(REDRAW_SECONDS, left))
