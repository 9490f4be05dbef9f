"""What is counted while the bot works, for Prometheus: never by workspace or person, so that there are few series.

How things stand at the moment of a scrape is asked in `bot.seeing.scrape`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Histogram

from bot.domain.match import Strength
from bot.errors import StoreUnavailableError
from bot.seeing.incoming import KINDS

# When a series began is told by the process's own start.
prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]

REGISTRY = CollectorRegistry()

# Slack waits three seconds for an acknowledgement, and for what people look at one is long.
_ACK_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
_CALL_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_DATABASE_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0)

_ACKS = Counter(
    "storybot_acks",
    "Requests of Slack's that were answered, by kind and HTTP status.",
    ("kind", "status"),
    registry=REGISTRY,
)
_ACK_SECONDS = Histogram(
    "storybot_ack_seconds",
    "How long a verified request waited for its acknowledgement.",
    ("kind",),
    buckets=_ACK_BUCKETS,
    registry=REGISTRY,
)
_MATCHES = Counter(
    "storybot_matches",
    "Answers to people who asked for a story in words, by the strength of the best match; none: nothing came near.",
    ("strength",),
    registry=REGISTRY,
)
_CALLS = Counter(
    "storybot_slack_calls",
    "Calls to Slack, by method and by Slack's answer: ok, its word for an error, or how the call failed.",
    ("method", "answer"),
    registry=REGISTRY,
)
_CALL_SECONDS = Histogram(
    "storybot_slack_call_seconds",
    "How long Slack took to answer a call.",
    ("method",),
    buckets=_CALL_BUCKETS,
    registry=REGISTRY,
)
_DATABASE_SECONDS = Histogram(
    "storybot_database_seconds",
    "How long a connection to the database was used, waiting for it included: reading, or in one transaction writing.",
    ("use",),
    buckets=_DATABASE_BUCKETS,
    registry=REGISTRY,
)
_DATABASE_FAILURES = Counter(
    "storybot_database_failures", "Uses of the database that failed because it was out of reach.", registry=REGISTRY
)

# Looking a series up by its labels takes longer than counting.
_ack_seconds = {kind: _ACK_SECONDS.labels(kind) for kind in KINDS}
_well_acked = {kind: _ACKS.labels(kind, "200") for kind in KINDS}
_matches = {strength: _MATCHES.labels(strength) for strength in (*Strength, "none")}
_database_seconds = {use: _DATABASE_SECONDS.labels(use) for use in ("reading", "writing")}


def acknowledged(kind: str, status: int, seconds: float) -> None:
    """A request of Slack's was answered."""
    _ack_seconds[kind].observe(seconds)
    (_well_acked[kind] if status == 200 else _ACKS.labels(kind, str(status))).inc()


def matched(strength: Strength | None) -> None:
    """Somebody asked for a story in words; None: nothing came near."""
    _matches[strength or "none"].inc()


def called(method: str, answer: str, seconds: float) -> None:
    """Slack answered a call, or did not."""
    _CALLS.labels(method, answer).inc()
    _CALL_SECONDS.labels(method).observe(seconds)


@contextmanager
def using_database(use: str) -> Iterator[None]:
    """Time one use, "reading" or "writing", and count it if the database was out of reach."""
    begun = perf_counter()
    try:
        yield
    except StoreUnavailableError:
        _DATABASE_FAILURES.inc()
        raise
    finally:
        _database_seconds[use].observe(perf_counter() - begun)
