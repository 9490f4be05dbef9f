"""Modals and the Home tab: three seconds to open one, what a form holds, and how its answers change it."""

from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from playground import Person, Playground
from tests.playground.tiny_bot import Bot, actions, button, field, modal, section

FORM = modal(
    "Tell us",
    field("Title", "title"),
    field("Mail", "mail", {"type": "email_text_input", "action_id": "mail"}, optional=True),
)


async def refused(call: Any) -> str:
    """The error with which Slack refuses a call."""
    with pytest.raises(SlackApiError) as refusal:
        await call
    return str(refusal.value.response["error"])


@pytest.fixture
def _opens_a_form(bot: Bot) -> None:
    @bot.hears("/echo")
    async def _(command: dict[str, Any]) -> None:
        await bot.client.views_open(trigger_id=command["trigger_id"], view=FORM)


@pytest.mark.usefixtures("_opens_a_form")
async def test_a_form_is_filled_in_and_sent(slack: Playground, bot: Bot, ada: Person) -> None:
    await ada.types("/echo")
    assert ada.modal
    assert (ada.modal.title, ada.modal.submit) == ("Tell us", "Send")
    await ada.fills({"Title": "A good day", "Mail": "ada@example.com"})
    assert "Title: A good day" in ada.modal.drawn
    assert await ada.submits()

    assert ada.modal is None
    payload = slack.requests[-1].payload
    assert payload["type"] == "view_submission"
    assert payload["view"]["state"]["values"]["title"]["said"] == {"type": "plain_text_input", "value": "A good day"}
    assert payload["view"]["state"]["values"]["mail"]["mail"]["value"] == "ada@example.com"


@pytest.mark.usefixtures("_opens_a_form")
async def test_slacks_own_client_keeps_back_an_empty_or_impossible_field(
    slack: Playground, bot: Bot, ada: Person
) -> None:
    await ada.types("/echo")
    await ada.fills({"Mail": "not a mail"})
    assert not await ada.submits()

    assert ada.modal
    assert set(ada.modal.errors) == {"Title", "Mail"}
    assert [delivery.kind for delivery in slack.requests] == ["command"]


@pytest.mark.usefixtures("_opens_a_form")
async def test_the_app_points_at_a_field_and_the_words_typed_stay(bot: Bot, ada: Person) -> None:
    @bot.hears("form")
    async def _(payload: dict[str, Any]) -> dict[str, Any] | None:
        title = payload["view"]["state"]["values"]["title"]["said"]["value"]
        return {"response_action": "errors", "errors": {"title": "Too short"}} if len(title) < 3 else None

    await ada.types("/echo")
    await ada.fills({"Title": "No"})
    assert not await ada.submits()
    assert ada.modal
    assert ada.modal.errors == {"Title": "Too short"}
    assert "Title: No" in ada.modal.drawn
    await ada.fills({"Title": "Now"})
    assert await ada.submits()
    assert ada.modal is None


@pytest.mark.usefixtures("_opens_a_form")
async def test_an_answer_that_names_no_such_field_is_trouble_and_the_form_stays(
    slack: Playground, bot: Bot, ada: Person
) -> None:
    @bot.hears("form")
    async def _(_: dict[str, Any]) -> dict[str, Any]:
        return {"response_action": "errors", "errors": {"nowhere": "Too short"}}

    await ada.types("/echo")
    await ada.fills({"Title": "A good day"})
    assert not await ada.submits()
    assert ada.modal
    assert ada.modal.trouble
    assert "block_ids" in (slack.requests[-1].failure or "")


@pytest.mark.usefixtures("_opens_a_form")
async def test_answers_can_redraw_pile_up_and_clear(bot: Bot, ada: Person) -> None:
    answers: Iterator[dict[str, Any]] = iter(
        [
            {"response_action": "update", "view": modal("Second", section("two"))},
            {"response_action": "push", "view": modal("Third", section("three"))},
            {"response_action": "clear"},
        ]
    )

    @bot.hears("form")
    async def _(_: dict[str, Any]) -> dict[str, Any]:
        return next(answers)

    await ada.types("/echo")
    await ada.fills({"Title": "A good day"})
    titles = []
    while ada.modal:
        titles.append(ada.modal.title)
        assert await ada.submits()
    assert titles == ["Tell us", "Second", "Third"]


async def test_a_trigger_lives_three_seconds_and_works_once(slack: Playground, bot: Bot, ada: Person) -> None:
    await ada.types("/echo")
    await ada.types("/echo")
    late, twice = (delivery.payload["trigger_id"] for delivery in slack.requests)
    await bot.client.views_open(trigger_id=twice, view=FORM)
    assert await refused(bot.client.views_open(trigger_id=twice, view=FORM)) == "exchanged_trigger_id"
    slack.clock.advance(3.1)
    assert await refused(bot.client.views_open(trigger_id=late, view=FORM)) == "expired_trigger_id"
    assert await refused(bot.client.views_open(trigger_id="1.2.abc", view=FORM)) == "invalid_trigger_id"


async def test_a_button_in_a_modal_may_push_two_more_and_no_third(slack: Playground, bot: Bot, ada: Person) -> None:
    errors = []
    deeper = modal("Deeper", actions(button("Deeper")))

    @bot.hears("/echo")
    async def _(command: dict[str, Any]) -> None:
        await bot.client.views_open(trigger_id=command["trigger_id"], view=deeper)

    @bot.hears("press")
    async def _(payload: dict[str, Any]) -> None:
        try:
            await bot.client.views_push(trigger_id=payload["trigger_id"], view=deeper)
        except SlackApiError as error:
            errors.append(error.response["error"])

    await ada.types("/echo")
    for _press in range(3):
        await ada.clicks("Deeper", on=ada.modal)
    assert errors == ["push_limit_reached"]

    for open_views in (2, 1, 0):
        await ada.closes()
        assert len(slack.workspace.stack(ada.id)) == open_views


async def test_an_update_keeps_what_was_typed_and_a_stale_hash_is_refused(
    slack: Playground, bot: Bot, ada: Person
) -> None:
    @bot.hears("/echo")
    async def _(command: dict[str, Any]) -> None:
        await bot.client.views_open(trigger_id=command["trigger_id"], view=FORM)

    await ada.types("/echo")
    await ada.fills({"Title": "A good day"})
    opened = slack.calls[0].answer["view"]
    longer = modal("Tell us", *FORM["blocks"], section("One hint more"))
    await bot.client.views_update(view_id=opened["id"], hash=opened["hash"], view=longer)

    assert ada.modal
    assert "Title: A good day" in ada.modal.drawn
    assert "One hint more" in ada.modal.drawn
    stale = bot.client.views_update(view_id=opened["id"], hash=opened["hash"], view=longer)
    assert await refused(stale) == "hash_conflict"
    await ada.closes()
    assert await refused(bot.client.views_update(view_id=opened["id"], view=longer)) == "not_found"


async def test_closing_is_told_only_to_those_who_asked(slack: Playground, bot: Bot, ada: Person) -> None:
    views = iter([modal("Quiet", section("x")), modal("Curious", section("x"), notify_on_close=True)])

    @bot.hears("/echo")
    async def _(command: dict[str, Any]) -> None:
        await bot.client.views_open(trigger_id=command["trigger_id"], view=next(views))

    for _time in range(2):
        await ada.types("/echo")
        await ada.closes()
    closed = [delivery.payload for delivery in slack.requests if delivery.payload.get("type") == "view_closed"]
    assert [payload["view"]["title"]["text"] for payload in closed] == ["Curious"]


async def test_the_home_tab_is_one_persons_own(slack: Playground, bot: Bot, ada: Person, grace: Person) -> None:
    @bot.hears("app_home_opened")
    async def _(payload: dict[str, Any]) -> None:
        home = {"type": "home", "blocks": [section("Welcome")]}
        await bot.client.views_publish(user_id=payload["event"]["user"], view=home)

    await ada.opens("echo", tab="home")
    assert ada.home
    assert ada.home.drawn == "Welcome"
    assert grace.home is None
    await ada.opens("echo", tab="home")
    assert slack.requests[-1].payload["event"]["view"]["type"] == "home"
