"""Codes into tokens, and the end of tokens: https://docs.slack.dev/reference/methods/oauth.v2.access and neighbours."""

from typing import Any

from playground.cloud import Cloud
from playground.consent import Code, Consent
from playground.errors import Refusal
from playground.methods.method import Method, flag, required
from playground.slack import Slack
from playground.tokens import LIFE_SECONDS, Token

Json = dict[str, Any]


class OAuth:
    def __init__(self, cloud: Cloud, consent: Consent) -> None:
        self._cloud = cloud
        self._consent = consent

    def methods(self) -> dict[str, Method]:
        return {
            "oauth.v2.access": Method(self._access, token="none"),
            "auth.revoke": Method(self._revoke, is_told_token=True),
            "apps.uninstall": Method(self._uninstall, is_told_token=True),
        }

    def _access(self, _slack: Slack, arguments: Json) -> Json:
        """Change a code, or a refresh token, for a token; with a code the app is installed from then on."""
        self._check_client(arguments)
        if arguments.get("grant_type") == "refresh_token":
            return self._told(self._cloud.tokens.renew(str(required(arguments, "refresh_token"))))
        code = self._redeemed(arguments)
        self._cloud.install(code.owner, code.asked.scopes, code.organisation)
        manifest = self._cloud.registration.manifest
        token = self._cloud.tokens.give(code.owner, rotating=bool(manifest and manifest.token_rotation))
        return {**self._told(token), "authed_user": {"id": code.user_id}}

    def _redeemed(self, arguments: Json) -> Code:
        code = self._consent.codes.get(str(required(arguments, "code")))
        if code is None or self._cloud.clock.now() > code.expires:
            raise Refusal("invalid_code")
        if code.used:
            raise Refusal("code_already_used")
        if (arguments.get("redirect_uri") or None) != code.asked.named_uri:
            raise Refusal("bad_redirect_uri")
        code.used = True
        return code

    def _told(self, token: Token) -> Json:
        slack = self._cloud.installed_in(token.owner)[0]
        workspace, roof = slack.workspace, slack.workspace.organisation
        told: Json = {
            "access_token": token.access,
            "token_type": "bot",
            "scope": ",".join(sorted(slack.app.scopes or ())),
            "bot_user_id": slack.app.bot_user.id,
            "app_id": self._cloud.registration.app_id,
            "team": None if slack.app.is_org_wide else {"id": workspace.team_id, "name": workspace.name},
            "enterprise": {"id": roof.id, "name": roof.name} if roof else None,
            "is_enterprise_install": slack.app.is_org_wide,
        }
        return {**told, "refresh_token": token.refresh, "expires_in": LIFE_SECONDS} if token.refresh else told

    def _revoke(self, _slack: Slack, arguments: Json) -> Json:
        is_test = flag(arguments, "test")
        if not is_test:
            self._cloud.revoke(arguments["token"])
        return {"revoked": not is_test}

    def _uninstall(self, _slack: Slack, arguments: Json) -> None:
        self._check_client(arguments)
        self._cloud.uninstall(self._cloud.tokens.owner_of(arguments["token"]))

    def _check_client(self, arguments: Json) -> None:
        if arguments.get("client_id") != self._cloud.registration.client_id:
            raise Refusal("invalid_client_id")
        if arguments.get("client_secret") != self._cloud.registration.client_secret:
            raise Refusal("bad_client_secret")
