"""The bot has just been started: it answers by words at once, and by meaning once it has taken in what stories mean."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event

import pytest

from bot.app import serve
from bot.config import Settings
from bot.domain import clock
from bot.domain.library import Library
from bot.domain.workspace import Workspace
from bot.manifest import manifest
from bot.matching import Matcher
from bot.matching.bm25 import Floats
from bot.matching.encoder import STANDARD
from bot.storage.database import opened
from bot.storage.own_stories import OwnStoryStore
from playground import Playground
from tests.conftest import connection_to
from tests.matching.test_own import HAMSTER
from tests.replicas.test_ready import looks, looks_until

# No word of it is in any story: only what it means brings one.
SPANISH = "un anillo de diamante perdido"
A_RODENT = "a rodent gnawed the internet wire"


class SlowEncoder:
    """The standard encoder, as soon as it is loaded; or one that fails then."""

    version = STANDARD.version

    def __init__(self, *, fails: bool = False) -> None:
        self.loaded = Event()
        self._fails = fails

    def encode(self, texts: Sequence[str]) -> Floats:
        self.loaded.wait()
        if self._fails:
            raise FileNotFoundError("weights.npz")
        return STANDARD.encode(texts)

    def pieces(self, text: str) -> list[str]:
        return STANDARD.pieces(text)


@asynccontextmanager
async def starting(
    library: Library, cache: Path, data: Path, encoder: SlowEncoder
) -> AsyncIterator[tuple[Playground, str]]:
    """A workspace whose bot has just opened its door, and the address of that."""
    by_words = Matcher(library, None, cache)
    async with Playground() as slack:
        connection = connection_to(slack, data)
        async with serve(Settings(), connection, library, by_words, encoder=encoder) as serving:
            url = f"http://127.0.0.1:{serving.port}"
            slack.install(request_url=f"{url}/slack/events", manifest=manifest(Settings(), url))
            try:
                yield slack, url
            finally:
                encoder.loaded.set()


async def tells_of_a_hamster(slack: Playground, data: Path) -> None:
    """A colleague told a story of their own before the bot was started."""
    async with opened(None, data, beside_a_bot=True) as database:
        workspace = Workspace("", slack.workspace.team_id)
        await OwnStoryStore(database).import_all(workspace, [HAMSTER], clock.now())


async def test_who_asks_at_once_is_answered_by_words_and_later_by_meaning(
    library: Library, cache: Path, tmp_path: Path
) -> None:
    encoder = SlowEncoder()
    async with starting(library, cache, tmp_path, encoder) as (slack, url):
        ada = slack.person("Ada")
        await tells_of_a_hamster(slack, tmp_path)
        status, said = await looks(f"{url}/readyz")
        assert status == 503
        assert "taking in what the stories mean" in said
        await ada.types("/story nordstorm")
        assert "Nordstrom" in ada.last().drawn
        await ada.types(f"/story {SPANISH}")
        assert "I have nothing on" in ada.last().drawn
        await ada.types(f"/story {A_RODENT}")
        assert HAMSTER.title not in ada.last().drawn

        encoder.loaded.set()
        assert (await looks_until(f"{url}/readyz", 200)).startswith("ready")
        await ada.types(f"/story {SPANISH}")
        assert "Nordstrom" in ada.last().drawn, "that nothing was found is not remembered"
        await ada.types(f"/story {A_RODENT}")
        assert HAMSTER.title in ada.last().drawn, "a team's own stories are understood, too"


async def test_an_encoder_that_cannot_be_loaded_leaves_it_ready_and_says_so(
    library: Library, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    encoder = SlowEncoder(fails=True)
    async with starting(library, tmp_path / "nothing kept", tmp_path, encoder) as (slack, url):
        encoder.loaded.set()
        assert "matched by their words alone" in await looks_until(f"{url}/readyz", 200)
        assert "by their words alone" in caplog.text
        ada = slack.person("Ada")
        await ada.types("/story nordstorm")
        assert "Nordstrom" in ada.last().drawn
