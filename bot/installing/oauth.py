"""What Slack gives for a code and for a refresh token: https://docs.slack.dev/authentication/installing-with-oauth."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urljoin

from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.installation import Installation, Tokens
from bot.slack_errors import FAILED, error_of

# Slack's own words for a bot token that will never work again (docs: auth.test). Anything else may pass, and a token
# that has merely expired can be renewed.
_REVOKED = frozenset({"invalid_auth", "account_inactive", "token_revoked"})


@dataclass(frozen=True, slots=True)
class Installed:
    """Somebody's fresh installation; `name` is what their workspace or organisation is called, `app_id` ours."""

    installation: Installation
    name: str
    app_id: str


class OAuth:
    """The app's own credentials, and the calls that are made with them. Each raises one of `FAILED`."""

    def __init__(self, client: AsyncWebClient, client_id: str, client_secret: SecretStr) -> None:
        self._client = client
        self._client_id = client_id
        self._client_secret = client_secret

    @property
    def authorize_url(self) -> str:
        """Slack's page where somebody allows the app."""
        return urljoin(self._client.base_url, "../oauth/v2/authorize")

    def link(self, scopes: Mapping[str, str], state: str) -> str:
        """Where a browser is sent to install; it comes back to the first redirect URL of the app's manifest."""
        asked = {"client_id": self._client_id, "scope": ",".join(scopes), "state": state}
        return f"{self.authorize_url}?{urlencode(asked)}"

    async def installed(self, code: str, now: datetime) -> Installed:
        """What somebody allowed."""
        told = await self._access(now, code=code)
        team, enterprise = told.get("team") or {}, told.get("enterprise") or {}
        is_org_wide = bool(told.get("is_enterprise_install"))
        installation = Installation(
            enterprise_id=str(enterprise.get("id") or ""),
            team_id="" if is_org_wide else str(team["id"]),
            tokens=_tokens(told, now),
            installed_at=now,
            bot_user_id=told.get("bot_user_id"),
            scopes=tuple(str(told.get("scope") or "").split(",")),
            installer_id=(told.get("authed_user") or {}).get("id"),
        )
        name = (enterprise if is_org_wide else team).get("name")
        with_id = replace(installation, bot_id=await self._bot_id(installation))
        return Installed(with_id, str(name or "your workspace"), str(told.get("app_id") or ""))

    async def renewed(self, refresh_token: str, now: datetime) -> Tokens:
        """The next tokens; the refresh token is used up by this."""
        return _tokens(await self._access(now, grant_type="refresh_token", refresh_token=refresh_token), now)

    async def is_revoked(self, tokens: Tokens) -> bool:
        """Whether Slack refuses this bot token for good; raises when it does not say."""
        try:
            await self._client.auth_test(token=tokens.access)
        except FAILED as failed:
            if error_of(failed) in _REVOKED:
                return True
            if error_of(failed) != "token_expired":
                raise
        return False

    async def _access(self, now: datetime, **asked: str) -> Mapping[str, Any]:
        secret = {"client_id": self._client_id, "client_secret": self._client_secret.get_secret_value()}
        # Not the SDK's own method for it: that one sets the credentials in a way that aiohttp has deprecated.
        answer = await self._client.api_call("oauth.v2.access", params={**asked, **secret})
        if not isinstance(answer.data, Mapping):
            raise ValueError("oauth.v2.access gave no JSON")
        return answer.data

    async def _bot_id(self, installation: Installation) -> str | None:
        """The id under which its own messages come back; None when Slack does not say it just now."""
        assert installation.tokens
        try:
            told = await self._client.auth_test(token=installation.tokens.access)
        except FAILED:
            return None
        bot_id: str | None = told.get("bot_id")
        return bot_id


def _tokens(told: Mapping[str, Any], now: datetime) -> Tokens:
    lives = told.get("expires_in")
    ends = now + timedelta(seconds=int(lives)) if lives else None
    return Tokens(str(told["access_token"]), told.get("refresh_token"), ends)
