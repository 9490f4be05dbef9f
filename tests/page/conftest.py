"""A real browser, a workspace with a tiny app in it, and people who look at the page."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.domain.library import Library
from bot.matching import Matcher
from playground import Playground
from tests.conftest import workspace_with_storybot
from tests.page.waiter import Waiter, waiting

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    # A machine for tests has no mouse; these people have one.
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",
]
# In milliseconds. Nothing here promises a time, and a busy machine takes its own.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)
Visit = Callable[..., Awaitable[Page]]

# What drives the browser takes a second to start, and belongs to one event loop: all who look at a page share that.
on_one_loop = pytest.mark.asyncio(loop_scope="session")
fixture_on_one_loop = pytest_asyncio.fixture(loop_scope="session")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all tests."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        reason = "no chromium on this machine; on Debian: apt-get install chromium"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        await browser.close()


@fixture_on_one_loop
async def visit(browser: Browser) -> AsyncIterator[Visit]:
    """`await visit(slack, "ada", "general", width=…, dark=…)` is a person's window, ready to use.

    A page that throws, logs an error, or asks anything of another host fails the test.
    """
    trouble: list[str] = []
    contexts = []

    async def open_window(
        slack: Playground,
        person: str = "ada",
        channel: str = "general",
        *,
        width: int = 1280,
        height: int = 800,
        dark: bool = False,
    ) -> Page:
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        page.on("pageerror", lambda error: trouble.append(f"the page threw {error}"))
        page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
        page.on(
            "response",
            lambda got: trouble.append(f"{got.status} {got.request.post_data}") if got.status >= 400 else None,
        )
        page.on("request", lambda asked: None if asked.url.startswith(slack.url) else trouble.append(asked.url))
        await page.goto(f"{slack.url}/#{person}/{channel}")
        await page.get_by_role("heading", level=1).wait_for()
        return page

    yield open_window
    for context in contexts:
        await context.close()
    assert not trouble


@fixture_on_one_loop
async def cafe() -> AsyncIterator[tuple[Playground, Waiter]]:
    """A workspace whose app is a waiter: what these tests look at is the page, not Storybot."""
    async with Playground() as slack, waiting(slack) as waiter:
        yield slack, waiter


@fixture_on_one_loop
async def slack(library: Library, matcher: Matcher, tmp_path: Path) -> AsyncIterator[Playground]:
    async with workspace_with_storybot(library, matcher, tmp_path) as slack:
        yield slack
