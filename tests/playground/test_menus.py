"""Menus that are filled by Slack or by the app, and questions before a click counts."""

from typing import Any

import pytest

from playground import Person, Playground
from tests.playground.tiny_bot import Bot, actions, button, field, modal, section

Json = dict[str, Any]
ZONES = ("Europe/London", "Europe/Lisbon", "Asia/Tokyo")


def text(words: str) -> Json:
    return {"type": "plain_text", "text": words}


def option(words: str) -> Json:
    return {"text": text(words), "value": words.lower()}


def choose(kind: str, **more: Any) -> Json:
    return {"type": kind, "action_id": "which", **more}


def where(**more: Any) -> Json:
    return modal("Where", field("Where", "where", choose("conversations_select", **more)))


async def opens(bot: Bot, person: Person, view: Json, channel: str = "general") -> None:
    """A person asks for a form and gets this one."""

    @bot.hears("/echo")
    async def _(command: Json) -> None:
        await bot.client.views_open(trigger_id=command["trigger_id"], view=view)

    await person.types("/echo", channel=channel)


def held(slack: Playground, block_id: str) -> Json:
    """What the last form that was sent held in a block."""
    values: Json = slack.requests[-1].payload["view"]["state"]["values"]
    [value] = values[block_id].values()
    return {name: told for name, told in value.items() if name != "type"}


async def teach_zones(bot: Bot) -> None:
    @bot.hears("options of which")
    async def _(payload: Json) -> Json:
        typed = payload["value"].lower()
        return {"options": [option(zone) for zone in ZONES if typed in zone.lower()]}


async def test_the_app_is_asked_for_options_while_somebody_types(slack: Playground, bot: Bot, ada: Person) -> None:
    await teach_zones(bot)
    await opens(bot, ada, modal("When", field("Zone", "zone", choose("external_select", min_query_length=2))))
    assert await ada.looks_up("europe", "which", on=ada.modal) == ["Europe/London", "Europe/Lisbon"]
    suggestion = slack.requests[-1].payload
    assert (suggestion["type"], suggestion["value"], suggestion["block_id"]) == ("block_suggestion", "europe", "zone")
    assert suggestion["view"]["id"] == suggestion["container"]["view_id"]
    assert suggestion["user"]["id"] == ada.id

    await ada.fills({"Zone": "Asia/Tokyo"})
    assert ada.modal
    assert "Zone: Asia/Tokyo" in ada.modal.drawn
    assert await ada.submits()
    assert held(slack, "zone")["selected_option"]["value"] == "asia/tokyo"


async def test_several_can_be_taken_from_what_the_app_offers_up_to_a_number(
    slack: Playground, bot: Bot, ada: Person
) -> None:
    await teach_zones(bot)
    menu = choose("multi_external_select", min_query_length=0, max_selected_items=2)
    await opens(bot, ada, modal("When", field("Zones", "zones", menu)))
    await ada.fills({"Zones": list(ZONES)})
    assert not await ada.submits()
    assert ada.modal
    assert ada.modal.errors == {"Zones": "Choose 2 at most; there are 3."}
    await ada.fills({"Zones": list(ZONES[:2])})
    assert await ada.submits()
    assert [one["value"] for one in held(slack, "zones")["selected_options"]] == ["europe/london", "europe/lisbon"]


async def test_too_few_letters_ask_nobody_and_a_bad_answer_is_told(slack: Playground, bot: Bot, ada: Person) -> None:
    @bot.hears("options of which")
    async def _(_: Json) -> Json:
        return {"options": [{"text": text("No value")}]}

    await opens(bot, ada, modal("When", field("Zone", "zone", choose("external_select"))))
    with pytest.raises(LookupError, match="too short"):
        await ada.fills({"Zone": "Eu"})
    assert len(slack.requests) == 1
    with pytest.raises(LookupError, match="invalid_response"):
        await ada.fills({"Zone": "Europe"})
    assert "missing required field: value" in (slack.requests[-1].failure or "")


async def test_a_menu_beside_a_message_may_ask_the_app_too(slack: Playground, bot: Bot, ada: Person) -> None:
    await teach_zones(bot)
    told = {**section("Pick"), "accessory": choose("external_select")}
    await bot.client.chat_postMessage(channel="general", text="Pick", blocks=[told])
    await ada.picks("Asia/Tokyo", on=ada.last(), menu="which")
    suggestion, click = (delivery.payload for delivery in slack.requests)
    assert suggestion["message"]["ts"] == ada.last().ts
    assert click["actions"][0]["selected_option"]["value"] == "asia/tokyo"


async def test_a_form_starts_with_the_conversation_that_one_comes_from(
    slack: Playground, bot: Bot, ada: Person
) -> None:
    await opens(bot, ada, where(default_to_current_conversation=True), channel="support")
    assert await ada.submits()
    assert held(slack, "where") == {"selected_conversation": slack.channel("support").id}

    started = slack.channel("random").id
    await opens(bot, ada, where(default_to_current_conversation=True, initial_conversation=started), channel="support")
    assert await ada.submits()
    assert held(slack, "where") == {"selected_conversation": started}


async def test_a_shortcut_too_knows_where_it_was_used(slack: Playground, bot: Bot, ada: Person) -> None:
    @bot.hears("echo-something")
    async def _(payload: Json) -> None:
        view = where(default_to_current_conversation=True)
        await bot.client.views_open(trigger_id=payload["trigger_id"], view=view)

    await ada.uses_shortcut("Echo something", channel="random")
    assert await ada.submits()
    assert held(slack, "where") == {"selected_conversation": slack.channel("random").id}


async def test_a_filter_keeps_conversations_away(slack: Playground, bot: Bot, ada: Person) -> None:
    slack.add_channel("secret", ["Ada"], is_private=True)
    await ada.types("Hello", channel="echo")
    await opens(bot, ada, where(filter={"include": ["public", "im"], "exclude_bot_users": True}))
    for name in ("secret", "echo", "old-office"):
        with pytest.raises(LookupError):
            await ada.fills({"Where": name})
    await ada.fills({"Where": "#random"})
    assert await ada.submits()

    slack.add_person("Sam", role="stranger", channels=("random",))
    await opens(bot, ada, where(filter={"exclude_external_shared_channels": True}))
    with pytest.raises(LookupError):
        await ada.fills({"Where": "random"})
    await ada.fills({"Where": "secret"})


async def test_a_guest_chooses_among_their_own_channels_only(slack: Playground, bot: Bot) -> None:
    gus = slack.person("Gus")
    await opens(bot, gus, modal("Where", field("Where", "where", choose("channels_select"))), channel="support")
    with pytest.raises(LookupError):
        await gus.fills({"Where": "general"})
    await gus.fills({"Where": "support"})


async def test_a_risky_button_asks_first_and_no_means_no(slack: Playground, bot: Bot, ada: Person) -> None:
    ask = {"title": text("Withdraw it?"), "text": text("It leaves the library."), "confirm": text("Yes")}
    risky = actions(button("Withdraw", "withdraw", confirm=ask), button("Keep", "keep"))
    await bot.client.chat_postMessage(channel="general", text="Pick", blocks=[risky])
    await ada.clicks("Withdraw", on=ada.last(), confirm=False)
    assert ada.asked == "Withdraw it? It leaves the library."
    assert slack.requests == []
    await ada.clicks("Withdraw", on=ada.last())
    assert [delivery.name for delivery in slack.requests] == ["withdraw"]
    with pytest.raises(LookupError, match="asks no question"):
        await ada.clicks("Keep", on=ada.last(), confirm=False)
