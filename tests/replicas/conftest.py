"""One workspace, and two Storybots for it that share a PostgreSQL: each person is answered by the one they reach."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from pydantic import SecretStr

from bot.app import serve
from bot.config import Connection, Moderation, Settings
from bot.domain.library import Library
from bot.manifest import manifest
from bot.matching import Matcher
from playground import Playground
from tests.postgres import Postgres


class Replicas:
    """Both of them, and the address of the database between."""

    def __init__(self, slack: Playground, settings: Settings, database_url: str) -> None:
        self.slack = slack
        self.settings = settings
        self.database_url = database_url
        self.urls: list[str] = []

    def reach(self, number: int) -> None:
        """From now on whatever Slack sends reaches this one."""
        url = self.urls[number]
        self.slack.register(manifest(self.settings, url), request_url=f"{url}/slack/events")


@pytest.fixture
async def replicas(library: Library, matcher: Matcher, postgres: Postgres) -> AsyncIterator[Replicas]:
    async with AsyncExitStack() as closing:
        slack = await closing.enter_async_context(Playground())
        settings = Settings(moderation=Moderation(channel=slack.review_channel_id, moderators=tuple(slack.lead_ids)))
        both = Replicas(slack, settings, postgres.fresh_url())
        for _ in range(2):
            connection = Connection(
                SecretStr(slack.bot_token),
                SecretStr(slack.signing_secret),
                api_url=slack.api_url,
                database_url=SecretStr(both.database_url),
                host="127.0.0.1",
                port=0,
            )
            serving = await closing.enter_async_context(serve(settings, connection, library, matcher))
            both.urls.append(f"http://127.0.0.1:{serving.port}")
        first: dict[str, Any] = manifest(settings, both.urls[0])
        slack.install(first, request_url=f"{both.urls[0]}/slack/events")
        yield both
