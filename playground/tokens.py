"""The bot tokens that Slack gave out, and the refresh tokens that renew them.

Source: https://docs.slack.dev/authentication/using-token-rotation. A rotating token lives twelve hours; a refresh token
works once. That an installation has at most two living tokens, the older ones being revoked, is unproven.
"""

import secrets
from dataclasses import dataclass

from playground.clock import Clock
from playground.errors import Refusal

LIFE_SECONDS = 12 * 3600
MOST_LIVING = 2


@dataclass
class Token:
    """`owner` is the id of the workspace, or of the organisation, that it was given for."""

    access: str
    owner: str
    expires: float | None = None
    refresh: str | None = None
    refusal: str | None = None


class Tokens:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._by_access: dict[str, Token] = {}
        self._by_refresh: dict[str, Token] = {}

    def current(self, owner: str) -> Token | None:
        """The newest token of an installation that still works."""
        living = self._living(owner)
        return living[-1] if living else None

    def give(self, owner: str, rotating: bool = False) -> Token:
        """A token for an installation. One that does not expire stays the same as long as it works."""
        old = self.current(owner)
        if old and not rotating and old.expires is None:
            return old
        tail = f"{secrets.randbelow(10**12)}-{secrets.token_hex(12)}"
        token = Token(f"xoxb-{tail}", owner)
        if rotating:
            token.access, token.refresh = f"xoxe.xoxb-1-{tail}", f"xoxe-1-{secrets.token_hex(20)}"
            token.expires = self._clock.now() + LIFE_SECONDS
            self._by_refresh[token.refresh] = token
        self._by_access[token.access] = token
        for surplus in self._living(owner)[:-MOST_LIVING]:
            surplus.refusal = "token_revoked"
        return token

    def renew(self, refresh: str) -> Token:
        """The next token for a refresh token, which is then used up."""
        old = self._by_refresh.pop(refresh, None)
        if old is None or old.refusal:
            raise Refusal("invalid_refresh_token")
        return self.give(old.owner, rotating=True)

    def owner_of(self, access: str) -> str:
        """For whom a token speaks; a refusal when it does so no longer, or never did."""
        token = self._by_access.get(access)
        if token is None:
            raise Refusal("invalid_auth")
        if token.refusal:
            raise Refusal(token.refusal)
        if token.expires is not None and self._clock.now() >= token.expires:
            raise Refusal("token_expired")
        return token.owner

    def given_to(self, access: str | None) -> str | None:
        """For whom a token was given, whether it still works or not."""
        token = self._by_access.get(access or "")
        return token.owner if token else None

    def revoke(self, access: str) -> None:
        self._by_access[access].refusal = "token_revoked"

    def revoke_all(self, owner: str, refusal: str) -> None:
        for token in self._by_access.values():
            if token.owner == owner:
                token.refusal = refusal

    def _living(self, owner: str) -> list[Token]:
        now = self._clock.now()
        mine = (token for token in self._by_access.values() if token.owner == owner and not token.refusal)
        return [token for token in mine if token.expires is None or token.expires > now]
