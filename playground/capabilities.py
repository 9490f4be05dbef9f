"""The two short-lived permissions that Slack hands to an app: `trigger_id` and `response_url`.

A trigger lives three seconds and works once (https://docs.slack.dev/interactivity/handling-user-interaction);
a response_url lives thirty minutes and works five times.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from playground.clock import Clock
from playground.errors import Refusal

TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 30 * 60.0
RESPONSE_URL_USES = 5
KEPT = 10_000


@dataclass
class Trigger:
    """Somebody did something just now: in the modal `view_id`, if any, or while looking at `channel_id`."""

    user_id: str
    view_id: str | None
    channel_id: str | None
    expires: float
    used: bool = False


@dataclass
class ResponseUrl:
    """Where an app may answer: to whom, in which channel, and about which message (`ts`)."""

    user_id: str
    channel_id: str
    ts: str | None
    expires: float
    uses_left: int = RESPONSE_URL_USES


class Capabilities:
    """What was handed out lately. The oldest are forgotten, as if they had never been given."""

    def __init__(self, clock: Clock, team_id: str) -> None:
        self._clock = clock
        self._team_id = team_id
        self._triggers: dict[str, Trigger] = {}
        self._response_urls: dict[str, ResponseUrl] = {}

    def trigger_id(self, user_id: str, view_id: str | None = None, channel_id: str | None = None) -> str:
        now = self._clock.now()
        trigger_id = f"{int(now * 1000)}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(user_id, view_id, channel_id, now + TRIGGER_SECONDS)
        _forget_the_oldest(self._triggers)
        return trigger_id

    def gave(self, trigger_id: str) -> bool:
        """Whether a trigger is one of this workspace."""
        return trigger_id in self._triggers

    def redeem(self, trigger_id: str) -> Trigger:
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.used:
            raise Refusal("exchanged_trigger_id")
        if self._clock.now() > trigger.expires:
            raise Refusal("expired_trigger_id")
        trigger.used = True
        return trigger

    def response_path(self, kind: str, user_id: str, channel_id: str, ts: str | None = None) -> str:
        """A new response_url's path; `kind` is "commands", "actions" or "app"."""
        path = f"/{kind}/{self._team_id}/{secrets.randbelow(10**13)}/{secrets.token_urlsafe(18)}"
        expires = self._clock.now() + RESPONSE_URL_SECONDS
        self._response_urls[path] = ResponseUrl(user_id, channel_id, ts, expires)
        _forget_the_oldest(self._response_urls)
        return path

    def origin(self, path: str) -> ResponseUrl:
        """The response_url of a path, without using it: an acknowledgement answers in the same place."""
        return self._response_urls[path]

    def use(self, path: str) -> ResponseUrl:
        found = self._response_urls.get(path)
        if found is None:
            raise Refusal("no_such_url")
        if self._clock.now() > found.expires:
            raise Refusal("expired_url")
        if found.uses_left < 1:
            raise Refusal("used_url")
        found.uses_left -= 1
        return found


def _forget_the_oldest(handed_out: dict[str, Any]) -> None:
    if len(handed_out) > KEPT:
        del handed_out[next(iter(handed_out))]
