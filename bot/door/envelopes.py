"""What Slack sends over WebSockets: each envelope goes to Bolt once, however often and over whichever it comes."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt.response import BoltResponse

from bot.door.dispatch import Dispatch
from bot.door.replays import Replays


class Envelopes:
    """Takes envelopes to `dispatch`, past `replays`, which know what came before: here, at other replicas, over HTTP.

    An event that Slack saw no acknowledgement of comes in a new envelope, perhaps over another connection and while
    the first is still being worked on: it is known by its `event_id`. Everything else is known by its `envelope_id`.
    """

    def __init__(self, dispatch: Dispatch, replays: Replays) -> None:
        self._dispatch = dispatch
        self._replays = replays

    async def answer(self, envelope: Mapping[str, Any]) -> BoltResponse:
        """Bolt's response; of what came before, its status alone."""
        payload = envelope["payload"]
        work = partial(self._dispatch.answer, payload, _retries(envelope))
        return await self._replays.answer(payload, str(envelope["envelope_id"]), work)


def is_taken(response: BoltResponse) -> bool:
    """Whether Slack should be told so. Nobody listens to some events (404), and never will."""
    return response.status in (200, 404)


def _retries(envelope: Mapping[str, Any]) -> dict[str, str]:
    fields = {"X-Slack-Retry-Num": "retry_attempt", "X-Slack-Retry-Reason": "retry_reason"}
    return {header: str(envelope[field]) for header, field in fields.items() if envelope.get(field)}
