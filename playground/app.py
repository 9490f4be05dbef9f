"""The app under test: as its maker registered it, and as it stands in one workspace."""

import random
import secrets
from typing import Any

from playground.manifest import Manifest
from playground.workspace import User, Workspace, new_id

Json = dict[str, Any]


class Registration:
    """What the app is everywhere: its ids, its secrets, and its manifest once there is one."""

    def __init__(self) -> None:
        chance = random.Random("the app under test")
        self.app_id = new_id(chance, "A")
        self.client_id = f"{chance.randrange(10**12)}.{chance.randrange(10**13)}"
        self.client_secret = secrets.token_hex(16)
        self.app_token = f"xapp-1-{self.app_id}-{secrets.token_hex(16)}"
        self.signing_secret = secrets.token_hex(16)
        self.verification_token = secrets.token_hex(12)
        self.manifest: Manifest | None = None


class App:
    """What the app is in one workspace: its bot user, and the scopes it was granted there (None: not installed)."""

    def __init__(self, registration: Registration, workspace: Workspace) -> None:
        self._workspace = workspace
        self.registration = registration
        self.bot_id = workspace.new_id("B")
        self.bot_user = User(workspace.new_id("U"), "app", "app", workspace.team_id, "the app under test", is_bot=True)
        workspace.users[self.bot_user.id] = self.bot_user
        self.scopes: frozenset[str] | None = None
        self.is_org_wide = False

    @property
    def ids(self) -> Json:
        return {"app_id": self.registration.app_id, "bot_id": self.bot_id}

    @property
    def manifest(self) -> Manifest | None:
        """The manifest where the app is installed, and nothing elsewhere: it then has no commands and hears nothing."""
        return self.registration.manifest if self.scopes is not None else None

    def may(self, scope: str) -> bool:
        return scope in (self.scopes or ())

    def grant(self, scopes: frozenset[str], is_org_wide: bool = False) -> None:
        """Install the app here, or change what it may do."""
        self.scopes, self.is_org_wide = scopes, is_org_wide
        self.be_named()
        self._workspace.changed()

    def be_named(self) -> None:
        """Take the name that the manifest gives."""
        if self.manifest:
            self.bot_user.name = self.manifest.name.lower().replace(" ", "")
            self.bot_user.real_name = self.manifest.name

    def act_as(self, bot_user: User, bot_id: str) -> None:
        """Be here who the app is in the whole organisation: one bot user for all of its workspaces."""
        if bot_user is self.bot_user:
            return
        del self._workspace.users[self.bot_user.id]
        self.bot_user, self.bot_id = bot_user, bot_id
        self._workspace.users[bot_user.id] = bot_user

    def go(self) -> None:
        """Be uninstalled here: the bot user leaves every channel."""
        self.scopes, self.is_org_wide = None, False
        for channel in self._workspace.channels.values():
            if not channel.is_im:
                channel.members.discard(self.bot_user.id)
        self._workspace.changed()
