"""A story on its way, in the page: Ada tells it, Grace decides, and Ada has the last word."""

from collections.abc import AsyncIterator
from typing import Any

from playwright.async_api import Locator, Page, expect

from playground import Playground
from tests.page.conftest import fixture_on_one_loop, on_one_loop
from tests.submissions.conftest import Start, start, workspace_with_a_desk
from tests.submissions.people import CUP, STORY

pytestmark = on_one_loop

__all__ = ["start"]

CONSENT = "No customer can be recognised in it, or they agreed to it"


@fixture_on_one_loop
async def desk(start: Start) -> AsyncIterator[Playground]:
    async with workspace_with_a_desk(start) as slack:
        yield slack


def messages(page: Page, channel: str = "#general") -> Locator:
    # A list within a message has items too.
    return page.get_by_role("list", name=f"Messages in {channel}").locator("> li")


async def at_the_desk(desk: Playground, visit: Any) -> Page:
    """Grace looks at the channel where stories wait."""
    grace: Page = await visit(desk, "grace")
    await grace.get_by_role("button", name="story-review").click()
    await grace.get_by_role("heading", name="story-review", level=1).wait_for()
    return grace


async def opens_the_form(page: Page, words: str = "") -> Locator:
    await page.get_by_label("Message #general").fill(f"/story submit {words}".strip())
    await page.keyboard.press("Enter")
    form = page.get_by_role("dialog", name="Share a service story")
    await form.wait_for()
    return form


async def fills_in(form: Locator, story: str = STORY) -> None:
    await form.get_by_role("textbox", name="Title").fill(CUP["Title"])
    await form.get_by_role("textbox", name="What happened").fill(story)
    await form.get_by_role("checkbox", name="Empathy").check()
    await form.get_by_label(CONSENT).check()


async def tells(page: Page) -> None:
    form = await opens_the_form(page)
    await fills_in(form)
    await form.get_by_role("button", name="Send").click()
    thanks = page.get_by_role("dialog", name="Thank you")
    await expect(thanks).to_contain_text("A moderator reads it soon")
    await thanks.get_by_role("button", name="Close").last.click()
    await expect(thanks).to_be_hidden()


async def test_ada_is_warned_and_mends_it(desk: Playground, visit: Any) -> None:
    ada = await visit(desk)
    form = await opens_the_form(ada, CUP["Title"])
    await expect(form.get_by_role("textbox", name="Title")).to_have_value(CUP["Title"])
    await fills_in(form, f"{STORY} Call her on +44 20 7946 0018.")
    await form.get_by_role("button", name="Send").click()
    await expect(form).to_contain_text("Line 1 seems to hold a phone number.")
    await expect(form.get_by_role("button", name="Send anyway")).to_be_visible()
    await expect(form.get_by_role("checkbox", name="Empathy")).to_be_checked()

    await form.get_by_role("textbox", name="What happened").fill(STORY)
    await form.get_by_role("button", name="Send anyway").click()
    await expect(ada.get_by_role("dialog", name="Thank you")).to_be_visible()
    grace = await at_the_desk(desk, visit)
    card = messages(grace, "#story-review").last
    await expect(card).to_contain_text("The cup behind the counter")
    await expect(card).not_to_contain_text("Look closely")


async def test_an_error_stands_at_its_field(desk: Playground, visit: Any) -> None:
    ada = await visit(desk)
    form = await opens_the_form(ada)
    await fills_in(form, "Too short.")
    await form.get_by_role("button", name="Send").click()
    await expect(form.get_by_role("textbox", name="What happened")).to_have_attribute("aria-invalid", "true")
    await expect(form).to_contain_text("It has 10 characters; at least 40 are needed.")


async def test_an_unticked_box_says_what_it_asks(desk: Playground, visit: Any) -> None:
    ada = await visit(desk)
    form = await opens_the_form(ada)
    await fills_in(form)
    await form.get_by_role("checkbox", name="Empathy").uncheck()
    await form.get_by_label(CONSENT).uncheck()
    await form.get_by_role("button", name="Send").click()
    await expect(form).to_contain_text(f"Please tick this box: “{CONSENT}”.")
    await expect(form).to_contain_text("Please choose.")


async def test_grace_approves_ada_is_told_and_linus_finds_it(desk: Playground, visit: Any) -> None:
    ada, grace = await visit(desk), await at_the_desk(desk, visit)
    await tells(ada)
    card = messages(grace, "#story-review").last
    await expect(card).to_contain_text("by @Ada")
    await card.get_by_role("button", name="Approve: ").first.click()
    await expect(card).to_contain_text("Approved by @Grace")
    await expect(card.get_by_role("button", name="Reject")).to_have_count(0)

    note = await visit(desk, "ada", "storybot")
    await expect(messages(note, "@storybot").last).to_contain_text("is in the library now. Thank you!")
    linus = await visit(desk, "linus")
    await linus.get_by_label("Message #general").fill("/story paper cup behind the counter")
    await linus.keyboard.press("Enter")
    await expect(messages(linus).last).to_contain_text("told by Ada")


async def test_grace_rejects_with_a_reason_and_ada_sends_it_again(desk: Playground, visit: Any) -> None:
    ada, grace = await visit(desk), await at_the_desk(desk, visit)
    await tells(ada)
    card = messages(grace, "#story-review").last
    await card.get_by_role("button", name="Reject").click()
    why = grace.get_by_role("dialog", name="Reject this story")
    await why.get_by_label("Too little happened to learn from").check()
    await why.get_by_role("textbox", name="In your own words").fill("Tell us how it ended.")
    await why.get_by_role("button", name="Reject").click()
    await expect(why).to_be_hidden()
    await expect(card).to_contain_text("Rejected by @Grace")

    note = await visit(desk, "ada", "storybot")
    told = messages(note, "@storybot").last
    await expect(told).to_contain_text("Tell us how it ended.")
    await told.get_by_role("button", name="Change and send again").click()
    await expect(note.get_by_role("dialog").get_by_role("textbox", name="What happened")).to_have_value(STORY)


async def test_grace_edits_and_approves(desk: Playground, visit: Any) -> None:
    ada, grace = await visit(desk), await at_the_desk(desk, visit)
    await tells(ada)
    card = messages(grace, "#story-review").last
    await card.get_by_role("button", name="Edit and approve").click()
    form = grace.get_by_role("dialog", name="Edit and approve")
    await form.get_by_role("textbox", name="Title").fill("Paid with a paper cup")
    await form.get_by_role("button", name="Approve").click()
    await expect(form).to_be_hidden()
    await expect(card.get_by_role("heading")).to_have_text("Paid with a paper cup")
    await expect(card).to_contain_text("Changed by a moderator: title.")


async def test_ada_looks_at_hers_changes_one_and_takes_it_back(desk: Playground, visit: Any) -> None:
    ada = await visit(desk)
    await tells(ada)
    await ada.get_by_label("Message #general").fill("/story mine")
    await ada.keyboard.press("Enter")
    mine = messages(ada).last
    await expect(mine).to_contain_text("waits for a moderator")
    await mine.get_by_role("button", name="Change").click()
    form = ada.get_by_role("dialog", name="Change your story")
    await form.get_by_role("textbox", name="Title").fill("The paper cup")
    await form.get_by_label(CONSENT).check()
    await form.get_by_role("button", name="Save").click()
    await expect(ada.get_by_role("dialog", name="Thank you")).to_be_visible()
    await ada.keyboard.press("Escape")

    await mine.get_by_role("button", name="Withdraw").click()
    asked = ada.get_by_role("dialog", name="Withdraw this story?")
    await asked.get_by_role("button", name="Withdraw").click()
    await expect(mine).to_contain_text("The paper cup: withdrawn")


async def test_with_the_keyboard_alone(desk: Playground, visit: Any) -> None:
    ada = await visit(desk)
    await ada.get_by_label("Message #general").focus()
    await ada.keyboard.type(f"/story submit {CUP['Title']}")
    await ada.keyboard.press("Enter")
    form = ada.get_by_role("dialog", name="Share a service story")
    await expect(form.get_by_role("textbox", name="Title")).to_be_focused()
    await reaches(ada, form.get_by_role("textbox", name="What happened"))
    await ada.keyboard.type(STORY)
    await reaches(ada, form.get_by_role("checkbox", name="Empathy"))
    await ada.keyboard.press("Space")
    await reaches(ada, form.get_by_label(CONSENT))
    await ada.keyboard.press("Space")
    await ada.keyboard.press("Control+Enter")
    await expect(ada.get_by_role("dialog", name="Thank you")).to_be_visible()

    grace = await at_the_desk(desk, visit)
    approve = messages(grace, "#story-review").last.get_by_role("button", name="Approve: ").first
    await expect(approve).to_be_visible()
    await reaches(grace, approve)
    await grace.keyboard.press("Enter")
    await expect(messages(grace, "#story-review").last).to_contain_text("Approved by @Grace")


async def reaches(page: Page, wanted: Locator) -> None:
    """Press Tab until it is there."""
    for _ in range(80):
        if await wanted.evaluate("one => one === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not lead to {wanted}")
