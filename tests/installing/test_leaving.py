"""Companies take Storybot away and add it again; what Slack tells of it comes in any order, and more than once."""

from pathlib import Path

import pytest

from playground import Playground, Team
from playground.inspector import Call
from tests.installing.conftest import Browser, Running, asks_until
from tests.installing.kept import everything, naming, tokens
from tests.submissions.people import card_of, chooses, sees, tells, waits_for
from tests.weekly.people import sets_up

A_DAY = 24 * 3600


def greetings(slack: Playground) -> list[Call]:
    return [call for call in slack.calls if call.ok and "Three first steps" in str(call.arguments.get("text"))]


async def installs(browser: Browser, team: Team) -> None:
    """Zoe installs it, and it is in #general after it has greeted her."""
    zoe = team.person("Zoe")
    greeted = len(greetings(browser.slack))
    assert (await browser.installs(zoe))[0] == 200
    await waits_for(lambda: len(greetings(browser.slack)) > greeted)
    team.invite("storybot", "general")


@pytest.mark.parametrize("first", ["app_uninstalled", "tokens_revoked"])
async def test_after_leaving_there_is_no_token_no_post_and_no_call(
    slack: Playground, acme: Team, running: Running, tmp_path: Path, first: str
) -> None:
    async with running() as browser:
        await installs(browser, acme)
        await sets_up(acme.person("Zoe"), "general")
        assert everything(tmp_path)["schedules"][0]["next_due_at"]
        assert len(tokens(tmp_path)) == 1
        assert acme.bot_token not in str(everything(tmp_path)), "it is sealed"

        acme.uninstall()
        await slack.settled()
        told = [delivery for delivery in slack.requests if delivery.name in ("app_uninstalled", "tokens_revoked")]
        assert len(told) == 2
        calls = len(slack.calls)
        for delivery in sorted(told * 2, key=lambda delivery: delivery.name != first):
            assert (await slack.redelivers(delivery)).status == 200
        assert tokens(tmp_path) == []
        [schedule] = everything(tmp_path)["schedules"]
        assert (schedule["pause"], schedule["next_due_at"]) == ("by_hand", None)
    async with running():
        slack.clock.advance(8 * A_DAY)
        await tells_something(slack)
        assert len(slack.calls) == calls


async def tells_something(slack: Playground) -> None:
    """Time for the bot to do what is due: a request that it answers."""
    body = b"command=%2Fstory&text=empathy&team_id=T0&user_id=U1&channel_id=C1"
    assert (await slack.sends(body, slack.sign(body) | {"Content-Type": "application/x-www-form-urlencoded"}))[0] == 200


async def test_whoever_adds_it_again_finds_schedules_paused_and_stories_there(
    slack: Playground, acme: Team, running: Running, tmp_path: Path
) -> None:
    async with running() as browser:
        zoe, yan = acme.person("Zoe"), acme.person("Yan")
        await installs(browser, acme)
        await sets_up(zoe, "general")
        await chooses(zoe, {"Moderators": ["Zoe"]})
        await tells(yan, Title="The zanzibar tea")
        await zoe.clicks("Approve", on=await card_of(zoe, "The zanzibar tea", "storybot"))
        acme.uninstall()
        await slack.settled()
        old = list(slack.requests)[-2:]
        slack.clock.advance(A_DAY)
        await installs(browser, acme)

        # What Slack tells once more is about the installation before.
        for delivery in old:
            assert (await slack.redelivers(delivery)).status == 200
        assert len(tokens(tmp_path)) == 1
        await zoe.types("/story zanzibar tea")
        assert "The zanzibar tea" in zoe.last().drawn
        await zoe.types("/story schedule", channel="general")
        assert "Paused" in zoe.last("general").drawn
        await zoe.clicks("Resume", on=zoe.last("general"))
        assert everything(tmp_path)["schedules"][0]["next_due_at"]


async def test_when_slack_does_not_say_whether_a_token_is_revoked_it_has_to_tell_again(
    slack: Playground, acme: Team, running: Running, tmp_path: Path
) -> None:
    async with running(rotating_tokens=True) as browser:
        await installs(browser, acme)
        slack.fail("auth.test", status=500)
        slack._cloud.revoke(acme.bot_token)
        await slack.settled()
        told = [delivery.status for delivery in slack.requests if delivery.name == "tokens_revoked"]
        assert told == [503, 200]
        assert tokens(tmp_path) == []


async def test_thirty_days_later_nothing_of_them_is_left_and_others_keep_theirs(
    slack: Playground, acme: Team, running: Running, tmp_path: Path
) -> None:
    async with running() as browser:
        zoe, yan, ada = acme.person("Zoe"), acme.person("Yan"), slack.person("Ada")
        await installs(browser, acme)
        assert (await browser.installs(slack.person("Grace")))[0] == 200
        await chooses(zoe, {"Moderators": ["Zoe"]})
        await tells(yan, Title="The zanzibar tea")
        await zoe.clicks("Approve", on=await card_of(zoe, "The zanzibar tea", "storybot"))
        await tells(ada, Title="The tea of others")
        acme.uninstall()
        await slack.settled()
        slack.clock.advance(29 * A_DAY)
        assert "submissions" in naming(tmp_path, acme.team_id)
        slack.clock.advance(A_DAY)
        await waits_for(lambda: set(naming(tmp_path, acme.team_id)) == {"installations", "libraries"})
        for secret in (yan.id, "zanzibar"):
            assert naming(tmp_path, secret) == []
        assert "submissions" in naming(tmp_path, slack.team_id)

        await installs(browser, acme)
        # What a bot that runs on still has in memory is gone within five seconds.
        await asks_until(zoe, "/story zanzibar tea", "I have nothing on")


async def test_an_organisation_counts_in_its_workspaces_until_it_takes_one_away(
    slack: Playground, running: Running, tmp_path: Path
) -> None:
    async with running(org_wide=True) as browser:
        organisation, [north, south] = slack.add_organisation("Globex", ["North", "South"])
        nina, sam = north.add_person("Nina", role="admin"), south.add_person("Sam", role="admin")
        status, page = await browser.installs(nina, org_wide=True)
        assert status == 200
        assert "Storybot is in Globex" in page
        assert [row["team_id"] for row in everything(tmp_path)["installations"]] == [""]
        await sees(nina, "Three first steps", "storybot")
        for team, person in ((north, nina), (south, sam)):
            team.invite("storybot", "general")
            await person.types("/story empathy")
            assert "Takeaway:" in person.last().drawn
            await person.types("@storybot teamwork")
            assert any("Takeaway:" in message.drawn for message in person.sees() if not message.ephemeral)
            await sets_up(person, "general")

        slack.revoke_access(south)
        await slack.settled()
        paused = {row["team_id"]: row["pause"] for row in everything(tmp_path)["schedules"]}
        assert paused == {north.team_id: None, south.team_id: "by_hand"}
        slack.grant_access(south)
        await slack.settled()
        south.invite("storybot", "general")
        await sam.types("@storybot humour")
        assert sum("Takeaway:" in message.drawn for message in sam.sees() if not message.ephemeral) == 2

        north.uninstall()
        await slack.settled()
        assert tokens(tmp_path) == []
        assert {row["pause"] for row in everything(tmp_path)["schedules"]} == {"by_hand"}
        slack.clock.advance(30 * A_DAY)
        await waits_for(lambda: everything(tmp_path)["schedules"] == [])
        assert set(naming(tmp_path, organisation.id)) <= {"installations", "libraries"}
