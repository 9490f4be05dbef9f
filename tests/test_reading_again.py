"""Whoever looks after the packs changes them while the bot serves, and has it read them again."""

import asyncio
import gc
import itertools
import os
import pty
import signal
import sys
import weakref
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from bot.app import Serving, serve
from bot.config import Settings
from bot.domain import clock
from bot.domain.workspace import Reader, Workspace
from bot.manifest import manifest
from bot.services.seen import Seen
from bot.services.sharing import Found
from bot.services.shelves import Shelves
from bot.stock import Stock, load_library, understood
from bot.storage.database import opened
from bot.storage.own_stories import OwnStoryStore
from playground import Playground
from playground.person import Person
from tests.authors import Author
from tests.conftest import PLENTY, connection_to
from tests.matching.test_own import HAMSTER
from tests.test_running import environment, free_port, storybot, until_ready

LANTERN = (("The umbrella that crossed the bay", "The lantern on the pier"), ("the umbrella left", "the lantern left"))


@dataclass
class Running:
    """A bot that tells one pack's stories, and who looks after that."""

    slack: Playground
    author: Author
    serving: Serving

    @property
    def ada(self) -> Person:
        return self.slack.person("Ada")

    async def tells(self, words: str) -> str:
        await self.ada.types(f"/story {words}", channel="general")
        return self.ada.last("general").drawn


@asynccontextmanager
async def bot_with_a_pack(folder: Path) -> AsyncIterator[Running]:
    author = Author(folder / "pack")
    author.tells("the-umbrella")
    settings = Settings(packs=(str(author.folder),), limits=PLENTY)
    library = load_library(settings)
    async with Playground() as slack:
        connection = connection_to(slack, folder / "data")
        matcher = await understood(library)
        async with serve(settings, connection, library, matcher) as serving:
            url = f"http://127.0.0.1:{serving.port}"
            slack.install(request_url=f"{url}/slack/events", manifest=manifest(settings, url))
            yield Running(slack, author, serving)


@pytest.fixture
async def bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    monkeypatch.setenv("STORYBOT_CACHE", str(tmp_path / "cache"))
    async with bot_with_a_pack(tmp_path) as running:
        yield running


async def test_a_new_story_is_found_and_one_that_was_taken_out_is_not(bot: Running) -> None:
    assert "The umbrella" in await bot.tells("umbrella")
    card = bot.ada.last("general")
    bot.author.tells("the-lantern", *LANTERN)
    (bot.author.folder / "the-umbrella.yaml").unlink()
    assert "The lantern" not in await bot.tells("lantern"), "nobody has asked for it yet"

    await bot.serving.read_again()
    assert "The lantern" in await bot.tells("lantern")
    assert "The umbrella" not in await bot.tells("umbrella"), "what was found before is not remembered"
    await bot.ada.clicks("Read it all", on=card)
    assert "That story is no longer in the library." in bot.ada.last("general").drawn


async def test_what_it_means_is_understood_again(bot: Running) -> None:
    bot.author.tells("the-lantern", *LANTERN)
    await bot.serving.read_again()
    assert "The lantern" in await bot.tells("una linterna")


async def test_a_broken_pack_is_told_and_the_former_stories_stay(
    bot: Running, caplog: pytest.LogCaptureFixture
) -> None:
    bot.author.tells("the-lantern", *LANTERN)
    bot.author.tells("half-written", ("company: Harbour Ferries\n", "compan\n"))
    await bot.serving.read_again()
    assert "half-written.yaml:5" in caplog.text
    assert "The packs were read again and not taken: the former stories stay" in caplog.text
    assert "The umbrella" in await bot.tells("umbrella")
    assert "The lantern" not in await bot.tells("lantern")

    bot.author.tells("half-written", *LANTERN)
    await bot.serving.read_again()
    assert "The lantern" in await bot.tells("lantern")


async def test_a_pack_that_is_gone_is_told_and_the_former_stories_stay(
    bot: Running, caplog: pytest.LogCaptureFixture
) -> None:
    bot.author.folder.rename(bot.author.folder.with_name("elsewhere"))
    await bot.serving.read_again()
    assert "There is no such pack folder." in caplog.text
    assert "The umbrella" in await bot.tells("umbrella")


async def test_a_team_s_own_story_stays_on_its_shelf_even_without_its_theme(bot: Running, tmp_path: Path) -> None:
    async with opened(None, tmp_path / "data", beside_a_bot=True) as database:
        workspace = Workspace("", bot.slack.workspace.team_id)
        await OwnStoryStore(database).import_all(workspace, [HAMSTER], clock.now())
    assert HAMSTER.title in await bot.tells("hamster")
    bot.author.tells("the-lantern", *LANTERN)
    await bot.serving.read_again()
    assert HAMSTER.title in await bot.tells("hamster")
    assert "The lantern" in await bot.tells("lantern")


async def test_nobody_who_asks_meanwhile_goes_without_a_story(bot: Running) -> None:
    people = [bot.slack.add_person(f"Reader {number}") for number in range(4)]
    done = asyncio.Event()

    async def asks(person: Person) -> int:
        for asked in itertools.count():
            if done.is_set():
                return asked
            await person.types("/story umbrella", channel="general")
            assert "bay" in person.last("general").drawn
        raise AssertionError("counting never ends")

    asking = [asyncio.create_task(asks(person)) for person in people]
    for number in range(3):
        bot.author.tells(f"umbrella-{number}", ("The umbrella that", f"Umbrella {number}, which"))
        await asyncio.gather(bot.serving.read_again(), bot.serving.read_again())
    done.set()
    assert all(await asyncio.gather(*asking))
    assert "Umbrella 2, which" in await bot.tells("umbrella 2, which crossed the bay")


async def test_what_is_told_no_more_takes_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks for garbage among stories, which would hold the event loop: they are let go without."""
    monkeypatch.setenv("STORYBOT_CACHE", str(tmp_path / "cache"))
    author = Author(tmp_path / "pack")
    author.tells("the-umbrella")
    settings = Settings(packs=(str(author.folder),))
    library = load_library(settings)
    stock = Stock(settings, library, await understood(library))
    former = [weakref.ref(library), weakref.ref(stock.matcher)]
    async with opened(None, tmp_path / "data") as database:
        shelves = Shelves(library, stock.matcher, OwnStoryStore(database), _is_at_home, Seen(), Random(1), clock.now)
        ada = Reader(Workspace("", "T1"), "U1")
        assert isinstance((await shelves.of(ada)).find(ada, "umbrella"), Found)
        del library
        author.tells("the-lantern", *LANTERN)
        gc.disable()
        try:
            await stock.renew(shelves)
            assert [held() for held in former] == [None, None]
        finally:
            gc.enable()


async def _is_at_home(_: Reader) -> bool:
    return True


@pytest.fixture
async def process_with_a_pack(tmp_path: Path) -> AsyncIterator[tuple[Playground, Author, dict[str, str], Path]]:
    author, config, port = Author(tmp_path / "pack"), tmp_path / "config.yaml", free_port()
    author.tells("the-umbrella")
    config.write_text(f"packs: [{author.folder}]\n")
    async with Playground() as slack:
        url = f"http://127.0.0.1:{port}"
        slack.install(request_url=f"{url}/slack/events", manifest=manifest(Settings(), url))
        yield slack, author, environment(slack, port, tmp_path / "cache"), config


async def test_sighup_has_them_read_again(
    process_with_a_pack: tuple[Playground, Author, dict[str, str], Path],
) -> None:
    slack, author, found, config = process_with_a_pack
    async with storybot(found, "--config", str(config)) as process:
        await until_ready(int(found["PORT"]), process)
        author.tells("the-lantern", *LANTERN)
        process.send_signal(signal.SIGHUP)
        ada = slack.person("Ada")
        async with asyncio.timeout(30):
            while not ada.sees("general") or "The lantern" not in ada.last("general").drawn:
                await ada.types("/story lantern", channel="general")
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 20) == 0


async def test_who_closes_the_terminal_it_was_started_in_ends_it(
    process_with_a_pack: tuple[Playground, Author, dict[str, str], Path],
) -> None:
    _, _, found, config = process_with_a_pack
    ours, its = pty.openpty()
    command = (sys.executable, "-m", "bot", "run", "--config", str(config))
    process = await asyncio.create_subprocess_exec(*command, env=found, stdin=its, stdout=DEVNULL, stderr=DEVNULL)
    try:
        await until_ready(int(found["PORT"]), process)
        process.send_signal(signal.SIGHUP)
        assert await asyncio.wait_for(process.wait(), 20) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        os.close(ours)
        os.close(its)
