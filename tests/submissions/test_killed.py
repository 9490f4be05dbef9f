"""The bot is killed (SIGKILL) at each step between a form and its verdict, and started again on the same data."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.config import Settings
from bot.manifest import manifest
from bot.storage.database import FILE_NAME
from playground import Playground
from playground.person import Person
from tests.submissions.crowd import a_story, a_title, cards_of, is_quiet, kept, rows, said
from tests.submissions.people import CONSENT, sees, waits_for
from tests.test_running import environment, free_port, storybot, until_ready

TITLE = a_title(7)


class Desk:
    """A bot as a process of its own, beside the data that outlives it."""

    def __init__(self, slack: Playground, folder: Path, cache: Path) -> None:
        self.slack = slack
        self.data = folder / "data"
        self._cache = cache
        self._config = folder / "config.yaml"
        leads = ", ".join(slack.lead_ids)
        self._config.write_text(f"moderation: {{channel: {slack.review_channel_id}, moderators: [{leads}]}}\n")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """Until the end of the block, where it is killed if it was not before."""
        port = free_port()
        where = environment(self.slack, port, self._cache, self.data)
        async with storybot(where, "--config", str(self._config)) as process:
            await until_ready(port, process)
            url = f"http://127.0.0.1:{port}"
            self.slack.install(request_url=f"{url}/slack/events", manifest=manifest(Settings(), url))
            yield process

    def state(self, kind: str) -> str | None:
        """What became of the one message of this kind."""
        return next(iter(said(self.data, kind).values()), None)

    def has_called(self, method: str) -> bool:
        return any(call.method == method for call in self.slack.calls)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else can write to the database."""
        holder = sqlite3.connect(self.data / FILE_NAME, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            holder.execute("ROLLBACK")
            holder.close()


@pytest.fixture
async def desk(tmp_path: Path, cache: Path) -> AsyncIterator[Desk]:
    async with Playground() as slack:
        yield Desk(slack, tmp_path, cache)


async def at_once(look: Callable[[], Any]) -> None:
    """Until there is something to see, and no moment longer."""
    async with asyncio.timeout(10):
        while not look():
            await asyncio.sleep(0.001)


Moment = Callable[[Desk, asyncio.subprocess.Process], Awaitable[None]]


async def before_it_is_kept(desk: Desk, process: asyncio.subprocess.Process) -> None:
    with desk.locked():
        await asyncio.sleep(0.5)
        process.kill()
        await process.wait()


async def once_it_is_kept(desk: Desk, process: asyncio.subprocess.Process) -> None:
    await at_once(lambda: kept(desk.data))
    process.kill()


async def once_the_card_is_claimed(desk: Desk, process: asyncio.subprocess.Process) -> None:
    await at_once(lambda: desk.state("review_card") == "sending")
    process.kill()


async def while_slack_takes_the_card(desk: Desk, process: asyncio.subprocess.Process) -> None:
    await at_once(lambda: desk.has_called("chat.postMessage"))
    process.kill()


async def when_slack_has_the_card_and_the_bot_cannot_note_it(desk: Desk, process: asyncio.subprocess.Process) -> None:
    await at_once(lambda: desk.has_called("chat.postMessage"))
    with desk.locked():
        await waits_for(lambda: cards_of(desk.slack.person("Grace"), TITLE))
        await asyncio.sleep(0.3)
        process.kill()
        await process.wait()


async def once_the_card_is_noted(desk: Desk, process: asyncio.subprocess.Process) -> None:
    await at_once(lambda: desk.state("review_card") == "sent")
    process.kill()


@pytest.mark.parametrize(
    ("moment", "becomes"),
    [
        (before_it_is_kept, {"sent"}),
        (once_it_is_kept, {"sent", "unknown"}),
        (once_the_card_is_claimed, {"unknown"}),
        (while_slack_takes_the_card, {"unknown"}),
        (when_slack_has_the_card_and_the_bot_cannot_note_it, {"unknown"}),
        (once_the_card_is_noted, {"sent"}),
    ],
)
async def test_killed_between_the_form_and_its_card(desk: Desk, moment: Moment, becomes: set[str]) -> None:
    ada, grace = desk.slack.person("Ada"), desk.slack.person("Grace")
    async with desk.running() as process:
        await ada.types("/story submit")
        await ada.fills({"Themes": ["Empathy"], **CONSENT, **a_story(7)})
        # Slack takes its time, so that there is one to be killed in.
        desk.slack.fail("chat.postMessage", delay=0.4)
        sending = asyncio.create_task(ada.submits())
        await moment(desk, process)
        await process.wait()
        await sending
    async with desk.running():
        assert ada.modal is not None
        if ada.modal.title != "Thank you":
            assert await ada.submits(), "her form is still open, with all that she wrote"
        await waits_for(lambda: desk.state("review_card") in ("sent", "unknown") and is_quiet(desk.data))
    assert [what for (what,) in rows(desk.data, "SELECT what FROM audit")] == ["submitted"]
    assert desk.state("review_card") in becomes
    cards = cards_of(grace, TITLE)
    if desk.state("review_card") == "sent":
        assert len(cards) == 1
        assert desk.state("review_reminder") is None
    else:
        assert len(cards) <= 1
        assert desk.state("review_reminder") == "sent"
        assert "/story review" in grace.last("story-review").drawn


async def once_it_is_decided(desk: Desk, process: asyncio.subprocess.Process) -> None:
    await at_once(lambda: kept(desk.data)[TITLE][1] == "approved")
    process.kill()


async def while_slack_takes_the_verdict(desk: Desk, process: asyncio.subprocess.Process) -> None:
    await at_once(lambda: desk.has_called("chat.update"))
    process.kill()


@pytest.mark.parametrize("moment", [once_it_is_decided, while_slack_takes_the_verdict])
async def test_killed_between_the_decision_and_its_verdict(desk: Desk, moment: Moment) -> None:
    ada, grace, linus = (desk.slack.person(name) for name in ("Ada", "Grace", "Linus"))
    async with desk.running() as process:
        await ada.types("/story submit")
        await ada.fills({"Themes": ["Empathy"], **CONSENT, **a_story(7)})
        await ada.submits()
        await waits_for(lambda: desk.state("review_card") == "sent")
        desk.slack.fail("chat.update", delay=0.4)
        [card] = cards_of(grace, TITLE)
        clicking = asyncio.create_task(grace.clicks("Approve", on=card))
        await moment(desk, process)
        await process.wait()
        await clicking
    async with desk.running():
        await waits_for(lambda: desk.state("decision") in ("sent", "unknown") and is_quiet(desk.data))
        await linus.types(f"/story {TITLE}")
        assert TITLE in linus.last().drawn
    [card] = cards_of(grace, TITLE)
    assert "Approved by @Grace" in card.drawn
    assert desk.state("review_update") == "sent"
    notes = [note for note in ada.sees("storybot") if f"“{TITLE}”" in note.drawn]
    assert len(notes) == 1 if desk.state("decision") == "sent" else len(notes) <= 1
