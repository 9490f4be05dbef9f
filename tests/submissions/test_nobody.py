"""Who does not want to be known is not: not to readers, not to moderators, and with "Nobody" not to the database."""

import json
import logging
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from bot.config import Moderation, Settings
from bot.storage.database import FILE_NAME
from playground import Playground
from tests.submissions.conftest import Start
from tests.submissions.people import CONSENT, CUP, STORY, card_of, held, sees, sends_a_story, tells


def kept_in(folder: Path) -> str:
    """Everything that stands in any column of any table."""
    with sqlite3.connect(folder / FILE_NAME) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return "\n".join(str(row) for table in tables for row in database.execute(f'SELECT * FROM "{table}"'))


def said_by(slack: Playground) -> list[dict[str, Any]]:
    """What the bot has shown to anybody: its messages and forms, without the ids to which they went."""
    return [
        {name: call.arguments.get(name) for name in ("text", "blocks", "view")}
        for call in slack.calls
        if call.method.startswith(("chat.", "views.")) or call.method == "response_url"
    ]


async def test_of_nobody_no_table_no_line_of_the_log_and_no_message_knows(
    desk: Playground, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    zuleika, grace, linus = desk.add_person("Zuleika"), desk.person("Grace"), desk.person("Linus")
    await zuleika.types("/story submit")
    # First with a name, warned and kept; then as nobody.
    await sends_a_story(zuleika, {**CUP, "What happened": f"{STORY} Write to jane.doe@example.org."})
    assert zuleika.id in kept_in(tmp_path)
    await zuleika.fills({"Your name": "Nobody"})
    await zuleika.submits()
    assert zuleika.modal is not None
    assert "Nothing about you is kept" in zuleika.modal.drawn

    card = await card_of(grace)
    assert "by somebody who wants to stay unknown" in card.drawn
    await grace.clicks("Approve", on=card)
    await sees(grace, "Approved by @Grace", "story-review")
    await linus.types("/story paper cup behind the counter")
    assert "told by a colleague" in linus.last().drawn

    assert CUP["Title"] in kept_in(tmp_path)
    for trace in (zuleika.id, "Zuleika"):
        assert trace not in kept_in(tmp_path)
        assert trace not in caplog.text
        assert trace not in json.dumps(said_by(desk))
        for delivery in desk.requests:
            assert trace not in json.dumps(delivery.answer)
    assert not any("library now" in seen.drawn for seen in zuleika.sees("storybot"))


async def test_a_rejected_story_of_nobody_says_that_nobody_is_told(desk: Playground) -> None:
    ada, grace = desk.person("Ada"), desk.person("Grace")
    await tells(ada, Your_name="Nobody")
    await grace.clicks("Reject", on=await card_of(grace))
    assert grace.modal is not None
    assert "Its author is unknown" in grace.modal.drawn
    await grace.fills({"Why?": ["Not a service story"]})
    await grace.submits()
    await sees(grace, "Rejected by @Grace", "story-review")
    assert ada.sees("storybot") == []


@pytest.mark.parametrize("credit", ["Moderators only", "Nobody"])
async def test_a_message_of_ones_own_does_not_lead_to_its_author(desk: Playground, credit: str, tmp_path: Path) -> None:
    ada = desk.person("Ada")
    await ada.types(STORY, channel="support")
    await ada.uses_shortcut("Save as a service story", on=ada.last("support"))
    await sends_a_story(ada, {"Title": "The cup", "Your name": credit})
    await card_of(desk.person("Grace"), "The cup")
    assert "archives/" not in kept_in(tmp_path)


async def test_a_name_for_moderators_only_is_in_no_channel_and_moderators_find_it(desk: Playground) -> None:
    zuleika, grace = desk.add_person("Zuleika"), desk.person("Grace")
    await tells(zuleika, Your_name="Moderators only")
    card = await card_of(grace)
    assert "by somebody whose name is for moderators only: /story review" in card.drawn
    await grace.types("/story review")
    await grace.clicks("Show", on=grace.last())
    assert "by @Zuleika (only moderators may know)" in grace.last().drawn
    await grace.clicks("Approve", on=card)
    await sees(grace, "Approved by @Grace", "story-review")
    posted = [call.arguments for call in desk.calls if call.arguments.get("channel") == desk.review_channel_id]
    assert len(posted) == 2
    assert zuleika.id not in json.dumps(posted)


async def test_without_a_review_channel_moderators_read_the_name_on_their_cards(start: Start) -> None:
    async with Playground() as slack, start(slack, Settings(moderation=Moderation(moderators=slack.lead_ids))):
        await tells(slack.person("Ada"), Your_name="Moderators only")
        card = await card_of(slack.person("Grace"), channel="storybot")
        assert "by @Ada (only moderators may know)" in card.drawn


async def test_moderators_only_means_that_readers_see_a_colleague(desk: Playground) -> None:
    ada, grace, linus = desk.person("Ada"), desk.person("Grace"), desk.person("Linus")
    await tells(ada, Your_name="Moderators only")
    await grace.clicks("Approve", on=await card_of(grace))
    assert await sees(ada, "is in the library now", "storybot")
    await linus.types("/story paper cup behind the counter")
    assert "told by a colleague" in linus.last().drawn
    await linus.clicks("Read it all", on=linus.last())
    assert linus.modal is not None
    assert "Ada" not in linus.modal.drawn


async def test_a_draft_is_forgotten_by_whoever_then_wants_to_be_nobody(desk: Playground, tmp_path: Path) -> None:
    ada = desk.person("Ada")
    await ada.types("/story submit")
    await ada.fills({**CUP, "Themes": ["Empathy"], **CONSENT, "When": "yesterday"})
    await ada.submits()
    assert ada.id in kept_in(tmp_path)
    await ada.fills({"Your name": "Nobody"})
    await ada.submits()
    assert ada.id not in kept_in(tmp_path)
    await ada.closes()
    await ada.types("/story submit")
    assert held(ada, "What happened") == ""
