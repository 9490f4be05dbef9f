"""Two Storybots for many workspaces, on one PostgreSQL: what ends at one of them ends at the other."""

import asyncio
from contextlib import nullcontext
from urllib.parse import urlencode

import pytest

from bot.config import Installing, Settings
from bot.manifest import manifest
from bot.storage.database import opened
from bot.storage.forgetting import Forgetting
from playground import Playground, Team
from tests.installing.conftest import Browser, Running, asks_until
from tests.postgres import Postgres
from tests.replicas.cut_off import cut_off
from tests.test_running import free_port


def reach(replica: Browser) -> None:
    """From now on whatever Slack sends reaches this one."""
    settings = Settings(installing=Installing(address=replica.address))
    replica.slack.register(manifest(settings, replica.address), request_url=f"{replica.address}/slack/events")


async def told(slack: Playground, team: Team) -> str:
    """What somebody would be told whose Slack still offers the command there."""
    zoe = {"team_id": team.team_id, "user_id": team.person("Zoe").id, "channel_id": team.channel("general").id}
    body = urlencode({"command": "/story", "text": "empathy", "trigger_id": "1.2.3", **zoe}).encode()
    headers = slack.sign(body) | {"Content-Type": "application/x-www-form-urlencoded"}
    return (await slack.sends(body, headers))[1]


@pytest.mark.parametrize("is_heard", [True, False])
async def test_uninstalled_at_one_it_says_so_at_the_other(
    slack: Playground, acme: Team, running: Running, postgres: Postgres, is_heard: bool
) -> None:
    url, zoe = postgres.fresh_url(), acme.person("Zoe")
    async with (
        running(database_url=url, port=free_port()) as one,
        running(database_url=url) as other,
        nullcontext() if is_heard else cut_off(url),
    ):
        assert (await one.installs(zoe))[0] == 200
        reach(other)
        await zoe.types("/story empathy")
        assert "Takeaway:" in zoe.last().drawn
        reach(one)
        acme.uninstall()
        await slack.settled()
        reach(other)
        async with asyncio.timeout(5):
            while "I am not installed in this workspace any more." not in await told(slack, acme):  # noqa: ASYNC110
                await asyncio.sleep(0.05)


@pytest.mark.parametrize("is_heard", [True, False])
async def test_forgotten_whoever_installed_it_may_no_longer_choose_at_any_of_them(
    slack: Playground, acme: Team, running: Running, postgres: Postgres, is_heard: bool
) -> None:
    url, zoe = postgres.fresh_url(), acme.person("Zoe")
    async with running(database_url=url) as first:
        assert (await first.installs(zoe))[0] == 200
    zoe.user.is_admin = False
    slack.clock.advance(3600)
    async with (
        running(database_url=url, port=free_port()) as one,
        running(database_url=url) as other,
        nullcontext() if is_heard else cut_off(url),
    ):
        for replica in (one, other):
            reach(replica)
            await zoe.types("/story settings")
            assert zoe.modal
            await zoe.closes()
        await zoe.types("/story empathy")
        async with opened(url, None) as database:
            assert await Forgetting(database).forget_user(acme.team_id, zoe.id, slack.now()) > 0
        for replica in (one, other):
            reach(replica)
            await asks_until(zoe, "/story settings", "Only workspace admins choose who reviews stories.")
