"""One workspace as a test sees it: its people, its channels, and the app in it."""

from typing import Any, Literal

from playground.cloud import Cloud
from playground.gestures import Gestures
from playground.person import Person
from playground.slack import Slack
from playground.workspace import Channel

Json = dict[str, Any]

Role = Literal["member", "admin", "owner", "guest", "single-channel guest", "stranger", "bot", "deactivated"]
_FLAGS: dict[Role, dict[str, bool]] = {
    "member": {},
    "admin": {"is_admin": True},
    "owner": {"is_admin": True, "is_owner": True},
    "guest": {"is_restricted": True},
    "single-channel guest": {"is_restricted": True, "is_ultra_restricted": True},
    "stranger": {},
    "bot": {"is_bot": True},
    "deactivated": {"deleted": True},
}


class Team:
    """A workspace; `team_id` is its id. People and channels are called by their names."""

    def __init__(self, cloud: Cloud, slack: Slack) -> None:
        self._cloud = cloud
        self._slack = slack
        self._gestures = Gestures(slack)
        self.workspace = slack.workspace
        self.team_id = slack.workspace.team_id

    # The app

    @property
    def bot_token(self) -> str:
        """The newest token that the app has for this workspace, or for its organisation; LookupError without one."""
        owners = (self.team_id, self._slack.organisation_id)
        token = next((found for owner in owners if owner and (found := self._cloud.tokens.current(owner))), None)
        if token is None:
            raise LookupError(f"the app is not installed in {self.workspace.name}")
        return token.access

    @property
    def bot_id(self) -> str:
        return self._slack.app.bot_id

    @property
    def bot_user_id(self) -> str:
        return self._slack.app.bot_user.id

    @property
    def is_installed(self) -> bool:
        return self._slack.app.scopes is not None

    def uninstall(self) -> None:
        """Take the app away, as an admin does in Slack's own pages: an org-wide one from the whole organisation."""
        app = self._slack.app
        self._cloud.uninstall((app.is_org_wide and self._slack.organisation_id) or self.team_id)

    # People

    def person(self, name: str) -> Person:
        user = self.workspace.user_named(name)
        if user is None:
            raise LookupError(f"nobody is called {name}")
        return Person(self._slack, self._gestures, user)

    def add_person(
        self,
        name: str,
        note: str = "",
        *,
        role: Role = "member",
        channels: tuple[str, ...] = ("general",),
        team: str = "Elsewhere",
        tz: str = "Etc/UTC",
    ) -> Person:
        """Somebody new. `team` names the workspace of a stranger, through whom the `channels` become shared ones.

        What somebody is can change later: `person.user.is_admin = True`.
        """
        of = team if role == "stranger" else None
        user = self.workspace.add_user(name, note, tz, of, **_FLAGS[role])
        for channel in channels:
            self.channel(channel).members.add(user.id)
        return Person(self._slack, self._gestures, user)

    def add_user_group(self, handle: str, members: list[str]) -> str:
        """A new user group; `members` by name. Returns its id."""
        return self.workspace.add_user_group(handle, [self.person(member).id for member in members]).id

    def change_user_group(self, group_id: str, members: list[str]) -> None:
        self.workspace.user_groups[group_id].members = [self.person(member).id for member in members]

    # Channels

    def channel(self, name: str) -> Channel:
        channel = self.workspace.channel_named(name)
        if channel is None:
            raise LookupError(f"no channel is called {name}")
        return channel

    def add_channel(
        self, name: str, members: list[str], *, is_private: bool = False, is_archived: bool = False
    ) -> Channel:
        """A new channel; `members` by name."""
        ids = {self.person(member).id for member in members}
        return self.workspace.add_channel(name, ids, is_private=is_private, is_archived=is_archived)

    def invite(self, name: str, channel: str) -> None:
        """Bring somebody, or the app by its name, into a channel."""
        self._slack.join(self.channel(channel), self.person(name).id)

    def remove(self, name: str, channel: str) -> None:
        """Somebody, or the app by its name, is no longer in a channel."""
        self._slack.leave(self.channel(channel), self.person(name).id)

    def archive(self, channel: str) -> None:
        self._slack.archive(self.channel(channel), self._somebody())

    def unarchive(self, channel: str) -> None:
        self._slack.unarchive(self.channel(channel), self._somebody())

    def delete_channel(self, channel: str) -> None:
        self._slack.delete_channel(self.channel(channel))

    def _somebody(self) -> str:
        return next(user.id for user in self.workspace.users.values() if not user.is_bot)
