"""How the bot may speak: with the one token of one workspace, or in many by those that people installed it with."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import Credentials, Settings
from bot.domain.clock import Now
from bot.domain.workspace import Workspace
from bot.handlers.lifecycle import Lifecycle
from bot.installing.identity import Identity
from bot.installing.installations import Installations
from bot.installing.oauth import OAuth
from bot.installing.routes import Installing
from bot.installing.upkeep import Upkeep
from bot.manifest import scopes
from bot.storage.database import Database
from bot.storage.forgetting import Forgetting
from bot.storage.installations import InstallationStore
from bot.storage.news import News, Subject

Payload = Mapping[str, Any]


def _nothing() -> list[Any]:
    return []


async def _nobody(_: Workspace) -> str | None:
    return None


class Authorize(AsyncAuthorize):
    """What Bolt asks for each request; a mere function it would ask by the names of its arguments, which is slower."""

    def __init__(self, find: Callable[[Payload, str | None, str | None], Awaitable[AuthorizeResult]]) -> None:
        """`find` is given what is known of a request, and the ids of its organisation and its workspace."""
        self._find = find

    async def __call__(
        self, *, context: AsyncBoltContext, enterprise_id: str | None, team_id: str | None, **_: Any
    ) -> AuthorizeResult:
        return await self._find(context, enterprise_id, team_id)


@dataclass(frozen=True, slots=True)
class Access:
    """What differs between one workspace and many.

    `hindrances` and `remarks` are lines for an operator; `pages` are served beside Slack's requests, and `background`
    goes on by itself.
    """

    authorize: Authorize
    client_of: Callable[[Workspace], Awaitable[AsyncWebClient]]
    installer_of: Callable[[Workspace], Awaitable[str | None]] = _nobody
    hindrances: Callable[[], list[str]] = _nothing
    remarks: Callable[[], list[str]] = _nothing
    lifecycle: Lifecycle | None = None
    pages: Sequence[web.RouteDef] = ()
    background: Callable[[], list[Coroutine[Any, Any, None]]] = _nothing


def to_one(identity: Identity, client: AsyncWebClient) -> Access:
    """With the token that `client` has."""

    async def known(*_: object) -> AuthorizeResult:
        return identity.known()

    async def client_of(_: Workspace) -> AsyncWebClient:
        return client

    def hindrances() -> list[str]:
        return [] if identity.is_known else ["Slack has not said yet who this bot is"]

    return Access(Authorize(known), client_of, hindrances=hindrances)


async def to_many(
    settings: Settings, credentials: Credentials, database: Database, news: News, client: AsyncWebClient, now: Now
) -> Access:
    """With the tokens in the database; ProblemsError when a key to them is wrong or missing."""
    # It loads cryptography, for which nobody waits where there is one workspace.
    from bot.storage.sealing import Seal

    store = InstallationStore(database, Seal([key.get_secret_value() for key in credentials.secret_keys]))
    oauth = OAuth(client, credentials.client_id, credentials.client_secret)
    installations = Installations(store, oauth, client, now)
    news.on(Subject.INSTALLATION, installations.refresh)
    await installations.learn()
    keep = timedelta(days=settings.privacy.keep_days)
    upkeep = Upkeep(store, installations, oauth, Forgetting(database), keep, now)

    return Access(
        Authorize(installations.authorize),
        installations.client_of,
        installations.installer_of,
        remarks=lambda: ["nobody has installed it yet: /slack/install"] if installations.are_none else [],
        lifecycle=Lifecycle(installations, settings.command, settings.installing.address),
        pages=Installing(store, oauth, scopes(settings), installations.installed, settings.command, now).routes(),
        background=lambda: [installations.watch(), upkeep.run()],
    )
