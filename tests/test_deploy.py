"""deploy/: what its files name is there."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from typer.testing import CliRunner

from bot.config import load_to_run
from bot.errors import ProblemsError
from bot.terminal import cli
from playground import Playground

DEPLOY = Path(__file__).parent.parent / "deploy"
CADDYFILE = (DEPLOY / "Caddyfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
BOTS = {name: service for name, service in COMPOSE["services"].items() if name.startswith("bot-")}
DOCKERFILE = (DEPLOY.parent / "Dockerfile").read_text()


class Asked(Mapping[str, str]):
    """An environment that knows what it was asked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        # Whoever has this is asked for the rest.
        if name == "SLACK_CLIENT_ID":
            return "1.2"
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def test_every_variable_that_a_bot_is_given_is_one_that_it_reads() -> None:
    asked = Asked()
    with pytest.raises(ProblemsError):
        load_to_run(None, asked)
    for bot in BOTS.values():
        assert bot["environment"].keys() <= asked.names


def test_compose_waits_until_a_bot_is_ready() -> None:
    for bot in BOTS.values():
        assert ":3000/readyz" in bot["healthcheck"]["test"][-1]
        assert "PORT" not in bot["environment"], "else it would listen elsewhere"


def test_every_variable_of_the_compose_file_is_told_in_the_example() -> None:
    named = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text()))
    told = set(re.findall(r"^(\w+)=", (DEPLOY / ".env.example").read_text(), re.MULTILINE))
    assert named == told
    assert not re.findall(
        r"^\w*(?:SECRET|TOKEN|PASSWORD|KEYS)\w*=.+", (DEPLOY / ".env.example").read_text(), re.MULTILINE
    )


def test_there_are_two_bots_alike_with_time_to_end() -> None:
    assert len(BOTS) == 2
    first, second = BOTS.values()
    assert first == second
    delay = int(first["environment"]["STORYBOT_DRAIN_DELAY"])
    assert int(first["stop_grace_period"].removesuffix("s")) >= delay + 10


def test_what_they_run_is_a_command_of_storybot() -> None:
    assert 'ENTRYPOINT ["storybot"]' in DOCKERFILE
    [command, option, _] = next(iter(BOTS.values()))["command"]
    told = CliRunner().invoke(cli.terminal, [command, "--help"])
    assert told.exit_code == 0
    assert option in told.output


def test_services_and_volumes_that_are_named_are_there() -> None:
    services, volumes = COMPOSE["services"], COMPOSE["volumes"]
    for service in services.values():
        assert set(service.get("depends_on", ())) <= services.keys()
        sources = {mount.partition(":")[0] for mount in service.get("volumes", ())}
        assert {source for source in sources if not source.startswith(".")} <= volumes.keys()
    assert "@postgres/" in next(iter(BOTS.values()))["environment"]["STORYBOT_DATABASE_URL"]


async def test_the_proxy_reaches_every_bot_and_looks_where_each_tells_how_it_is(slack: Playground) -> None:
    [port] = re.findall(r"^EXPOSE (\d+)$", DOCKERFILE, re.MULTILINE)
    upstreams = re.findall(r"reverse_proxy .*\{\$STORYBOT_REPLICAS:([^}]+)\}", CADDYFILE)
    assert {tuple(found.split()) for found in upstreams} == {tuple(f"{bot}:{port}" for bot in BOTS)}
    [path] = re.findall(r"health_uri (\S+)", CADDYFILE)
    manifest = slack._cloud.registration.manifest
    assert manifest
    assert manifest.request_url
    address = manifest.request_url.removesuffix("/slack/events")
    async with aiohttp.ClientSession() as session, session.get(f"{address}{path}") as answer:
        assert answer.status == 200


@pytest.mark.skipif(shutil.which("caddy") is None, reason="needs caddy")
def test_caddy_takes_its_file() -> None:
    command = ["caddy", "validate", "--config", str(DEPLOY / "Caddyfile"), "--adapter", "caddyfile"]
    environment = {**os.environ, "STORYBOT_DOMAIN": "http://127.0.0.1:8089"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
