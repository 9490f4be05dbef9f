"""A day on which people use everything, and what Slack sent to the bot on it: to be spoiled, or sent once more."""

from typing import Any

from playground import Playground
from playground.inspector import Delivery
from tests.submissions.people import CUP, STORY, card_of, sees, sends_a_story, waits_for
from tests.weekly.people import lists, post, sets_up

Json = dict[str, Any]

COMMANDS = ("empathy", "help", "themes", "mine", "review", "schedule", "saved", "this week", "submit", "surprise")


async def a_day(slack: Playground) -> None:
    """Commands, clicks, forms, menus, shortcuts, mentions and direct messages, from one morning to one evening."""
    ada, grace = slack.person("Ada"), slack.person("Grace")
    for words in COMMANDS:
        await ada.types(f"/story {words}")
    await ada.closes(whole_stack=True)
    await _reads(slack)
    await _tells(slack)
    await sets_up(grace, First_post="Now")
    told = await post(grace)
    await waits_for(lambda: [seen for seen in grace.sees("support") if seen.thread_ts == told.ts])
    for label in ("I tried this", "Save"):
        await ada.clicks(label, on=told)
    for label in ("Pause", "Resume", "Skip"):
        await grace.clicks(label, on=await lists(grace))
    await grace.clicks("Pin a story", on=await lists(grace))
    await grace.fills({"Story": "The diamond in the vacuum"})
    await grace.submits()
    await slack.settled()


async def _reads(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("/story empathy")
    card = ada.last()
    for label in ("Another one", "Read it all", "Share to channel"):
        await ada.clicks(label, on=card)
    await ada.closes()
    await ada.opens("storybot")
    await ada.types("@storybot a story about teamwork please", channel="support")
    await ada.types("humour", channel="storybot")
    await slack.settled()


async def _tells(slack: Playground) -> None:
    ada, grace = slack.person("Ada"), slack.person("Grace")
    await ada.uses_shortcut("Share a service story", channel="random")
    await sends_a_story(ada, CUP)
    await ada.closes()
    await grace.clicks("Approve", on=await card_of(grace))
    await ada.types(STORY, channel="support")
    await ada.uses_shortcut("Save as a service story", on=ada.last("support"))
    await ada.closes()
    await ada.types("/story submit")
    await sends_a_story(ada, {**CUP, "Title": "The second cup"})
    # It reads like the first one: that is shown before it is taken.
    await ada.submits()
    await ada.closes()
    await grace.clicks("Reject", on=await card_of(grace, "The second cup"))
    await grace.fills({"Why?": ["Not a service story"]})
    await grace.submits()
    for verdict in ("is in the library now", "It was not taken this time"):
        await sees(ada, verdict, "storybot")
    for decided in ("Approved by @Grace", "Rejected by @Grace"):
        await sees(grace, decided, "story-review")


def payloads(slack: Playground) -> list[Delivery]:
    """One request of each kind and name, and those that Slack sends when nobody does anything."""
    seen = {(delivery.kind, delivery.name, delivery.payload.get("type")): delivery for delivery in slack.requests}
    sent = next(each.payload for each in seen.values() if each.payload.get("type") == "view_submission")
    closed = {key: value for key, value in sent.items() if key not in ("trigger_id", "response_urls")}
    org = {"id": "E0000001", "name": "An organisation"}
    more: list[tuple[str, Json]] = [
        ("interactive", {**closed, "type": "view_closed", "is_cleared": True}),
        ("interactive", {**sent, "team": None, "enterprise": org, "is_enterprise_install": True}),
        ("event", {"type": "url_verification", "challenge": "c0ffee", "token": "t"}),
        ("command", {"ssl_check": "1", "token": "t"}),
    ]
    return [*seen.values(), *(Delivery(kind, "", payload, 0.0) for kind, payload in more)]
