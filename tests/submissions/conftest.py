"""A workspace with a desk where stories wait: Grace and Margaret decide, Ada and Linus tell."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import serve
from bot.config import Moderation, Settings
from bot.domain.library import Library
from bot.manifest import manifest
from bot.matching import Matcher
from playground import Playground
from tests.conftest import connection_to


@pytest.fixture
async def desk(library: Library, matcher: Matcher, tmp_path: Path) -> AsyncIterator[Playground]:
    async with Playground() as slack:
        settings = Settings(moderation=Moderation(channel=slack.review_channel_id, moderators=tuple(slack.lead_ids)))
        async with serve(settings, connection_to(slack, tmp_path), library, matcher) as serving:
            url = f"http://127.0.0.1:{serving.port}"
            slack.install(request_url=f"{url}/slack/events", manifest=manifest(settings, url))
            yield slack
