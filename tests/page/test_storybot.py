"""The main job in the page: Ada asks for a story, reads it, shares it, and looks for the next one."""

import os
from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Page, expect

from playground import Playground
from tests.page.conftest import on_one_loop

pytestmark = on_one_loop

README_PICTURE = Path(__file__).parents[2] / "docs" / "page.png"


async def asks(page: Page, words: str) -> Locator:
    """Type it; the message that answers."""
    await page.get_by_label("Message #general").fill(words)
    await page.keyboard.press("Enter")
    answer = messages(page).last
    await expect(answer).to_contain_text("Only visible to you")
    return answer


def messages(page: Page) -> Locator:
    return page.get_by_role("list", name="Messages in #general").get_by_role("listitem")


async def test_ada_asks_reads_shares_and_asks_for_another(slack: Playground, visit: Any) -> None:
    ada, grace = await visit(slack), await visit(slack, "grace")
    card = await asks(ada, "/story nordstorm")
    await expect(card.get_by_role("heading")).to_contain_text("diamond")
    await expect(card).to_contain_text("Why this one:")
    await expect(messages(grace)).to_have_count(0)

    await card.get_by_role("button", name="Read it all").click()
    modal = ada.get_by_role("dialog", name="The whole story")
    for part in ("Takeaway:", "For your team:", "On the sources:", "Sources"):
        await expect(modal).to_contain_text(part)
    await modal.get_by_role("button", name="Close").last.click()
    await expect(modal).to_be_hidden()
    await expect(card.get_by_role("button", name="Read it all")).to_be_focused()

    await card.get_by_role("button", name="Share to channel").click()
    await expect(messages(grace).last).to_contain_text("@Ada shared a story")
    await expect(messages(grace).last.locator(".live-mention")).to_have_text("@Ada")
    await expect(messages(ada).first).to_contain_text("You shared this story with the channel.")


async def test_another_one_takes_the_place_of_the_card(slack: Playground, visit: Any) -> None:
    ada = await visit(slack)
    card = await asks(ada, "/story empathy")
    first = await card.get_by_role("heading").inner_text()
    await card.get_by_role("button", name="Another one").click()

    await expect(card.get_by_role("heading")).not_to_have_text(first)
    await expect(messages(ada)).to_have_count(1)


async def test_with_the_keyboard_alone(slack: Playground, visit: Any) -> None:
    ada = await visit(slack)
    await ada.get_by_label("Message #general").focus()
    await ada.keyboard.type("/sto")
    await ada.keyboard.press("Tab")
    await ada.keyboard.type("someone lost a diamond")
    await ada.keyboard.press("Enter")
    card = messages(ada).last
    await expect(card.get_by_role("heading")).to_contain_text("diamond")

    for _ in range(30):
        await ada.keyboard.press("Shift+Tab")
        if await card.get_by_role("button", name="Read it all").evaluate("button => button === document.activeElement"):
            break
    await ada.keyboard.press("Enter")
    modal = ada.get_by_role("dialog", name="The whole story")
    await expect(modal).to_contain_text("For your team:")
    await ada.keyboard.press("Escape")
    await expect(modal).to_be_hidden()


async def test_in_a_direct_message_the_prompts_are_one_click(slack: Playground, visit: Any) -> None:
    ada = await visit(slack, "ada", "storybot")
    await ada.get_by_role("button", name="A story about empathy").click()
    answer = ada.get_by_role("list", name="Messages in @storybot").get_by_role("listitem").last
    await expect(answer).to_contain_text("Takeaway:")


async def test_on_a_phone_a_story_is_read_without_scrolling_sideways(slack: Playground, visit: Any) -> None:
    ada = await visit(slack, width=360, height=740)
    card = await asks(ada, "/story a hungry boy")
    await card.get_by_role("button", name="Read it all").click()
    await expect(ada.get_by_role("dialog", name="The whole story")).to_contain_text("Sources")
    assert await ada.evaluate("document.documentElement.scrollWidth") <= 360


async def test_the_inspector_shows_how_quickly_the_command_was_acknowledged(slack: Playground, visit: Any) -> None:
    ada = await visit(slack, width=1440)
    await asks(ada, "/story empathy")
    await ada.get_by_role("button", name="Inspector").click()
    inspector = ada.get_by_role("complementary", name="Inspector")
    await expect(inspector).to_contain_text("/story")
    await expect(inspector).to_contain_text("ms")


async def test_the_picture_in_the_readme(slack: Playground, visit: Any, tmp_path: Path) -> None:
    """`make picture` takes it anew."""
    ada = await visit(slack, width=1180, height=640)
    card = await asks(ada, "/story someone lost a diamond")
    await expect(card.get_by_role("button", name="Read it all")).to_be_visible()
    where = README_PICTURE if os.environ.get("PICTURE") else tmp_path / "page.png"
    await ada.screenshot(path=where)
    assert where.stat().st_size > 10_000
    assert README_PICTURE.exists()


async def test_people_find_their_own_work_in_the_page(slack: Playground, visit: Any) -> None:
    ada = await visit(slack)
    for asked, told in [
        ("hotel", "hotel"),
        ("Japan", "Japan"),
        ("outage", "outage"),
        ("sign language", "sign"),
        ("goodbye", "goodbye"),
    ]:
        await asks(ada, f"/story {asked}")
        card = messages(ada).last
        await expect(card).to_contain_text(f"You asked for “{asked}”.")
        await card.get_by_role("button", name="Read it all").click()
        modal = ada.get_by_role("dialog", name="The whole story")
        await expect(modal).to_contain_text(told, ignore_case=True)
        await ada.keyboard.press("Escape")
        await expect(modal).to_be_hidden()
