"""Every way to the form in which somebody tells a story."""

from playground import Playground
from tests.submissions.people import CUP, STORY, card_of, held, sends_a_story


async def test_a_few_words_behind_the_command_become_the_title(desk: Playground) -> None:
    ada = desk.person("Ada")
    await ada.types("/story submit The cup behind the counter")
    assert ada.modal is not None
    assert ada.modal.title == "Share a service story"
    assert held(ada, "Title") == "The cup behind the counter"
    assert held(ada, "What happened") == ""


async def test_many_words_behind_the_command_become_the_story(desk: Playground) -> None:
    ada = desk.person("Ada")
    await ada.types(f"/story submit {STORY}")
    assert held(ada, "What happened") == STORY


async def test_the_shortcut_opens_the_form_wherever_one_is(desk: Playground) -> None:
    ada = desk.person("Ada")
    await ada.uses_shortcut("Share a service story", channel="random")
    await sends_a_story(ada, CUP)
    assert (await card_of(desk.person("Grace"))).buttons == ["Approve", "Edit and approve", "Reject"]


async def test_a_message_becomes_a_story_when_its_author_agrees(desk: Playground) -> None:
    ada, linus, grace = desk.person("Ada"), desk.person("Linus"), desk.person("Grace")
    await linus.types(STORY, channel="support")
    message = ada.last("support")
    await ada.uses_shortcut("Save as a service story", on=message)
    assert ada.modal is not None
    assert "Linus wrote the message" in ada.modal.drawn
    assert held(ada, "What happened") == STORY

    await sends_a_story(ada, {"Title": "The cup"})
    assert list(ada.modal.errors) == ["Linus wrote the message"]
    await ada.fills({"Linus wrote the message": ["I asked, and they agree to it being told here"]})
    await ada.submits()
    card = await card_of(grace, "The cup")
    links = [token["url"] for token in card.live if token["t"] == "link"]
    assert links == [
        f"https://playground.slack.com/archives/{desk.channel('support').id}/p{message.ts.replace('.', '')}"
    ]


async def test_where_nothing_fits_there_is_a_button_which_knows_the_theme(desk: Playground) -> None:
    ada = desk.person("Ada")
    await ada.types("/story quantum chromodynamics")
    await ada.clicks("Tell us yours", on=ada.last())
    assert ada.modal is not None
    assert ada.modal.title == "Share a service story"


async def test_words_in_a_conversation_offer_the_button(desk: Playground) -> None:
    ada = desk.person("Ada")
    await ada.types("submit", channel="storybot")
    await desk.settled()
    await ada.clicks("Tell us yours", on=ada.last("storybot"))
    await sends_a_story(ada, CUP)
    assert await card_of(desk.person("Grace"))
