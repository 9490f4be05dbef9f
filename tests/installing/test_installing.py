"""People add Storybot to their workspaces in a browser, and Slack tells when they take it away."""

import asyncio
import json
import re

import aiohttp

from playground import Playground, Team
from tests.installing.conftest import Running
from tests.submissions.people import card_of, chooses, sees, tells


async def test_zoe_installs_it_is_welcomed_and_asks_for_a_story(
    slack: Playground, acme: Team, running: Running
) -> None:
    async with running() as browser:
        zoe = acme.person("Zoe")
        status, page = await browser.opens()
        assert status == 200
        for words in ("Add to Slack", "app_mentions:read", "To hear when somebody mentions it."):
            assert words in page
        assert "<script" not in page

        status, page = await browser.installs(zoe)
        assert status == 200
        for words in ("Storybot is in Acme", "/story empathy", "Open Slack"):
            assert words in page
        assert acme.is_installed

        await sees(zoe, "Three first steps", "storybot")
        assert len(zoe.sees("storybot")) == 1
        await zoe.types("/story empathy")
        assert "Takeaway:" in zoe.last("general").drawn
        acme.invite("storybot", "general")
        await zoe.types("@storybot teamwork")
        assert any("Takeaway:" in message.drawn for message in zoe.sees("general") if not message.ephemeral)


async def test_whoever_cancels_has_changed_nothing_and_can_begin_again(
    slack: Playground, acme: Team, running: Running
) -> None:
    async with running() as browser:
        status, page = await browser.installs(acme.person("Zoe"), allow=False)
        assert status == 200
        assert "Nothing has changed" in page
        assert 'href="/slack/install"' in page
        assert not acme.is_installed
        assert (await browser.installs(acme.person("Zoe")))[0] == 200


async def test_a_link_is_good_for_one_browser_once_and_for_ten_minutes(
    slack: Playground, acme: Team, running: Running
) -> None:
    async with running() as browser, aiohttp.ClientSession() as stranger:
        back = slack.consents(await browser.sets_out(), acme.person("Zoe"))
        async with stranger.get(back) as answer:
            assert answer.status == 400, "another browser has not the cookie"
        assert not acme.is_installed
        assert (await browser.opens(back))[0] == 200
        assert (await browser.opens(back))[0] == 400, "used"

        late = slack.consents(await browser.sets_out(), acme.person("Zoe"))
        slack.clock.advance(10 * 60)
        assert (await browser.opens(late))[0] == 400
        for nonsense in ("", "?code=x", "?state=%ff&code=x", "?error=access_denied", f"?state={'x' * 5000}&code=x"):
            assert (await browser.opens(f"/slack/oauth_redirect{nonsense}"))[0] == 400


async def test_of_three_hundred_that_come_back_at_once_one_wins(
    slack: Playground, acme: Team, running: Running
) -> None:
    async with running() as browser:
        back = slack.consents(await browser.sets_out(), acme.person("Zoe"))
        cookies = {"storybot_install": re.search(r"state=([\w-]+)", back)[1]}  # type: ignore[index]
        async with aiohttp.ClientSession(cookies=cookies) as session:

            async def come_back() -> int:
                async with session.get(back) as answer:
                    return answer.status

            statuses = await asyncio.gather(*(come_back() for _ in range(300)))
        assert sorted(statuses) == [200] + [400] * 299
        assert [call.method for call in slack.calls].count("oauth.v2.access") == 1


async def test_the_cookie_is_for_the_way_back_alone(slack: Playground, running: Running) -> None:
    async with running() as browser, aiohttp.ClientSession() as session:
        url = f"{browser.address}/slack/install"
        async with session.post(url, allow_redirects=False) as answer:
            [local] = answer.headers.getall("Set-Cookie")
        async with session.post(url, headers={"Host": "stories.example.com"}, allow_redirects=False) as answer:
            [public] = answer.headers.getall("Set-Cookie")
        for part in ("HttpOnly", "SameSite=Lax", "Max-Age=600", "Path=/slack/oauth_redirect"):
            assert part in local
        assert "Secure" in public
        async with session.get(url) as answer:
            policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy


async def test_while_slack_does_not_answer_nothing_is_installed_and_it_says_to_try_again(
    slack: Playground, acme: Team, running: Running
) -> None:
    async with running() as browser:
        slack.fail("oauth.v2.access", status=500)
        status, page = await browser.installs(acme.person("Zoe"))
        assert status == 503
        assert "Try again" in page
        assert (await browser.installs(acme.person("Zoe")))[0] == 200


async def test_two_companies_never_see_each_other_s_stories(slack: Playground, acme: Team, running: Running) -> None:
    async with running() as browser:
        ada, grace, zoe = slack.person("Ada"), slack.person("Grace"), acme.person("Zoe")
        for installer in (grace, zoe):
            assert (await browser.installs(installer))[0] == 200
        await chooses(grace, {"Moderators": ["Grace"]})
        await tells(ada, Title="The zanzibar tea")
        await grace.clicks("Approve", on=await card_of(grace, "The zanzibar tea", "storybot"))
        await sees(ada, "zanzibar tea", "storybot")
        await ada.types("/story zanzibar tea")
        assert "The zanzibar tea" in ada.last().drawn

        for words in ("/story zanzibar tea", "/story mine", "/story review"):
            await zoe.types(words)
            assert "The zanzibar tea" not in zoe.last().drawn
        spoke = {call.arguments.get("channel") for call in slack.calls if call.method == "chat.postMessage" and call.ok}
        assert not any("zanzibar" in message.drawn for message in zoe.sees("storybot"))
        assert spoke, "the bot did speak"


JSON = {"Content-Type": "application/json"}


async def test_where_it_is_not_installed_people_are_told_how_to_and_events_are_taken_in_silence(
    slack: Playground, acme: Team, running: Running
) -> None:
    async with running() as browser:
        command = f"command=%2Fstory&text=mine&team_id={acme.team_id}&user_id=U1&channel_id=C1".encode()
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        view = {"type": "modal", "callback_id": "submit_form", "id": "V1", "state": {"values": {}}}
        who = {"team": {"id": acme.team_id}, "user": {"id": "U1"}}
        sent = json.dumps({"type": "view_submission", "view": view, **who}).encode()
        for body, headers in ((command, form), (sent, JSON)):
            status, answer = await slack.sends(body, slack.sign(body) | headers)
            assert status == 200
            assert f"add me again at {browser.address}/slack/install" in answer

        event = {"type": "app_mention", "user": "U1", "channel": "C1", "ts": "1.2", "text": "<@U2> empathy"}
        told = {"type": "event_callback", "event_id": "Ev1", "team_id": acme.team_id, "event": event}
        shortcut = {"type": "shortcut", "callback_id": "submit_story", "trigger_id": "1.2", **who}
        for payload in (told, shortcut):
            body = json.dumps(payload).encode()
            assert await slack.sends(body, slack.sign(body) | JSON) == (200, "")
        assert slack.calls == []
