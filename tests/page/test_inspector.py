"""Linus wants to know what really went over the wire."""

from playwright.async_api import expect

from playground import Playground
from tests.page.conftest import Visit, on_one_loop
from tests.page.waiter import Waiter

pytestmark = on_one_loop

Cafe = tuple[Playground, Waiter]


async def test_every_request_and_call_is_listed_with_its_json(cafe: Cafe, visit: Visit) -> None:
    slack, _ = cafe
    page = await visit(slack, "linus")
    await page.get_by_label("Message #general").fill("/order soup")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Special wishes").click()
    await page.get_by_role("dialog").wait_for()
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Inspector", exact=True).click()
    entries = page.get_by_role("list", name="Requests and calls").get_by_role("listitem")
    command = entries.filter(has_text="/order")
    await expect(command).to_contain_text("200")
    await expect(command).to_contain_text("ms")
    await expect(entries.filter(has_text="views.open")).to_contain_text("web api")
    await command.locator("summary").click()
    await expect(command.get_by_role("region", name="Request")).to_contain_text('"command": "/order"')
    await expect(command.get_by_role("region", name="Response")).to_contain_text("Here is your soup.")
    await command.get_by_role("button", name="Copy").first.click()
    await expect(command.get_by_text("Copied")).to_be_visible()
    assert '"command": "/order"' in await page.evaluate("navigator.clipboard.readText()")


async def test_the_list_is_filtered_and_cleared(cafe: Cafe, visit: Visit) -> None:
    slack, _ = cafe
    page = await visit(slack, "linus")
    for dish in ["soup", "stew"]:
        await slack.person("Linus").types(f"/order {dish}", channel="general")
    await page.get_by_role("button", name="Inspector", exact=True).click()
    entries = page.get_by_role("list", name="Requests and calls").get_by_role("listitem")
    await expect(entries).to_have_count(2)
    await page.get_by_label("Filter requests and calls").fill("stew")
    await expect(entries).to_have_count(1)
    await page.get_by_label("Filter requests and calls").fill("")
    await page.get_by_label("Direction").select_option(label="From the app")
    await expect(entries).to_have_count(0)
    await page.get_by_label("Direction").select_option(label="Both ways")
    await page.get_by_role("button", name="Clear").click()
    await expect(entries).to_have_count(0)


async def test_an_opened_entry_stays_open_when_more_arrive(cafe: Cafe, visit: Visit) -> None:
    slack, _ = cafe
    page = await visit(slack, "linus")
    await slack.person("Linus").types("/order soup", channel="general")
    await page.get_by_role("button", name="Inspector", exact=True).click()
    first = page.get_by_role("list", name="Requests and calls").get_by_role("listitem").first
    await first.locator("summary").click()
    await slack.person("Linus").types("/order stew", channel="general")
    await expect(page.get_by_role("list", name="Requests and calls").get_by_role("listitem")).to_have_count(2)
    await expect(first.get_by_role("region", name="Request")).to_be_visible()
