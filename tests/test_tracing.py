"""Whoever follows a request through the bot sees its way in spans, and nothing that anybody said."""

import logging
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from bot.config import Settings
from bot.manifest import manifest
from bot.seeing import tracing
from bot.seeing.incoming import Saying
from playground import Playground
from tests.test_running import environment, free_port, storybot, until_ready


class Collector:
    """Takes spans as an OpenTelemetry collector does."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.services: set[str] = set()
        self.raw = b""

    async def take(self, request: web.Request) -> web.Response:
        self.raw += await request.read()
        for resource in ExportTraceServiceRequest.FromString(await request.read()).resource_spans:
            named = {one.key: one.value.string_value for one in resource.resource.attributes}
            self.services.add(named["service.name"])
            self.spans += [span for scope in resource.scope_spans for span in scope.spans]
        return web.Response()

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]


def told(span: Span) -> dict[str, str]:
    return {one.key: one.value.string_value for one in span.attributes}


@pytest.fixture
async def collector() -> AsyncIterator[tuple[Collector, str]]:
    """A collector, and the address at which it listens."""
    collector, app = Collector(), web.Application()
    app.router.add_post("/v1/traces", collector.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield collector, f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_a_request_is_followed_to_its_listener_to_slack_and_to_the_database(
    collector: tuple[Collector, str], cache: Path
) -> None:
    seen, endpoint = collector
    async with Playground() as slack:
        port = free_port()
        async with storybot(environment(slack, port, cache) | {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}) as process:
            await until_ready(port, process)
            url = f"http://127.0.0.1:{port}"
            slack.install(request_url=f"{url}/slack/events", manifest=manifest(Settings(), url))
            ada = slack.person("Ada")
            await ada.types("@storybot wombatword teamwork", channel="general")
            await ada.types("/story wombatword empathy", channel="general")
            slack.fail("response_url", status=500)
            await ada.clicks("Another one", on=ada.last("general"))
            await slack.settled()
            process.send_signal(signal.SIGTERM)
            await process.communicate()
        secrets = (slack.bot_token, slack.signing_secret, ada.id, "/commands/", "/actions/")

    assert seen.services == {"storybot"}
    request = next(span for span in seen.named("event") if told(span)["storybot.listener"] == "app_mention")
    assert told(request)["storybot.team"] == slack.team_id
    [listener] = seen.named("asked_in_words")
    assert listener.parent_span_id == request.span_id
    [call] = seen.named("chat.postMessage")
    assert call.parent_span_id == listener.span_id
    assert call.trace_id == request.trace_id
    assert any(span.trace_id == request.trace_id for span in seen.named("database reading"))
    assert {told(span)["storybot.listener"] for span in seen.named("command")} == {"/story"}
    failed, _ = seen.named("response_url")
    assert told(failed)["error.type"] == "http_500"
    assert b"wombat" not in seen.raw
    assert not [secret for secret in secrets if secret.encode() in seen.raw]


async def test_a_collector_that_is_away_keeps_nobody_waiting(cache: Path) -> None:
    async with Playground() as slack:
        port = free_port()
        away = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{free_port()}"}
        async with storybot(environment(slack, port, cache) | away) as process:
            await until_ready(port, process)
            url = f"http://127.0.0.1:{port}"
            slack.install(request_url=f"{url}/slack/events", manifest=manifest(Settings(), url))
            ada = slack.person("Ada")
            await ada.types("/story empathy", channel="general")
            assert "Takeaway:" in ada.last("general").drawn
            process.send_signal(signal.SIGTERM)
            await process.communicate()
            assert process.returncode == 0


def test_without_the_extra_it_says_what_to_install_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # None stands for a module that is not installed.
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    wanted = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}
    with (
        caplog.at_level(logging.WARNING),
        tracing.exporting(wanted),
        tracing.trace("outbox", Saying("T0000001", "welcome")),
    ):
        pass
    assert "storybot[traces]" in caplog.text


def test_where_no_collector_is_named_nothing_of_it_is_imported() -> None:
    look = "import sys, bot.app\nwith bot.app.tracing.exporting({}): print('opentelemetry' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
