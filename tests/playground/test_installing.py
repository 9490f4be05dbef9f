"""Installing by OAuth, tokens that rotate and end, several workspaces, and an organisation of them."""

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground import Limits, Person, Playground, Team
from playground.errors import Refusal
from tests.playground.tiny_bot import SCOPES, Bot, actions, button, manifest

Json = dict[str, Any]
BACK = "http://127.0.0.1:1/slack/oauth_redirect"
EVENTS = ["app_mention", "app_uninstalled", "tokens_revoked", "team_access_granted", "team_access_revoked"]
SETTINGS = {"event_subscriptions": {"bot_events": EVENTS}}


def distributed(**settings: bool) -> Json:
    """The manifest of an app that others install."""
    oauth = {"redirect_urls": [BACK], "scopes": {"bot": SCOPES}}
    return manifest(oauth_config=oauth, settings={**SETTINGS, **settings})


@pytest.fixture
async def acme(slack: Playground, bot: Bot) -> Team:
    """Another workspace, in which Zoe could install the app."""
    slack.register(distributed(), request_url=bot.url)
    acme = slack.add_team("Acme")
    acme.add_person("Zoe", role="admin")
    return acme


def link(slack: Playground, **changes: str) -> str:
    asked = {"client_id": slack.client_id, "scope": ",".join(SCOPES), "redirect_uri": BACK, "state": "s1", **changes}
    return f"{slack.authorize_url}?{urlencode(asked)}"


def brought_back(url: str) -> dict[str, str]:
    """What the browser brings to the app's redirect page."""
    assert url.startswith(BACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


async def access(slack: Playground, secret: str | None = None, **told: str) -> Any:
    """Call oauth.v2.access with the app's id and secret, or another secret, as HTTP Basic credentials."""
    credentials = aiohttp.encode_basic_auth(slack.client_id, secret or slack.client_secret)
    client = AsyncWebClient(base_url=slack.api_url)
    return await client.api_call("oauth.v2.access", params=told, headers={"Authorization": credentials})


async def installed(slack: Playground, person: Person, *, org_wide: bool = False) -> Any:
    """What the app gets when somebody follows its link and allows it."""
    code = brought_back(slack.consents(link(slack), person, org_wide=org_wide))["code"]
    return await access(slack, code=code, redirect_uri=BACK)


def client(slack: Playground, token: str) -> AsyncWebClient:
    return AsyncWebClient(token=token, base_url=slack.api_url)


async def refused(call: Any) -> str:
    with pytest.raises(SlackApiError) as refusal:
        await call
    return str(refusal.value.response["error"])


async def test_somebody_allows_it_and_the_app_gets_a_token_for_their_workspace(slack: Playground, acme: Team) -> None:
    zoe = acme.person("Zoe")
    assert not acme.is_installed
    assert brought_back(slack.consents(link(slack), zoe, allow=False)) == {"error": "access_denied", "state": "s1"}
    assert not acme.is_installed

    answer = await installed(slack, zoe)
    assert acme.is_installed
    assert (answer["team"], answer["enterprise"]) == ({"id": acme.team_id, "name": "Acme"}, None)
    assert (answer["authed_user"]["id"], answer["bot_user_id"]) == (zoe.id, acme.bot_user_id)
    assert answer["access_token"] == acme.bot_token
    assert "refresh_token" not in answer
    me = await client(slack, answer["access_token"]).auth_test()
    assert (me["team_id"], me["bot_id"]) == (acme.team_id, acme.bot_id)


async def test_a_code_works_once_for_ten_minutes_and_for_the_app_alone(slack: Playground, acme: Team) -> None:
    codes = [brought_back(slack.consents(link(slack), acme.person("Zoe")))["code"] for _ in range(2)]
    assert await refused(access(slack, secret="guess", code=codes[0])) == "bad_client_secret"
    assert await refused(access(slack, code=codes[0], redirect_uri=f"{BACK}/else")) == "bad_redirect_uri"
    await access(slack, code=codes[0], redirect_uri=BACK)
    assert await refused(access(slack, code=codes[0], redirect_uri=BACK)) == "code_already_used"
    slack.clock.advance(601)
    assert await refused(access(slack, code=codes[1], redirect_uri=BACK)) == "invalid_code"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "1.2"}, "invalid_client_id"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"scope": ""}, "no_scopes"),
        ({"redirect_uri": "https://evil.test/"}, "bad_redirect_uri"),
        ({"redirect_uri": f"{BACK}.evil.test"}, "bad_redirect_uri"),
    ],
)
async def test_a_wrong_link_is_refused(slack: Playground, acme: Team, changes: dict[str, str], error: str) -> None:
    with pytest.raises(Refusal, match=error):
        slack.consents(link(slack, **changes), acme.person("Zoe"))
    async with aiohttp.ClientSession() as browser, browser.get(link(slack, **changes)) as page:
        assert (page.status, error in await page.text()) == (400, True)


async def test_workspaces_keep_to_themselves(slack: Playground, bot: Bot, acme: Team) -> None:
    slack.install(distributed(), request_url=bot.url)
    await installed(slack, acme.person("Zoe"))
    acme.invite("echo", "general")
    here, there = client(slack, slack.bot_token), client(slack, acme.bot_token)
    await there.chat_postMessage(channel=acme.channel("general").id, text="For Acme", blocks=[actions(button("Take"))])

    assert acme.person("Zoe").last().drawn == "[Take]"
    assert slack.person("Ada").sees() == []
    assert await refused(here.chat_postMessage(channel=acme.channel("general").id, text="x")) == "channel_not_found"
    assert await refused(here.users_info(user=acme.person("Zoe").id)) == "user_not_found"
    await acme.person("Zoe").clicks("Take", on=acme.person("Zoe").last())
    await acme.person("Zoe").types("/echo")
    click, command = (delivery.payload for delivery in slack.requests)
    assert (click["team"]["id"], command["team_id"]) == (acme.team_id, acme.team_id)
    trigger_id = command["trigger_id"]
    view = {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": []}
    assert await refused(here.views_open(trigger_id=trigger_id, view=view)) == "invalid_trigger_id"
    await there.views_open(trigger_id=trigger_id, view=view)
    assert (await bot.respond(command["response_url"], text="Answered"))[0] == 200
    assert acme.person("Zoe").last().drawn == "Answered"


async def test_a_rotating_token_ends_after_twelve_hours_and_its_refresh_token_works_once(
    slack: Playground, bot: Bot, acme: Team
) -> None:
    slack.register(distributed(token_rotation_enabled=True), request_url=bot.url)
    first = await installed(slack, acme.person("Zoe"))
    assert first["access_token"].startswith("xoxe.xoxb-")
    assert first["expires_in"] == 12 * 3600
    renewal = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = await access(slack, **renewal)
    assert await refused(access(slack, **renewal)) == "invalid_refresh_token"
    for answer in (first, second):
        await client(slack, answer["access_token"]).auth_test()
    await access(slack, grant_type="refresh_token", refresh_token=second["refresh_token"])
    assert await refused(client(slack, first["access_token"]).auth_test()) == "token_revoked"
    slack.clock.advance(12 * 3600)
    assert await refused(client(slack, second["access_token"]).auth_test()) == "token_expired"


async def test_uninstalling_is_told_and_ends_the_token_and_installing_again_works(
    slack: Playground, bot: Bot, acme: Team
) -> None:
    token = (await installed(slack, acme.person("Zoe")))["access_token"]
    acme.invite("echo", "general")
    acme.uninstall()
    await slack.settled()
    assert sorted(delivery.name for delivery in slack.requests) == ["app_uninstalled", "tokens_revoked"]
    assert {delivery.payload["team_id"] for delivery in slack.requests} == {acme.team_id}
    assert await refused(client(slack, token).auth_test()) == "account_inactive"
    await acme.person("Zoe").types("/echo")
    assert "is not a valid command" in acme.person("Zoe").last().drawn

    again = (await installed(slack, acme.person("Zoe")))["access_token"]
    assert again != token
    assert await refused(client(slack, again).chat_postMessage(channel="general", text="x")) == "not_in_channel"


async def test_the_app_can_revoke_its_token_or_uninstall_itself(slack: Playground, bot: Bot, acme: Team) -> None:
    token = (await installed(slack, acme.person("Zoe")))["access_token"]
    assert not (await client(slack, token).auth_revoke(test=True))["revoked"]
    assert (await client(slack, token).auth_revoke())["revoked"]
    assert await refused(client(slack, token).auth_test()) == "token_revoked"
    await slack.settled()
    [told] = [delivery.payload["event"] for delivery in slack.requests]
    assert told["tokens"]["bot"] == [acme.bot_user_id]

    token = (await installed(slack, acme.person("Zoe")))["access_token"]
    uninstall = client(slack, token).apps_uninstall
    await uninstall(client_id=slack.client_id, client_secret=slack.client_secret)
    assert not acme.is_installed


async def test_an_organisation_installs_once_for_all_of_its_workspaces(slack: Playground, bot: Bot) -> None:
    slack.register(distributed(org_deploy_enabled=True), request_url=bot.url)
    organisation, [north, south] = slack.add_organisation("Globex", ["Globex North", "Globex South"])
    nina, sam = north.add_person("Nina", role="admin"), south.add_person("Sam")
    answer = await installed(slack, nina, org_wide=True)
    assert (answer["team"], answer["is_enterprise_install"]) == (None, True)
    assert answer["enterprise"] == {"id": organisation.id, "name": "Globex"}
    assert north.bot_token == south.bot_token == answer["access_token"]
    assert north.bot_user_id == south.bot_user_id

    app = client(slack, answer["access_token"])
    for team, person in ((north, nina), (south, sam)):
        team.invite("echo", "general")
        await app.chat_postMessage(channel=team.channel("general").id, text=f"Hello {person.name}")
        assert person.last().drawn == f"Hello {person.name}"
    assert await refused(app.conversations_list()) == "missing_argument"
    assert len((await app.conversations_list(team_id=south.team_id))["channels"]) == 1

    await sam.types("@echo hello")
    await sam.types("/echo")
    mention, command = (delivery.payload for delivery in slack.requests)
    assert (mention["team_id"], mention["enterprise_id"]) == (south.team_id, organisation.id)
    assert mention["authorizations"][0]["is_enterprise_install"]
    assert (command["enterprise_id"], command["is_enterprise_install"]) == (organisation.id, "true")


async def test_an_organisation_takes_a_workspace_away_and_gives_it_back(slack: Playground, bot: Bot) -> None:
    slack.register(distributed(org_deploy_enabled=True), request_url=bot.url)
    _, [north, south] = slack.add_organisation("Globex", ["Globex North", "Globex South"])
    app = client(slack, (await installed(slack, north.add_person("Nina"), org_wide=True))["access_token"])
    slack.revoke_access(south)
    assert not south.is_installed
    assert await refused(app.conversations_list(team_id=south.team_id)) == "team_access_not_granted"
    slack.grant_access(south)
    await app.conversations_list(team_id=south.team_id)
    north.uninstall()
    assert [team.is_installed for team in (north, south)] == [False, False]
    await slack.settled()
    told = [(delivery.name, delivery.payload["event"].get("team_ids")) for delivery in slack.requests]
    assert told[:2] == [("team_access_revoked", [south.team_id]), ("team_access_granted", [south.team_id])]
    assert {name for name, _ in told[2:]} == {"tokens_revoked", "app_uninstalled"}


async def test_each_workspace_has_its_own_rate_limit() -> None:
    async with Playground(rate_limits=Limits(burst=1, a_minute=1)) as slack:
        slack.install(distributed())
        slack.register(distributed())
        acme = slack.add_team("Acme")
        await installed(slack, acme.add_person("Zoe"))
        acme.invite("echo", "general")
        for token in (slack.bot_token, acme.bot_token):
            posts = [client(slack, token).chat_postMessage(channel="general", text="x") for _ in range(2)]
            answers = await asyncio.gather(*posts, return_exceptions=True)
            assert sum(isinstance(answer, SlackApiError) for answer in answers) == 1
