"""Whoever runs the bot looks at its figures: they tell what happened, and nothing of whom."""

import json
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.app import serve
from bot.config import Settings, load_to_run
from bot.domain.library import Library
from bot.errors import ProblemsError
from bot.manifest import manifest
from bot.matching import Matcher
from playground import Playground
from tests.conftest import connection_to


@dataclass
class Watched:
    """A bot in a workspace, and the address at which its figures are."""

    slack: Playground
    port: int
    metrics_port: int

    async def text(self) -> str:
        url = f"http://127.0.0.1:{self.metrics_port}/metrics"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            assert answer.status == 200
            return await answer.text()

    async def figures(self) -> dict[str, float]:
        """Each series by its name and labels, as Prometheus writes them."""
        families = text_string_to_metric_families(await self.text())
        return {_written(s.name, s.labels): s.value for family in families for s in family.samples}


def _written(name: str, labels: dict[str, str]) -> str:
    inside = ",".join(f'{label}="{value}"' for label, value in labels.items())
    return f"{name}{{{inside}}}" if inside else name


@pytest.fixture
async def watched(library: Library, matcher: Matcher, tmp_path: Path) -> AsyncIterator[Watched]:
    async with Playground() as slack:
        connection = replace(connection_to(slack, tmp_path), metrics_port=0)
        async with serve(Settings(), connection, library, matcher) as serving:
            url = f"http://127.0.0.1:{serving.port}"
            slack.install(request_url=f"{url}/slack/events", manifest=manifest(Settings(), url))
            assert serving.metrics_port
            yield Watched(slack, serving.port, serving.metrics_port)


def grown(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """What was counted in between; other tests may have counted before."""
    return {name: value - before.get(name, 0.0) for name, value in after.items() if value != before.get(name, 0.0)}


async def test_an_operator_sees_what_was_asked_and_how_well_it_was_answered(watched: Watched) -> None:
    before = await watched.figures()
    ada = watched.slack.person("Ada")
    await ada.types("/story empathy", channel="general")
    await ada.types("/story kubernetes ingress timeout", channel="general")
    await ada.types("/story ???", channel="general")
    await ada.types("@storybot teamwork", channel="general")
    await ada.clicks("Another one", on=ada.last("general"))
    await watched.slack.settled()

    counted = grown(before, await watched.figures())
    assert counted['storybot_acks_total{kind="command",status="200"}'] == 3
    assert counted['storybot_ack_seconds_count{kind="command"}'] == 3
    assert counted['storybot_acks_total{kind="event",status="200"}'] >= 1
    assert counted['storybot_acks_total{kind="action",status="200"}'] == 1
    assert counted['storybot_matches_total{strength="strong"}'] == 2
    assert counted['storybot_matches_total{strength="weak"}'] == 1
    assert counted['storybot_matches_total{strength="none"}'] == 1
    assert counted['storybot_slack_calls_total{answer="ok",method="chat.postMessage"}'] == 1
    assert counted['storybot_slack_calls_total{answer="ok",method="response_url"}'] == 1


async def test_slack_s_bad_days_are_counted_by_its_own_words(watched: Watched) -> None:
    before = await watched.figures()
    slack, ada = watched.slack, watched.slack.person("Ada")
    slack.fail("chat.postMessage", error="msg_too_long")
    await ada.types("@storybot teamwork", channel="general")
    slack.fail("chat.postMessage", status=500)
    await ada.types("@storybot courage", channel="general")
    slack.fail("chat.postMessage", lost=True)
    await ada.types("@storybot humour", channel="general")
    await slack.settled()

    counted = grown(before, await watched.figures())
    answers = {name: value for name, value in counted.items() if "calls_total" in name and "postMessage" in name}
    assert answers['storybot_slack_calls_total{answer="msg_too_long",method="chat.postMessage"}'] == 1
    assert answers['storybot_slack_calls_total{answer="http_500",method="chat.postMessage"}'] == 1
    assert answers['storybot_slack_calls_total{answer="ServerDisconnectedError",method="chat.postMessage"}'] == 1


async def test_how_things_stand_is_there_from_the_start(watched: Watched, library: Library) -> None:
    figures = await watched.figures()
    assert figures["storybot_library_stories"] == len(library.stories)
    assert figures["storybot_encoder_up"] == 1
    assert figures["storybot_ready"] == 1
    assert figures["storybot_database_up"] == 1
    assert figures["storybot_outbox_waiting"] == 0
    assert figures["storybot_outbox_oldest_seconds"] == 0
    assert figures['storybot_schedules{state="active"}'] == 0
    assert figures['storybot_slots{result="missed"}'] == 0
    assert figures['storybot_database_seconds_count{use="reading"}'] > 0
    assert figures["process_resident_memory_bytes"] > 0


async def test_the_public_door_shows_no_figures(watched: Watched) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{watched.port}/metrics") as answer:
            assert answer.status == 404
        async with session.post(f"http://127.0.0.1:{watched.metrics_port}/slack/events") as answer:
            assert answer.status == 404


async def test_the_figures_name_nobody_and_do_not_grow_with_what_people_type(watched: Watched) -> None:
    ada = watched.slack.person("Ada")
    await ada.types("/story wombatword", channel="general")
    await ada.types("@storybot wombatword", channel="general")
    await watched.slack.settled()
    before = await watched.figures()
    for nth in range(5):
        await ada.types(f"/story wombatword {nth}", channel="general")
        await ada.types(f"@storybot wombatword {nth}", channel="general")
    await watched.slack.settled()
    text = await watched.text()
    assert (await watched.figures()).keys() == before.keys()
    for told in ("wombat", ada.id, watched.slack.team_id, watched.slack.bot_token):
        assert told not in text


DEPLOY = Path(__file__).parent.parent / "deploy"
NAME = re.compile(r"\b(?:storybot|process)_\w+")


def watched_for(file: str) -> set[str]:
    """The metrics that the dashboard's or the alerts' expressions name."""
    if file.endswith(".json"):
        panels = json.loads((DEPLOY / file).read_text())["panels"]
        expressions = [target["expr"] for panel in panels for target in panel["targets"]]
    else:
        groups = yaml.safe_load((DEPLOY / file).read_text())["groups"]
        expressions = [rule["expr"] for group in groups for rule in group["rules"]]
    return {name for expression in expressions for name in NAME.findall(expression)}


@pytest.mark.parametrize("file", ["grafana/storybot.json", "alerts.yaml"])
async def test_whatever_the_dashboard_and_the_alerts_look_at_is_there(watched: Watched, file: str) -> None:
    await watched.slack.person("Ada").types("/story empathy", channel="general")
    there = {name.partition("{")[0] for name in await watched.figures()}
    assert watched_for(file)
    assert watched_for(file) <= there


def test_every_alert_is_explained_where_it_says() -> None:
    guide = (DEPLOY.parent / "docs" / "operating.md").read_text()
    groups = yaml.safe_load((DEPLOY / "alerts.yaml").read_text())["groups"]
    alerts = [rule for group in groups for rule in group["rules"]]
    for alert in alerts:
        assert f"### {alert['alert']}\n" in guide
        assert alert["annotations"]["runbook_url"] == f"docs/operating.md#{alert['alert'].lower()}"
        assert alert["labels"]["severity"] in ("page", "ticket")


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed (Debian's package prometheus)")
def test_prometheus_takes_the_alerts() -> None:
    subprocess.run(["promtool", "check", "rules", str(DEPLOY / "alerts.yaml")], check=True, capture_output=True)


async def test_a_port_that_is_taken_is_told_by_its_variable(
    watched: Watched, library: Library, matcher: Matcher, tmp_path: Path
) -> None:
    taken = replace(connection_to(watched.slack, tmp_path / "other"), metrics_port=watched.metrics_port)
    with pytest.raises(ProblemsError, match="STORYBOT_METRICS_PORT"):
        async with serve(Settings(), taken, library, matcher):
            pass


def test_without_the_variable_there_is_no_port_and_with_it_only_this_machine_may_ask() -> None:
    shell = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"}
    assert load_to_run(None, shell)[1].metrics_port is None
    asked = load_to_run(None, shell | {"STORYBOT_METRICS_PORT": "9464"})[1]
    assert (asked.metrics_host, asked.metrics_port) == ("127.0.0.1", 9464)
    with pytest.raises(ProblemsError, match="STORYBOT_METRICS_PORT"):
        load_to_run(None, shell | {"STORYBOT_METRICS_PORT": "nine"})
