"""What people do with the stories they have told: look, change, take back."""

from bot.config import Moderation, Settings
from playground import Playground
from tests.submissions.conftest import Start
from tests.submissions.people import CONSENT, CUP, card_of, held, sees, tells


async def approved(desk: Playground, title: str = CUP["Title"]) -> None:
    """Grace takes the story in, and its author hears of it."""
    grace = desk.person("Grace")
    await grace.clicks("Approve", on=await card_of(grace, title))
    await sees(grace, "Approved by @Grace", "story-review")


async def test_who_has_told_nothing_is_invited(desk: Playground) -> None:
    ada = desk.person("Ada")
    await ada.types("/story mine")
    assert "You have not told a story yet." in ada.last().drawn
    await ada.clicks("Tell us yours", on=ada.last())
    assert held(ada, "Title") == ""


async def test_a_story_is_changed_while_it_waits(desk: Playground) -> None:
    ada, grace = desk.person("Ada"), desk.person("Grace")
    await tells(ada)
    await ada.types("/story mine")
    assert "waits for a moderator" in ada.last().drawn
    await ada.clicks("Change", on=ada.last())
    assert ada.modal is not None
    assert "Your name" not in ada.modal.drawn
    await ada.fills({"Title": "The paper cup", "When": "2021", **CONSENT})
    await ada.submits()
    assert "Moderators see what is different" in ada.modal.drawn
    card = await sees(grace, "Changed by its author: title, when.", "story-review")
    assert "Title was “The cup behind the counter”. When was empty." in card.drawn
    assert card.buttons == ["Approve", "Edit and approve", "Reject"]


async def test_a_story_that_was_approved_cannot_be_changed_any_more(desk: Playground) -> None:
    ada = desk.person("Ada")
    await tells(ada)
    await ada.types("/story mine")
    await ada.clicks("Change", on=ada.last())
    await approved(desk)
    await ada.fills({"Title": "Too late", **CONSENT})
    await ada.submits()
    assert ada.modal is not None
    assert "This story is approved already" in ada.modal.drawn
    assert held(ada, "Title") == "Too late"


async def test_taking_back_a_story_asks_first_and_then_leaves_nothing_of_it(desk: Playground) -> None:
    ada, grace = desk.person("Ada"), desk.person("Grace")
    await tells(ada)
    await card_of(grace)
    await ada.types("/story mine")
    await ada.clicks("Withdraw", on=ada.last(), confirm=False)
    assert ada.asked is not None
    assert ada.asked.startswith("Withdraw this story?")
    assert "waits for a moderator" in ada.last().drawn

    await ada.clicks("Withdraw", on=ada.last())
    assert "withdrawn on" in ada.last().drawn
    card = await sees(grace, "Withdrawn by its author", "story-review")
    assert "barista" not in card.drawn
    assert card.buttons == []


async def test_a_story_that_is_taken_back_leaves_the_library_at_once(desk: Playground) -> None:
    ada, linus = desk.person("Ada"), desk.person("Linus")
    await tells(ada)
    await approved(desk)
    await linus.types("/story paper cup behind the counter", channel="general")
    card = linus.last()
    assert "told by Ada" in card.drawn
    await linus.clicks("Share to channel", on=card)
    shared = await sees(ada, "shared a story", "general")

    await ada.types("/story mine", channel="random")
    await ada.clicks("Withdraw", on=ada.last("random"))
    for read in (shared, card):
        await linus.clicks("Read it all", on=read)
        assert linus.modal is None
        assert linus.last().ephemeral
        assert "no longer in the library" in linus.last().drawn
    await linus.types("/story paper cup behind the counter", channel="random")
    assert CUP["Title"] not in linus.last("random").drawn


async def test_nobody_else_can_change_or_take_back_a_story(desk: Playground) -> None:
    """Ada's own buttons, pressed with another hand: the payload says so, and it is Slack who signs it."""
    ada, linus = desk.person("Ada"), desk.person("Linus")
    await tells(ada)
    await ada.types("/story mine", channel="support")
    mine = ada.last("support")
    await ada.clicks("Withdraw", on=mine)
    pressed = next(delivery for delivery in desk.requests if delivery.name == "withdraw_story")
    await tells(ada, Title="Another cup", What_happened="A different evening: the kettle broke, and Sam lent us his.")
    await ada.types("/story mine", channel="random")
    value = next(
        element["value"]
        for block in ada.last("random").blocks
        for element in block.get("elements", [])
        if element.get("action_id") == "withdraw_story"
    )
    pressed.payload["user"] = {"id": linus.id, "team_id": desk.team_id}
    pressed.payload["actions"][0]["value"] = value
    await desk.redelivers(pressed)
    await ada.types("/story mine", channel="random")
    assert ada.last("random").drawn.count("waits for a moderator") == 1


async def test_a_story_told_as_nobody_is_in_nobodys_list(desk: Playground) -> None:
    ada = desk.person("Ada")
    await tells(ada, Your_name="Nobody")
    await ada.types("/story mine")
    assert "You have not told a story yet." in ada.last().drawn


async def test_the_list_survives_a_restart(start: Start) -> None:
    async with Playground() as slack:
        settings = Settings(moderation=Moderation(moderators=slack.lead_ids))
        ada = slack.person("Ada")
        async with start(slack, settings):
            await tells(ada)
        async with start(slack, settings):
            await ada.types("/story mine")
            assert CUP["Title"] in ada.last().drawn
