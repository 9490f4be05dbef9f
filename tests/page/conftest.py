"""A real browser, a workspace with a tiny app in it, and people who look at the page."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
from playwright.async_api import Browser, Page, async_playwright

from playground import Playground
from tests.page.waiter import Waiter, waiting

ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # A machine for tests has no mouse; these people have one.
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",
    "--remote-debugging-port=0",
    "about:blank",
]
START_SECONDS = 30
Visit = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
def browser_url() -> Iterator[str]:
    """Where one Chromium for all tests listens. Each test talks to it from its own event loop."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        reason = "no chromium on this machine; on Debian: apt-get install chromium"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [chromium, *ARGUMENTS, f"--user-data-dir={profile}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        with process:
            assert process.stderr is not None
            found = next((line for line in process.stderr if line.startswith("DevTools listening on ")), None)
            assert found, "chromium ended before it listened"
            yield found.removeprefix("DevTools listening on ").strip()
            process.kill()


@pytest.fixture
async def browser(browser_url: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.connect_over_cdp(browser_url, timeout=START_SECONDS * 1000)
        yield browser


@pytest.fixture
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
        context.set_default_timeout(8000)
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


@pytest.fixture
async def cafe() -> AsyncIterator[tuple[Playground, Waiter]]:
    """A workspace whose app is a waiter: what these tests look at is the page, not Storybot."""
    async with Playground() as slack, waiting(slack) as waiter:
        yield slack, waiter
