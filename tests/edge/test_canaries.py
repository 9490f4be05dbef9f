"""Secrets and words that can be told apart from all others, sent down every path, and looked for afterwards."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import aiohttp
import pytest
from sqlalchemy import select

from bot.config import Installing, Settings
from bot.manifest import manifest
from bot.storage.database import opened
from bot.storage.tables import metadata
from playground import Playground
from tests.edge.day import a_day
from tests.installing.conftest import Browser
from tests.postgres import Postgres
from tests.submissions.people import CONSENT, STORY, sees
from tests.test_running import environment, free_port, storybot, until_ready

BIRD = "canary"
PASSWORD = f"{BIRD}-password"
OLD_SECRET = f"{BIRD}-old-signing-secret"
ERRORS: list[dict[str, Any]] = [
    {"error": "msg_too_long"},
    {"error": "ratelimited", "retry_after": 1},
    {"status": 500},
    {"html": True, "status": 503},
    {"cut": True},
    {"lost": True},
]


class Ear:
    """Hears all that a bot says while it runs: its log, and what its metrics tell at the end."""

    said = ""
    metrics = ""


@asynccontextmanager
async def overheard(environment: dict[str, str], *options: str) -> AsyncIterator[Ear]:
    """A bot as a process that logs at DEBUG, until the block ends; then `Ear` knows what it said."""
    port, metrics_port = int(environment["PORT"]), free_port()
    told = {"LOG_LEVEL": "DEBUG", "STORYBOT_METRICS_PORT": str(metrics_port)}
    async with storybot(environment | told, *options) as process:
        ear = Ear()
        try:
            await until_ready(port, process)
            yield ear
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"http://127.0.0.1:{metrics_port}/metrics") as answer,
            ):
                assert answer.status == 200
                ear.metrics = await answer.text()
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            said = await process.communicate()
            ear.said = "".join(stream.decode() for stream in said)


async def rows(url: str) -> str:
    """All that stands in a database, table by table."""
    async with opened(url, None) as database, database.reading() as connection:
        tables = metadata.sorted_tables
        return "\n".join([f"{table.name}: {(await connection.execute(select(table))).all()}" for table in tables])


@pytest.fixture
async def slack() -> AsyncIterator[Playground]:
    async with Playground() as slack:
        yield slack


def with_password(url: str) -> str:
    assert "://postgres:@" in url
    return url.replace("://postgres:@", f"://postgres:{PASSWORD}@")


async def sings(slack: Playground) -> None:
    """Ada says the word wherever she can: aloud, in private, in forms and in menus."""
    for verse in (_asks, _tells, _saves, _plans):
        # Where something fails there is nothing to go on with.
        with suppress(LookupError):
            await verse(slack)
    for person in (slack.person("Ada"), slack.person("Grace")):
        while person.modal:
            await person.closes(whole_stack=True)
    await slack.settled()


async def _asks(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types(f"@storybot {BIRD}-mention teamwork")
    await ada.types(f"{BIRD}-direct humour", channel="storybot")
    await ada.types(f"/story {BIRD}-search honesty")
    await ada.clicks("Another one", on=ada.last())


async def _tells(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types(f"/story submit {BIRD}-title")
    await ada.fills({"What happened": f"{STORY} {BIRD}-told", "Company or team": f"{BIRD}-company", "When": BIRD})
    await ada.submits()
    await ada.fills({"Themes": ["Empathy"], **CONSENT, "When": "2024"})
    await ada.submits()
    # A story like one that is here is shown once more before it is taken.
    await ada.submits()


async def _saves(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types(f"{STORY} {BIRD}-message", channel="support")
    await ada.uses_shortcut("Save as a service story", on=ada.last("support"))


async def _plans(slack: Playground) -> None:
    grace = slack.person("Grace")
    await grace.types("/story schedule")
    await grace.clicks("Set one up", on=grace.last())
    await grace.looks_up(f"{BIRD}-zone", "value", on=grace.modal)


def secrets_of(slack: Playground) -> list[str]:
    """What nobody may ever read: the bot's own secrets, and each response_url that it was given."""
    urls = [str(url) for delivery in slack.requests if (url := delivery.payload.get("response_url"))]
    return [slack.bot_token, slack.signing_secret, PASSWORD, OLD_SECRET, *urls]


def assert_silent(ear: Ear, secrets: list[str]) -> None:
    for said in (unquote(ear.said), ear.metrics):
        assert BIRD not in said, said[max(0, said.find(BIRD) - 2000) : said.find(BIRD) + 200]
        for secret in secrets:
            assert secret
            assert secret not in said


async def test_on_good_days_and_bad_ones_nothing_is_told(
    slack: Playground, cache: Path, postgres: Postgres, tmp_path: Path
) -> None:
    port, url = free_port(), postgres.fresh_url()
    config = tmp_path / "config.yaml"
    config.write_text(f"moderation: {json.dumps({'channel': slack.review_channel_id, 'moderators': slack.lead_ids})}\n")
    told = {"STORYBOT_DATABASE_URL": with_password(url), "SLACK_SIGNING_SECRET_OLD": OLD_SECRET}
    async with overheard(environment(slack, port, cache, tmp_path) | told, "--config", str(config)) as ear:
        address = f"http://127.0.0.1:{port}"
        slack.install(manifest(Settings(), address), request_url=f"{address}/slack/events")
        await a_day(slack)
        await sings(slack)
        for error in ERRORS:
            slack.fail("*", times=4, **error)
            await sings(slack)
            slack.heal()
        secrets = secrets_of(slack)
        kept = await rows(url)
        await asyncio.to_thread(postgres.stop)
        try:
            await sings(slack)
        finally:
            await asyncio.to_thread(postgres.start)
    assert_silent(ear, secrets)
    assert "StoreUnavailable" in ear.said or "database" in ear.said, "that it was away is told"

    for secret in secrets:
        assert secret not in kept
    for private in ("search", "mention", "direct", "zone"):
        assert f"{BIRD}-{private}" not in kept
    assert f"{BIRD}-told" in kept, "a story that somebody told is kept"
    # Linus has only looked on.
    linus = slack.person("Linus")
    seen = [message.drawn for channel in ("general", "random", "storybot") for message in linus.sees(channel)]
    for private in ("search", "direct", "told", "zone", "error"):
        assert f"{BIRD}-{private}" not in str(seen)


async def test_what_installing_needs_is_told_to_nobody(
    slack: Playground, cache: Path, postgres: Postgres, tmp_path: Path
) -> None:
    acme, port, url = slack.add_team("Acme"), free_port(), postgres.fresh_url()
    zoe, address = acme.add_person("Zoe", role="admin"), f"http://127.0.0.1:{port}"
    key = "Q2FuYXJ5Q2FuYXJ5Q2FuYXJ5Q2FuYXJ5Q2FuYXJ5MTI="
    told = {
        "SLACK_CLIENT_ID": slack.client_id,
        "SLACK_CLIENT_SECRET": slack.client_secret,
        "STORYBOT_SECRET_KEYS": key,
        "STORYBOT_DATABASE_URL": with_password(url),
    }
    env = environment(slack, port, cache, tmp_path) | told
    del env["SLACK_BOT_TOKEN"]
    links, pages = [], []
    async with overheard(env) as ear:
        made = manifest(Settings(installing=Installing(address=address)), address)
        slack.register(made, request_url=f"{address}/slack/events")
        browser = Browser(slack, address)
        for error in [*ERRORS, None]:
            if error:
                slack.fail("oauth.v2.access", **error)
            links.append(slack.consents(await browser.sets_out(), zoe))
            pages.append((await browser.opens(links[-1]))[1])
            pages.append((await browser.opens(links[-1]))[1])
            slack.heal()
        await sees(zoe, "Three first steps", "storybot")
        token = acme.bot_token
        slack.fail("*", times=3, error="internal_error")
        await zoe.types(f"/story {BIRD}")
        acme.uninstall()
        await slack.settled()
        await browser.close()
        kept = await rows(url)
    codes = [link.partition("code=")[2].partition("&")[0] for link in links]
    states = [link.partition("state=")[2].partition("&")[0] for link in links]
    secrets = [token, key, slack.client_secret, slack.signing_secret, PASSWORD, *codes, *states]
    assert_silent(ear, secrets)
    for secret in secrets:
        assert secret not in kept
        assert secret not in "".join(pages)


async def test_a_database_that_cannot_be_reached_is_told_of_without_its_password(
    slack: Playground, cache: Path, tmp_path: Path
) -> None:
    nowhere = f"postgresql://{BIRD}:{PASSWORD}@127.0.0.1:{free_port()}/{BIRD}"
    env = environment(slack, free_port(), cache, tmp_path) | {"LOG_LEVEL": "DEBUG", "STORYBOT_DATABASE_URL": nowhere}
    async with storybot(env) as process:
        out, said = await process.communicate()
    assert process.returncode == 2
    assert b"STORYBOT_DATABASE_URL" in said
    assert PASSWORD.encode() not in out + said
    assert slack.bot_token.encode() not in out + said
