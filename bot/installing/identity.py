"""Who the bot is in its workspace: asked of Slack once, and never while somebody waits for an answer."""

import asyncio
import logging
from itertools import count

from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import Problem, ProblemsError
from bot.slack_errors import FAILED, error_of

log = logging.getLogger(__name__)

# Slack's own words for a token that will never work again (docs: auth.test); anything else may pass.
_REVOKED = {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"}
_AGAIN_AFTER = (1, 2, 5, 10, 30, 60)


class Identity:
    """The bot's ids, known once `auth.test` was answered."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._known: AuthorizeResult | None = None
        self._asking: asyncio.Task[None] | None = None

    @property
    def is_known(self) -> bool:
        return self._known is not None

    def known(self) -> AuthorizeResult:
        """What Bolt wants to know with every request; before Slack has answered, the token alone."""
        return self._known or AuthorizeResult(enterprise_id=None, team_id=None, bot_token=self._client.token)

    async def learn(self) -> None:
        """Ask now, and go on asking in the background while Slack cannot be reached.

        ProblemsError when Slack says that the token is no good.
        """
        if not await self._ask():
            self._asking = asyncio.create_task(self._ask_on())

    async def until_refused(self) -> None:
        """Never ends, but with the ProblemsError of a token that Slack refuses later on."""
        if self._asking:
            await self._asking
        await asyncio.Event().wait()

    async def forget(self) -> None:
        if self._asking:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    async def _ask_on(self) -> None:
        for attempt in count():
            await asyncio.sleep(_AGAIN_AFTER[min(attempt, len(_AGAIN_AFTER) - 1)])
            if await self._ask():
                return

    async def _ask(self) -> bool:
        try:
            found = await self._client.auth_test()
        except FAILED as failed:
            said = error_of(failed)
            if said in _REVOKED:
                mend = "Copy the Bot User OAuth Token again, or reinstall the app."
                raise ProblemsError([Problem("SLACK_BOT_TOKEN", None, f"Slack refuses it ({said}).", mend)]) from failed
            log.warning("Slack does not say who I am (%s); asking again", said or type(failed).__name__)
            return False
        self._known = AuthorizeResult(
            enterprise_id=found.get("enterprise_id"),
            team_id=found["team_id"],
            bot_token=self._client.token,
            bot_id=found.get("bot_id"),
            bot_user_id=found["user_id"],
        )
        return True
