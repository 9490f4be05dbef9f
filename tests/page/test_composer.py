"""Ada writes in the message box."""

from playwright.async_api import Page, expect

from playground import Playground
from tests.page.conftest import Visit, on_one_loop
from tests.page.waiter import Waiter

pytestmark = on_one_loop

Cafe = tuple[Playground, Waiter]


async def test_a_newcomer_is_shown_what_to_type(cafe: Cafe, visit: Visit) -> None:
    page = await visit(cafe[0])
    await expect(page.get_by_role("heading", name="Welcome to #general")).to_be_visible()
    await page.get_by_role("button", name="/order soup").click()
    await expect(page.get_by_label("Message #general")).to_have_value("/order soup")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("listitem").filter(has_text="Only visible to you")).to_contain_text("soup")


async def test_a_command_is_completed_and_its_usage_is_shown(cafe: Cafe, visit: Visit) -> None:
    page = await visit(cafe[0])
    box = page.get_by_label("Message #general")
    await box.press_sequentially("/o")
    offer = page.get_by_role("option", name="/order")
    await expect(offer).to_have_attribute("aria-selected", "true")
    await expect(box).to_have_attribute("aria-activedescendant", str(await offer.get_attribute("id")))
    await box.press("Tab")
    await expect(box).to_have_value("/order ")
    await expect(box).to_be_focused()
    await expect(page.get_by_text("/order soup | [a dish]")).to_be_visible()
    await expect(page.get_by_role("listbox")).to_be_hidden()


async def test_escape_dismisses_the_completions_and_keeps_the_words(cafe: Cafe, visit: Visit) -> None:
    page = await visit(cafe[0])
    box = page.get_by_label("Message #general")
    await box.press_sequentially("/o")
    await box.press("Escape")
    await expect(page.get_by_role("listbox")).to_be_hidden()
    await expect(box).to_have_value("/o")


async def test_people_are_completed_after_an_at_sign_and_the_arrows_choose(cafe: Cafe, visit: Visit) -> None:
    slack, _ = cafe
    page = await visit(slack)
    box = page.get_by_label("Message #general")
    await box.press_sequentially("Hi @")
    await box.press("ArrowDown")
    await expect(page.get_by_role("listbox").get_by_role("option").nth(1)).to_have_attribute("aria-selected", "true")
    await box.press("ArrowUp")
    await box.press("Enter")
    await expect(box).to_have_value("Hi @ada ")


async def test_shift_and_enter_make_a_new_line_and_enter_sends(cafe: Cafe, visit: Visit) -> None:
    slack, _ = cafe
    page = await visit(slack)
    box = page.get_by_label("Message #general")
    await box.press_sequentially("one")
    await box.press("Shift+Enter")
    await box.press_sequentially("two")
    await box.press("Enter")
    await expect(page.get_by_role("list", name="Messages in #general")).to_contain_text("one")
    await expect(box).to_have_value("")
    assert slack.person("Ada").last("general").text == "one\ntwo"


async def test_what_is_being_typed_survives_what_others_say(cafe: Cafe, visit: Visit) -> None:
    slack, _ = cafe
    page = await visit(slack)
    box = page.get_by_label("Message #general")
    await box.press_sequentially("half a thou")
    await slack.person("Grace").types("Morning!", channel="general")
    await expect(page.get_by_role("list", name="Messages in #general")).to_contain_text("Morning!")
    await expect(box).to_have_value("half a thou")
    await expect(box).to_be_focused()
    await box.press_sequentially("ght")
    await expect(box).to_have_value("half a thought")


async def test_every_conversation_keeps_its_own_draft(cafe: Cafe, visit: Visit) -> None:
    page = await visit(cafe[0])
    await page.get_by_label("Message #general").press_sequentially("for everybody")
    await _go_to(page, "waiter")
    await expect(page.get_by_label("Message @waiter")).to_have_value("")
    await _go_to(page, "general")
    await expect(page.get_by_label("Message #general")).to_have_value("for everybody")


async def test_a_suggested_prompt_says_itself_and_the_app_answers(cafe: Cafe, visit: Visit) -> None:
    page = await visit(cafe[0])
    await _go_to(page, "waiter")
    await page.get_by_role("button", name="Soup", exact=True).click()
    await expect(page.get_by_role("list", name="Messages in @waiter")).to_contain_text("You said: soup, please")


async def _go_to(page: Page, place: str) -> None:
    await page.get_by_role("navigation").get_by_role("button", name=place).click()
