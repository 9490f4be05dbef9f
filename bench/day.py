"""A day's traffic in a few minutes: does memory grow, is anything left behind?

    python -m bench.day [--requests 100000] [--sent 0.25] [--where]

People of fifty workspaces type, click, fill in forms, mention the bot, approve, and are told stories of the week, as
fast as one process answers; meanwhile its clock goes through a day. Printed is what it holds after a tenth, and in the
end, at rest both times. With `--sent 0` every form is closed again, so that no library grows. `--where` tells also
where memory grew in the second half, and slows it down.
"""

import argparse
import asyncio
import json
import random
import re
import signal
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlencode

from cryptography.fernet import Fernet

from bench.day_slack import Button, DaySlack, Form, Person, new_ts, person_of, values_of
from bench.figures import print_machine, print_table, short
from bench.judged import judged
from bench.load import line_to
from bench.servers import free_port, until_open
from bench.slack import signed_body
from bench.weekly_load import resident
from bench.weekly_process import SharedClock
from bot.domain.installation import Installation, Tokens
from bot.domain.moderation import Chosen, Moderation
from bot.domain.schedule import Schedule
from bot.domain.slots import Timing
from bot.domain.workspace import Workspace
from bot.storage.database import opened
from bot.storage.installations import InstallationStore
from bot.storage.moderation import ModerationStore
from bot.storage.sealing import Seal
from bot.storage.weekly import WeeklyStore
from tests.submissions.crowd import rows

Json = dict[str, Any]
Request = tuple[Json, str]
"""What Slack sends, and whether as "command", "interaction" or "event"."""

WORKSPACES, PEOPLE, CHANNELS = 50, 40, 4
LINES = 16
# A connection is used so often; Slack's are many, and come and go.
USED = 500
SEED = 7
SENT = 0.25
BEGIN = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)
PARTS = 24
MOST_GROWTH = 0.05
# Ten connections to the database, three files each, are opened as they are needed, and given up after a time-out.
POOLED = 30
# Longer than idle connections are kept by either side.
REST_SECONDS = 20.0
SAID_WITHIN = 300.0
TO_SAY = """
    SELECT 1 FROM outbox WHERE state = 'sending' OR state = 'due' AND NOT EXISTS (
        SELECT 1 FROM outbox AS base WHERE base.team_id = outbox.team_id AND base.state = 'unknown'
        AND base.key IN (outbox.replies_to, outbox.changes)
    ) LIMIT 1
"""
FORM, JSON = b"application/x-www-form-urlencoded", b"application/json"
COMPLAINTS = re.compile(r"Task was destroyed|Unclosed c\w+|never awaited|never retrieved|Unexpected \w+")


@dataclass(frozen=True, slots=True)
class Held:
    """What a process holds at rest: memory in MB, tasks by what they do, open files."""

    memory: float
    tasks: Counter[str]
    files: int


class Day:
    """What people do next, by chance; whatever the bot showed them can be pressed, and its forms are sent."""

    def __init__(self, slack: DaySlack, sent: float) -> None:
        self._slack = slack
        self._sent = sent
        self._rng = random.Random(SEED)
        self._words = [query.words for query in judged("own")]
        self._told = self._stories()
        self.kinds: Counter[str] = Counter()

    def next(self) -> tuple[Person, Request]:
        person = Person(self._rng.randrange(WORKSPACES), self._rng.randrange(PEOPLE))
        if self._slack.forms and self._rng.random() < 0.5:
            form = self._slack.forms.popleft()
            # Most look at a form and close it again.
            if self._rng.random() < self._sent:
                return self._sends(form)
        kinds = {
            self._asks: 40,
            self._looks: 12,
            self._begins: 1,
            self._presses: 24,
            self._mentions: 8,
            self._writes: 5,
            self._chats: 5,
            self._opens: 2,
        }
        [kind] = self._rng.choices(list(kinds), list(kinds.values()))
        return kind(person)

    # Commands

    def _asks(self, person: Person) -> tuple[Person, Request]:
        return self._types(person, self._rng.choice(self._words))

    def _looks(self, person: Person) -> tuple[Person, Request]:
        words = ("", "", "themes", "help", "mine", "saved", "week", "schedule", "review")
        return self._types(person, self._rng.choice(words))

    def _begins(self, person: Person) -> tuple[Person, Request]:
        return self._types(person, "submit")

    def _types(self, person: Person, words: str) -> tuple[Person, Request]:
        self.kinds["commands"] += 1
        form = {
            "command": "/story",
            "text": words,
            "team_id": person.team_id,
            "user_id": person.user_id,
            "channel_id": person.channel_id(self._rng.randrange(CHANNELS)),
            "is_enterprise_install": "false",
            "response_url": self._slack.response_url(person),
            "trigger_id": person.trigger_id,
        }
        return person, (form, "command")

    # Clicks and forms

    def _presses(self, person: Person) -> tuple[Person, Request]:
        buttons = self._slack.buttons
        if not buttons:
            return self._asks(person)
        button = buttons[self._rng.randrange(len(buttons))]
        if button.person:
            person = button.person
        elif button.channel_id.startswith("C"):
            person = Person(person_of(button.channel_id).workspace, self._rng.randrange(PEOPLE))
        return person, (self._pressed(button, person), "interaction")

    def _pressed(self, button: Button, person: Person) -> Json:
        self.kinds["clicks"] += 1
        action = {"type": "button", "block_id": button.block_id, "action_id": button.element["action_id"]}
        container = {"type": "message", "message_ts": button.ts, "channel_id": button.channel_id}
        return {
            **self._interaction("block_actions", person),
            "container": {**container, "is_ephemeral": button.person is not None},
            "channel": {"id": button.channel_id},
            "response_url": self._slack.response_url(person),
            "actions": [{**action, "value": button.element.get("value", "")}],
        }

    def _sends(self, form: Form) -> tuple[Person, Request]:
        self.kinds["forms"] += 1
        values = values_of(form.view, form.person, self._rng, self._told)
        view = {**form.view, "id": "V1", "state": {"values": values}}
        return form.person, ({**self._interaction("view_submission", form.person), "view": view}, "interaction")

    def _interaction(self, kind: str, person: Person) -> Json:
        return {
            "type": kind,
            "team": {"id": person.team_id, "domain": "bench"},
            "enterprise": None,
            "is_enterprise_install": False,
            "user": {"id": person.user_id, "team_id": person.team_id},
            "trigger_id": person.trigger_id,
        }

    # Events

    def _mentions(self, person: Person) -> tuple[Person, Request]:
        return self._says(person, "app_mention", "channel", person.channel_id())

    def _writes(self, person: Person) -> tuple[Person, Request]:
        return self._says(person, "message", "im", f"D{person.user_id[1:]}")

    def _chats(self, person: Person) -> tuple[Person, Request]:
        """What colleagues say to each other, which is none of the bot's business."""
        return self._says(person, "message", "channel", person.channel_id())

    def _says(self, person: Person, kind: str, channel_type: str, channel_id: str) -> tuple[Person, Request]:
        said = {"user": person.user_id, "text": self._rng.choice(self._words), "ts": new_ts()}
        return self._event(person, {"type": kind, "channel": channel_id, "channel_type": channel_type, **said})

    def _opens(self, person: Person) -> tuple[Person, Request]:
        tab = self._rng.choice(["home", "messages"])
        opened = {"type": "app_home_opened", "user": person.user_id, "channel": f"D{person.user_id[1:]}", "tab": tab}
        return self._event(person, opened)

    def _event(self, person: Person, event: Json) -> tuple[Person, Request]:
        self.kinds["events"] += 1
        told = {"type": "event_callback", "team_id": person.team_id, "event_id": f"Ev{new_ts()}", "event": event}
        return person, (told, "event")

    def _stories(self) -> Iterator[str]:
        words = [word for said in self._words for word in said.split()]
        while True:
            yield " ".join(self._rng.choices(words, k=40))


class Traffic:
    """Sends what a day brings over `LINES` connections at once, and counts what was not answered well."""

    def __init__(self, slack: DaySlack, day: Day, port: int) -> None:
        self._slack = slack
        self._day = day
        self._port = port
        self.sent = 0
        self.refused: Counter[str] = Counter()

    async def until(self, number: int) -> None:
        """Go on until so many requests were sent in all."""
        await asyncio.gather(*(self._line(number) for _ in range(LINES)))

    async def _line(self, number: int) -> None:
        while self.sent < number:
            async with line_to(self._port) as sends:
                for _ in range(USED):
                    if self.sent >= number:
                        return
                    self.sent += 1
                    await self._one(sends)

    async def _one(self, sends: Callable[[bytes], Awaitable[bytes]]) -> None:
        person, (payload, kind) = self._day.next()
        try:
            answer = await sends(self._signed(payload, kind))
        except RuntimeError as refused:
            self.refused[str(refused)[:60]] += 1
            return
        if answer.startswith(b"{"):
            told = json.loads(answer)
            self._slack.shows(person, str(payload.get("channel_id", "")), new_ts(), told.get("blocks") or [])

    def _signed(self, payload: Json, kind: str) -> bytes:
        if kind == "event":
            return signed_body(self._port, json.dumps(payload).encode(), JSON)
        form = payload if kind == "command" else {"payload": json.dumps(payload)}
        return signed_body(self._port, urlencode(form).encode(), FORM)


async def set_up(data: Path, key: str) -> None:
    """Fifty workspaces that have installed the bot and chosen moderators; in each, channels that are due this day."""
    before = BEGIN - timedelta(days=2)
    async with opened(None, data) as database:
        installations, desks = InstallationStore(database, Seal([key])), ModerationStore(database)
        weekly = WeeklyStore(database)
        for number in range(WORKSPACES):
            admin, other = Person(number, 0), Person(number, 1)
            here = Workspace("", admin.team_id)
            tokens = Tokens(f"xoxb-{admin.team_id}")
            installation = Installation("", admin.team_id, tokens, before, installer_id=admin.user_id)
            await installations.install(installation, [])
            moderation = Moderation(moderators=(admin.user_id, other.user_id))
            await desks.choose(here, Chosen(moderation, admin.user_id, before), lambda *_: [])
            for channel in range(CHANNELS):
                timing = Timing(BEGIN.weekday(), time((number * CHANNELS + channel) % 23 + 1), "Etc/UTC")
                begun = Schedule(here, admin.channel_id(channel), f"schedule-{number}-{channel}", admin.user_id, timing)
                await weekly.keep(None, begun.set_up(admin.user_id, timing, (), asks_question=True, now=before), before)


class Bot:
    """The process, and what it holds."""

    def __init__(self, process: Process) -> None:
        self.process = process

    async def held(self) -> Held:
        tasks = await self._asked(signal.SIGUSR1)
        return Held(resident(self.process.pid), Counter(tasks["tasks"]), open_files(self.process.pid))

    async def grown(self) -> list[str]:
        """Where memory has grown since this was first asked."""
        return list((await self._asked(signal.SIGUSR2))["grew"])

    async def _asked(self, by: signal.Signals) -> Json:
        assert self.process.stdout
        self.process.send_signal(by)
        told: Json = json.loads(await self.process.stdout.readline())
        return told


def open_files(pid: int) -> int:
    """Files, sockets and pipes that a process has open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


@asynccontextmanager
async def running(start: Json, complaints: Path) -> AsyncIterator[Bot]:
    with complaints.open("wb") as said:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.day_process", stdin=PIPE, stdout=PIPE, stderr=said, limit=1 << 20
        )
        assert process.stdin
        process.stdin.write(json.dumps(start).encode() + b"\n")
        try:
            await until_open(start["port"], process)
            if process.returncode is not None:
                raise RuntimeError(f"The bot ended, see {complaints}")
            yield Bot(process)
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def measure(requests: int, sent: float, *, where: bool) -> bool:
    """Print the figures; whether all is well."""
    slack = DaySlack()
    day = Day(slack, sent)
    with tempfile.TemporaryDirectory(prefix="day-") as folder:
        data, key, port = Path(folder), Fernet.generate_key().decode(), free_port()
        complaints = data / "stderr"
        await set_up(data, key)
        clock = SharedClock(data / "clock")
        clock.set_to(BEGIN)
        async with AsyncExitStack() as closing:
            await closing.enter_async_context(slack.serving())
            start = {
                "api_url": f"{slack.url}/api/",
                "data": folder,
                "port": port,
                "key": key,
                "clock": str(data / "clock"),
            }
            bot = await closing.enter_async_context(running(start, complaints))
            traffic = Traffic(slack, day, port)
            began, first, memory = monotonic(), None, list[float]()
            for part in range(1, PARTS + 1):
                clock.set_to(BEGIN + timedelta(hours=part))
                if first is None and traffic.sent >= requests // 10:
                    first = await _at_rest(bot)
                if where and part == PARTS // 2:
                    # By then what is kept of the latest is full, or nearly.
                    await bot.grown()
                await traffic.until(requests * part // PARTS)
                # An hour that passes in a moment would end the leases of what is being said.
                await _all_said(data)
                memory.append(resident(bot.process.pid))
            took = monotonic() - began - REST_SECONDS
            last = await _at_rest(bot)
            grew = await bot.grown() if where else []
        said = complaints.read_text()
    assert first
    print("\n".join(grew))
    return tell(traffic, day, slack, first, last, memory, said, took)


async def _all_said(data: Path) -> None:
    """Until nothing is left to say; what waits for a message of which nobody knows is not waited for."""
    async with asyncio.timeout(SAID_WITHIN):
        while rows(data, TO_SAY):  # noqa: ASYNC110 # nothing tells
            await asyncio.sleep(0.2)


async def _at_rest(bot: Bot) -> Held:
    await asyncio.sleep(REST_SECONDS)
    return await bot.held()


def tell(
    traffic: Traffic, day: Day, slack: DaySlack, first: Held, last: Held, memory: list[float], said: str, took: float
) -> bool:
    growth = last.memory / first.memory - 1
    complaints = Counter(COMPLAINTS.findall(said))
    print_table(
        f"{traffic.sent:,} requests of {WORKSPACES} workspaces, {short(traffic.sent / took)} a second",
        ["", "after a tenth", "in the end"],
        [
            ["memory at rest, MB", short(first.memory), short(last.memory)],
            ["growth", "", f"{growth:+.1%}"],
            ["tasks", str(first.tasks.total()), str(last.tasks.total())],
            ["open files", str(first.files), str(last.files)],
        ],
    )
    print_table(
        "What came and went",
        ["", "figure"],
        [
            *([kind, f"{count:,}"] for kind, count in day.kinds.most_common()),
            ["calls to Slack", f"{slack.calls:,}"],
            ["answered otherwise than 200", str(sum(traffic.refused.values()))],
            ["complaints on stderr", str(sum(complaints.values()))],
        ],
    )
    print(f"Tasks that are new: {', '.join(last.tasks - first.tasks) or 'none'}")
    print(f"Memory through the day, MB: {', '.join(map(short, memory))}")
    print(*map(str, (*traffic.refused.items(), *complaints.items())), *said.splitlines()[:20], sep="\n")
    is_flat = last.tasks.total() <= first.tasks.total() and last.files <= first.files + POOLED
    return growth < MOST_GROWTH and is_flat and not traffic.refused and not complaints


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--sent", type=float, default=SENT, help="the share of opened forms that are sent")
    parser.add_argument("--where", action="store_true", help="tell where memory grew")
    options = parser.parse_args()
    print_machine()
    sys.exit(0 if asyncio.run(measure(options.requests, options.sent, where=options.where)) else 1)


if __name__ == "__main__":
    main()
