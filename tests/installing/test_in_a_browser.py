"""The whole way in a real browser: our page, Slack's, and back, with its cookies, redirects and content policy."""

from collections.abc import AsyncIterator

from playwright.async_api import Browser as Chromium

from playground import Playground, Team
from tests.installing.conftest import Running
from tests.page.conftest import browser, fixture_on_one_loop, on_one_loop  # noqa: F401 # a fixture

pytestmark = on_one_loop


@fixture_on_one_loop
async def slack() -> AsyncIterator[Playground]:
    async with Playground() as slack:
        yield slack


async def test_zoe_clicks_her_way_through(
    slack: Playground,
    acme: Team,
    running: Running,
    browser: Chromium,  # noqa: F811
) -> None:
    async with running() as visit:
        context = await browser.new_context()
        page = await context.new_page()
        refused: list[str] = []
        page.on("console", lambda said: refused.append(said.text))
        await page.goto(f"{visit.address}/slack/install")
        await page.get_by_role("button", name="Add to Slack").click()
        await page.get_by_label("You are").select_option(label="Zoe")
        await page.get_by_role("button", name="Allow").click()
        await page.get_by_role("heading", name="Storybot is in Acme").wait_for()
        assert await page.get_by_role("link", name="Open Slack").get_attribute("href")
        assert acme.is_installed

        await page.reload()
        await page.get_by_role("heading", name="That did not work").wait_for()
        await page.get_by_role("link", name="Begin again").click()
        await page.get_by_role("button", name="Add to Slack").click()
        await page.get_by_role("button", name="Cancel").click()
        await page.get_by_role("heading", name="You did not install it").wait_for()
        assert [line for line in refused if "policy" in line.lower()] == []
        await context.close()
