"""Traces by OpenTelemetry: a span a request, a listener, a call to Slack and a use of the database.

Where the environment names no collector nothing of OpenTelemetry is imported, and a span costs nothing. Attributes are
ids and names of ours; neither people's words nor what an error says is among them.
"""

import logging
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from bot.seeing.incoming import Incoming, Saying

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

log = logging.getLogger(__name__)

# Variables of the OpenTelemetry specification ("OTLP Exporter Configuration"); the exporter reads them, and the rest.
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
# What is not sent by then is lost: whoever stops the process waits ten seconds in all.
_FLUSH_SECONDS = 1.0

_NO_SPAN = nullcontext()

_tracer: "Tracer | None" = None


@contextmanager
def exporting(environment: Mapping[str, str]) -> Iterator[None]:
    """Send spans to the collector that the environment names, if it does."""
    global _tracer
    service = environment.get("OTEL_SERVICE_NAME") or "storybot"
    provider = _provider(service) if any(environment.get(name) for name in _ENDPOINTS) else None
    if provider is None:
        yield
        return
    _tracer = provider.get_tracer("storybot")
    try:
        yield
    finally:
        _tracer = None
        # A collector that hangs would hold us for half a minute.
        flushing = threading.Thread(target=provider.shutdown, daemon=True)
        flushing.start()
        flushing.join(_FLUSH_SECONDS)


def trace(name: str, done: Incoming | Saying) -> AbstractContextManager[object]:
    """The span from which a trace begins: a request of Slack's, or something of the outbox."""
    if _tracer is None:
        return _NO_SPAN
    return _span(_tracer, name, {"team": done.team, "request": done.id, "listener": done.listener})


def span(name: str) -> AbstractContextManager[object]:
    """A span within a trace; what looks by itself, again and again, whether there is something to do is none."""
    return _span(_tracer, name, {}) if _tracer and _is_traced() else _NO_SPAN


def begin(name: str) -> "Span | None":
    """A span that `end` ends, for what begins in one place and ends in another."""
    return _tracer.start_span(name) if _tracer else None


def end(begun: "Span | None", failure: str = "") -> None:
    if begun is None:
        return
    if failure:
        _fail(begun, failure)
    begun.end()


def trace_listeners(listeners: Iterable[Any]) -> None:
    """Give each of Bolt's listeners a span of its own."""
    if _tracer is None:
        return
    # Bolt lets nobody stand around a listener: its middleware has ended when the listener begins.
    for listener in listeners:
        listener.ack_function = _traced(listener.ack_function)


def _provider(service: str) -> "TracerProvider | None":
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        log.warning("Traces are wanted (OTEL_…), and OpenTelemetry is not here: install storybot[traces]")
        return None
    provider = TracerProvider(resource=Resource.create({"service.name": service}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


@contextmanager
def _span(tracer: "Tracer", name: str, attributes: Mapping[str, str]) -> Iterator[None]:
    ours = {f"storybot.{one}": value for one, value in attributes.items() if value}
    # What OpenTelemetry would record of an error by itself is its message, which may quote people's words.
    spanning = tracer.start_as_current_span(
        name, attributes=ours, record_exception=False, set_status_on_exception=False
    )
    with spanning as begun:
        try:
            yield
        except BaseException as error:
            _fail(begun, type(error).__name__)
            raise


def _is_traced() -> bool:
    from opentelemetry.trace import get_current_span

    return get_current_span().get_span_context().is_valid


def _fail(begun: "Span", failure: str) -> None:
    from opentelemetry.trace import Status, StatusCode

    begun.set_status(Status(StatusCode.ERROR))
    begun.set_attribute("error.type", failure)


def _traced(listener: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    told = getattr(listener, "func", listener)
    name = getattr(told, "__qualname__", type(told).__name__)

    async def run(**arguments: Any) -> Any:
        with span(name):
            return await listener(**arguments)

    return run
