"""What Ada and Grace see of messages, and what their buttons do."""

import json

import pytest
from playwright.async_api import Page, Route, expect

from playground import Playground
from tests.page.conftest import Visit, on_one_loop
from tests.page.waiter import Waiter

pytestmark = on_one_loop

Cafe = tuple[Playground, Waiter]
GENERAL = "Messages in #general"

HOSTILE = [
    "<img src=x onerror=\"document.title='taken'\">",
    "<script>document.title='taken'</script>",
    "<!channel> <!here> <@U0000> <https://evil.example|click>",
    "&lt;b&gt;bold&lt;/b&gt; &amp;amp;",
    "javascript:alert(1) [x](javascript:alert(1))",
    "\u202eright to left \u0000 \x07",
    '"><svg onload=alert(1)>',
]


async def order(page: Page, dish: str = "soup") -> None:
    await page.get_by_label("Message #general").fill(f"/order {dish}")
    await page.keyboard.press("Enter")


async def test_an_ephemeral_answer_is_marked_and_nobody_else_sees_it(cafe: Cafe, visit: Visit) -> None:
    slack, _ = cafe
    ada, grace = await visit(slack), await visit(slack, "grace")
    await order(ada)
    answer = ada.get_by_role("list", name=GENERAL).get_by_role("listitem").last
    await expect(answer).to_contain_text("Only visible to you")
    await expect(answer.get_by_role("heading", name="soup")).to_be_visible()
    await slack.person("Ada").types("Lovely.", channel="general")
    await expect(grace.get_by_role("list", name=GENERAL).get_by_role("listitem")).to_have_count(1)


async def test_a_new_message_is_announced_by_its_top_level_text(cafe: Cafe, visit: Visit) -> None:
    page = await visit(cafe[0])
    await order(page)
    await expect(page.get_by_role("log")).to_contain_text(
        "Only visible to you. waiter: Here is your soup.", ignore_case=True
    )


async def test_mentions_and_links_that_are_live_stand_out(cafe: Cafe, visit: Visit) -> None:
    slack, _ = cafe
    page = await visit(slack)
    await slack.person("Grace").types("@here ask @ada about #general, see https://example.org", channel="general")
    said = page.get_by_role("list", name=GENERAL)
    await expect(said.locator(".live-mention")).to_have_text(["@here", "@Ada", "#general"])
    await expect(said.locator(".live-link")).to_have_attribute("rel", "noopener noreferrer")


@pytest.mark.parametrize("words", HOSTILE)
async def test_what_people_type_never_becomes_part_of_the_page(cafe: Cafe, visit: Visit, words: str) -> None:
    slack, _ = cafe
    page = await visit(slack)
    await slack.person("Grace").types(words, channel="general")
    said = page.get_by_role("list", name=GENERAL)
    await expect(said.get_by_role("listitem")).to_have_count(1)
    assert await said.locator("img, script, b, svg[onload], .live-mention, [href^=javascript]").count() == 0
    assert "taken" not in await page.title()


async def test_pressing_a_button_by_keyboard_keeps_the_place(cafe: Cafe, visit: Visit) -> None:
    page = await visit(cafe[0])
    await order(page)
    another = page.get_by_role("button", name="Another dish")
    await another.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Dish 2")).to_be_visible()
    await expect(another).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Dish 3")).to_be_visible()
    await expect(page.get_by_role("heading", name="Dish 2")).to_have_count(0)


async def test_a_button_shows_that_the_app_is_still_at_it(cafe: Cafe, visit: Visit) -> None:
    slack, waiter = cafe
    page = await visit(slack)
    await order(page)
    another = page.get_by_role("button", name="Another dish")
    await another.wait_for()
    waiter.may_answer.clear()
    await another.click()
    await expect(another).to_have_attribute("aria-busy", "true")
    await expect(page.get_by_text("Waiting for the app")).to_be_visible()
    await another.click()
    waiter.may_answer.set()
    await expect(page.get_by_role("heading", name="Dish 2")).to_be_visible()
    await expect(page.get_by_text("Waiting for the app")).to_be_hidden()
    assert len(waiter.orders) == 1


async def test_an_app_that_fails_is_told_to_the_person(cafe: Cafe, visit: Visit) -> None:
    page = await visit(cafe[0])
    await order(page, "a stone")
    last = page.get_by_role("list", name=GENERAL).get_by_role("listitem").last
    await expect(last).to_contain_text("Slackbot")
    await expect(last).to_contain_text("failed with the error")


async def test_a_risky_button_asks_first(cafe: Cafe, visit: Visit) -> None:
    slack, waiter = cafe
    page = await visit(slack)
    await order(page)
    back = page.get_by_role("button", name="Send it back")
    await back.click()
    question = page.get_by_role("dialog", name="Send it back?")
    await expect(question).to_contain_text("The cook will be sad.")
    await question.get_by_role("button", name="Keep").click()
    await expect(back).to_be_focused()
    assert not waiter.orders
    await back.click()
    await question.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("heading", name="soup")).to_have_count(0)


async def test_an_overflow_menu_is_used_by_keyboard(cafe: Cafe, visit: Visit) -> None:
    slack, waiter = cafe
    page = await visit(slack)
    await order(page)
    more = page.get_by_role("button", name="More options")
    await more.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Salt")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(more).to_be_focused()
    await slack.settled()
    assert waiter.orders[0]["selected_option"] == {"text": {"type": "plain_text", "text": "Pepper"}, "value": "pepper"}


async def test_a_thread_opens_beside_and_closes_back_to_where_it_was(cafe: Cafe, visit: Visit) -> None:
    slack, _ = cafe
    page = await visit(slack)
    await slack.person("Grace").types("Lunch?", channel="general")
    await page.get_by_role("button", name="Reply in thread").focus()
    await page.keyboard.press("Enter")
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_label("Reply in thread")).to_be_focused()
    await page.keyboard.type("Yes, soup.")
    await page.keyboard.press("Enter")
    await expect(thread.get_by_role("list")).to_contain_text("Yes, soup.")
    replies = page.get_by_role("main").get_by_role("button", name="1 reply")
    await expect(replies).to_be_visible()
    await expect(page.get_by_role("list", name=GENERAL)).not_to_contain_text("Yes, soup.")
    await page.keyboard.press("Escape")
    await expect(thread).to_be_hidden()
    await expect(replies).to_be_focused()


async def test_the_newest_is_in_view_unless_somebody_reads_further_up(cafe: Cafe, visit: Visit) -> None:
    slack, _ = cafe
    page = await visit(slack)
    grace = slack.person("Grace")
    for number in range(40):
        await grace.types(f"line {number}", channel="general")
    await expect(page.get_by_text("line 39", exact=True)).to_be_in_viewport()
    await page.get_by_role("region", name="general").evaluate("(window) => { window.scrollTop = 0; }")
    await grace.types("one more", channel="general")
    await expect(page.get_by_role("button", name="New messages")).to_be_visible()
    await expect(page.get_by_text("line 0", exact=True)).to_be_in_viewport()
    await page.get_by_role("button", name="New messages").click()
    await expect(page.get_by_text("one more", exact=True)).to_be_in_viewport()


async def test_whoever_says_something_is_brought_to_the_answer(cafe: Cafe, visit: Visit) -> None:
    slack, _ = cafe
    page = await visit(slack)
    grace = slack.person("Grace")
    for number in range(40):
        await grace.types(f"line {number}", channel="general")
    await page.get_by_role("region", name="general").evaluate("(window) => { window.scrollTop = 0; }")
    await order(page)
    await expect(page.get_by_role("button", name="Another dish")).to_be_in_viewport()


async def test_the_newest_stays_in_view_when_the_window_gets_narrower(cafe: Cafe, visit: Visit) -> None:
    slack, _ = cafe
    page = await visit(slack)
    for number in range(12):
        await slack.person("Grace").types(f"{number} " + "and so on " * 40, channel="general")
    await order(page)
    await expect(page.get_by_role("button", name="Another dish")).to_be_in_viewport()
    await page.set_viewport_size({"width": 700, "height": 500})
    await expect(page.get_by_role("button", name="Another dish")).to_be_in_viewport()


async def test_an_archived_channel_says_so(cafe: Cafe, visit: Visit) -> None:
    page = await visit(cafe[0], channel="old-office")
    await expect(page.get_by_text("This channel is archived")).to_be_visible()
    await expect(page.get_by_label("Message #old-office")).to_be_hidden()


async def test_a_block_that_the_page_does_not_know_is_said_to_be_unknown(cafe: Cafe, visit: Visit) -> None:
    slack, _ = cafe
    page = await visit(slack)

    async def from_the_future(route: Route) -> None:
        state = await (await route.fetch()).json()
        for messages in state["messages"].values():
            for message in messages:
                message["blocks"] = [{"type": "hologram", "light": "blue"}]
        await route.fulfill(body=json.dumps(state), content_type="application/json")

    await page.route("**/page/state*", from_the_future)
    await slack.person("Grace").types("Look!", channel="general")
    note = page.get_by_text("Unknown block: hologram")
    await note.click()
    await expect(page.get_by_text('"light": "blue"')).to_be_visible()
    await page.unroute_all(behavior="wait")
