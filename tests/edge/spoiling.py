"""Requests of each kind that Slack sends, with something wrong in them. The same seed gives the same ones."""

import gzip
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlencode

from playground.delivery import sign
from playground.inspector import Delivery

MARK = "zyzzyva"
"""Stands in what is made up here, and nowhere else: it must never be seen in the log."""

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
BIG = "x" * (1 << 20)

Rng = random.Random


@dataclass(frozen=True)
class Request:
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def deep(levels: int) -> Any:
    nest: Any = MARK
    for _ in range(levels):
        nest = [nest] if levels % 2 else {"a": nest}
    return nest


JUNK: list[Any] = [
    None, "", " ", MARK, f"{MARK}\u0000{MARK}", "\ud800", f"\u202e{MARK}", f"<!channel> {MARK}", f"{MARK}\n{MARK}\r\n",
    0, -1, 1.5, True, False, 10**30, 10**400, -(10**19), float("nan"), float("inf"), 1e308,
    [], {}, [[]], [None], [{}], {"id": None}, {"id": []}, {"text": MARK}, [MARK] * 300, {MARK: MARK}, {"": {"": ""}},
    "🙂" * 400, MARK * 3_000, deep(40), deep(400), "D0", "T0", "C" * 300, "U\u0000", "1e5", "-1", "{}", "[]", "null",
]  # fmt: skip


def _spoil_value(rng: Rng, value: Any) -> Any:
    """The same with one thing in it, at any depth, gone, doubled or turned into something else."""
    if isinstance(value, dict) and value and rng.random() < 0.85:
        key = rng.choice(list(value))
        match rng.randrange(8):
            case 0:
                return {name: held for name, held in value.items() if name != key}
            case 1:
                return {**value, key: value[rng.choice(list(value))]}
            case _:
                return {**value, key: _spoil_value(rng, value[key])}
    if isinstance(value, list) and value and rng.random() < 0.85:
        index = rng.randrange(len(value))
        match rng.randrange(6):
            case 0:
                return value[:index] + value[index + 1 :]
            case 1:
                return value * 2
            case _:
                return [*value[:index], _spoil_value(rng, value[index]), *value[index + 1 :]]
    match rng.randrange(6):
        case 0:
            return [value]
        case 1:
            return {"value": value}
        case _:
            return rng.choice(JUNK)


def _spoil_bytes(rng: Rng, body: bytes) -> bytes:
    """The same cut, with foreign bytes, or written in another way."""
    at = rng.randrange(len(body) + 1)
    changes: list[Callable[[], bytes]] = [
        lambda: body[:at],
        lambda: body[:at] + rng.randbytes(rng.randrange(1, 9)) + body[at:],
        lambda: body[:at] + b"\xff\xfe\xc3\x28" + body[at:],
        lambda: b"\xef\xbb\xbf" + body,
        lambda: body.decode("utf-8", "replace").encode("utf-16"),
        lambda: gzip.compress(body, 1),
        lambda: body + b"&payload=" + body[:at],
        lambda: body + b"&%zz=%&=&&;&a%00b=%ff%fe" + MARK.encode(),
        lambda: body * 2,
        lambda: rng.randbytes(rng.randrange(400)),
        lambda: (b"[" if at % 2 else b'{"a":') * rng.randrange(1, 60_000),
        lambda: b"",
    ]
    return rng.choice(changes)()


def _written(delivery: Delivery, payload: Any) -> tuple[bytes, str]:
    """A payload as Slack writes one of this kind, and its content type."""
    if delivery.kind == "event":
        return json.dumps(payload).encode(), JSON
    if delivery.kind == "interactive":
        return b"payload=" + quote_plus(json.dumps(payload)).encode(), FORM
    form = payload if isinstance(payload, dict) else {"text": payload}
    return urlencode({key: _field(held) for key, held in form.items()}, errors="replace").encode(), FORM


def _field(held: Any) -> str:
    return held if isinstance(held, str) else json.dumps(held)


def _odd_headers(rng: Rng, content_type: str) -> dict[str, str]:
    headers = {"Content-Type": content_type}
    if rng.random() < 0.3:
        odd = [JSON, FORM, "text/plain", "", "é", "application/json; charset=utf-7", "multipart/form-data", MARK * 100]
        headers["Content-Type"] = rng.choice(odd)
    if rng.random() < 0.2:
        odd = ["1", "-1", "", "é" * 40, MARK, "9" * 400]
        headers |= {"X-Slack-Retry-Num": rng.choice(odd), "X-Slack-Retry-Reason": rng.choice(odd)}
    if rng.random() < 0.1:
        name = rng.choice(["Cookie", "X-Forwarded-For", "Authorization", "Accept-Encoding", "Content-Language", "Te"])
        headers[name] = rng.choice([MARK, "é" * 40, "=;=;", "9" * 4000])
    return headers


def spoiled(rng: Rng, genuine: Sequence[Delivery]) -> Request:
    """One request, neither signed nor unsigned yet."""
    delivery = rng.choice(genuine)
    payload: Any = {**delivery.payload}
    if "event_id" in payload:
        # With the same id it would count as delivered again.
        payload["event_id"] = f"Ev{rng.getrandbits(48)}"
    for _ in range(rng.randrange(4)):
        payload = _spoil_value(rng, payload)
    if rng.random() < 0.002:
        payload = {"text": BIG}
    body, content_type = _written(delivery, payload)
    if rng.random() < 0.2:
        body = _spoil_bytes(rng, body)
    return Request(body, _odd_headers(rng, content_type))


def signed(rng: Rng, genuine: Sequence[Delivery], secret: str) -> Request:
    """A request that Slack signed."""
    request = spoiled(rng, genuine)
    # Spoiled alike twice within a second it would count as replayed: the seconds of four minutes tell them apart.
    return Request(request.body, {**request.headers, **sign(secret, request.body, _lately(rng))})


def unsigned(rng: Rng, genuine: Sequence[Delivery], secret: str) -> Request:
    """A request of somebody who does not know the secret, or has caught what Slack signed and changes it."""
    request = spoiled(rng, genuine)
    true = sign(secret, request.body, _lately(rng))
    when, signature = true["X-Slack-Request-Timestamp"], true["X-Slack-Signature"]
    other = sign(secret, request.body + b" ")["X-Slack-Signature"]
    claims: list[tuple[str | None, str | None]] = [
        (None, None), (when, None), (None, signature), (when, ""), (when, "v0="), (when, f"v0={'0' * 64}"),
        (when, other), (when, signature.upper()), (when, signature[3:]), (when, signature[:-1]),
        (when, f"v1{signature[2:]}"), (when, "é" * 64), (when, MARK * 200), (when, f"{signature}, {signature}"),
        (str(int(when) - 600), signature), (f"0{when}", signature), (f"{when}.0", signature), (f"+{when}", signature),
        ("", signature), ("-1", signature), ("now", signature), ("1e9", signature), ("٣" * 10, signature),
        ("9" * 5000, signature), (MARK, signature), _signed_with(request.body, "", _lately(rng)),
        _signed_with(request.body, "wrong", _lately(rng)), _signed_with(request.body, secret, _lately(rng) - 600),
        _signed_with(request.body, secret, _lately(rng) + 900),
    ]  # fmt: skip
    claimed = dict(zip(("X-Slack-Request-Timestamp", "X-Slack-Signature"), rng.choice(claims), strict=True))
    return Request(
        request.body, request.headers | {name: value for name, value in claimed.items() if value is not None}
    )


def _signed_with(body: bytes, secret: str, timestamp: int) -> tuple[str, str]:
    headers = sign(secret, body, timestamp)
    return headers["X-Slack-Request-Timestamp"], headers["X-Slack-Signature"]


def _lately(rng: Rng) -> int:
    return int(time.time()) - rng.randrange(240)
