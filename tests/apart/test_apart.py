"""Whatever people of several companies do, in whatever order: nothing of one is seen, written or said at another.

`SEED`, `FIRST` and `STEPS` in the environment choose another walk, or a part of one.
"""

import logging
import os
from dataclasses import replace
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bench.figures import print_table
from bot.blocks.saved import saved
from bot.domain.library import Library
from bot.domain.workspace import Workspace
from bot.handlers.permissions import WAYS
from bot.storage.database import opened
from bot.storage.weekly import WeeklyStore
from playground import Delivery
from tests.apart.conftest import Walking
from tests.apart.walk import Walk
from tests.apart.watch import LeakError

SEED, FIRST, STEPS = (
    int(os.environ.get(name, default)) for name, default in (("SEED", 7), ("FIRST", 0), ("STEPS", 300))
)
LOOK_AT_ROWS_EVERY = 100
# In so many steps people do most of what can be done.
ENOUGH = 300
FEWER = (1, 3, 10, 30, 100, 300)


async def test_nothing_crosses(walking: Walking, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    taken: list[str] = []
    try:
        async with walking(SEED, tmp_path / "all") as walk:
            rows = await walks(walk, range(FIRST, FIRST + STEPS), taken)
    except LeakError as leak:
        last = FIRST + len(taken)
        steps = await fewest(walking, last, tmp_path)
        again = f"SEED={SEED} FIRST={steps.start} STEPS={len(steps)} python -m pytest tests/apart"
        raise LeakError("\n".join([str(leak), "", *taken[-30:], "", f"At step {last}. Again: {again}"])) from None
    with capfd.disabled():
        tell(walk, rows)
    assert len(walk.used) > len(WAYS) / 3 or STEPS < ENOUGH, "people hardly did anything"


async def walks(walk: Walk, numbers: range, taken: list[str]) -> int:
    """Take these steps, and write down each; how many rows stand in the database in the end."""
    for number in numbers:
        taken.append(await walk.takes(number))
        if number % LOOK_AT_ROWS_EVERY == 0:
            walk.watch.look_at_rows()
    return walk.watch.look_at_rows()


async def fewest(walking: Walking, last: int, folder: Path) -> range:
    """Of a walk that ends with a leak, the fewest last steps that leak by themselves."""
    for count in FEWER:
        steps = range(max(FIRST, last - count + 1), last + 1)
        try:
            async with walking(SEED, folder / str(count)) as walk:
                await walks(walk, steps, [])
        except LeakError:
            return steps
    return range(FIRST, last + 1)


def tell(walk: Walk, rows: int) -> None:
    kinds = [[kind, f"{count:,}"] for kind, count in walk.kinds.most_common()]
    print_table(f"{STEPS:,} steps from seed {SEED}", ["what somebody did", "how often"], kinds)
    unused = sorted(WAYS.keys() - walk.used)
    figures = [
        ["calls to Slack", f"{walk.watch.calls:,}"],
        ["answers to Slack", f"{walk.watch.answers:,}"],
        ["rows in the end", f"{rows:,}"],
        ["buttons, forms and shortcuts used", f"{len(walk.used)} of {len(WAYS)}"],
        ["of another company", "0"],
    ]
    print_table("What was looked at", ["", "figure"], figures)
    print(f"Not used: {', '.join(unused) or 'none'}")


# What is watched would be seen


async def test_a_call_that_names_another_company_is_seen(walking: Walking, tmp_path: Path) -> None:
    async with walking(SEED, tmp_path) as walk:
        one, other, *_ = walk.companies
        client = AsyncWebClient(one.team.bot_token, base_url=walk.slack.api_url)
        channel = one.team.channel("general").id
        await client.chat_postMessage(channel=channel, text=f"Only {one.says('words')} of our own")
        walk.watch.look()
        for text in (other.says("title"), f"<@{other.installer.id}>", other.team.bot_token):
            await client.chat_postMessage(channel=channel, text=text)
            with pytest.raises(LeakError, match=r"chat\.postMessage"):
                walk.watch.look()


async def test_a_row_with_another_company_in_it_is_seen(walking: Walking, tmp_path: Path) -> None:
    async with walking(SEED, tmp_path) as walk:
        one, other, *_ = walk.companies
        walk.watch.look_at_rows()
        async with opened(None, tmp_path, beside_a_bot=True) as database:
            here = Workspace("", one.team.team_id)
            await WeeklyStore(database).save(here, other.installer.id, "zappos-flowers", walk.slack.now())
        with pytest.raises(LeakError, match=f"{other.installer.id} in a row of saved"):
            walk.watch.look_at_rows()


async def test_a_list_of_stories_that_somebody_saved_elsewhere_is_seen(
    walking: Walking, tmp_path: Path, library: Library
) -> None:
    async with walking(SEED, tmp_path) as walk:
        *_, there, here = walk.companies
        both = there.people[1].id
        assert both == here.people[1].id, "whoever is in both workspaces of the organisation"
        story = library.stories[0]
        payload = {"command": "/story", "text": "saved", "team_id": here.team.team_id, "user_id": both}
        listed = Delivery("command", "/story", payload, 0.0, answer=saved([story], both, "/story"))
        async with opened(None, tmp_path, beside_a_bot=True) as database:
            assert here.roof
            await WeeklyStore(database).save(
                Workspace(here.roof.id, here.team.team_id), both, story.id, walk.slack.now()
            )
            walk.slack._cloud.inspector.record(listed)
            walk.watch.look()
            elsewhere = replace(listed, payload=payload | {"team_id": there.team.team_id})
            walk.slack._cloud.inspector.record(elsewhere)
            with pytest.raises(LeakError, match=f"{story.id} in what {both} saved at {there.word}"):
                walk.watch.look()


async def test_what_people_wrote_is_seen_in_the_log(walking: Walking, tmp_path: Path) -> None:
    async with walking(SEED, tmp_path) as walk:
        logging.getLogger("bot").debug("They wrote %s", walk.companies[0].says("story"))
        with pytest.raises(LeakError, match="zanzibarstory in the log"):
            walk.watch.look()
