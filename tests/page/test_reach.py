"""Everybody can use the page: by keyboard, with a screen reader, on a phone, in the dark, offline."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from playwright.async_api import Page, expect

from playground import Playground
from tests.page.conftest import Visit, on_one_loop
from tests.page.waiter import MANIFEST, Waiter

pytestmark = on_one_loop

Cafe = tuple[Playground, Waiter]

CONTRASTS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].map((part) => part / 255);
  };
  const over = (top, below) => top.slice(0, 3).map((part, i) => part * top[3] + below[i] * (1 - top[3]));
  const behind = (node) => {
    const under = node.parentElement ? behind(node.parentElement) : [1, 1, 1];
    return over(rgba(getComputedStyle(node).backgroundColor), under);
  };
  const light = (colour) => colour.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    const isSeen = node.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    if (!isSeen || !walker.currentNode.data.trim()) continue;
    const ground = behind(node);
    const ink = over(rgba(getComputedStyle(node).color), ground);
    const [low, high] = [light(ink), light(ground)].sort((a, b) => a - b);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${node.className} “${walker.currentNode.data.trim()}”`);
  }
  return poor;
}"""


async def a_conversation(slack: Playground, page: Page) -> None:
    await slack.person("Grace").types("Who is hungry, @ada?", channel="general")
    await page.get_by_label("Message #general").fill("/order soup")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Another dish").wait_for()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_every_text_has_enough_contrast(cafe: Cafe, visit: Visit, dark: bool) -> None:
    slack, _ = cafe
    page = await visit(slack, dark=dark)
    await a_conversation(slack, page)
    await page.get_by_role("button", name="Inspector", exact=True).click()
    await page.locator(".entry summary").first.click()
    assert await page.evaluate(CONTRASTS) == []
    await page.get_by_role("button", name="Special wishes").click()
    await page.get_by_role("dialog").get_by_role("button", name="Order").click()
    await expect(page.get_by_text("Please fill this in.").first).to_be_visible()
    assert await page.get_by_role("dialog").evaluate(CONTRASTS) == []


@pytest.mark.parametrize("width", [360, 768, 1280])
async def test_nothing_sticks_out_at_any_width(cafe: Cafe, visit: Visit, width: int) -> None:
    slack, _ = cafe
    page = await visit(slack, width=width, height=740)
    await a_conversation(slack, page)
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    for name in ["Another dish", "Special wishes", "More options"]:
        box = await page.get_by_role("button", name=name).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


async def test_on_a_phone_the_channels_are_a_drawer(cafe: Cafe, visit: Visit) -> None:
    page = await visit(cafe[0], width=360, height=740)
    drawer = page.get_by_role("navigation", name="Workspace")
    await expect(drawer).to_be_hidden()
    await page.get_by_role("button", name="Channels and people").click()
    await expect(drawer.get_by_role("button", name="general")).to_be_focused()
    await drawer.get_by_role("button", name="waiter").click()
    await expect(drawer).to_be_hidden()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("waiter", ignore_case=True)


async def test_on_a_phone_the_inspector_fills_the_screen(cafe: Cafe, visit: Visit) -> None:
    page = await visit(cafe[0], width=360, height=740)
    await page.get_by_role("button", name="Inspector", exact=True).click()
    box = await page.get_by_role("complementary", name="Inspector").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 360, "height": 740}
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("complementary", name="Inspector")).to_be_hidden()


async def test_a_story_of_keys_only(cafe: Cafe, visit: Visit) -> None:
    """From the address bar to a sent order without touching the mouse."""
    slack, waiter = cafe
    page = await visit(slack)
    await page.keyboard.type("/o")
    await page.keyboard.press("Enter")
    await page.keyboard.type("stew")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="stew")).to_be_visible()
    await tab_to(page, "Special wishes", back=True)
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Dish")).to_be_focused()
    await page.keyboard.type("more stew")
    await tab_to(page, "Size")
    await page.keyboard.type("Lar")
    await tab_to(page, "Mild")
    await page.keyboard.press("Space")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(page.get_by_role("button", name="Special wishes")).to_be_focused()
    assert waiter.orders[-1]["dish"]["it"]["value"] == "more stew"


async def tab_to(page: Page, name: str, back: bool = False) -> None:
    focused = page.locator(":focus")
    for _ in range(40):
        await page.keyboard.press("Shift+Tab" if back else "Tab")
        labelled = "node => node.labels?.[0]?.textContent || node.getAttribute('aria-label') || node.textContent"
        if await focused.count() and name in await focused.evaluate(labelled):
            return
    raise AssertionError(f"{name} cannot be reached by Tab")


async def test_the_clock_is_set_ahead_by_keyboard_and_what_is_said_then_is_dated_then(cafe: Cafe, visit: Visit) -> None:
    slack, _ = cafe
    page = await visit(slack)
    await slack.person("Grace").types("Before", channel="general")
    face = page.get_by_role("button", name=re.compile(r"\w+ \d+ \w+, \d\d:\d\d"))
    before = await face.inner_text()
    await face.focus()
    await page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name="Set the clock ahead")
    await expect(panel.get_by_role("button", name="+1 hour")).to_be_focused()
    await expect(panel).to_contain_text(await page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone"))
    await panel.get_by_role("button", name="+1 week").click()
    await expect(face).not_to_have_text(before)
    await expect(panel.get_by_role("button", name="+1 week")).to_be_focused()
    goal = (slack.now() + timedelta(days=2)).astimezone()
    await panel.get_by_label("Or to").fill(f"{goal:%Y-%m-%dT09:30}")
    await page.keyboard.press("Enter")
    await expect(panel).to_be_hidden()
    await expect(face).to_be_focused()
    await expect(face).to_have_text(re.compile(rf"{goal:%A} {goal.day} {goal:%B}, 09:30 [A-Z]+"))

    await slack.person("Grace").types("After", channel="general")
    days = page.locator(".message[data-day]")
    await expect(days).to_have_count(2)
    await expect(days.last).to_have_attribute("data-day", "Today")
    await face.click()
    await panel.get_by_label("Or to").fill("2020-01-01T09:00")
    assert not await panel.get_by_label("Or to").evaluate("field => field.checkValidity()")


async def test_an_app_is_installed_by_keyboard(cafe: Cafe, visit: Visit) -> None:
    slack, _ = cafe
    back = f"{slack.url}/?installed"
    acme = slack.add_team("Acme")
    acme.add_person("Zoe & Co.")
    slack.register({**MANIFEST, "oauth_config": {**MANIFEST["oauth_config"], "redirect_urls": [back]}})
    page = await visit(slack)
    asked = urlencode({"client_id": slack.client_id, "scope": "commands,chat:write", "state": "s1"})
    await page.goto(f"{slack.authorize_url}?{asked}")
    await expect(page.get_by_role("heading", name="Install waiter?")).to_be_visible()
    await expect(page.get_by_text("chat:write")).to_be_visible()
    assert await page.evaluate(CONTRASTS) == []
    await page.get_by_label("You are").select_option(label="Zoe & Co.")
    await tab_to(page, "Allow")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(r"\?installed&code=[\w.]+&state=s1"))


async def test_every_control_has_a_name(cafe: Cafe, visit: Visit) -> None:
    slack, _ = cafe
    page = await visit(slack)
    await a_conversation(slack, page)
    await page.get_by_role("button", name="Inspector", exact=True).click()
    for control in await page.locator("button:visible, input:visible, select:visible, textarea:visible").all():
        await expect(control).to_have_accessible_name(re.compile(r"\S"))


async def test_acting_as_somebody_else_shows_their_view_and_a_link_leads_back(cafe: Cafe, visit: Visit) -> None:
    slack, _ = cafe
    page = await visit(slack)
    await a_conversation(slack, page)
    await page.get_by_label("You are").select_option(label="Grace")
    await expect(page.get_by_text("Only visible to you", exact=True)).to_have_count(0)
    assert page.url.endswith("#grace/general")
    await page.reload()
    await expect(page.get_by_label("You are")).to_have_value(slack.person("Grace").id)
    await page.goto(f"{slack.url}/#ada/support")
    await expect(page.get_by_label("You are")).to_have_value(slack.person("Ada").id)
    await expect(page.get_by_label("Message #support")).to_be_visible()
    # Ada is not in it.
    await page.goto(f"{slack.url}/#grace/story-review")
    await expect(page.get_by_label("Message #story-review")).to_be_visible()
    await page.reload()
    await expect(page.get_by_label("Message #story-review")).to_be_visible()


async def test_the_home_tab(cafe: Cafe, visit: Visit) -> None:
    page = await visit(cafe[0], channel="waiter")
    await page.get_by_role("tab", name="Home").click()
    await expect(page.get_by_role("heading", name="Today’s menu")).to_be_visible()
    await page.get_by_role("tab", name="Messages").click()
    await expect(page.get_by_label("Message @waiter")).to_be_visible()
