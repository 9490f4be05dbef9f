"""Whatever somebody writes into the form, it is shown readable and inert, wherever a story is shown on its way."""

from typing import Any

import pytest

from bot.blocks.text import escaped
from bot.config import Moderation, Settings
from playground import Playground
from playground.person import Person
from tests.conftest import PLENTY
from tests.hostile import BENIGN, HOSTILE, assert_inert, packed
from tests.submissions.conftest import Start
from tests.submissions.people import STORY, sends_a_story, waits_for

# The shortest field holds 60 characters, and beside the words a name to find the story by.
WORDS = packed(HOSTILE, 54)
QUARTERS = 4


@pytest.mark.parametrize("quarter", range(QUARTERS))
async def test_hostile_words_in_every_field_stay_inert(start: Start, quarter: int) -> None:
    async with Playground() as slack:
        moderation = Moderation(channel=slack.review_channel_id, moderators=slack.lead_ids)
        async with start(slack, Settings(moderation=moderation, limits=PLENTY)):
            for n in range(quarter, len(WORDS), QUARTERS):
                await told_and_decided(slack, n, WORDS[n], approves=n // QUARTERS % 2 == 0)
            ada = slack.person("Ada")
            await ada.types("/story mine")
            assert "Your stories" in ada.last().drawn
            assert_inert(ada.last())


async def told_and_decided(slack: Playground, n: int, words: str, *, approves: bool) -> None:
    """One story with these words in every field, through everything that shows it."""
    ada, grace = slack.person("Ada"), slack.person("Grace")
    name = f"k{n:03}"
    await ada.types(f"/story submit {name} {words}")
    stays_inert(ada)
    fields = {"Title": f"{name} {words}", "What did it show?": words, "Company or team": f"c {words}"}
    await sends_a_story(ada, {**fields, "What happened": f"{name} {words}\n{STORY}", "When": words or "?"})
    stays_inert(ada)
    assert ada.modal is not None
    assert "When" in ada.modal.errors
    await sends_a_story(ada, {"When": "2019"})
    stays_inert(ada)
    if ada.modal.title != "Thank you":
        await ada.submits()
    assert ada.modal.title == "Thank you", (ada.modal.drawn, ada.modal.errors)
    await ada.closes()

    known = frozenset({ada.id, grace.id})
    card = await waits_for(lambda: next(seen for seen in grace.sees("story-review") if f"{name} " in seen.drawn))
    assert_inert(card, known)
    await grace.types("/story review")
    assert_inert(grace.last())
    if approves:
        await grace.clicks("Edit and approve", on=card)
        stays_inert(grace)
        await grace.fills({"Title": f"{name} edited {words[:40]}"})
    else:
        await grace.clicks("Reject", on=card)
        stays_inert(grace)
        await grace.fills({"In your own words": f"{name} {words}"})
    await grace.submits()
    assert grace.modal is None, grace.modal.drawn
    verdict = "Approved" if approves else "Rejected"
    assert_inert(await waits_for(lambda: shows(grace, "story-review", name, verdict)), known)
    assert_inert(await waits_for(lambda: shows(ada, "storybot", name, "library" if approves else "not taken")))
    if approves:
        await told(slack, name)


def shows(person: Person, channel: str, *words: str) -> Any:
    return next(seen for seen in reversed(person.sees(channel)) if all(word in seen.drawn for word in words))


def stays_inert(person: Person) -> None:
    """What the bot drew around somebody's own words, which Slack shows them as they typed them."""
    assert person.modal is not None
    assert person.modal.trouble is None
    assert not person.modal.live
    texts = "".join(text for block in person.modal.blocks for text in strings_in(block))
    assert all(character in "\n\u200c\u200d" or character.isprintable() for character in texts)


def strings_in(part: Any) -> list[str]:
    if isinstance(part, str):
        return [part]
    parts = part.values() if isinstance(part, dict) else part if isinstance(part, list) else []
    return [string for one in parts for string in strings_in(one)]


async def told(slack: Playground, name: str) -> None:
    """Somebody finds the story, reads it and shares it."""
    linus = slack.person("Linus")
    await linus.types(f"/story {name}")
    card = linus.last()
    assert name in card.drawn
    assert_inert(card)
    await linus.clicks("Read it all", on=card)
    assert linus.modal is not None
    assert_inert(linus.modal)
    await linus.closes()
    await linus.clicks("Share to channel", on=card)
    shared = shows(linus, "general", "shared a story", name)
    assert_inert(shared, frozenset({linus.id}))


async def test_words_of_every_script_come_back_as_they_were(start: Start) -> None:
    async with Playground() as slack:
        moderation = Moderation(channel=slack.review_channel_id, moderators=slack.lead_ids)
        async with start(slack, Settings(moderation=moderation, limits=PLENTY)):
            ada, grace = slack.person("Ada"), slack.person("Grace")
            for n in range(0, len(BENIGN), 4):
                title, line, takeaway, company = BENIGN[n : n + 4]
                fields = {"Title": title, "What did it show?": takeaway, "Company or team": company}
                await ada.types("/story submit")
                await sends_a_story(ada, {**fields, "What happened": f"{line}\n{STORY}"})
                if ada.modal is not None and ada.modal.title != "Thank you":
                    await ada.submits()
                await ada.closes()
                card = await waits_for(lambda t=title: shows(grace, "story-review", t))  # type: ignore[misc]
                assert all(words in card.drawn for words in (title, f"{line}\n", takeaway, company))
                assert escaped(title) in card.text
            await ada.types("/story mine")
            assert all(title in ada.last().drawn for title in BENIGN[-4:-80:-4])
