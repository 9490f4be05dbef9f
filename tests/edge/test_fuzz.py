"""Thousands of requests that nobody at Slack would write. `PAYLOADS=10000` sends ten times as many of each sort."""

import asyncio
import os
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from types import FrameType, FunctionType
from urllib.parse import parse_qsl, unquote

import aiohttp
import pytest
from aiohttp import web

from bot.door import payload
from bot.door.dispatch import Dispatch
from bot.door.web import parse
from tests.edge.conftest import Door
from tests.edge.spoiling import MARK, Request, signed, unsigned

# Of each sort; half with the bot in one workspace, half in many.
PAYLOADS = int(os.environ.get("PAYLOADS", 1_000)) // 2
AT_ONCE = 8
LINES_EACH = 25

Logged = Callable[[], str]
Make = Callable[[random.Random], Request]


async def test_who_does_not_sign_is_turned_away_before_anything_is_read(door: Door, logged: Logged) -> None:
    logged()
    with watching(parse, parse_qsl, Dispatch.answer, web.Request.post, web.Request.json) as ran:
        statuses = await knocks(door, lambda rng: unsigned(rng, door.genuine, door.slack.signing_secret))
        assert not ran
    assert statuses.keys() <= {401, 413}, statuses
    assert statuses[401] > 0.9 * PAYLOADS
    assert logged() == ""


@pytest.mark.parametrize("door", ["one workspace"], indirect=True)
async def test_what_slack_does_write_is_read(door: Door) -> None:
    for delivery in door.genuine:
        payload.check(delivery.payload)


async def test_what_slack_signed_is_taken_whatever_it_holds(door: Door, logged: Logged) -> None:
    logged()
    statuses = await knocks(door, lambda rng: signed(rng, door.genuine, door.slack.signing_secret))
    assert statuses.keys() <= {200, 413}, statuses
    assert statuses[200] > 0.9 * PAYLOADS
    await ada_is_answered(door)
    said = logged()
    for sign_of_trouble in ("never retrieved", "Error handling request", "Exception in callback", "was never awaited"):
        assert sign_of_trouble not in said
    assert_quiet(said)
    # Nonsense that has the right shape reaches Slack, which refuses it.
    unexpected = re.findall(r"Unexpected (?!refusal by Slack).*(?:\n .*)*", said)
    assert not unexpected, "\n".join(unexpected)
    print(f"{PAYLOADS} signed: {dict(statuses)}, {said.count('told as')} told as unexpected, {len(said)} bytes logged")


async def test_what_is_no_http_at_all_ends_no_connection_but_its_own(door: Door, logged: Logged) -> None:
    logged()
    rng = random.Random(11)
    for spoil in (_line, _header, _chunk, _length):
        for _ in range(PAYLOADS // 100):
            answer = await says(door, spoil(rng))
            assert not answer or answer.startswith(b"HTTP/1.1 4"), answer[:200]
    assert logged() == ""
    await ada_is_answered(door)


async def knocks(door: Door, make: Make) -> Counter[int]:
    """How often each status came back."""
    statuses: Counter[int] = Counter()
    numbers = iter(range(PAYLOADS))

    async def one_after_another(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            request = make(random.Random(number))
            async with session.post(door.url, data=BytesIO(request.body), headers=request.headers) as answer:
                statuses[answer.status] += 1
                assert answer.status < 500, (number, request.body[:2000])

    async with aiohttp.ClientSession(skip_auto_headers=("Content-Type",)) as session:
        await asyncio.gather(*(one_after_another(session) for _ in range(AT_ONCE)))
    return statuses


@contextmanager
def watching(*functions: FunctionType) -> Iterator[list[str]]:
    """The names of those functions that run on this thread in the meantime."""
    codes = {function.__code__ for function in functions}
    ran: list[str] = []

    def note(frame: FrameType, what: str, _: object) -> None:
        if what == "call" and frame.f_code in codes:
            ran.append(frame.f_code.co_name)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield ran
    finally:
        sys.setprofile(before)


async def ada_is_answered(door: Door) -> None:
    await door.slack.person("Ada").types("/story empathy", channel="random")
    assert "Takeaway:" in door.slack.person("Ada").last("random").drawn


def assert_quiet(said: str) -> None:
    """The log has few lines for each request, and nothing in it of what was sent."""
    assert said.count("\n") < LINES_EACH * PAYLOADS
    # A listener's name is ours or Slack's, and told as it came where it is one plain word.
    assert MARK not in re.sub(r" listener=[\w:./-]{1,64}( |$)", " ", unquote(said), flags=re.MULTILINE)
    for character in said:
        assert character == "\n" or (character.isascii() and character.isprintable()), hex(ord(character))


async def says(door: Door, raw: bytes) -> bytes:
    """What comes back for these bytes, and then the end of the line; nothing where there was no answer."""
    host, port = door.url.split("/")[2].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(raw)
        writer.write_eof()
        async with asyncio.timeout(15):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


HEAD = b"POST /slack/events HTTP/1.1\r\nHost: a\r\n"


def _line(rng: random.Random) -> bytes:
    lines = [b"POST", b"\x16\x03\x01\x02\x00", b"POST /slack/events", b"\xff\xfe / HTTP/1.1", b"A" * 20_000]
    lines += [
        b"POST /slack/events HTTP/9.9",
        b"POST http://[::1 HTTP/1.1",
        b"POST /" + b"zyzzyva" + b"\x00 HTTP/1.1",
    ]
    return rng.choice(lines) + b"\r\nHost: a\r\n\r\nzyzzyva"


def _header(rng: random.Random) -> bytes:
    name = rng.choice([b"", b"X-\x00", b"X y", b"X-Slack-Signature", b"\xff", b"zyzzyva"])
    held = rng.choice([b"\x00", b"a\rb", b"a" * 20_000, b"\n folded", b"zyzzyva\x1b[31m", b"\xff" * 30])
    return HEAD + name + b": " + held + b"\r\nContent-Length: 2\r\n\r\n{}"


def _chunk(rng: random.Random) -> bytes:
    chunks = [b"zz\r\n", b"-1\r\n", b"FFFFFFFFFFFFFFFF\r\nabc", b"3\r\nabcde\r\n0\r\n\r\n", b"1;" + b"a" * 9_000]
    return HEAD + b"Transfer-Encoding: " + rng.choice([b"chunked", b"gzip, chunked"]) + b"\r\n\r\n" + rng.choice(chunks)


def _length(rng: random.Random) -> bytes:
    lengths = [
        b"-1",
        b"1e3",
        b"9" * 30,
        b"2\r\nContent-Length: 3",
        b"2\r\nTransfer-Encoding: chunked",
        MARK.encode(),
        b"",
    ]
    return HEAD + b"Content-Length: " + rng.choice(lengths) + b"\r\n\r\n{}"
