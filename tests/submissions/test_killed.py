"""The bot is killed (SIGKILL) at each step between a form and its verdict, and started again on the same data."""

import asyncio
import sqlite3
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.config import Settings
from bot.manifest import manifest
from bot.storage.database import FILE_NAME
from playground import Playground
from playground.person import Person
from tests.submissions.crowd import a_story, a_title, cards_of, is_quiet, kept, rows, said
from tests.submissions.people import CONSENT, waits_for
from tests.test_running import environment, free_port, storybot, until_ready


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
    async def running(self) -> AsyncIterator[Process]:
        """Until the end of the block, where it is killed if it was not before."""
        port = free_port()
        where = environment(self.slack, port, self._cache, self.data)
        async with storybot(where, "--config", str(self._config)) as process:
            await until_ready(port, process)
            url = f"http://127.0.0.1:{port}"
            self.slack.install(request_url=f"{url}/slack/events", manifest=manifest(Settings(), url))
            yield process

    def state(self, kind: str, number: int) -> str | None:
        """What became of the message of this kind about story `number`."""
        submission_id, _ = kept(self.data).get(a_title(number), ("nothing", ""))
        return next((state for key, state in said(self.data, kind).items() if submission_id in key), None)

    def has_been_asked(self, method: str, number: int) -> bool:
        """Whether Slack was asked for something about story `number`."""
        return any(call.method == method and a_title(number) in str(call.arguments) for call in self.slack.calls)

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
    async with asyncio.timeout(30):
        while True:
            if look():
                return
            await asyncio.sleep(0.001)


Moment = Callable[[Desk, Process, int], Awaitable[None]]


async def before_it_is_kept(desk: Desk, process: Process, number: int) -> None:
    with desk.locked():
        await asyncio.sleep(0.5)
        process.kill()
        await process.wait()


async def once_it_is_kept(desk: Desk, process: Process, number: int) -> None:
    await at_once(lambda: a_title(number) in kept(desk.data))
    process.kill()


async def once_the_card_is_claimed(desk: Desk, process: Process, number: int) -> None:
    await at_once(lambda: desk.state("review_card", number) == "sending")
    process.kill()


async def while_slack_takes_the_card(desk: Desk, process: Process, number: int) -> None:
    await at_once(lambda: desk.has_been_asked("chat.postMessage", number))
    process.kill()


async def when_slack_has_the_card_and_the_bot_cannot_note_it(desk: Desk, process: Process, number: int) -> None:
    await at_once(lambda: desk.has_been_asked("chat.postMessage", number))
    with desk.locked():
        await waits_for(lambda: cards_of(desk.slack.person("Grace"), a_title(number)))
        await asyncio.sleep(0.3)
        process.kill()
        await process.wait()


async def once_the_card_is_noted(desk: Desk, process: Process, number: int) -> None:
    await at_once(lambda: desk.state("review_card", number) == "sent")
    process.kill()


# What may have become of the card when the bot has come back.
CARD_STEPS: list[tuple[Moment, set[str]]] = [
    (before_it_is_kept, {"sent"}),
    (once_it_is_kept, {"sent", "unknown"}),
    (once_the_card_is_claimed, {"unknown"}),
    (while_slack_takes_the_card, {"unknown"}),
    (when_slack_has_the_card_and_the_bot_cannot_note_it, {"unknown"}),
    (once_the_card_is_noted, {"sent"}),
]


async def test_killed_at_each_step_between_a_form_and_its_card(desk: Desk) -> None:
    ada = desk.slack.person("Ada")
    async with AsyncExitStack() as lives:
        process = await lives.enter_async_context(desk.running())
        for number, (moment, may_become) in enumerate(CARD_STEPS):
            await fills_the_form(ada, number)
            # Slack takes its time, so that there is one to be killed in.
            desk.slack.fail("chat.postMessage", delay=0.4)
            sending = asyncio.create_task(ada.submits())
            await moment(desk, process, number)
            await process.wait()
            await sending
            desk.slack.heal()

            process = await lives.enter_async_context(desk.running())
            assert ada.modal is not None
            if ada.modal.title != "Thank you":
                assert await ada.submits(), "her form is still open, with all that she wrote"
            await ada.closes(whole_stack=True)
            became = await waits_for(lambda about=number: is_quiet(desk.data) and desk.state("review_card", about), 30)
            assert became in may_become, moment.__name__
            cards = cards_of(desk.slack.person("Grace"), a_title(number))
            assert len(cards) == 1 if became == "sent" else len(cards) <= 1, moment.__name__
            if became == "unknown":
                # The reminder is put in line a moment after.
                assert await waits_for(lambda about=number: desk.state("review_reminder", about) == "sent", 30)
            else:
                assert desk.state("review_reminder", number) is None, moment.__name__
    steps = rows(desk.data, "SELECT what, count(*) FROM audit GROUP BY what")
    assert steps == [("submitted", len(CARD_STEPS))], "each story is there once"


async def once_it_is_decided(desk: Desk, process: Process, number: int) -> None:
    await at_once(lambda: kept(desk.data)[a_title(number)][1] == "approved")
    process.kill()


async def while_slack_takes_the_verdict(desk: Desk, process: Process, number: int) -> None:
    await at_once(lambda: desk.has_been_asked("chat.update", number))
    process.kill()


async def test_killed_between_a_decision_and_its_verdict(desk: Desk) -> None:
    ada, grace, linus = (desk.slack.person(name) for name in ("Ada", "Grace", "Linus"))
    async with AsyncExitStack() as lives:
        process = await lives.enter_async_context(desk.running())
        for number, moment in enumerate((once_it_is_decided, while_slack_takes_the_verdict)):
            title = a_title(number)
            await fills_the_form(ada, number)
            await ada.submits()
            await ada.closes(whole_stack=True)
            await waits_for(lambda about=number: desk.state("review_card", about) == "sent")
            desk.slack.fail("chat.update", delay=0.4)
            clicking = asyncio.create_task(grace.clicks("Approve", on=cards_of(grace, title)[0]))
            await moment(desk, process, number)
            await process.wait()
            await clicking
            desk.slack.heal()

            process = await lives.enter_async_context(desk.running())
            became = await waits_for(lambda about=number: is_quiet(desk.data) and desk.state("decision", about), 30)
            assert desk.state("review_update", number) == "sent"
            [card] = cards_of(grace, title)
            assert "Approved by @Grace" in card.drawn
            notes = [note for note in ada.sees("storybot") if f"“{title}”" in note.drawn]
            assert len(notes) == 1 if became == "sent" else len(notes) <= 1, moment.__name__
            await linus.types(f"/story {title}")
            assert title in linus.last().drawn


async def fills_the_form(author: Person, number: int) -> None:
    """Up to the moment before it is really sent: the author has seen what to look at, and means it."""
    story = a_story(number)
    story["What happened"] += " Her number is +44 20 7946 0018."
    await author.types("/story submit")
    await author.fills({"Themes": ["Empathy"], **CONSENT, **story})
    await author.submits()
    assert author.modal is not None
    assert author.modal.submit == "Send anyway"
