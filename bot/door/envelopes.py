"""What Slack sends over WebSockets: each envelope goes to Bolt once, however often and over whichever it comes."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt.response import BoltResponse

from bot.door.dispatch import Dispatch

# Slack sends an event again at once, after a minute and after five (docs: Events API, "Retries"). In memory that is a
# few megabytes at most, since only what a command or a form is answered with is longer than a line.
KEPT = 1_000


class Envelopes:
    """Remembers what the last `KEPT` envelopes were answered with.

    An event that Slack saw no acknowledgement of comes in a new envelope, perhaps over another connection and while
    the first is still being worked on: it is known by its `event_id`. Everything else is known by its `envelope_id`.
    """

    def __init__(self, dispatch: Dispatch) -> None:
        self._dispatch = dispatch
        self._answers: dict[str, asyncio.Task[BoltResponse]] = {}

    def answer(self, envelope: Mapping[str, Any]) -> asyncio.Task[BoltResponse]:
        """Becomes Bolt's response, of the first time where this came before; what failed may be tried again."""
        payload = envelope["payload"]
        key = str(payload.get("event_id") or envelope["envelope_id"])
        if earlier := self._answers.get(key):
            return earlier
        answering = asyncio.create_task(self._dispatch.answer(payload, _retries(envelope)))
        self._answers[key] = answering
        answering.add_done_callback(partial(self._forget_failed, key))
        if len(self._answers) > KEPT:
            del self._answers[next(iter(self._answers))]
        return answering

    def _forget_failed(self, key: str, answering: asyncio.Task[BoltResponse]) -> None:
        if answering.cancelled() or answering.exception() or not is_taken(answering.result()):
            self._answers.pop(key, None)


def is_taken(response: BoltResponse) -> bool:
    """Whether Slack should be told so. Nobody listens to some events (404), and never will."""
    return response.status in (200, 404)


def _retries(envelope: Mapping[str, Any]) -> dict[str, str]:
    fields = {"X-Slack-Retry-Num": "retry_attempt", "X-Slack-Retry-Reason": "retry_reason"}
    return {header: str(envelope[field]) for header, field in fields.items() if envelope.get(field)}
