"""One noisy person: how long do the others wait for their stories meanwhile?

    python -m bench.noisy [--seconds 15] [--noise 400]

People of one workspace ask for stories, 25 a second in all, first alone, then beside one who sends hundreds of things a
second: `/story submit` with ten thousand characters, forms as long, clicks and searches. The same once more with a bot
whose limits are out of reach. The bot is a process of its own, with the settings that it comes with.
"""

import argparse
import asyncio
import itertools
import json
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.day_slack import DaySlack, Person, new_ts
from bench.figures import percentile, print_machine, print_table, short
from bench.judged import judged
from bench.load import line_to
from bench.servers import STORYBOT, free_port, running, until_ready
from bench.slack import SIGNING_SECRET, signed_body
from bench.weekly_load import busy
from bot.blocks import ids
from bot.blocks.submit import FormMeta
from bot.handlers.turns import TOO_MUCH

Json = dict[str, Any]

QUIET, EACH_SECOND = 30, 25
NOISY = Person(0, 99)
NOISY_LINES = 64
LENGTH = 10_000
LONG = ("She stayed until midnight. " * LENGTH)[:LENGTH]
TOLD = TOO_MUCH.encode()
WITHOUT_LIMITS = "{a_minute: 1000000, at_once: 10000, workspace_a_minute: 1000000, workspace_at_once: 10000}"
FORM = b"application/x-www-form-urlencoded"

_numbers = itertools.count()


@dataclass(slots=True)
class Heard:
    """Seconds for each answer of the quiet; the noisy one's requests, and how often the answer was to wait.

    A click has no room for an answer: whether it was told elsewhere to wait is not seen here. In these `seconds` the
    bot used `worked` of a processor.
    """

    quiet: list[float] = field(default_factory=list)
    noise: int = 0
    told: int = 0
    worked: float = 0.0
    seconds: float = 0.0


async def main() -> None:
    options = _options()
    print_machine()
    rows = []
    for name, limits in (("as it comes", ""), ("without limits", WITHOUT_LIMITS)):
        async with storybot(limits) as bot:
            for noise in (0, options.noise):
                heard = await measured(bot, options.seconds, noise)
                times = [short(percentile(heard.quiet, share) * 1000) for share in (0.5, 0.99)]
                beside = f"{heard.noise / heard.seconds:,.0f}"
                rows.append(
                    [
                        name,
                        beside,
                        *times,
                        f"{heard.told:,}",
                        short(heard.worked * 1000 / (heard.noise + len(heard.quiet))),
                    ]
                )
    columns = ["Storybot", "noise a second", "p50, ms", "p99, ms", "told to wait", "processor ms each"]
    print_table(f"How long quiet people wait: {len(heard.quiet):,} questions each", columns, rows)


@dataclass(frozen=True, slots=True)
class Bot:
    port: int
    pid: int
    slack: DaySlack


@asynccontextmanager
async def storybot(limits: str) -> AsyncIterator[Bot]:
    """A bot with a moderator, so that stories can be sent, and its Slack."""
    slack, port = DaySlack(), free_port()
    async with AsyncExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory()))
        await closing.enter_async_context(slack.serving())
        settings = folder / "config.yaml"
        settings.write_text(f"moderation: {{moderators: [{Person(0, 0).user_id}]}}\nlimits: {limits or '{}'}\n")
        secrets = {"SLACK_BOT_TOKEN": f"xoxb-{NOISY.team_id}", "SLACK_SIGNING_SECRET": SIGNING_SECRET}
        places = {"SLACK_API_URL": f"{slack.url}/api/", "PORT": str(port)}
        command = (*STORYBOT[:-1], str(settings))
        process = await closing.enter_async_context(running(command, secrets | places))
        await until_ready(port, process)
        yield Bot(port, process.pid, slack)


async def measured(bot: Bot, seconds: float, noise: int) -> Heard:
    """So many quiet questions and noisy things for so long, each at its moment, however long others take."""
    heard, begun, used = Heard(), time.perf_counter(), busy(bot.pid)
    async with AsyncExitStack() as lines:
        sends = [await lines.enter_async_context(line_to(bot.port)) for _ in range(4)]
        asking = [asyncio.create_task(_quiet(send, bot.port, heard, seconds, n)) for n, send in enumerate(sends)]
        if noise:
            sends = [await lines.enter_async_context(line_to(bot.port)) for _ in range(NOISY_LINES)]
            asking += [asyncio.create_task(_noisy(send, bot, heard, seconds, noise)) for send in sends]
        await asyncio.gather(*asking)
    heard.seconds = time.perf_counter() - begun
    heard.worked = busy(bot.pid) - used
    return heard


Send = Callable[[bytes], Awaitable[bytes]]


async def _quiet(send: Send, port: int, heard: Heard, seconds: float, number: int) -> None:
    """One of four lines over which people ask in turn."""
    questions = itertools.cycle([query.words for query in judged("own")])
    async for _ in _beats(seconds, EACH_SECOND / 4, number / EACH_SECOND):
        person = Person(0, 1 + next(_numbers) % QUIET)
        asked = time.perf_counter()
        answer = await send(_command(port, person, next(questions)))
        heard.quiet.append(time.perf_counter() - asked)
        if b'"blocks"' not in answer or TOLD in answer:
            raise RuntimeError(f"This is no story: {answer[:300]!r}")


async def _noisy(send: Send, bot: Bot, heard: Heard, seconds: float, noise: int) -> None:
    async for _ in _beats(seconds, noise / NOISY_LINES, 0.0):
        answer = await send(_noise(bot.port, bot.slack))
        heard.noise += 1
        heard.told += TOLD in answer


async def _beats(seconds: float, each_second: float, first: float) -> AsyncIterator[None]:
    """At even distances for so long; whoever is late goes on at once, and skips no beat."""
    begun = time.perf_counter()
    for beat in range(int(seconds * each_second)):
        await asyncio.sleep(max(0.0, begun + first + beat / each_second - time.perf_counter()))
        yield


def _noise(port: int, slack: DaySlack) -> bytes:
    """One of four kinds, in turn."""
    number = next(_numbers)
    match number % 4:
        case 0:
            return _command(port, NOISY, f"submit {LONG}")
        case 1:
            return _command(port, NOISY, f"the {number} parcels that never came")
        case 2:
            return _interaction(port, "view_submission", {"view": _sent_form(number)})
        case _:
            action = {"type": "button", "action_id": ids.SHOW_THEMES, "block_id": "b", "value": "all"}
            container = {"type": "message", "message_ts": new_ts(), "channel_id": NOISY.channel_id()}
            where = {"container": container, "response_url": slack.response_url(NOISY)}
            return _interaction(port, "block_actions", {"actions": [action], **where})


def _sent_form(number: int) -> Json:
    def said(value: str) -> Json:
        return {"value": {"type": "plain_text_input", "value": value}}

    values = {"title": said(f"The lamp {number}"), "story": said(LONG)}
    meta = FormMeta(f"{number:032}").value()
    return {
        "id": "V1",
        "type": "modal",
        "callback_id": ids.SUBMIT_FORM,
        "private_metadata": meta,
        "state": {"values": values},
    }


def _command(port: int, person: Person, words: str) -> bytes:
    who = {"team_id": person.team_id, "user_id": person.user_id, "channel_id": person.channel_id()}
    form = {"command": "/story", "text": words, **who, "trigger_id": person.trigger_id}
    return signed_body(port, urlencode(form).encode(), FORM)


def _interaction(port: int, kind: str, more: Json) -> bytes:
    who = {"team": {"id": NOISY.team_id, "domain": "bench"}, "user": {"id": NOISY.user_id, "team_id": NOISY.team_id}}
    payload = {"type": kind, **who, "trigger_id": NOISY.trigger_id, **more}
    return signed_body(port, urlencode({"payload": json.dumps(payload)}).encode(), FORM)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How long others wait beside one noisy person.")
    parser.add_argument("--seconds", type=float, default=15.0, help="for each of four measures")
    parser.add_argument("--noise", type=int, default=400, help="things that the noisy one sends a second")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main())
