"""Somebody sends far too much: they are told so kindly, and nobody else notices. The bot's time stands still."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt.context.async_context import AsyncBoltContext

from bot.app import serve
from bot.config import Limits, Moderation, Settings
from bot.domain.library import Library
from bot.handlers.turns import KEPT, TOO_BUSY, TOO_MUCH, Share, Turns
from bot.manifest import manifest
from bot.matching import Matcher
from playground import Playground
from playground.person import Person
from tests.conftest import connection_to
from tests.submissions.people import CUP, STORY, held, sees, sends_a_story

A_MINUTE, OF_ALL = 10, 25
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


class Hands:
    """A clock that somebody moves."""

    def __init__(self) -> None:
        self.moment = NOON

    def __call__(self) -> datetime:
        return self.moment

    def move(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
async def slack(library: Library, matcher: Matcher, tmp_path: Path, clock: Hands) -> AsyncIterator[Playground]:
    """A workspace in which one person may do ten things a minute, and all together twenty-five."""
    async with Playground() as slack:
        settings = Settings(
            moderation=Moderation(moderators=slack.lead_ids),
            limits=Limits(a_minute=A_MINUTE, workspace_a_minute=OF_ALL, at_once=2),
        )
        async with serve(settings, connection_to(slack, tmp_path), library, matcher, clock) as serving:
            url = f"http://127.0.0.1:{serving.port}"
            slack.install(request_url=f"{url}/slack/events", manifest=manifest(settings, url))
            yield slack


async def spends(person: Person, share: int = A_MINUTE) -> None:
    """Ask as often as one may."""
    for _ in range(share):
        await person.types("/story empathy")
        assert "Takeaway:" in person.last().drawn


async def test_who_asks_too_often_is_told_and_soon_may_again(slack: Playground, clock: Hands) -> None:
    ada, linus = slack.person("Ada"), slack.person("Linus")
    await spends(ada)
    for _ in range(3):
        await ada.types("/story empathy")
        assert ada.last().ephemeral
        assert TOO_MUCH in ada.last().drawn
    await linus.types("/story empathy")
    assert "Takeaway:" in linus.last().drawn
    clock.move(60 / A_MINUTE)
    await ada.types("/story empathy")
    assert "Takeaway:" in ada.last().drawn


async def test_clicks_are_told_privately_once_in_a_while_and_do_nothing(slack: Playground, clock: Hands) -> None:
    ada = slack.person("Ada")
    await spends(ada)
    before = len(ada.sees())
    card = ada.last()
    for _ in range(5):
        await ada.clicks("Share to channel", on=card)
    await slack.settled()
    said = ada.sees()[before:]
    assert [(one.ephemeral, TOO_MUCH in one.drawn) for one in said] == [(True, True)]
    clock.move(5)
    await ada.clicks("Share to channel", on=card)
    assert len(ada.sees()[before:]) == 1, "she has been told a moment ago"


async def test_a_form_keeps_its_text_and_is_taken_in_later(slack: Playground, clock: Hands) -> None:
    ada = slack.person("Ada")
    await ada.types("/story submit")
    await spends(ada, A_MINUTE - 1)
    await sends_a_story(ada, CUP)
    assert ada.modal is not None
    assert TOO_MUCH in ada.modal.drawn
    await ada.closes()
    assert held(ada, "What happened") == STORY
    clock.move(60)
    await ada.submits()
    assert ada.modal.title == "Thank you"


async def test_a_mention_is_answered_in_its_thread(slack: Playground) -> None:
    ada = slack.person("Ada")
    await spends(ada)
    await ada.types("@storybot empathy")
    await sees(ada, TOO_MUCH, "general")


async def test_who_floods_a_direct_message_is_told_once_how_long_to_wait(slack: Playground, clock: Hands) -> None:
    ada = slack.person("Ada")
    for _ in range(A_MINUTE + 5):
        await ada.types("empathy", channel="storybot")
        await slack.settled()
    said = [one.drawn for one in ada.sees("storybot")]
    assert sum(TOO_MUCH in words for words in said) == 1
    assert "Wait ten seconds" in TOO_MUCH
    clock.move(10)
    await ada.types("empathy", channel="storybot")
    await slack.settled()
    assert "Takeaway:" in ada.last("storybot").drawn


async def test_what_the_bot_says_takes_nobody_s_turn(slack: Playground) -> None:
    everybody = [slack.person(name) for name in ("Ada", "Linus", "Grace")]
    for person in everybody:
        for _ in range(OF_ALL // 3):
            await person.types("empathy", channel="storybot")
            await slack.settled()
    assert all("Takeaway:" in person.last("storybot").drawn for person in everybody)


async def test_a_workspace_that_is_too_busy_says_so(slack: Playground) -> None:
    for name in ("Ada", "Linus"):
        await spends(slack.person(name))
    grace, margaret = slack.person("Grace"), slack.person("Margaret")
    await spends(grace, OF_ALL - 2 * A_MINUTE)
    await margaret.types("/story empathy")
    assert TOO_BUSY in margaret.last().drawn


async def test_of_many_things_at_once_some_have_to_wait_their_turn(slack: Playground) -> None:
    grace = slack.person("Grace")
    body = f"command=%2Fstory&text=review&team_id={slack.team_id}&user_id={grace.id}&channel_id=C1&trigger_id="
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    async def asks(number: int) -> str:
        sent = f"{body}{number}".encode()
        _, answer = await slack.sends(sent, slack.sign(sent) | form)
        return str(json.loads(answer)["text"])

    told = await asyncio.gather(*(asks(number) for number in range(5)))
    assert sorted(words == TOO_MUCH for words in told) == [False, False, True, True, True]


@given(st.lists(st.floats(0, 30), max_size=60), st.integers(1, 20))
def test_in_any_minute_nobody_gets_more_than_two_minutes_worth(pauses: list[float], a_minute: int) -> None:
    at, served = NOON, list[datetime]()
    turns = Turns(Share(a_minute, 1), Share(1_000, 1_000), lambda: at)
    for pause in pauses:
        at += timedelta(seconds=pause)
        with turns.take({}, somebody("U1")) as words:
            if not words:
                served.append(at)
    for first in served:
        assert sum(first <= moment < first + timedelta(minutes=1) for moment in served) <= 2 * a_minute


def test_whoever_was_quiet_for_a_minute_has_their_whole_share() -> None:
    at = NOON
    turns = Turns(Share(3, 1), Share(1_000, 1_000), lambda: at)
    for _ in range(2):
        assert [asked(turns, "U1") for _ in range(4)] == ["", "", "", TOO_MUCH]
        at += timedelta(minutes=1)
    at -= timedelta(hours=1)
    assert asked(turns, "U1") == TOO_MUCH
    at += timedelta(minutes=1)
    assert [asked(turns, "U1") for _ in range(4)] == ["", "", "", TOO_MUCH], "a clock set back locks nobody out"


def test_in_two_workspaces_one_id_is_two_people() -> None:
    turns = Turns(Share(1, 1), Share(1_000, 1_000), lambda: NOON)
    assert [asked(turns, "U1", team) for team in ("T1", "T2", "T1")] == ["", "", TOO_MUCH]


def test_only_so_many_are_remembered() -> None:
    turns = Turns(Share(1, 1), Share(10 * KEPT, 1), lambda: NOON)
    assert [asked(turns, "U1") for _ in range(2)] == ["", TOO_MUCH]
    assert all(not asked(turns, f"U{number}") for number in range(2, KEPT + 2))
    assert asked(turns, "U1") == ""


def asked(turns: Turns, user_id: str, team_id: str = "T1") -> str:
    with turns.take({}, somebody(user_id, team_id)) as words:
        return words


def somebody(user_id: str, team_id: str = "T1") -> AsyncBoltContext:
    context = AsyncBoltContext()
    context["team_id"], context["user_id"] = team_id, user_id
    return context
