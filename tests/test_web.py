"""The HTTP edge, knocked on by Slack and by strangers."""

import json
import random
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from aiohttp import ClientSession
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.app import serve
from bot.config import Settings
from bot.domain.library import Library
from bot.door.web import BODY_LIMIT, is_signed, parse, parse_form
from bot.matching import Matcher
from playground import Playground
from playground.delivery import sign
from tests.conftest import connection_to

JUNK: list[Any] = [None, "", "x", "\u0000\u202e", 0, -1, 1.5, True, [], {}, [[]], {"a": {"b": [1]}}, "🙂" * 50]


def command_form(**change: Any) -> bytes:
    fields = {
        "command": "/story",
        "text": "empathy",
        "team_id": "T0000001",
        "user_id": "U0000001",
        "channel_id": "C0000001",
        "trigger_id": "1.2.3",
        "response_url": "https://hooks.slack.com/commands/1/2/3",
    }
    return urlencode(fields | change).encode()


async def test_a_signed_command_is_answered(slack: Playground) -> None:
    body = command_form()
    status, answer = await slack.sends(body, slack.sign(body))
    assert status == 200
    assert "Takeaway" in answer


async def test_a_command_that_speaks_of_payload_is_read_whole(slack: Playground) -> None:
    body = command_form(text="payload")
    _, answer = await slack.sends(body, slack.sign(body))
    assert "payload" in answer


@pytest.mark.parametrize("missing", ["X-Slack-Signature", "X-Slack-Request-Timestamp"])
async def test_without_a_signature_nobody_gets_in(slack: Playground, missing: str) -> None:
    body = command_form()
    headers = {name: value for name, value in slack.sign(body).items() if name.lower() != missing.lower()}
    assert (await slack.sends(body, headers))[0] == 401


async def test_a_signature_for_other_words_does_not_count(slack: Playground) -> None:
    headers = slack.sign(command_form())
    assert (await slack.sends(command_form(text="themes"), headers))[0] == 401


@pytest.mark.parametrize("seconds", [-301, 301])
async def test_an_old_or_future_request_is_refused(slack: Playground, seconds: int) -> None:
    body = command_form()
    headers = slack.sign(body, timestamp=int(time.time()) + seconds)
    assert (await slack.sends(body, headers))[0] == 401


async def test_while_the_secret_is_changed_both_are_slacks(
    slack: Playground, library: Library, matcher: Matcher, tmp_path: Path
) -> None:
    old, new = slack.signing_secret, "the new one"
    connection = replace(
        connection_to(slack, tmp_path / "another"), signing_secret=SecretStr(new), old_signing_secret=SecretStr(old)
    )
    async with serve(Settings(), connection, library, matcher) as serving, ClientSession() as session:
        for secret, expected in ((old, 200), (new, 200), ("neither", 401), ("", 401), (old + new, 401)):
            body = command_form(trigger_id=secret)
            url = f"http://127.0.0.1:{serving.port}/slack/events"
            async with session.post(url, data=body, headers=sign(secret, body) | {"Content-Type": FORM}) as answer:
                assert answer.status == expected


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_too_large_a_body_is_refused_signed_or_not(slack: Playground) -> None:
    body = command_form(text="x" * BODY_LIMIT)
    assert (await slack.sends(body, slack.sign(body)))[0] == 413
    assert (await slack.sends(body, {}))[0] == 413


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "event_callback", "event_id": "Ev1", "team_id": "T1", "event": {"type": "team_join", "user": {}}},
        {"type": "block_actions", "actions": [{"action_id": "unheard_of", "block_id": "b"}], "user": {"id": "U1"}},
        {"type": "shortcut", "callback_id": "unheard_of", "user": {"id": "U1"}},
        {"type": "something_new"},
    ],
)
async def test_what_nobody_listens_to_is_acknowledged_all_the_same(slack: Playground, payload: dict[str, Any]) -> None:
    body = json.dumps(payload).encode()
    status, _ = await slack.sends(body, {**slack.sign(body), "Content-Type": "application/json"})
    assert status == 200


async def test_slack_can_verify_the_address(slack: Playground) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "c0ffee", "token": "t"}).encode()
    _, answer = await slack.sends(body, {**slack.sign(body), "Content-Type": "application/json"})
    assert "c0ffee" in answer


async def test_five_hundred_pieces_of_junk(slack: Playground) -> None:
    rng = random.Random(20261121)
    for _ in range(250):
        body, content_type = junk(rng)
        headers = {"Content-Type": content_type}
        signed, _ = await slack.sends(body, {**slack.sign(body), **headers})
        assert 200 <= signed < 300, body[:200]
        stranger = {**headers, "X-Slack-Signature": rng.choice(["", "v0=", "v0=é", "x" * 99]), **odd_time(rng)}
        assert (await slack.sends(body, stranger))[0] in (401, 413), body[:200]


def odd_time(rng: random.Random) -> dict[str, str]:
    return {"X-Slack-Request-Timestamp": rng.choice(["", "-1", "now", "1e9", "٣", str(int(time.time())), "9" * 5000])}


def junk(rng: random.Random) -> tuple[bytes, str]:
    """A request like Slack's with something wrong in it, and its content type."""
    kind = rng.randrange(6)
    if kind == 0:
        return rng.randbytes(rng.randrange(300)), rng.choice(["application/json", "text/plain", "é", ""])
    if kind == 1:
        return command_form(**{rng.choice(["text", "command", "user_id", "team_id"]): rng.choice(JUNK)}), FORM
    if kind == 2:
        return b"[" * rng.randrange(1, 90_000), "application/json"
    event = {"type": "message", "channel": "D1", "channel_type": "im", "user": "U1", "ts": "1.2", "text": "humour"}
    callback: dict[str, Any] = {"type": "event_callback", "event_id": "Ev", "team_id": "T1", "event": event}
    click: dict[str, Any] = {
        "type": "block_actions",
        "user": {"id": "U1"},
        "team": {"id": "T1"},
        "container": {"type": "message", "channel_id": "C1", "message_ts": "1.2", "is_ephemeral": True},
        "actions": [{"action_id": rng.choice(["share_story", "another_story", "show_theme"]), "value": "empathy"}],
        "trigger_id": "1.2",
        "response_url": rng.choice(["https://example.org/steal", "https://hooks.slack.com.example.org/", ""]),
    }
    payload = spoiled(rng, callback if kind == 3 else click)
    if kind == 5:
        return urlencode({"payload": json.dumps(payload)}).encode(), FORM
    return json.dumps(payload).encode(), "application/json"


def spoiled(rng: random.Random, payload: dict[str, Any]) -> dict[str, Any]:
    """The payload with one value, at any depth, turned into something else."""
    key = rng.choice(list(payload))
    if isinstance(payload[key], dict) and rng.random() < 0.7:
        return payload | {key: spoiled(rng, payload[key])}
    return payload | {key: rng.choice(JUNK)}


FORM = "application/x-www-form-urlencoded"


def test_the_signature_is_over_the_raw_bytes_and_five_minutes() -> None:
    # Slack's own example (docs: "Verifying requests from Slack").
    secret = "8f742231b10e8888abcd99yyyzzz85a5"
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    headers = {
        "X-Slack-Request-Timestamp": "1531420618",
        "X-Slack-Signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    }
    assert is_signed(secret, headers, body, now=1531420618 + 299)
    assert not is_signed(secret, headers, body, now=1531420618 + 301)
    assert not is_signed(secret, headers, body + b" ", now=1531420618)


def test_bodies_are_read_as_slack_writes_them() -> None:
    assert parse(b'{"a": 1}', "application/json") == {"a": 1}
    assert parse(b"payload=%7B%22a%22%3A1%7D", FORM) == {"a": 1}
    assert parse(b"command=%2Fstory&text=payload", FORM) == {"command": "/story", "text": "payload"}
    assert parse(b"[1]", "application/json") is None
    assert parse(b"\xff", FORM) is None


@given(st.dictionaries(st.text(), st.text()), st.text("a=&+%23AF🙂é", max_size=40))
def test_a_form_is_read_as_python_reads_it(fields: dict[str, str], garbled: str) -> None:
    for text in (urlencode(fields), garbled, f"{urlencode(fields)}&{garbled}"):
        assert parse_form(text) == dict(parse_qsl(text, keep_blank_values=True))
