"""Buttons and menus in messages, and what a response_url may and may not do."""

from typing import Any

import pytest

from playground import Person, Playground
from tests.playground.tiny_bot import Bot, actions, button, section

BUTTONS = [section("Pick one"), actions(button("Share it", value="7"), button("Another :sparkles:", "more"))]


@pytest.fixture
def _asks(bot: Bot) -> None:
    @bot.hears("/echo")
    async def _(_: dict[str, Any]) -> dict[str, Any]:
        return {"text": "Pick one", "blocks": BUTTONS}


@pytest.mark.usefixtures("_asks")
async def test_pressing_a_button_can_replace_the_ephemeral_message(slack: Playground, bot: Bot, ada: Person) -> None:
    @bot.hears("press")
    async def _(payload: dict[str, Any]) -> None:
        await bot.respond(payload["response_url"], replace_original=True, text="Shared")

    await ada.types("/echo")
    before = ada.last()
    assert before.buttons == ["Share it", "Another ✨"]
    await ada.clicks("Share", on=before)

    [after] = ada.sees()
    assert (after.drawn, after.ts, after.ephemeral) == ("Shared", before.ts, True)
    payload = slack.requests[-1].payload
    assert payload["container"]["is_ephemeral"]
    assert "message" not in payload, "Slack does not repeat an ephemeral message"
    [action] = payload["actions"]
    assert (action["action_id"], action["block_id"], action["value"]) == ("press", "actions", "7")


@pytest.mark.usefixtures("_asks")
async def test_a_response_can_post_for_all_or_delete_the_original(bot: Bot, ada: Person, grace: Person) -> None:
    @bot.hears("press")
    async def _(payload: dict[str, Any]) -> None:
        await bot.respond(payload["response_url"], response_type="in_channel", text="For all")
        await bot.respond(payload["response_url"], delete_original=True)

    await ada.types("/echo")
    await ada.clicks("Share it", on=ada.last())

    assert [seen.drawn for seen in ada.sees()] == ["For all"]
    assert [seen.drawn for seen in grace.sees()] == ["For all"]


@pytest.mark.usefixtures("_asks")
async def test_a_response_url_works_five_times(slack: Playground, bot: Bot, ada: Person) -> None:
    await ada.types("/echo")
    url = slack.requests[0].payload["response_url"]
    answers = [await bot.respond(url, text=f"{n}") for n in range(6)]

    assert [status for status, _ in answers] == [200] * 5 + [404]
    assert '"used_url"' in answers[-1][1]
    assert [seen.drawn for seen in ada.sees()][1:] == ["0", "1", "2", "3", "4"]
    assert [call.status for call in slack.calls] == [200] * 5 + [404]


@pytest.mark.usefixtures("_asks")
async def test_a_response_url_ends_after_half_an_hour(slack: Playground, bot: Bot, ada: Person) -> None:
    await ada.types("/echo")
    url = slack.requests[0].payload["response_url"]
    slack.clock.advance(29 * 60)
    assert (await bot.respond(url, text="in time"))[0] == 200
    slack.clock.advance(2 * 60)
    status, body = await bot.respond(url, text="too late")
    assert (status, '"expired_url"' in body) == (404, True)


@pytest.mark.usefixtures("_asks")
async def test_a_guessed_response_url_leads_nowhere_and_a_bad_message_is_refused(
    slack: Playground, bot: Bot, ada: Person
) -> None:
    await ada.types("/echo")
    url = slack.requests[0].payload["response_url"]
    assert (await bot.respond(url + "x", text="hi"))[0] == 404
    status, body = await bot.respond(url, text="hi", blocks=[{"type": "sektion"}])
    assert (status, "invalid_blocks" in body) == (400, True)
    assert len(ada.sees()) == 1


async def test_a_button_for_all_carries_the_message_and_chat_update_redraws_it(
    slack: Playground, bot: Bot, ada: Person, grace: Person
) -> None:
    @bot.hears("press")
    async def _(payload: dict[str, Any]) -> None:
        ts = payload["message"]["ts"]
        await bot.client.chat_update(channel=payload["channel"]["id"], ts=ts, text="Taken", blocks=[section("Taken")])

    await bot.client.chat_postMessage(channel=slack.channel("general").id, text="Pick", blocks=BUTTONS)
    await grace.clicks("Share it", on=grace.last())
    await slack.settled()

    assert ada.last().drawn == "Taken"
    assert slack.requests[0].payload["user"]["id"] == grace.id


async def test_two_people_press_what_both_still_see(slack: Playground, bot: Bot, ada: Person, grace: Person) -> None:
    pressed = []

    @bot.hears("press")
    async def _(payload: dict[str, Any]) -> None:
        pressed.append(payload["user"]["name"])
        await bot.respond(payload["response_url"], replace_original=True, text="Decided")

    await bot.client.chat_postMessage(channel=slack.channel("general").id, text="Pick", blocks=BUTTONS)
    card = grace.last()
    await ada.clicks("Share it", on=card)
    await grace.clicks("Share it", on=card)
    assert pressed == ["ada", "grace"]


async def test_of_buttons_with_the_same_words_one_says_which(slack: Playground, bot: Bot, ada: Person) -> None:
    alike = actions(button("Read", "read-1"), button("Read", "read-2"))
    await bot.client.chat_postMessage(channel=slack.channel("general").id, text="Read", blocks=[alike])
    with pytest.raises(LookupError, match="more than one “Read”"):
        await ada.clicks("Read", on=ada.last())
    await ada.clicks("Read", on=ada.last(), nth=1)
    assert slack.requests[-1].name == "read-2"
    with pytest.raises(LookupError, match="there is: Read, Read"):
        await ada.clicks("Write", on=ada.last())


async def test_picking_from_menus_tells_the_app_what_was_picked(slack: Playground, bot: Bot, ada: Person) -> None:
    options = [{"text": {"type": "plain_text", "text": name}, "value": name.lower()} for name in ("Tea", "Coffee")]
    menu = {"type": "static_select", "action_id": "drink", "options": options}
    more = {
        "type": "overflow",
        "action_id": "more",
        "options": [{**options[0], "text": {"type": "plain_text", "text": "Hide"}}],
    }
    people = {"type": "users_select", "action_id": "who"}
    blocks = [actions(menu, more, people)]
    await bot.client.chat_postMessage(channel=slack.channel("general").id, text="Pick", blocks=blocks)

    await ada.picks("Coffee", on=ada.last())
    await ada.picks("Hide", on=ada.last())
    await ada.picks("Grace", on=ada.last(), menu="who")

    drink, hide, who = (delivery.payload for delivery in slack.requests)
    assert drink["actions"][0]["selected_option"]["value"] == "coffee"
    assert drink["state"]["values"]["actions"]["drink"]["selected_option"]["value"] == "coffee"
    assert hide["actions"][0]["selected_option"]["value"] == "tea"
    assert who["actions"][0]["selected_user"] == slack.person("Grace").id


@pytest.mark.usefixtures("_asks")
async def test_nobody_clicks_on_what_they_cannot_see(ada: Person, grace: Person) -> None:
    await ada.types("/echo")
    with pytest.raises(LookupError, match="does not see"):
        await grace.clicks("Share it", on=ada.last())


async def test_a_message_shortcut_brings_the_message_along(slack: Playground, bot: Bot, ada: Person) -> None:
    await ada.types("Remember this")
    await ada.uses_shortcut("Echo this", on=ada.last())
    await ada.uses_shortcut("Echo something")

    on_message, anywhere = (delivery.payload for delivery in slack.requests)
    assert (on_message["type"], on_message["message"]["text"]) == ("message_action", "Remember this")
    assert on_message["response_url"].startswith(f"{slack.url}/app/")
    assert (anywhere["type"], anywhere["callback_id"]) == ("shortcut", "echo-something")
    assert "channel" not in anywhere
