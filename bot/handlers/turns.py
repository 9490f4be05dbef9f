"""Everybody's turn: how much one person, and one workspace, may have worked on, so that nobody's noise slows others."""

import json
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from bot.blocks.lists import apology
from bot.blocks.submit import refused
from bot.domain.clock import Now
from bot.errors import UserError

Payload = Mapping[str, Any]

# Of so many the account is kept; whoever is forgotten begins anew, with a full one.
KEPT = 20_000
MINUTE = timedelta(minutes=1)
# Words that do not fit into an acknowledgement cost a call to Slack, so they are said again only after so long. By then
# whoever waited, as they were told, has a turn: nobody may be given fewer than ten a minute (`bot.config.Limits`).
TOLD_AGAIN_AFTER = timedelta(seconds=10)
TOO_MUCH = "You are quicker than I am: that was too much at once, and I left it out. Wait ten seconds, then try again."
TOO_BUSY = "So many people of this workspace ask me just now that I cannot keep up. Please try again in a minute."
_JSON: dict[str, str | Sequence[str]] = {"content-type": ["application/json"]}
NO_TURN = "no_turn"
"""Under this name the words go along in Bolt's context."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one of them may have: so many commands, clicks, forms and messages a minute, and so many at once.

    Whoever was quiet may send a whole minute's at once.
    """

    a_minute: int
    at_once: int


class _Account:
    """A token bucket: `left` at the moment `at`, and how many are being worked on."""

    __slots__ = ("at", "at_work", "left", "told_at")

    def __init__(self, left: float, at: datetime) -> None:
        self.left = left
        self.at = at
        self.at_work = 0
        self.told_at: datetime | None = None


class _Accounts:
    """The accounts of the last `KEPT` who asked, each with the same share."""

    def __init__(self, share: Share) -> None:
        self._share = share
        self._accounts: OrderedDict[Hashable, _Account] = OrderedDict()

    def of(self, key: Hashable, now: datetime) -> _Account:
        """Somebody's account, with what has been added since it was last looked at."""
        account = self._accounts.get(key)
        if account is None:
            account = self._accounts[key] = _Account(self._share.a_minute, now)
            if len(self._accounts) > KEPT:
                self._accounts.popitem(last=False)
        self._accounts.move_to_end(key)
        # A clock that was set back takes nothing away.
        passed = max(0.0, (now - account.at) / MINUTE)
        account.left = min(self._share.a_minute, account.left + passed * self._share.a_minute)
        account.at = now
        return account

    def is_open(self, account: _Account) -> bool:
        return account.left >= 1 and account.at_work < self._share.at_once


class Turn:
    """Somebody's turn for the length of a `with`, which gives ""; or the words that tell why it is not theirs.

    A generator would do as well, at five times the cost.
    """

    __slots__ = ("_accounts", "_words")

    def __init__(self, words: str, *accounts: _Account) -> None:
        self._words = words
        self._accounts = accounts

    def __enter__(self) -> str:
        for account in self._accounts:
            account.left -= 1
            account.at_work += 1
        return self._words

    def __exit__(self, *_: object) -> None:
        for account in self._accounts:
            account.at_work -= 1


class Turns:
    """Gives everybody their turn, in memory and for this process alone; what has no person is not counted."""

    def __init__(self, person: Share, workspace: Share, now: Now) -> None:
        self._people = _Accounts(person)
        self._workspaces = _Accounts(workspace)
        self._now = now

    def take(self, body: Payload, context: AsyncBoltContext) -> Turn:
        """The turn of whoever sent this; whatever has no person is served always."""
        team_id, user_id = context.team_id, context.user_id
        # Bolt takes ids from wherever there are any, whatever they are. Slack also tells what apps said, this one too.
        if not (isinstance(team_id, str) and isinstance(user_id, str)) or _is_an_apps(body):
            return Turn("")
        now = self._now()
        person, workspace = self._people.of((team_id, user_id), now), self._workspaces.of(team_id, now)
        if not self._people.is_open(person):
            return Turn(TOO_MUCH)
        if not self._workspaces.is_open(workspace):
            return Turn(TOO_BUSY)
        return Turn("", person, workspace)

    def refusal(self, body: Payload, context: AsyncBoltContext, words: str) -> BoltResponse | None:
        """What says so in the acknowledgement, at the least cost; None where Bolt has to be asked, to say it itself."""
        if "command" in body:
            return _response({"response_type": "ephemeral", **apology(words)})
        if body.get("type") == "view_submission":
            # On top of the form, so that what was typed is still there beneath.
            return _response({"response_action": "push", "view": refused(words)})
        if body.get("type") == "block_suggestion":
            return _response({"options": []})
        account = self._people.of((context.team_id, context.user_id), self._now())
        if account.told_at and account.at - account.told_at < TOLD_AGAIN_AFTER:
            return BoltResponse(status=200)
        account.told_at = account.at
        return None


def register(app: AsyncApp) -> None:
    """Before all other listeners: whoever has no turn is told so by the error listener, where they asked."""
    app.middleware(_tell)


async def _tell(context: AsyncBoltContext, next_: Callable[[], Any]) -> Any:
    if words := context.get(NO_TURN):
        raise UserError(words)
    return await next_()


def _is_an_apps(body: Payload) -> bool:
    match body:
        case {"event": {"bot_id": str()}}:
            return True
    return False


def _response(answer: Payload) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(answer), headers=_JSON)
