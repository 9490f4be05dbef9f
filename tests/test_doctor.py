"""Somebody about to run the bot, or for whom something is amiss, asks the doctor."""

import json
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.config import Settings
from bot.domain.installation import Installation, Tokens
from bot.domain.schedule import Schedule
from bot.domain.slots import Timing
from bot.domain.workspace import Workspace
from bot.manifest import manifest
from bot.seeing.doctor import examine
from bot.seeing.finding import Finding, State
from bot.storage.database import FILE_NAME, opened
from bot.storage.installations import InstallationStore
from bot.storage.sealing import Seal
from bot.storage.weekly import WeeklyStore
from playground import Playground
from tests.postgres import Postgres
from tests.test_running import environment, free_port, storybot, until_ready

Shell = dict[str, str]


@pytest.fixture
async def workspace() -> AsyncIterator[Playground]:
    async with Playground() as slack:
        slack.install(manifest(Settings()))
        yield slack


@pytest.fixture
def shell(workspace: Playground, cache: Path, tmp_path: Path) -> Shell:
    """What whoever runs the bot has in their environment."""
    return environment(workspace, 3000, cache, tmp_path / "data")


async def found(shell: Shell, state: State, config: Path | None = None) -> dict[str, str]:
    """What the doctor finds in this state, and what it says."""
    findings = [finding async for finding in examine(config, shell)]
    assert all(bool(finding.mend) == (finding.state is not State.WELL) for finding in findings)
    return {one.about: f"{one.what} {one.mend}" for one in findings if one.state is state}


async def test_before_the_first_start_all_is_well_and_nothing_was_made(shell: Shell, tmp_path: Path) -> None:
    assert await found(shell, State.WRONG) == {}
    well = await found(shell, State.WELL)
    assert well.keys() == {"Configuration", "Packs", "Encoder", "Database", "Token", "Clock", "Scopes"}
    assert not (tmp_path / "data").exists()


async def test_after_the_try_out_it_says_that_only_a_real_slack_needs_tokens(cache: Path, tmp_path: Path) -> None:
    shell = {"STORYBOT_CACHE": str(cache), "STORYBOT_DATA": str(tmp_path / "data")}
    wrong = await found(shell, State.WRONG)
    assert wrong.keys() == {"Slack"}
    assert all(words in wrong["Slack"] for words in ("“make try” needs none", "SLACK_APP_TOKEN for Socket Mode"))
    assert {"Packs", "Encoder", "Database"} <= (await found(shell, State.WELL)).keys()


async def test_whoever_has_begun_is_told_what_is_missing_for_socket_mode_and_for_http(shell: Shell) -> None:
    del shell["SLACK_BOT_TOKEN"], shell["SLACK_SIGNING_SECRET"]
    by_socket = {"SLACK_APP_TOKEN": "xapp-1"}
    assert [one.what.split(":")[0] for one in await wrongs(shell | by_socket)] == ["SLACK_BOT_TOKEN"]
    [missing] = await wrongs(shell | {"SLACK_BOT_TOKEN": "xoxb-1"})
    assert missing.what.startswith("SLACK_SIGNING_SECRET")
    assert "or set SLACK_APP_TOKEN to run in Socket Mode" in missing.mend


async def wrongs(shell: Shell) -> list[Finding]:
    return [one async for one in examine(None, shell) if one.state is State.WRONG]


async def test_beside_a_running_bot_all_is_well_too(workspace: Playground, cache: Path, tmp_path: Path) -> None:
    port = free_port()
    shell = environment(workspace, port, cache, tmp_path / "data")
    async with storybot(shell) as process:
        await until_ready(port, process)
        assert await found(shell, State.WRONG) == {}
        assert "every migration" in (await found(shell, State.WELL))["Database"]


async def test_everything_wrong_with_the_settings_is_told_and_the_rest_looked_at_all_the_same(
    shell: Shell, tmp_path: Path
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("comand: /x\n")
    del shell["SLACK_BOT_TOKEN"]
    findings = [one async for one in examine(config, shell)]
    wrong = [one.what for one in findings if one.state is State.WRONG]
    assert any("config.yaml:1" in what and "comand" in what for what in wrong)
    assert any("SLACK_BOT_TOKEN" in what for what in wrong)
    assert "Encoder" in {one.about for one in findings if one.state is State.WELL}


async def test_a_pack_that_is_not_there_is_missed(shell: Shell, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("packs: [builtin, ours]\n")
    assert "ours" in (await found(shell, State.WRONG, config))["Packs"]


async def test_a_token_that_slack_refuses_is_told_with_slack_s_word(shell: Shell) -> None:
    shell["SLACK_BOT_TOKEN"] = "xoxb-wrong"
    wrong = await found(shell, State.WRONG)
    assert wrong.keys() == {"Token"}
    assert "invalid_auth" in wrong["Token"]


async def test_an_app_token_is_tried_as_well(shell: Shell, workspace: Playground) -> None:
    shell["SLACK_APP_TOKEN"] = workspace.app_token
    assert "App token" in await found(shell, State.WELL)
    shell["SLACK_APP_TOKEN"] = "xapp-wrong"
    assert "invalid_auth" in (await found(shell, State.WRONG))["App token"]


async def test_without_a_way_to_slack_that_is_all_that_is_told(cache: Path, tmp_path: Path) -> None:
    async with Playground() as slack:
        shell = environment(slack, 3000, cache, tmp_path / "data")
    wrong = await found(shell, State.WRONG)
    assert wrong.keys() == {"Token"}
    assert slack.api_url in wrong["Token"]


async def test_scopes_of_an_older_manifest_are_missed_by_name(shell: Shell, workspace: Playground) -> None:
    older = manifest(Settings())
    older["oauth_config"]["scopes"]["bot"].remove("channels:join")
    async with Playground() as slack:
        slack.install(older)
        shell |= {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_API_URL": slack.api_url}
        wrong = await found(shell, State.WRONG)
    assert "channels:join is missing" in wrong["Scopes"]
    assert "reinstall" in wrong["Scopes"]


async def test_a_review_channel_has_to_have_the_bot_in_it(shell: Shell, workspace: Playground, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(f"moderation:\n  channel: {workspace.review_channel_id}\n  moderators: [U0000001]\n")
    assert "Review channel #story-review" in await found(shell, State.WELL, config)
    workspace.remove("storybot", "story-review")
    wrong = await found(shell, State.WRONG, config)
    assert "/invite" in " ".join(wrong.values())


async def test_where_nobody_may_decide_it_says_who_can_change_that(shell: Shell) -> None:
    assert "/story settings" in (await found(shell, State.NOTE))["Moderators"]


async def test_a_channel_that_was_archived_cannot_be_told_its_story_of_the_week(
    shell: Shell, workspace: Playground, tmp_path: Path
) -> None:
    grace, now = workspace.person("Grace").id, datetime.now(UTC)
    async with opened(None, tmp_path / "data") as database:
        for channel in ("support", "general"):
            timing, channel_id = Timing(0, time(9), "Europe/London"), workspace.channel(channel).id
            begun = Schedule(Workspace("", workspace.team_id), channel_id, f"schedule-{channel}", grace, timing)
            await WeeklyStore(database).keep(None, begun.set_up(grace, timing, (), asks_question=True, now=now), now)
    assert "2 channels" in (await found(shell, State.WELL))["Weekly channels"]
    workspace.archive("support")
    assert await found(shell, State.WRONG) == {"Weekly channel #support": "It is archived. Choose another channel."}


async def test_a_clock_that_is_off_is_seen_by_what_slack_shows(shell: Shell) -> None:
    def an_hour_ago() -> datetime:
        return datetime.now(UTC) - timedelta(hours=1)

    told = {one.about: one async for one in examine(None, shell, an_hour_ago)}
    assert told["Clock"].state is State.WRONG
    assert "NTP" in told["Clock"].mend


async def test_a_database_of_a_newer_storybot_is_left_alone(shell: Shell, tmp_path: Path) -> None:
    async with opened(None, tmp_path / "data") as database, database.writing() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert "newer Storybot" in (await found(shell, State.WRONG))["Database"]


async def test_migrations_that_wait_are_told_and_not_applied(shell: Shell, tmp_path: Path) -> None:
    async with opened(None, tmp_path / "data") as database, database.writing() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    for _ in range(2):
        assert "migration" in (await found(shell, State.NOTE))["Database"]


async def test_a_folder_that_cannot_be_written_keeps_nothing(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("this is no folder")
    assert "STORYBOT_DATA" in (await found(shell, State.WRONG))["Database"]


async def test_postgresql_is_asked_for_its_time(shell: Shell, postgres: Postgres) -> None:
    url = postgres.fresh_url()
    async with opened(url, None):
        pass
    assert "PostgreSQL" in (await found(shell | {"STORYBOT_DATABASE_URL": url}, State.WELL))["Database"]
    shell["STORYBOT_DATABASE_URL"] = "postgresql://nobody:secret@127.0.0.1:1/none"
    wrong = (await found(shell, State.WRONG))["Database"]
    assert "secret" not in wrong
    assert "Look whether it runs" in wrong


@pytest.mark.parametrize("token", ["", "xoxb-wrong"])
async def test_a_monitor_reads_the_exit_status_and_json(shell: Shell, token: str) -> None:
    if token:
        shell["SLACK_BOT_TOKEN"] = token
    command = [sys.executable, "-m", "bot", "doctor", "--json"]
    process = await create_subprocess_exec(*command, env=shell, stdout=PIPE, stderr=PIPE)
    said, complained = await process.communicate()
    told = json.loads(said)
    assert process.returncode == (1 if token else 0)
    assert told["well"] is not bool(token)
    assert {"about", "state", "what", "mend"} == told["findings"][0].keys()
    assert complained == b""


async def test_a_settings_file_that_is_not_there_ends_it_as_it_does_every_command(shell: Shell) -> None:
    args = (sys.executable, "-m", "bot", "doctor", "--config", "missing.yaml")
    process = await create_subprocess_exec(*args, env=shell, stdout=PIPE, stderr=PIPE)
    found, said = await process.communicate()
    assert process.returncode == 2
    assert found == b""
    assert b"missing.yaml: The settings cannot be read: No such file" in said
    assert b"name another file with --config" in said


async def test_a_database_that_was_made_stays_where_it_is(shell: Shell, tmp_path: Path) -> None:
    async with opened(None, tmp_path / "data"):
        pass
    before = (tmp_path / "data" / FILE_NAME).read_bytes()
    assert await found(shell, State.WRONG) == {}
    assert (tmp_path / "data" / FILE_NAME).read_bytes() == before


async def test_of_many_workspaces_each_token_is_tried_and_a_key_that_fits_none_is_told(
    shell: Shell, workspace: Playground, tmp_path: Path
) -> None:
    del shell["SLACK_BOT_TOKEN"]
    key, other = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    shell |= {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "secret", "STORYBOT_SECRET_KEYS": key}
    async with opened(None, tmp_path / "data") as database:
        assert "/slack/install" in (await found(shell, State.NOTE))["Tokens"]
        store, now = InstallationStore(database, Seal([key])), datetime.now(UTC)
        await store.install(Installation("", workspace.team_id, Tokens(workspace.bot_token), now), [])
        await store.install(Installation("", "T9999999", Tokens("xoxb-wrong"), now), [])
    assert f"Token of {workspace.team_id}" in await found(shell, State.WELL)
    assert (await found(shell, State.WRONG)).keys() == {"Token of T9999999"}
    assert "STORYBOT_SECRET_KEYS" in (await found(shell | {"STORYBOT_SECRET_KEYS": other}, State.WRONG))["Tokens"]
