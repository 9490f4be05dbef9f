"""What people do with the story of the week, in a word each."""

from typing import Any

from playground import Playground, Seen
from playground.person import Person, SeenView
from tests.submissions.people import waits_for

MONDAY_AT_NINE = {"days": 4, "hours": 21}
"""From the Wednesday noon at which these stories begin to the first slot that is set up without saying when."""


async def opens_form(person: Person, channel: str = "support") -> SeenView:
    """The form to set up a new one."""
    await person.types("/story schedule", channel=channel)
    if person.modal is None:
        await person.clicks("Set one up", on=person.last(channel))
    assert person.modal is not None
    return person.modal


async def sets_up(person: Person, channel: str = "support", **words: Any) -> SeenView:
    """Set up a channel's story of the week, on Mondays at nine in London unless `words` say otherwise; what is said."""
    await opens_form(person, channel)
    fields = {"Time zone": "London", **{label.replace("_", " "): said for label, said in words.items()}}
    return await sends(person, fields)


async def sends(person: Person, fields: dict[str, Any]) -> SeenView:
    """Fill in and send the form that is open; what then stands in its place, or the form with its errors."""
    await person.fills(fields)
    await person.submits()
    assert person.modal is not None
    told = person.modal
    if told.submit is None:
        await person.closes(whole_stack=True)
    return told


async def lists(person: Person, channel: str = "support") -> Seen:
    """The list of schedules, asked for anew."""
    await person.types("/story schedule", channel=channel)
    return person.last(channel)


async def presses(person: Person, label: str, channel: str = "support") -> Seen:
    """Press a button of a list asked for anew; the last that is then seen."""
    await person.clicks(label, on=await lists(person, channel))
    return person.last(channel)


async def changes(person: Person, **words: Any) -> SeenView:
    """Change the one schedule that there is."""
    await person.clicks("Change", on=await lists(person))
    return await sends(person, {label.replace("_", " "): said for label, said in words.items()})


async def pins(person: Person, words: str) -> SeenView:
    await person.clicks("Pin a story", on=await lists(person))
    return await sends(person, {"Story": words})


def posts(person: Person, channel: str = "support") -> list[Seen]:
    """Every story of the week that stands there."""
    return [seen for seen in person.sees(channel) if seen.text.startswith("Story of the week:") and not seen.ephemeral]


async def post(person: Person, number: int = 1, channel: str = "support") -> Seen:
    """The story of the week of this number, as soon as it is there."""
    return await waits_for(lambda: posts(person, channel)[number - 1])


def title(post: Seen) -> str:
    """As a post or the story for one's own eyes tells it, the line under the heading."""
    return post.drawn.splitlines()[1]


def coming(listed: Seen) -> list[str]:
    """The titles of the stories that the one schedule of a list will tell."""
    lines = (element for block in listed.blocks for element in block.get("elements", ()))
    stories = next(element for element in lines if element.get("style") == "ordered")
    return [story["elements"][1]["text"] for story in stories["elements"]]


def note(person: Person, words: str) -> list[Seen]:
    """The direct messages of the bot that say these words."""
    return [seen for seen in person.sees("storybot") if words in seen.drawn]


def posted_in(slack: Playground, channel: str = "support") -> int:
    """How many calls were made to post there, whatever became of them."""
    channel_id = slack.channel(channel).id
    return sum(
        call.method == "chat.postMessage" and call.arguments.get("channel") == channel_id for call in slack.calls
    )
