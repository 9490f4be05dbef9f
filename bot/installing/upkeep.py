"""What installations need by themselves: tokens renewed in time, and what is kept of those who left erased."""

import asyncio
import logging
from datetime import timedelta

from bot.domain.clock import Now
from bot.domain.installation import Installation, Tokens
from bot.errors import StoreUnavailableError
from bot.installing.installations import Installations
from bot.installing.oauth import OAuth
from bot.slack_errors import FAILED, error_of
from bot.storage.forgetting import Forgetting
from bot.storage.installations import InstallationStore

log = logging.getLogger(__name__)

LOOK_EVERY = 2.0
LOOK_AGAIN_WHEN_BROKEN = 60.0
# Slack's own words for a refresh token that will never work again; anything else may pass.
_USED_UP = frozenset({"invalid_refresh_token", "token_revoked", "account_inactive", "invalid_auth"})


class Upkeep:
    """Replicas may run it side by side: each token is renewed by one of them."""

    def __init__(
        self,
        store: InstallationStore,
        installations: Installations,
        oauth: OAuth,
        forgetting: Forgetting,
        keep: timedelta,
        now: Now,
    ) -> None:
        """`keep` is how long the data of a workspace outlives its installation."""
        self._store = store
        self._installations = installations
        self._oauth = oauth
        self._forgetting = forgetting
        self._keep = keep
        self._now = now

    async def run(self) -> None:
        """For ever."""
        while True:
            wait = LOOK_EVERY
            try:
                await self.renew()
                if erased := await self._forgetting.erase_gone(self._now() - self._keep, self._now()):
                    log.info("What was kept of %d installations that ended is erased", erased)
            except StoreUnavailableError as error:
                log.warning("The installations cannot be looked after (%s)", error)
            except Exception:
                log.exception("The installations were not looked after")
                wait = LOOK_AGAIN_WHEN_BROKEN
            await asyncio.sleep(wait)

    async def renew(self) -> None:
        """Renew every token that ends soon, unless another replica is at it; one that fails is tried a minute later."""
        while installation := await self._store.take_to_renew(self._now()):
            await self._renew(installation)
            await self._installations.refresh(*installation.key)

    async def _renew(self, old: Installation) -> None:
        """The old tokens are used until the new ones have proved good."""
        renewed = old.renewed or await self._renewed(old)
        if renewed is None:
            return
        try:
            is_revoked = await self._oauth.is_revoked(renewed)
        except FAILED as failed:
            log.warning("Slack does not say whether a renewed token is good (%s)", error_of(failed))
            return
        if is_revoked:
            await self._store.keep_renewed(old, None, self._now())
        else:
            await self._store.use(old, renewed, self._now())

    async def _renewed(self, old: Installation) -> Tokens | None:
        """New tokens, kept beside the old ones; None when there are none yet, or the installation has ended."""
        assert old.tokens
        assert old.tokens.expires_at
        try:
            renewed = await self._oauth.renewed(old.tokens.refresh or "", self._now())
        except FAILED as failed:
            log.warning("The token of %s could not be renewed (%s)", old.home.team_id, error_of(failed))
            if error_of(failed) in _USED_UP and old.tokens.expires_at <= self._now():
                await self._installations.ended(*old.key, is_sure=lambda found: found.tokens == old.tokens)
            return None
        # The old refresh token is used up: these tokens are the only ones that go on.
        for wait in (0.1, 0.5, 2.0, 5.0, 10.0):
            try:
                return renewed if await self._store.keep_renewed(old, renewed, self._now()) else None
            except StoreUnavailableError as error:
                log.warning("A renewed token cannot be kept (%s)", error)
                await asyncio.sleep(wait)
        return renewed if await self._store.keep_renewed(old, renewed, self._now()) else None
