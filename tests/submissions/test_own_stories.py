"""Whom a team's own stories are for: its people, and nobody else."""

import json
from urllib.parse import urlencode

import pytest

from playground import Playground
from playground.person import Person
from tests.submissions.people import CUP, card_of, sees, tells

ASK = "paper cup behind the counter"


async def takes_in_a_story(desk: Playground) -> None:
    grace = desk.person("Grace")
    await tells(desk.person("Ada"))
    await grace.clicks("Approve", on=await card_of(grace))
    await sees(grace, "Approved by @Grace", "story-review")


async def test_a_guest_is_told_what_the_team_told(desk: Playground) -> None:
    await takes_in_a_story(desk)
    gus = desk.person("Gus")
    await gus.types(f"/story {ASK}", channel="support")
    assert "told by Ada" in gus.last("support").drawn


async def test_a_stranger_in_a_shared_channel_is_not(desk: Playground) -> None:
    await takes_in_a_story(desk)
    eve, linus = desk.add_person("Eve", role="stranger"), desk.person("Linus")
    await eve.types(f"/story {ASK}")
    await eve.types(f"@storybot {ASK}")
    await desk.settled()
    assert all(CUP["Title"] not in seen.drawn for seen in eve.sees())

    await linus.types(f"/story {ASK}")
    await linus.clicks("Share to channel", on=linus.last())
    shared = await sees(eve, "shared a story", "general")
    await eve.clicks("Read it all", on=shared)
    assert eve.modal is None
    assert "no longer in the library" in eve.last().drawn


async def test_who_cannot_be_looked_up_is_taken_for_a_stranger(desk: Playground) -> None:
    await takes_in_a_story(desk)
    linus = desk.person("Linus")
    desk.fail("users.info", "internal_error")
    await linus.types(f"/story {ASK}")
    assert CUP["Title"] not in linus.last().drawn
    await linus.types(f"/story {ASK}")
    assert CUP["Title"] in linus.last().drawn


async def test_another_workspace_never_hears_of_it(desk: Playground) -> None:
    await takes_in_a_story(desk)
    linus = desk.person("Linus")
    await linus.types(f"/story {ASK}")
    asked = next(delivery for delivery in reversed(desk.requests) if delivery.kind == "command")
    assert CUP["Title"] in json.dumps(asked.answer)

    elsewhere = urlencode({**asked.payload, "team_id": "T0ELSEWHERE"}).encode()
    headers = {**desk.sign(elsewhere), "Content-Type": "application/x-www-form-urlencoded"}
    status, answer = await desk.sends(elsewhere, headers)
    assert status == 200
    assert CUP["Title"] not in answer


@pytest.mark.parametrize("ask", ["/story themes", "/story empathy", "/story"])
async def test_before_there_are_any_nobody_is_looked_up(desk: Playground, ask: str) -> None:
    linus: Person = desk.person("Linus")
    await linus.types(ask)
    assert not any(call.method == "users.info" for call in desk.calls)
