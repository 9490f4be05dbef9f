"""Ada has special wishes: modals, their fields, their errors, and the way back."""

from typing import Any

from playwright.async_api import Locator, Page, expect

from playground import Playground
from tests.page.conftest import Visit, on_one_loop
from tests.page.waiter import Waiter

pytestmark = on_one_loop

Cafe = tuple[Playground, Waiter]


async def wishes(page: Page) -> Locator:
    """Open the form, as Ada does with the keyboard."""
    await page.get_by_label("Message #general").fill("/order soup")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Special wishes").focus()
    await page.keyboard.press("Enter")
    form = page.get_by_role("dialog", name="Special wishes")
    await form.wait_for()
    return form


def offers(form: Locator) -> Locator:
    """What the app suggests for what was typed."""
    return form.get_by_role("listbox", name="Choices").get_by_role("option")


async def fill_what_is_needed(form: Locator, dish: str) -> None:
    await form.get_by_label("Dish").fill(dish)
    await form.get_by_label("Size").select_option("Large")
    await form.get_by_role("radiogroup", name="Spice").get_by_label("Hot").check()


async def test_a_modal_takes_the_focus_and_escape_gives_it_back(cafe: Cafe, visit: Visit) -> None:
    page = await visit(cafe[0])
    form = await wishes(page)
    await expect(form).to_have_attribute("aria-modal", "true")
    await expect(form.get_by_label("Dish")).to_be_focused()
    for _ in range(40):
        await page.keyboard.press("Tab")
        assert await page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
    await page.keyboard.press("Escape")
    await expect(form).to_be_hidden()
    await expect(page.get_by_role("button", name="Special wishes")).to_be_focused()


async def test_an_empty_field_is_told_at_the_field(cafe: Cafe, visit: Visit) -> None:
    slack, _ = cafe
    page = await visit(slack)
    form = await wishes(page)
    await form.get_by_role("button", name="Order").click()
    dish = form.get_by_label("Dish")
    await expect(dish).to_have_attribute("aria-invalid", "true")
    await expect(dish).to_have_accessible_description("As it stands in the menu Please fill this in.")
    await expect(dish).to_be_focused()
    await expect(form.get_by_label("Notes")).not_to_have_attribute("aria-invalid", "true")
    await dish.press("S")
    await expect(dish).to_have_accessible_description("As it stands in the menu")
    await expect(dish).not_to_have_attribute("aria-invalid", "true")
    await expect(form.get_by_label("Size")).to_have_attribute("aria-invalid", "true")
    assert not [delivery for delivery in slack.requests if delivery.payload.get("type") == "view_submission"]


async def test_an_error_of_the_app_is_told_at_its_field_and_nothing_typed_is_lost(cafe: Cafe, visit: Visit) -> None:
    page = await visit(cafe[0])
    form = await wishes(page)
    await fill_what_is_needed(form, "soap")
    await form.get_by_label("Notes").fill("not too wet")
    await form.get_by_role("button", name="Order").click()
    await expect(form.get_by_text("We are out of soap.")).to_be_visible()
    await expect(form.get_by_label("Dish")).to_have_attribute("aria-invalid", "true")
    await expect(form.get_by_label("Dish")).to_be_focused()
    await expect(form.get_by_label("Notes")).to_have_value("not too wet")
    await form.get_by_label("Dish").fill("soup")
    await page.keyboard.press("Control+Enter")
    await expect(form).to_be_hidden()


async def test_the_app_receives_every_kind_of_answer(cafe: Cafe, visit: Visit) -> None:
    slack, waiter = cafe
    page = await visit(slack)
    form = await wishes(page)
    await fill_what_is_needed(form, "soup")
    await form.get_by_label("Rice").check()
    await form.get_by_label("Salad").check()
    await form.get_by_label("Water").check()
    await form.get_by_label("Day").fill("2026-02-28")
    await form.get_by_label("Hour").fill("19:30")
    await form.get_by_label("Guests").fill("4")
    await form.get_by_label("Email").fill("ada@example.org")
    await form.get_by_label("Website").fill("https://example.org")
    await form.get_by_label("Host").select_option(label="@Grace")
    await form.get_by_label("Room").select_option(label="#random")
    await form.get_by_label("Cook").fill("julia")
    await offers(form).filter(has_text="Julia Child").click()
    for letter in ("ba", "bo"):
        await form.get_by_label("Herbs").fill(letter)
        await offers(form).first.click()
    await form.get_by_role("button", name="Order").click()
    await expect(form).to_be_hidden()
    values = {block_id: _said(*answer.values()) for block_id, answer in waiter.orders[-1].items()}
    assert values == {
        "dish": "soup",
        "notes": None,
        "size": "large",
        "sides": ["rice", "salad"],
        "spice": "hot",
        "extras": ["water"],
        "day": "2026-02-28",
        "hour": "19:30",
        "guests": "4",
        "mail": "ada@example.org",
        "site": "https://example.org",
        "host": slack.person("Grace").id,
        "room": slack.channel("random").id,
        "cook": "julia child",
        "herbs": ["basil", "borage"],
    }


async def test_a_view_on_top_leaves_what_lies_below_as_it_was(cafe: Cafe, visit: Visit) -> None:
    page = await visit(cafe[0])
    form = await wishes(page)
    await form.get_by_label("Dish").fill("half a so")
    await form.get_by_role("button", name="What is rice?").click()
    rice = page.get_by_role("dialog", name="Rice")
    await expect(rice).to_contain_text("A grain.")
    await rice.get_by_role("button", name="Back").click()
    await expect(form.get_by_label("Dish")).to_have_value("half a so")


async def test_what_is_typed_in_a_modal_survives_news(cafe: Cafe, visit: Visit) -> None:
    slack, _ = cafe
    page = await visit(slack)
    form = await wishes(page)
    dish = form.get_by_label("Dish")
    await dish.press_sequentially("bre")
    await slack.person("Grace").types("Hello", channel="general")
    await expect(page.get_by_text("Hello", exact=True)).to_be_attached()
    await dish.press_sequentially("ad")
    await expect(dish).to_have_value("bread")


async def test_a_shortcut_opens_its_modal(cafe: Cafe, visit: Visit) -> None:
    page = await visit(cafe[0])
    await page.get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("menuitem", name="Call the waiter").click()
    await expect(page.get_by_role("dialog", name="Rice")).to_be_visible()


async def test_a_message_shortcut_is_reached_by_keyboard(cafe: Cafe, visit: Visit) -> None:
    slack, waiter = cafe
    await slack.person("Grace").types("Two soups", channel="general")
    page = await visit(slack)
    await page.get_by_role("button", name="More actions").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Order what this says")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Rice")).to_contain_text("Two soups")
    told = waiter.orders[-1]
    assert (told["message"]["user"], told["channel"]["name"]) == (slack.person("Grace").id, "general")
    assert told["message"]["blocks"]
    assert told["team"]["domain"]
    assert told["response_url"].startswith(slack.url)


async def test_a_form_knows_the_channel_one_comes_from(cafe: Cafe, visit: Visit) -> None:
    slack, _ = cafe
    page = await visit(slack)
    form = await wishes(page)
    await expect(form.get_by_label("Room")).to_have_value(slack.channel("general").id)


async def test_the_app_suggests_while_one_types(cafe: Cafe, visit: Visit) -> None:
    page = await visit(cafe[0])
    form = await wishes(page)
    cook = form.get_by_role("combobox", name="Cook")
    await cook.press_sequentially("ie")
    await expect(form.get_by_role("listbox", name="Choices")).to_have_text("One letter more")
    await cook.press_sequentially("r")
    await expect(offers(form)).to_have_text(["Auguste Escoffier", "Eugénie Brazier"])
    await cook.fill("e br")
    await expect(offers(form).filter(has_text="Eugénie Brazier")).to_have_attribute("aria-selected", "true")
    await cook.press("Enter")
    await expect(cook).to_have_value("Eugénie Brazier")
    await expect(offers(form)).to_have_count(0)
    await cook.fill("zzz")
    await expect(form.get_by_role("listbox", name="Choices")).to_have_text("Nothing found")
    await cook.press("Escape")
    await expect(form).to_be_visible()
    await form.get_by_label("Dish").focus()
    await expect(cook).to_have_value("Eugénie Brazier")


async def test_what_was_taken_can_be_given_back_and_there_is_a_most(cafe: Cafe, visit: Visit) -> None:
    page = await visit(cafe[0])
    form = await wishes(page)
    herbs = form.get_by_role("combobox", name="Herbs")
    for herb in ("chi", "bay"):
        await herbs.fill(herb)
        await offers(form).first.click()
    await herbs.press("b")
    await expect(form.get_by_role("listbox", name="Choices")).to_have_text("2 at most")
    await herbs.press("Backspace")
    await form.get_by_role("button", name="Remove Chives").click()
    await expect(herbs).to_be_focused()
    await herbs.press("Backspace")
    await expect(form.get_by_role("button", name="Remove")).to_have_count(0)


def _said(value: dict[str, Any]) -> Any:
    (held,) = [held for name, held in value.items() if name != "type"]
    match held:
        case {"value": chosen}:
            return chosen
        case list():
            return [one["value"] for one in held]
    return held
