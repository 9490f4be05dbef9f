"""Three in ten calls to Slack go wrong while people tell stories and moderators decide: nothing is lost or said twice.

`ROUNDS=17` in the environment makes it more than a thousand stories; `-s` shows the figures.
"""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import Slack, open_door
from bot.config import Moderation, Settings
from bot.domain.library import Library
from bot.installing.identity import Identity
from bot.manifest import manifest
from bot.matching import Matcher
from bot.stock import Stock
from playground import Playground, Seen
from playground.person import Person
from tests.conftest import PLENTY, connection_to
from tests.submissions.crowd import a_title, cards_of, is_quiet, kept, rows, said, tells
from tests.submissions.people import waits_for

ROUNDS = int(os.environ.get("ROUNDS", "1"))
FLOWS = 60
APP_WAITS = 0.5
TIME_OUT = 0.8
TRIES = 200
AUTHORS = ("Barbara", "Edsger", "Frances", "Niklaus")
MODERATORS = ("Radia", "Donald", "Shafi", "Tony")


@asynccontextmanager
async def an_impatient_bot(
    slack: Playground, library: Library, matcher: Matcher, folder: Path, moderators: Sequence[Person]
) -> AsyncIterator[None]:
    """Storybot, giving up on a call sooner than it otherwise does, so that the test need not wait for it."""
    settings = Settings(
        moderation=Moderation(channel=slack.review_channel_id, moderators=tuple(one.id for one in moderators)),
        limits=PLENTY,
    )
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=APP_WAITS)) as session:
        client = AsyncWebClient(slack.bot_token, slack.api_url, session=session, retry_handlers=[])
        line = Slack(session, client, Identity(client))
        await line.identity.learn()
        stock = Stock(settings, library, matcher)
        async with open_door(settings, connection_to(slack, folder), line, stock) as serving:
            url = f"http://127.0.0.1:{serving.port}"
            slack.install(request_url=f"{url}/slack/events", manifest=manifest(settings, url))
            yield


@pytest.mark.parametrize("number", range(ROUNDS))
async def test_while_three_in_ten_calls_go_wrong(
    library: Library, matcher: Matcher, tmp_path: Path, number: int
) -> None:
    async with Playground() as slack:
        authors = [slack.add_person(name) for name in AUTHORS]
        moderators = [slack.add_person(name, channels=("story-review",)) for name in MODERATORS]
        async with an_impatient_bot(slack, library, matcher, tmp_path, moderators):
            for half, delay in enumerate((0.0, TIME_OUT)):
                slack.flaky(0.3, 2 * number + half, delay=delay)
                numbers = range(half, FLOWS, 2)
                await asyncio.gather(
                    *(
                        tell_and_decide(author, moderator, numbers[pair :: len(AUTHORS)], tmp_path)
                        for pair, (author, moderator) in enumerate(zip(authors, moderators, strict=True))
                    )
                )
            slack.heal()
            await waits_for(lambda: is_quiet(tmp_path), 120)
        stories = kept(tmp_path)
        notes = [note.drawn for author in authors for note in author.sees("storybot") if not note.ephemeral]
        cards, reminders = said(tmp_path, "review_card"), said(tmp_path, "review_reminder")
        assert sorted(stories) == sorted(map(a_title, range(FLOWS))), "each story that was thanked for is there once"
        assert len(cards) == FLOWS
        for title, (submission_id, state) in stories.items():
            [(key, card)] = [(key, card) for key, card in cards.items() if submission_id in key]
            seen = cards_of(moderators[0], title)
            assert card in ("sent", "unknown")
            assert len(seen) == 1 if card == "sent" else len(seen) <= 1, f"{title}: {card}, {len(seen)} cards"
            assert (f"reminder:{key}" in reminders) == (card == "unknown"), "who may have missed it is reminded"
            assert state == ("rejected" if int(title.split()[2]) % 10 else "approved")
            if card == "sent":
                assert f"{state.capitalize()} by" in seen[0].drawn
            assert sum(f"“{title}”" in note for note in notes) <= 1, "nobody hears of a decision twice"
        assert Counter(cards.values())["sent"] > FLOWS / 2
        tell_figures(tmp_path)


async def tell_and_decide(author: Person, moderator: Person, numbers: range, folder: Path) -> None:
    for number in numbers:
        title = a_title(number)
        await tells(author, number)
        submission_id, _ = kept(folder)[title]
        await waits_for(lambda words=submission_id: is_settled(folder, words), 60)
        for _ in range(TRIES):
            if kept(folder)[title][1] != "pending":
                break
            await decides(moderator, title, is_yes=number % 10 == 0)


async def decides(moderator: Person, title: str, *, is_yes: bool) -> None:
    """Press a button of the card and fill in what opens then, as far as Slack's troubles let it."""
    card = next(iter(cards_of(moderator, title)), None) or await found_in_the_queue(moderator, title)
    if card is None:
        return
    while moderator.modal is not None:
        await moderator.closes(whole_stack=True)
    await moderator.clicks("Approve" if is_yes else "Reject", on=card)
    if moderator.modal is not None and moderator.modal.submit == "Reject":
        await moderator.fills({"In your own words": "It could have happened to anybody."})
        await moderator.submits()


async def found_in_the_queue(moderator: Person, title: str) -> Seen | None:
    """The card by way of `/story review`, which is where the reminder points to; None if Slack's troubles hide it."""
    await moderator.types("/story review", channel="storybot")
    queue = moderator.last("storybot")
    buttons = [element for block in queue.blocks if block["type"] == "actions" for element in block["elements"]]
    places = [place for place, button in enumerate(buttons) if button.get("accessibility_label") == f"Show: {title}"]
    if not places:
        return None
    await moderator.clicks("Show", on=queue, nth=places[0])
    shown = moderator.last("storybot")
    return shown if "Approve" in shown.buttons and title in shown.drawn else None


def is_settled(folder: Path, submission_id: str) -> bool:
    states = said(folder, "review_card")
    return any(submission_id in key and state in ("sent", "unknown") for key, state in states.items())


def tell_figures(folder: Path) -> None:
    print(f"\n{FLOWS} stories with three in ten calls going wrong:")
    for kind, state, number, most in rows(
        folder, "SELECT kind, state, count(*), max(tries) FROM outbox GROUP BY kind, state ORDER BY kind, state"
    ):
        print(f"  {kind:16} {state:8} {number:5}   at most {most} tries")


@pytest.mark.parametrize(
    ("fault", "becomes"),
    [
        ({"error": "ratelimited", "retry_after": 30}, "due"),
        ({"status": 429, "html": True}, "due"),
        ({"error": "not_in_channel"}, "due"),
        ({"error": "invalid_auth"}, "due"),
        ({"error": "msg_too_long"}, "refused"),
        ({"error": "internal_error", "status": 500}, "unknown"),
        ({"status": 502, "html": True}, "unknown"),
        ({"lost": True}, "unknown"),
    ],
)
async def test_what_slack_s_answer_means_for_a_card(
    desk: Playground, tmp_path: Path, fault: dict[str, Any], becomes: str
) -> None:
    desk.fail("chat.postMessage", **fault)
    await tells(desk.person("Ada"), 1)
    await waits_for(lambda: [call for call in desk.calls if call.method == "chat.postMessage"])
    await waits_for(lambda: said(tmp_path, "review_card") and "sending" not in said(tmp_path, "review_card").values())
    states = rows(tmp_path, "SELECT state, tries FROM outbox WHERE kind = 'review_card'")
    assert states == [(becomes, 1)]
