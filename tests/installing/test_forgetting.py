"""Whoever runs Storybot erases a company or a person at once, with the bot running or not."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from playground import Playground, Team
from tests.installing.conftest import Running, asks_until
from tests.installing.kept import everything, naming, tokens
from tests.installing.test_leaving import installs
from tests.submissions.people import card_of, chooses, tells, waits_for
from tests.weekly.people import lists, sets_up


async def storybot(folder: Path, *words: str) -> tuple[int, str]:
    """A command in a terminal: its status, and all that it says."""
    environment = {**os.environ, "STORYBOT_DATA": str(folder)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *words, env=environment, stdout=PIPE, stderr=PIPE
    )
    said, complained = await process.communicate()
    return process.returncode or 0, (said + complained).decode()


async def test_a_company_is_erased_while_the_bot_runs(
    slack: Playground, acme: Team, running: Running, tmp_path: Path
) -> None:
    async with running() as browser:
        zoe, yan = acme.person("Zoe"), acme.person("Yan")
        await installs(browser, acme)
        await sets_up(zoe, "general")
        await chooses(zoe, {"Moderators": ["Yan", "Zoe"]})
        await tells(yan, Title="The zanzibar tea")
        await zoe.clicks("Approve", on=await card_of(zoe, "The zanzibar tea", "storybot"))
        await zoe.types("/story zanzibar tea")
        assert "The zanzibar tea" in zoe.last().drawn

        status, said = await storybot(tmp_path, "forget-team", acme.team_id)
        assert status == 0
        assert f"Everything of {acme.team_id} is erased" in said
        assert set(naming(tmp_path, acme.team_id)) == {"installations", "libraries"}
        assert tokens(tmp_path) == []
        for secret in (yan.id, zoe.id, "zanzibar"):
            assert naming(tmp_path, secret) == []
        card = zoe.last()
        await asks_until(zoe, "/story zanzibar tea", "add me again")
        before = len(zoe.sees())
        await zoe.clicks("Another one", on=card)
        assert ["add me again" in seen.drawn for seen in zoe.sees()[before:]] == [True]


async def test_a_person_is_forgotten_and_their_stories_are_a_colleague_s(
    slack: Playground, acme: Team, running: Running, tmp_path: Path
) -> None:
    async with running() as browser:
        zoe, yan = acme.person("Zoe"), acme.person("Yan")
        yan.user.is_admin = True
        await installs(browser, acme)
        await chooses(zoe, {"Moderators": ["Yan", "Zoe"]})
        await tells(yan, Title="The zanzibar tea")
        await zoe.clicks("Approve", on=await card_of(zoe, "The zanzibar tea", "storybot"))
        await waits_for(lambda: [row for row in everything(tmp_path)["outbox"] if row["kind"] == "decision"])
        await sets_up(yan, "general")
        await yan.clicks("Post now", on=await lists(yan, "general"), confirm=True)
        post = await waits_for(lambda: next(seen for seen in yan.sees() if "[I tried this]" in seen.drawn))
        for label in ("I tried this", "Save"):
            await yan.clicks(label, on=post)
        await yan.types("/story submit A draft", channel="general")
        await yan.closes()
        assert {"moderation", "submissions", "audit", "outbox", "schedules", "tried", "saved"} <= set(
            naming(tmp_path, yan.id)
        )

        status, said = await storybot(tmp_path, "forget-user", acme.team_id, yan.id)
        assert status == 0, said
        assert naming(tmp_path, yan.id) == []
        assert naming(tmp_path, "Yan") == []
        [story] = [json.loads(row["story"]) for row in everything(tmp_path)["stories"]]
        assert story["told_by"] == "a colleague"
        await zoe.types("/story schedule", channel="general")
        assert "Set up by" in zoe.last("general").drawn
        await asks_until(zoe, "/story zanzibar tea", "told by a colleague")
        await zoe.clicks("I tried this", on=next(seen for seen in zoe.sees() if "[I tried this" in seen.drawn))
        posted = next(seen for seen in zoe.sees() if "I tried this" in seen.drawn)
        assert "Yan" not in posted.drawn


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("forget-team", "acme"), "is not the id of a workspace"),
        (("forget-team", "T0NOBODY"), "Nothing is kept of T0NOBODY"),
        (("forget-user", "T0NOBODY", "yan"), "is not the id of a person"),
        (("forget-user", "T0NOBODY", "U0NOBODY"), "Nothing in T0NOBODY names U0NOBODY"),
    ],
)
async def test_what_names_nobody_is_told_in_words(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    status, said = await storybot(tmp_path, *words)
    assert status == 2
    assert told in said
