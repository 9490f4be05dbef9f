"""Who somebody is to an app: members, guests, strangers, groups, and what Slack tells of each."""

from typing import Any, get_args

import pytest
from slack_sdk.errors import SlackApiError

from playground import Playground
from playground.team import Role
from tests.playground.tiny_bot import SCOPES, Bot, actions, button, manifest

FLAGS = ("is_admin", "is_owner", "is_restricted", "is_ultra_restricted", "is_bot", "deleted", "is_stranger")


@pytest.mark.parametrize(
    ("role", "told"),
    [
        ("member", set()),
        ("admin", {"is_admin"}),
        ("owner", {"is_admin", "is_owner"}),
        ("guest", {"is_restricted"}),
        ("single-channel guest", {"is_restricted", "is_ultra_restricted"}),
        ("stranger", set()),
        ("bot", {"is_bot"}),
        ("deactivated", {"deleted"}),
    ],
)
async def test_an_app_is_told_what_somebody_is(slack: Playground, bot: Bot, role: Role, told: set[str]) -> None:
    sam = slack.add_person("Sam", role=role)
    user = (await bot.client.users_info(user=sam.id))["user"]
    assert {flag for flag in FLAGS if user.get(flag)} == told
    assert (user["team_id"] == slack.team_id) == (role != "stranger")
    assert ("is_admin" in user) == (role != "deactivated"), "Slack tells no roles of those who left"


def test_every_role_can_be_given_to_somebody(slack: Playground) -> None:
    people = [slack.add_person(f"{role} Sam", role=role) for role in get_args(Role)]
    assert len({person.id for person in people}) == 8


async def test_somebody_can_become_what_they_were_not(slack: Playground, bot: Bot) -> None:
    ada = slack.person("Ada")
    ada.user.is_admin = True
    assert (await bot.client.users_info(user=ada.id))["user"]["is_admin"]


async def test_a_stranger_is_called_one_only_while_no_channel_is_shared_with_the_app(
    slack: Playground, bot: Bot
) -> None:
    met = slack.add_person("Sam", role="stranger", team="Acme")
    unmet = slack.add_person("Sue", role="stranger", team="Acme", channels=("random",))
    met_told, unmet_told = [(await bot.client.users_info(user=who.id))["user"] for who in (met, unmet)]
    assert (met_told["is_stranger"], unmet_told["is_stranger"]) == (False, True)
    assert met_told["team_id"] == unmet_told["team_id"] != slack.team_id
    shared = (await bot.client.conversations_info(channel=slack.channel("general").id))["channel"]
    assert (shared["is_ext_shared"], shared["is_shared"]) == (True, True)


async def test_what_a_stranger_does_carries_their_own_workspace_beside_the_installed_one(
    slack: Playground, bot: Bot
) -> None:
    sam = slack.add_person("Sam", role="stranger")
    card = await bot.client.chat_postMessage(channel="general", text="Pick", blocks=[actions(button("Approve"))])
    await sam.clicks("Approve", on=sam.last())
    await sam.types(f"<@{slack.bot_user_id}> hello @echo")

    event, click = sorted((delivery.payload for delivery in slack.requests), key=lambda told: "event" not in told)
    assert click["team"]["id"] == slack.team_id
    assert click["user"]["team_id"] == sam.user.team_id != slack.team_id
    assert event["team_id"] == slack.team_id
    assert event["event"]["user_team"] == event["event"]["team"] == sam.user.team_id
    assert event["is_ext_shared_channel"]
    assert card["message"]["team"] == slack.team_id


async def test_everybody_has_a_time_zone_of_their_own(slack: Playground, bot: Bot) -> None:
    margaret = (await bot.client.users_info(user=slack.person("Margaret").id))["user"]
    assert (margaret["tz"], margaret["tz_label"], margaret["tz_offset"]) == ("Asia/Kolkata", "IST", 19_800)


async def test_a_bot_of_others_says_so_in_its_messages(slack: Playground, bot: Bot) -> None:
    other = slack.add_person("Deploys", role="bot")
    await other.types("@echo are you there?")
    [mention] = [delivery.payload["event"] for delivery in slack.requests]
    assert mention["bot_id"] == other.user.bot_id


async def test_the_members_of_a_user_group_come_and_go(slack: Playground, bot: Bot) -> None:
    slack.install(manifest(scopes=[*SCOPES, "usergroups:read"]), request_url=bot.url)
    grace, margaret = slack.person("Grace").id, slack.person("Margaret").id
    group = slack.add_user_group("story-moderators", ["Grace", "Margaret"])
    assert (await bot.client.usergroups_users_list(usergroup=group))["users"] == [grace, margaret]
    slack.change_user_group(group, ["Grace"])
    assert (await bot.client.usergroups_users_list(usergroup=group))["users"] == [grace]

    [told] = (await bot.client.usergroups_list(include_users=True, include_count=True))["usergroups"]
    assert (told["id"], told["handle"], told["users"], told["user_count"]) == (group, "story-moderators", [grace], 1)
    with pytest.raises(SlackApiError, match="no_such_subteam"):
        await bot.client.usergroups_users_list(usergroup="S404")


async def test_user_groups_need_their_scope(slack: Playground, bot: Bot) -> None:
    with pytest.raises(SlackApiError) as refusal:
        await bot.client.usergroups_users_list(usergroup=slack.add_user_group("leads", []))
    told: Any = refusal.value.response
    assert (told["error"], told["needed"], told["provided"]) == (
        "missing_scope",
        "usergroups:read",
        ",".join(sorted(SCOPES)),
    )


async def test_nobody_opens_a_conversation_with_a_bot_or_with_somebody_who_left(slack: Playground, bot: Bot) -> None:
    for role, error in (("bot", "cannot_dm_bot"), ("deactivated", "user_disabled")):
        who = slack.add_person(f"Former {role}", role=role)
        with pytest.raises(SlackApiError, match=error):
            await bot.client.conversations_open(users=who.id)


async def test_the_leads_and_the_app_have_a_private_channel_to_decide_in(slack: Playground, bot: Bot) -> None:
    assert slack.lead_ids == (slack.person("Grace").id, slack.person("Margaret").id)
    await bot.client.chat_postMessage(channel=slack.review_channel_id, text="Something to decide")
    assert slack.person("Grace").last("story-review").drawn == "Something to decide"
    with pytest.raises(LookupError):
        slack.person("Ada").sees("story-review")
