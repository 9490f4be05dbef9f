"""Tokens that rotate, and the keys under which all of them are kept."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from functools import partial
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.domain.installation import RENEW_BEFORE
from bot.errors import ProblemsError
from playground import Playground, Team
from tests.installing.conftest import KEY, Running, asks_until
from tests.installing.kept import everything, tokens
from tests.postgres import Postgres
from tests.submissions.people import waits_for
from tests.test_running import free_port

NEW_KEY = Fernet.generate_key().decode()
# OpenSSL's alphabet: + and / where others write - and _.
OPENSSL_KEY = "++//" + "A" * 39 + "="
TWELVE_HOURS = 12 * 3600


async def rotate_keys(folder: Path, *keys: str) -> tuple[int, str]:
    """`storybot rotate-keys` beside whatever runs: its status, and all that it says."""
    environment = {**os.environ, "STORYBOT_DATA": str(folder), "STORYBOT_SECRET_KEYS": ", ".join(keys)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "rotate-keys", env=environment, stdout=PIPE, stderr=PIPE
    )
    said, complained = await process.communicate()
    return process.returncode or 0, (said + complained).decode()


async def test_a_key_is_changed_without_installing_anew(
    slack: Playground, acme: Team, running: Running, tmp_path: Path
) -> None:
    async with running(KEY) as browser:
        await browser.installs(acme.person("Zoe"))
        before = tokens(tmp_path)
    with pytest.raises(ProblemsError, match="sealed with a key that is not among these"):
        async with running(NEW_KEY):
            pass
    async with running(NEW_KEY, KEY):
        assert await rotate_keys(tmp_path, NEW_KEY, KEY) == (
            0,
            "The tokens of 1 installation are sealed with the first key.\n",
        )
        assert tokens(tmp_path) != before
    async with running(NEW_KEY):
        await acme.person("Zoe").types("/story empathy")
        assert "Takeaway:" in acme.person("Zoe").last().drawn
    status, said = await rotate_keys(tmp_path, OPENSSL_KEY)
    assert status == 2
    assert "rotate-keys" in said


@pytest.mark.parametrize(
    ("keys", "words"), [((), "is missing"), (("short",), "key number 1"), ((KEY, "é"), "key number 2")]
)
async def test_a_key_that_is_none_is_told_in_words(tmp_path: Path, keys: tuple[str, ...], words: str) -> None:
    status, said = await rotate_keys(tmp_path, *keys)
    assert status == 2
    assert words in said
    assert "openssl rand -base64 32" in said
    assert "Traceback" not in said


async def test_a_rotating_token_is_renewed_before_it_ends_day_after_day(
    slack: Playground, acme: Team, running: Running, tmp_path: Path
) -> None:
    async with running(rotating_tokens=True) as browser:
        await browser.installs(acme.person("Zoe"))
        acme.invite("storybot", "general")
        seen = {acme.bot_token}
        for _ in range(3):
            slack.clock.advance(TWELVE_HOURS - RENEW_BEFORE.total_seconds())
            await waits_for(partial(is_renewed, tmp_path, tokens(tmp_path)))
            seen.add(acme.bot_token)
        assert len(seen) == 4
        slack.clock.advance(3600)
        await acme.person("Zoe").types("@storybot empathy")
        assert "Takeaway:" in acme.person("Zoe").last().drawn
        assert [call.method for call in slack.calls if not call.ok] == []


async def test_new_tokens_are_used_only_after_they_have_proved_good(
    slack: Playground, acme: Team, running: Running, tmp_path: Path
) -> None:
    async with running(rotating_tokens=True) as browser:
        await browser.installs(acme.person("Zoe"))
        acme.invite("storybot", "general")
        slack.fail("auth.test", error="internal_error")
        slack.clock.advance(TWELVE_HOURS - RENEW_BEFORE.total_seconds())
        await waits_for(lambda: len(tokens(tmp_path)) == 2)
        await acme.person("Zoe").types("@storybot empathy")
        assert "Takeaway:" in acme.person("Zoe").last().drawn, "the old one still works"
        slack.clock.advance(60)
        await waits_for(lambda: len(tokens(tmp_path)) == 1)
        assert accesses(slack) == 2


@pytest.mark.parametrize("fault", [{"error": "ratelimited"}, {"status": 500}, {"html": True, "status": 502}])
async def test_a_renewal_that_fails_for_now_is_tried_again_and_nobody_is_asked_to_install(
    slack: Playground, acme: Team, running: Running, tmp_path: Path, fault: dict[str, object]
) -> None:
    async with running(rotating_tokens=True) as browser:
        await browser.installs(acme.person("Zoe"))
    slack.clock.advance(TWELVE_HOURS * 3)
    slack.fail("oauth.v2.access", **fault)  # type: ignore[arg-type]
    async with running(rotating_tokens=True):
        zoe = acme.person("Zoe")
        await waits_for(lambda: [call.ok for call in slack.calls if call.method == "oauth.v2.access"][1:])
        await zoe.types("/story empathy")
        assert "Takeaway:" in zoe.last().drawn
        before = tokens(tmp_path)
        slack.clock.advance(60)
        await waits_for(partial(is_renewed, tmp_path, before))


async def test_a_refresh_token_that_slack_no_longer_knows_asks_for_installing_anew(
    slack: Playground, acme: Team, running: Running, tmp_path: Path
) -> None:
    async with running(rotating_tokens=True) as browser:
        zoe = acme.person("Zoe")
        await browser.installs(zoe)
        slack.fail("oauth.v2.access", error="invalid_refresh_token", times=99)
        slack.clock.advance(TWELVE_HOURS)
        await waits_for(lambda: tokens(tmp_path) == [])
        assert everything(tmp_path)["installations"][0]["gone_at"]
        await asks_until(zoe, "/story empathy", "add me again")
        slack.heal()
        assert (await browser.installs(zoe))[0] == 200
        await zoe.types("/story empathy")
        assert "Takeaway:" in zoe.last().drawn


async def test_two_replicas_renew_a_token_once_and_both_go_on_with_it(
    slack: Playground, acme: Team, running: Running, postgres: Postgres
) -> None:
    url = postgres.fresh_url()
    zoe = acme.person("Zoe")
    async with (
        running(database_url=url, rotating_tokens=True, port=free_port()) as one,
        # Slack reaches this one, and Zoe's browser the other.
        running(database_url=url, rotating_tokens=True),
    ):
        await one.installs(zoe)
        acme.invite("storybot", "general")
        await zoe.types("@storybot empathy")
        assert "Takeaway:" in zoe.last().drawn
        for day in range(1, 3):
            slack.clock.advance(TWELVE_HOURS - RENEW_BEFORE.total_seconds())
            await waits_for(partial(has_accessed, slack, 1 + day))
        slack.clock.advance(RENEW_BEFORE.total_seconds() + 60)
        async with asyncio.timeout(20):
            while sum("Takeaway:" in seen.drawn for seen in zoe.sees()) < 2:
                await zoe.types("@storybot teamwork")
        assert accesses(slack) == 3


def is_renewed(folder: Path, before: list[str]) -> bool:
    """Whether there is another token, and no other beside it."""
    return tokens(folder) != before and len(tokens(folder)) == 1


def has_accessed(slack: Playground, times: int) -> bool:
    return accesses(slack) == times


def accesses(slack: Playground) -> int:
    return [call.method for call in slack.calls].count("oauth.v2.access")
