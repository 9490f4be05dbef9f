"""The story of the week in the page: Grace sets it up, pins a story, and sets the clock ahead to see weeks go by."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Page, expect

from bot.app import serve
from bot.config import Moderation, Settings
from bot.domain.library import Library
from bot.manifest import manifest
from bot.matching import Matcher
from playground import Playground
from tests.conftest import connection_to
from tests.page.conftest import fixture_on_one_loop, on_one_loop

pytestmark = on_one_loop

DIAMOND = "The diamond in the vacuum cleaner bag"


@asynccontextmanager
async def running(slack: Playground, library: Library, matcher: Matcher, folder: Path) -> AsyncIterator[None]:
    """Storybot by the clock of this workspace; the next one finds what the last one kept."""
    settings = Settings(moderation=Moderation(channel=slack.review_channel_id, moderators=slack.lead_ids))
    connection = connection_to(slack, folder)
    async with serve(settings, connection, library, matcher, slack.now) as serving:
        url = f"http://127.0.0.1:{serving.port}"
        slack.install(request_url=f"{url}/slack/events", manifest=manifest(settings, url))
        slack.clock.stop_for(serving.next_due)
        yield


@fixture_on_one_loop
async def slack(library: Library, matcher: Matcher, tmp_path: Path) -> AsyncIterator[Playground]:
    async with Playground() as slack, running(slack, library, matcher, tmp_path):
        yield slack


async def test_four_weeks_go_by(slack: Playground, visit: Any, tmp_path: Path) -> None:
    grace, linus = await visit(slack, "grace", "support"), await visit(slack, "linus", "support")
    form = await opens(grace)
    await chooses(form, "Time zone", "etc utc", "UTC (Etc/UTC, UTC+0)")
    await form.get_by_label("Time", exact=True).fill("09:00")
    await grace.screenshot(path=tmp_path / "form.png")
    await form.get_by_role("button", name="Set it up").click()
    await expect(form).to_contain_text("every Monday at 09:00 (Etc/UTC)")
    await form.get_by_role("button", name="Close").last.click()

    listed = await asks(grace, "/story schedule")
    await expect(listed).to_contain_text("Next, if nothing changes:")
    await listed.get_by_role("button", name="Pin a story").click()
    pin = grace.get_by_role("dialog", name="Pin a story")
    await chooses(pin, "Story", "somebody lost a diamond", DIAMOND)
    await pin.get_by_role("button", name="Save").click()
    await expect(pin).to_contain_text(f"“{DIAMOND}” is told on Monday")
    await pin.get_by_role("button", name="Close").last.click()
    listed = await asks(grace, "/story schedule")
    await expect(listed).to_contain_text(f"{DIAMOND}, pinned by @Grace")
    await grace.screenshot(path=tmp_path / "list.png")

    await sets_clock(grace, next_monday_at_nine(slack.now()))
    await expect(posts(linus)).to_have_count(1)
    await expect(posts(linus).first).to_contain_text(DIAMOND)
    await linus.screenshot(path=tmp_path / "post.png")
    for weeks in (2, 3, 4):
        await grace.get_by_title("Set the clock ahead").click()
        await grace.get_by_role("button", name="+1 week").click()
        await grace.keyboard.press("Escape")
        await expect(posts(linus)).to_have_count(weeks)
    told = [(await post.inner_text()).split("Story of the week")[1].split("\n")[1] for post in await posts(linus).all()]
    assert len(set(told)) == 4
    await expect(linus.get_by_text("I was away")).to_have_count(0)
    listed = await asks(grace, "/story schedule")
    await expect(listed).not_to_contain_text("Missed")

    await posts(linus).last.get_by_role("button", name="I tried this").click()
    await expect(posts(grace).last.get_by_role("button", name="I tried this · 1")).to_be_visible()


async def test_a_slot_that_the_clock_is_set_past_is_told_in_its_time(slack: Playground, visit: Any) -> None:
    grace = await visit(slack, "grace", "support")
    form = await opens(grace)
    # The slot lies two days ahead, so that by the end of the week a late post would be missed.
    due = slack.now() + timedelta(days=2)
    await form.get_by_label("Day of the week").select_option(label=f"{due:%A}")
    await chooses(form, "Time zone", "etc utc", "UTC (Etc/UTC, UTC+0)")
    await form.get_by_role("button", name="Set it up").click()
    await form.get_by_role("button", name="Close").last.click()
    await grace.get_by_title("Set the clock ahead").click()
    await grace.get_by_role("button", name="+1 week").click()
    await grace.keyboard.press("Escape")
    await expect(posts(grace)).to_have_count(1)
    await expect(posts(grace)).not_to_contain_text("I was away")
    await expect(grace.get_by_text("1 reply")).to_be_visible()
    before = slack.now()
    assert before < due + timedelta(days=6), "one week, and not two"


async def test_with_the_keyboard_alone(slack: Playground, visit: Any) -> None:
    grace = await visit(slack, "grace", "support")
    await grace.get_by_label("Message #support").focus()
    await grace.keyboard.type("/story schedule")
    await grace.keyboard.press("Enter")
    form = grace.get_by_role("dialog", name="Story of the week")
    await expect(form).to_be_visible()
    await tabs_to(grace, form.get_by_label("Day of the week"))
    await grace.keyboard.type("Fri")
    await tabs_to(grace, form.get_by_label("Time", exact=True))
    await grace.keyboard.type("1015AM")
    await tabs_to(grace, form.get_by_role("combobox", name="Time zone"))
    await grace.keyboard.type("Helsinki")
    await expect(offers(form).first).to_contain_text("Helsinki")
    await grace.keyboard.press("Enter")
    await grace.keyboard.press("Control+Enter")
    await expect(form).to_contain_text("every Friday at 10:15 (Europe/Helsinki)")
    await grace.keyboard.press("Escape")

    listed = await asks(grace, "/story schedule")
    await tabs_to(grace, listed.get_by_role("button", name="Pause"), "Shift+Tab")
    await grace.keyboard.press("Enter")
    await expect(messages(grace).last).to_contain_text("Paused: nothing is posted until somebody resumes it.")


async def test_what_was_set_up_in_the_page_is_posted_after_a_restart(
    library: Library, matcher: Matcher, visit: Any, tmp_path: Path
) -> None:
    """The clock is moved to just before the minute, and then runs as clocks do."""
    async with Playground() as slack:
        async with running(slack, library, matcher, tmp_path):
            grace = await visit(slack, "grace", "support")
            form = await opens(grace)
            due = slack.now().replace(second=0, microsecond=0) + timedelta(minutes=10)
            await form.get_by_label("Day of the week").select_option(label=f"{due:%A}")
            await form.get_by_label("Time", exact=True).fill(f"{due:%H:%M}")
            await chooses(form, "Time zone", "etc utc", "UTC (Etc/UTC, UTC+0)")
            await form.get_by_role("button", name="Set it up").click()
            await expect(form).to_contain_text(f"at {due:%H:%M} (Etc/UTC)")
            await form.get_by_role("button", name="Close").last.click()
        slack.clock.advance_to(due - timedelta(minutes=1))
        async with running(slack, library, matcher, tmp_path):
            slack.clock.advance_to(due - timedelta(seconds=1))
            await expect(posts(grace)).to_have_count(1)
            assert slack.now() >= due
            await expect(posts(grace)).not_to_contain_text("I was away")
            await expect(grace.get_by_text("1 reply")).to_be_visible()


async def opens(page: Page) -> Locator:
    await page.get_by_label("Message #support").fill("/story schedule")
    await page.keyboard.press("Enter")
    form = page.get_by_role("dialog", name="Story of the week")
    await expect(form).to_be_visible()
    return form


async def asks(page: Page, words: str) -> Locator:
    """Type it; the message that answers."""
    before = await messages(page).count()
    await page.get_by_label("Message #support").fill(words)
    await page.keyboard.press("Enter")
    await expect(messages(page)).to_have_count(before + 1)
    return messages(page).last


async def chooses(form: Locator, label: str, typed: str, offered: str) -> None:
    """Type into a menu that is searched, and take what it offers."""
    await form.get_by_role("combobox", name=label, exact=True).fill(typed)
    await offers(form).filter(has_text=offered).first.click()


async def sets_clock(page: Page, moment: datetime) -> None:
    await page.get_by_title("Set the clock ahead").click()
    await page.get_by_label("Or to").fill(f"{moment:%Y-%m-%dT%H:%M}")
    await page.get_by_role("button", name="Set", exact=True).click()


async def tabs_to(page: Page, there: Locator, key: str = "Tab") -> None:
    for _ in range(60):
        if await there.evaluate("there => there === document.activeElement"):
            return
        await page.keyboard.press(key)
    raise AssertionError("it cannot be reached with the keyboard")


def next_monday_at_nine(now: datetime) -> datetime:
    at_nine = now.replace(hour=9, minute=0, second=0, microsecond=0)
    monday = at_nine + timedelta(days=-now.weekday() % 7)
    return monday if monday > now else monday + timedelta(weeks=1)


def messages(page: Page) -> Locator:
    # A message may hold lists of its own.
    return page.get_by_role("list", name="Messages in #support").locator("> *")


def posts(page: Page) -> Locator:
    return (
        messages(page)
        .filter(has=page.get_by_role("heading", name="Story of the week"))
        .filter(has=page.get_by_role("button", name="Tell us yours"))
    )


def offers(form: Locator) -> Locator:
    return form.get_by_role("listbox", name="Choices").get_by_role("option")
