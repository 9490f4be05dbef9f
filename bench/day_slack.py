"""Slack for a busy day: takes every call, and remembers the buttons and forms that people then have before them."""

import itertools
import json
import random
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any

from aiohttp import web

Json = dict[str, Any]

KEPT = 2_000
_ADMINS = 2


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by number; ids tell workspace and number, and the first two of each workspace are its admins."""

    workspace: int
    number: int

    @property
    def team_id(self) -> str:
        return f"T{self.workspace:06}"

    @property
    def user_id(self) -> str:
        return f"U{self.workspace:06}{self.number:04}"

    @property
    def trigger_id(self) -> str:
        return f"{self.user_id}.{next(_numbers)}"

    def channel_id(self, number: int = 0) -> str:
        return f"C{self.workspace:06}{number:04}"


def person_of(user_id: str) -> Person:
    return Person(int(user_id[1:7]), int(user_id[7:11]))


@dataclass(frozen=True, slots=True)
class Button:
    """A button that somebody has before them, with the message it stands in; `person` is None where all see it."""

    person: Person | None
    channel_id: str
    ts: str
    block_id: str
    element: Json


@dataclass(frozen=True, slots=True)
class Form:
    person: Person
    view: Json


class DaySlack:
    """Who is who, and what stands where; the latest `KEPT` buttons and forms."""

    def __init__(self) -> None:
        self.buttons: deque[Button] = deque(maxlen=KEPT)
        self.forms: deque[Form] = deque(maxlen=KEPT)
        self.calls = 0
        self.url = ""
        self.last_call_at = 0.0

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        site = web.Application(client_max_size=4 << 20)
        site.add_routes(
            [web.route("*", "/api/{method}", self._call), web.post("/actions/{user_id}/{rest:.*}", self._said)]
        )
        runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield
        await runner.cleanup()

    def response_url(self, person: Person) -> str:
        return f"{self.url}/actions/{person.user_id}/{next(_numbers)}"

    def shows(self, person: Person | None, channel_id: str, ts: str, blocks: list[Json]) -> None:
        """Remember what somebody can press now."""
        for block in blocks:
            for element in block.get("elements", ()) if block["type"] == "actions" else ():
                if element["type"] == "button":
                    block_id = block.get("block_id", "b")
                    self.buttons.append(Button(person, channel_id, ts, block_id, element))

    def opens(self, person: Person, view: Json) -> None:
        if view.get("submit"):
            self.forms.append(Form(person, view))

    async def _call(self, request: web.Request) -> web.Response:
        self.calls += 1
        self.last_call_at = monotonic()
        arguments: Json = dict(request.query)
        if request.can_read_body:
            is_json = request.content_type == "application/json"
            arguments |= await request.json() if is_json else dict(await request.post())
        team_id = request.headers["Authorization"].rpartition("-")[2]
        return web.json_response({"ok": True, **self._answer(request.match_info["method"], team_id, arguments)})

    def _answer(self, method: str, team_id: str, arguments: Json) -> Json:
        match method:
            case "chat.postMessage":
                ts = new_ts()
                channel_id = str(arguments["channel"])
                person = person_of(channel_id) if channel_id.startswith("U") else None
                self.shows(person, channel_id, ts, arguments.get("blocks") or [])
                return {"channel": channel_id, "ts": ts}
            case "views.open" | "views.push":
                view = arguments["view"]
                self.opens(person_of(str(arguments["trigger_id"])), json.loads(view) if isinstance(view, str) else view)
                return {"view": {"id": "V1"}}
            case "users.info":
                return {"user": user(str(arguments["user"]))}
            case "conversations.info" | "conversations.open":
                return {"channel": {"id": arguments.get("channel", "D1"), "name": "support", "is_member": True}}
            case "auth.test":
                return {"team_id": team_id, "user_id": f"U{team_id[1:]}BOT", "bot_id": f"B{team_id[1:]}"}
        return {}

    async def _said(self, request: web.Request) -> web.Response:
        """What a response_url takes, for the eyes of whoever it was given for."""
        self.calls += 1
        person, told = person_of(request.match_info["user_id"]), await request.json()
        self.shows(person, person.channel_id(), new_ts(), told.get("blocks") or [])
        return web.Response(text="ok")


def user(user_id: str) -> Json:
    person = person_of(user_id)
    told = {"id": user_id, "team_id": person.team_id, "real_name": f"Person {person.number}", "tz": "Europe/London"}
    return {**told, "is_admin": person.number < _ADMINS}


def values_of(view: Json, person: Person, rng: random.Random, tell: Iterator[str]) -> Json:
    """What somebody fills in: all that has to be; `tell` gives what they write where there is room."""
    values: Json = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            values[block["block_id"]] = {
                element["action_id"]: _value(element, person, rng, tell, block.get("optional"))
            }
    return values


def _value(element: Json, person: Person, rng: random.Random, tell: Iterator[str], is_optional: object) -> Json:
    kind = element["type"]
    told: Json = {"type": kind}
    match kind:
        case "plain_text_input":
            said = next(tell) if element.get("multiline") else " ".join(next(tell).split()[:4])
            return {**told, "value": element.get("initial_value") or (None if is_optional else said)}
        case "static_select" | "external_select" | "radio_buttons":
            chosen = element.get("initial_option") or rng.choice(element.get("options") or [None])
            return {**told, "selected_option": chosen}
        case "checkboxes":
            return {
                **told,
                "selected_options": element.get("initial_options") or ([] if is_optional else element["options"]),
            }
        case "multi_static_select":
            options = element.get("options") or [one for group in element["option_groups"] for one in group["options"]]
            return {**told, "selected_options": element.get("initial_options") or [rng.choice(options)]}
        case "conversations_select" | "channels_select":
            field = f"selected_{kind.partition('s_')[0]}"
            return {
                **told,
                field: element.get(field.replace("selected", "initial")) or person.channel_id(rng.randrange(9)),
            }
        case "timepicker":
            return {**told, "selected_time": element.get("initial_time") or f"{rng.randrange(24):02}:00"}
    return told


def new_ts() -> str:
    return f"{next(_numbers)}.000000"


_numbers = itertools.count(1_700_000_000)
