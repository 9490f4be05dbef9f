"""Where the bot is installed, with whose leave, and by which token it speaks there."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.workspace import Workspace

RENEW_BEFORE = timedelta(hours=2)
"""A rotating token lives twelve hours (docs: token rotation); it is renewed while it is still good for so long."""


_TEAM = re.compile(r"[TE][A-Z0-9]{1,19}")


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the bot speaks with: a bot token, and where tokens rotate the one that renews it."""

    access: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Installation:
    """One installation: in a workspace, or with an empty `team_id` in a whole Enterprise organisation.

    `renewed` are tokens that Slack gave for the old ones and that were not tried yet. Without `tokens` it is gone since
    `gone_at`; without both, a workspace is left to its organisation's installation.
    """

    enterprise_id: str
    team_id: str
    tokens: Tokens | None
    installed_at: datetime
    bot_id: str | None = None
    bot_user_id: str | None = None
    scopes: tuple[str, ...] = ()
    installer_id: str | None = None
    renewed: Tokens | None = None
    gone_at: datetime | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.enterprise_id, self.team_id

    @property
    def is_org_wide(self) -> bool:
        return not self.team_id

    @property
    def home(self) -> Workspace:
        """Where its installer is met: the workspace, or the organisation, which `auth.test` calls a team too."""
        return Workspace(self.enterprise_id, self.team_id or self.enterprise_id)


def team(value: object) -> str:
    """The id of a workspace or an organisation, as Slack writes it; empty for whatever is none."""
    return value if isinstance(value, str) and _TEAM.fullmatch(value) else ""


def serving(own: Installation | None, org_wide: Installation | None) -> Installation | None:
    """The installation that counts in a workspace: its own, or its organisation's unless the workspace has left."""
    if own and (own.tokens or own.gone_at):
        return own if own.tokens else None
    return org_wide if org_wide and org_wide.tokens else None
