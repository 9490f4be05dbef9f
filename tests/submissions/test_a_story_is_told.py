"""From the form to the library: somebody tells a story, a moderator approves it, and the team finds it."""

from playground import Playground
from tests.submissions.people import sends_a_story, waits_for

STORY = (
    "A regular came in without her purse and with a crying baby. Our barista made the usual, carried the pram up the "
    "stairs, and wrote the price on a paper cup that still hangs behind the counter."
)


async def test_a_story_is_told_approved_and_found(desk: Playground) -> None:
    ada, grace, linus = desk.person("Ada"), desk.person("Grace"), desk.person("Linus")
    await ada.types("/story submit The cup behind the counter")
    await sends_a_story(ada, {"What happened": STORY})
    assert ada.modal is not None
    assert "A moderator reads it soon" in ada.modal.drawn

    card = await waits_for(lambda: grace.last("story-review"))
    assert "by @Ada" in card.drawn
    await grace.clicks("Approve", on=card)
    assert await waits_for(lambda: "Approved by @Grace" in grace.last("story-review").drawn)
    assert await waits_for(lambda: "is in the library now" in ada.last("storybot").drawn)

    await linus.types("/story paper cup behind the counter")
    assert "told by Ada" in linus.last().drawn
