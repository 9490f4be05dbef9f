"""Every call to Slack, seen on its way: counted, timed, and a span of its own.

It looks at the HTTP session, because Bolt makes a new client for each request, and response URLs are posted to without
one: what goes through the session is all there is.
"""

import json
import re
from dataclasses import dataclass
from time import perf_counter
from types import SimpleNamespace
from typing import TYPE_CHECKING

from aiohttp import (
    ClientSession,
    TraceConfig,
    TraceRequestEndParams,
    TraceRequestExceptionParams,
    TraceRequestStartParams,
    TraceResponseChunkReceivedParams,
)
from yarl import URL

from bot.seeing import metrics, tracing

if TYPE_CHECKING:
    from opentelemetry.trace import Span

# A Web API method, and Slack's own word for an error: whatever looks otherwise is not repeated.
_METHOD = re.compile(r"[a-z][A-Za-z.]{1,60}")
_WORD = re.compile(r"[a-z][a-z0-9_]{1,60}")
# Where there is no JSON that says how it went, the HTTP status does.
_WITHOUT_WORDS = ("response_url", "socket", "other")


@dataclass(slots=True)
class _Call:
    """One call under way."""

    method: str
    begun: float
    span: "Span | None"
    is_over: bool = False

    def answered(self, answer: str) -> None:
        """The first word counts: the body of a refusal by status is read as well."""
        if self.is_over:
            return
        self.is_over = True
        metrics.called(self.method, answer, perf_counter() - self.begun)
        tracing.end(self.span, "" if answer == "ok" else answer)


def watching(api_url: str) -> TraceConfig:
    """For the session through which the Web API at `api_url` and response URLs are called."""
    api = URL(api_url)

    async def begin(_: ClientSession, under_way: SimpleNamespace, sent: TraceRequestStartParams) -> None:
        method = _method(api, sent)
        under_way.call = _Call(method, perf_counter(), tracing.begin(method))

    async def fail(_: ClientSession, under_way: SimpleNamespace, failed: TraceRequestExceptionParams) -> None:
        _call(under_way).answered(type(failed.exception).__name__)

    async def end(_: ClientSession, under_way: SimpleNamespace, ended: TraceRequestEndParams) -> None:
        call, status = _call(under_way), ended.response.status
        # What the Web API says stands in the body, which comes next; a WebSocket's handshake ends with 101.
        if status >= 300:
            call.answered("ratelimited" if status == 429 else f"http_{status}")
        elif call.method in _WITHOUT_WORDS:
            call.answered("ok")

    async def read(_: ClientSession, under_way: SimpleNamespace, received: TraceResponseChunkReceivedParams) -> None:
        _call(under_way).answered(_answer(received.chunk))

    watched = TraceConfig()
    watched.on_request_start.append(begin)
    watched.on_request_exception.append(fail)
    watched.on_request_end.append(end)
    watched.on_response_chunk_received.append(read)
    return watched


def _call(under_way: SimpleNamespace) -> _Call:
    call: _Call = under_way.call
    return call


def _method(api: URL, sent: TraceRequestStartParams) -> str:
    if sent.url.origin() == api.origin() and sent.url.path.startswith(api.path):
        name = sent.url.path.removeprefix(api.path)
        return name if _METHOD.fullmatch(name) else "other"
    return "response_url" if sent.method == "POST" else "socket"


def _answer(body: bytes) -> str:
    try:
        said = json.loads(body)
    except ValueError:
        return "not_json"
    if not isinstance(said, dict) or said.get("ok") is not False:
        return "ok"
    error = said.get("error")
    return error if isinstance(error, str) and _WORD.fullmatch(error) else "other"
