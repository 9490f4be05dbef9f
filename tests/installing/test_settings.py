"""Whoever runs Storybot for many workspaces: what the environment needs, and what the manifest then asks for."""

import asyncio
import signal
from pathlib import Path

import aiohttp
import pytest

from bot.config import Installing, Settings, load_to_run
from bot.errors import ProblemsError
from bot.manifest import manifest
from playground import Playground, Team
from tests.installing.conftest import KEY, Browser
from tests.installing.kept import everything
from tests.submissions.people import sees
from tests.test_running import environment, free_port, storybot, until_ready

MANY = {
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "s3cret",
    "SLACK_SIGNING_SECRET": "signing",
    "STORYBOT_SECRET_KEYS": KEY,
}


def test_many_workspaces_need_no_token_of_one() -> None:
    _, connection = load_to_run(None, MANY)
    assert connection.bot_token is None
    assert connection.credentials
    assert "s3cret" not in repr(connection)
    assert KEY not in repr(connection)


@pytest.mark.parametrize("missing", ["SLACK_CLIENT_SECRET", "SLACK_SIGNING_SECRET", "STORYBOT_SECRET_KEYS"])
def test_what_is_missing_is_named(missing: str) -> None:
    with pytest.raises(ProblemsError) as told:
        load_to_run(None, {name: value for name, value in MANY.items() if name != missing})
    assert [problem.path for problem in told.value.problems] == [missing]


def test_a_token_of_one_workspace_and_an_app_for_many_are_too_much() -> None:
    with pytest.raises(ProblemsError, match="Take one of the two away"):
        load_to_run(None, MANY | {"SLACK_BOT_TOKEN": "xoxb-1"})


def test_the_manifest_asks_for_installing_only_where_people_install() -> None:
    events = ["app_uninstalled", "team_access_granted", "team_access_revoked", "tokens_revoked"]
    alone = manifest(Settings(), "https://stories.example.com")
    assert "redirect_urls" not in alone["oauth_config"]
    assert not set(events) & set(alone["settings"]["event_subscriptions"]["bot_events"])

    installing = Installing(address="https://stories.example.com", org_wide=True, rotating_tokens=True)
    many = manifest(Settings(installing=installing), "https://stories.example.com")
    assert many["oauth_config"]["redirect_urls"] == ["https://stories.example.com/slack/oauth_redirect"]
    assert set(events) <= set(many["settings"]["event_subscriptions"]["bot_events"])
    assert many["settings"]["org_deploy_enabled"]
    assert many["settings"]["token_rotation_enabled"]


async def test_with_a_token_of_one_workspace_nothing_of_installing_is_served(
    slack: Playground, cache: Path, tmp_path: Path
) -> None:
    port = free_port()
    async with (
        storybot(environment(slack, port, cache, tmp_path)) as process,
        aiohttp.ClientSession() as session,
    ):
        await until_ready(port, process)
        for path in ("/slack/install", "/slack/oauth_redirect"):
            async with session.get(f"http://127.0.0.1:{port}{path}") as answer:
                assert answer.status == 404


async def test_a_process_that_is_installed_and_left_logs_no_secret_at_all(
    slack: Playground, acme: Team, cache: Path, tmp_path: Path
) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    secrets = {
        "SLACK_CLIENT_ID": slack.client_id,
        "SLACK_CLIENT_SECRET": slack.client_secret,
        "STORYBOT_SECRET_KEYS": KEY,
        "LOG_LEVEL": "DEBUG",
    }
    env = environment(slack, port, cache, tmp_path) | secrets
    del env["SLACK_BOT_TOKEN"]
    made = manifest(Settings(installing=Installing(address=address, rotating_tokens=True)), address)
    slack.register(made, request_url=f"{address}/slack/events")
    async with storybot(env) as process:
        await until_ready(port, process)
        browser = Browser(slack, address)
        back = slack.consents(await browser.sets_out(), acme.person("Zoe"))
        assert (await browser.opens(back))[0] == 200
        assert (await browser.opens(back))[0] == 400
        await browser.close()
        await sees(acme.person("Zoe"), "Three first steps", "storybot")
        token = acme.bot_token
        refresh = slack._cloud.tokens._by_access[token].refresh
        acme.uninstall()
        await slack.settled()
        process.send_signal(signal.SIGTERM)
        _, logged = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0
    said = logged.decode()
    assert f"Installed in {acme.team_id}" in said
    kept = str(everything(tmp_path))
    code, state = (back.partition(f"{name}=")[2].partition("&")[0] for name in ("code", "state"))
    for secret in (token, refresh, code, state, KEY, slack.client_secret, slack.signing_secret):
        assert secret
        assert secret not in said
        assert secret not in kept
