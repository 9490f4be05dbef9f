"""Slack as a whole: workspaces and organisations, the one app, and what all of them share."""

import random
from dataclasses import dataclass, field
from typing import Any

from playground import payloads
from playground.app import Registration
from playground.clock import Clock
from playground.delivery import Deliveries
from playground.errors import Refusal
from playground.faults import Faults
from playground.inspector import Inspector
from playground.slack import Slack
from playground.tokens import Tokens
from playground.workspace import Organisation, Workspace, new_id

Json = dict[str, Any]

# Methods that an organisation's token can call only with a `team_id`.
NEED_A_TEAM = frozenset({"conversations.list", "users.list", "usergroups.list", "usergroups.users.list"})


@dataclass
class Cloud:
    """`slacks` are the workspaces by id, the first of them the one that the page shows."""

    clock: Clock = field(default_factory=Clock)
    inspector: Inspector = field(default_factory=Inspector)
    faults: Faults = field(default_factory=Faults)
    registration: Registration = field(default_factory=Registration)
    slacks: dict[str, Slack] = field(default_factory=dict)
    url: str = ""

    def __post_init__(self) -> None:
        self.tokens = Tokens(self.clock)
        self.deliveries = Deliveries(self.clock, self.inspector, self.changed)
        self.clock.watch(self.changed)

    def add_workspace(self, name: str, organisation: Organisation | None = None) -> Slack:
        slack = Slack(self, Workspace(self.clock, name, organisation))
        if organisation:
            organisation.team_ids.append(slack.workspace.team_id)
        self.slacks[slack.workspace.team_id] = slack
        return slack

    def add_organisation(self, name: str) -> Organisation:
        return Organisation(new_id(random.Random(name), "E"), name)

    @property
    def first(self) -> Slack:
        return next(iter(self.slacks.values()))

    def changed(self) -> None:
        for slack in self.slacks.values():
            slack.workspace.changed()

    # Whom a call is about

    def slack_of(self, method: str, access: str, arguments: Json) -> Slack:
        """The workspace that a call with a bot token is about; a refusal when the token opens none."""
        owner = self.tokens.owner_of(access)
        if owner in self.slacks:
            return self.slacks[owner]
        granted = self.installed_in(owner)
        if team_id := arguments.get("team_id"):
            found = next((slack for slack in granted if slack.workspace.team_id == team_id), None)
            if found is None:
                raise Refusal("team_access_not_granted")
            return found
        if method in NEED_A_TEAM:
            raise Refusal("missing_argument", ["team_id is needed with the token of an organisation"])
        if not granted:
            raise Refusal("team_access_not_granted")
        return next((slack for slack in granted if slack.knows(arguments)), granted[0])

    def installed_in(self, owner: str) -> list[Slack]:
        """The workspaces where an installation counts: one, or those of the organisation that were granted."""
        if owner in self.slacks:
            return [self.slacks[owner]]
        return [slack for slack in self.slacks.values() if slack.app.is_org_wide and owner == slack.organisation_id]

    # Coming and going

    def install(self, owner: str, scopes: frozenset[str], organisation: Organisation | None = None) -> None:
        """Install the app in a workspace, or with an organisation in all of its workspaces."""
        if organisation is None:
            self.slacks[owner].app.grant(scopes)
            return
        first = self.slacks[organisation.team_ids[0]].app
        for team_id in organisation.team_ids:
            app = self.slacks[team_id].app
            if app is not first:
                app.act_as(first.bot_user, first.bot_id)
            app.grant(scopes, is_org_wide=True)

    def change_access(self, team_id: str, granted: bool) -> None:
        """Let an organisation's installation count in one of its workspaces, or no longer; the app is told."""
        slack = self.slacks[team_id]
        installed = self.installed_in(slack.organisation_id or "")
        if not installed or slack.app.is_org_wide == granted:
            raise LookupError(f"nothing changes in {slack.workspace.name}")
        first = installed[0]
        if granted:
            slack.app.act_as(first.app.bot_user, first.app.bot_id)
            slack.app.grant(first.app.scopes or frozenset(), is_org_wide=True)
        what = "team_access_granted" if granted else "team_access_revoked"
        slack.tell(what, {"type": what, "team_ids": [team_id]})
        if not granted:
            slack.app.go()

    def uninstall(self, owner: str) -> None:
        """Take the app away: Slack tells it that its tokens are gone and that it is uninstalled, in no sure order."""
        slacks = self.installed_in(owner)
        if not slacks:
            return
        told = slacks[0]
        told.tell("tokens_revoked", payloads.tokens_revoked(told.app.bot_user.id))
        told.tell("app_uninstalled", {"type": "app_uninstalled"})
        self.tokens.revoke_all(owner, "account_inactive")
        for slack in slacks:
            slack.app.go()

    def revoke(self, access: str) -> None:
        """Make one token useless. The app stays installed, and is told."""
        owner = self.tokens.owner_of(access)
        for slack in self.installed_in(owner)[:1]:
            slack.tell("tokens_revoked", payloads.tokens_revoked(slack.app.bot_user.id))
        self.tokens.revoke(access)
