"""The page's own protocol: what is there, what changed, and what the person at the browser did.

Only loopback hosts are answered, and every POST needs the header `X-Playground`, which another site's page cannot set:
whoever can press buttons here can act as anybody in the workspace.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from playground import drawing, form, menus, mrkdwn
from playground.errors import Refusal
from playground.gestures import Gestures
from playground.inspector import Call, Delivery
from playground.slack import Slack
from playground.workspace import SLACKBOT, Channel, Message, User, View

Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

STATIC = Path(__file__).with_name("static")
MESSAGES_SHOWN, ENTRIES_SHOWN = 200, 200
HEARTBEAT_SECONDS = 15
MOST_SECONDS_AHEAD = 366 * 24 * 3600.0
_GONE = "this element is not there any more"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Page:
    def __init__(self, slack: Slack, gestures: Gestures) -> None:
        self._slack = slack
        self._gestures = gestures
        self._workspace = slack.workspace
        self._streams: set[asyncio.Task[Any] | None] = set()

    def routes(self) -> list[web.AbstractRouteDef]:
        gets: dict[str, Handler] = {
            "/": self._index,
            "/static/{path:.+}": self._static,
            "/page/state": self._state,
            "/page/events": self._events,
        }
        posts: dict[str, Callable[[Json], Awaitable[Json]]] = {
            "/page/say": self._say,
            "/page/open": self._open,
            "/page/click": self._click,
            "/page/suggest": self._suggest,
            "/page/view/submit": self._submit,
            "/page/view/close": self._close,
            "/page/shortcut": self._shortcut,
            "/page/clock": self._set_clock,
        }
        return [
            *(web.get(path, _guarded(handler)) for path, handler in gets.items()),
            *(web.post(path, _guarded(_reading(act), own_header=True)) for path, act in posts.items()),
        ]

    async def stop(self, _app: web.Application) -> None:
        for stream in filter(None, self._streams):
            stream.cancel()

    # Looking

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(STATIC / "index.html")

    async def _static(self, request: web.Request) -> web.StreamResponse:
        path = (STATIC / request.match_info["path"]).resolve()
        if not (path.is_relative_to(STATIC.resolve()) and path.is_file()):
            raise web.HTTPNotFound
        return web.FileResponse(path)

    async def _state(self, request: web.Request) -> web.StreamResponse:
        me = request.query.get("as") or self._people()[0]["id"]
        if me not in self._workspace.users:
            raise web.HTTPNotFound(text="nobody has this id")
        return web.json_response(self.state(me))

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: the version, whenever something changed."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", **_HEADERS})
        changed = asyncio.Event()
        stop_watching = self._workspace.watch(changed.set)
        stream = asyncio.current_task()
        self._streams.add(stream)
        try:
            await response.prepare(request)
            while True:
                changed.clear()
                await response.write(f"data: {json.dumps({'version': self._workspace.version})}\n\n".encode())
                while not await _within(changed, HEARTBEAT_SECONDS):
                    await response.write(b": still here\n\n")
        except (ConnectionResetError, asyncio.CancelledError):
            return response
        finally:
            stop_watching()
            self._streams.discard(stream)

    def state(self, me: str) -> Json:
        """All that one person's page shows."""
        manifest = self._slack.app.manifest
        self._workspace.im(me, self._slack.app.bot_user.id)
        channels = [channel for channel in self._workspace.channels.values() if me in channel.members]
        home = self._workspace.homes.get(me)
        return {
            "version": self._workspace.version,
            "ahead": self._slack.clock.ahead,
            "team": {"id": self._workspace.team_id, "name": self._workspace.name},
            "me": me,
            "people": self._people(),
            "channels": [self._channel(channel, me) for channel in channels],
            "commands": [vars(command) for command in manifest.commands.values()] if manifest else [],
            "shortcuts": [vars(shortcut) for shortcut in manifest.shortcuts] if manifest else [],
            "messages": {channel.id: self._messages(channel, me) for channel in channels},
            "prompts": self._workspace.prompts,
            "status": self._workspace.statuses,
            "views": [self._view(view) for view in self._workspace.stack(me)],
            "home": self._view(home) if home else None,
            "home_tab": bool(manifest and manifest.home_tab),
            "inspector": self._inspected(),
        }

    def _people(self) -> list[Json]:
        return [
            {
                "id": user.id,
                "name": user.name,
                "real_name": user.real_name,
                "is_bot": user.is_bot,
                "note": user.note or _standing(user, self._workspace.team_id),
            }
            for user in sorted(self._workspace.users.values(), key=lambda user: user.is_bot)
            if not user.deleted
        ]

    def _channel(self, channel: Channel, me: str) -> Json:
        other = next((member for member in channel.members if member != me), None) if channel.is_im else None
        read_until = channel.read_until.get(me, "")
        unread = [m for m in self._workspace.visible_to(me, channel.id) if m.user != me and m.ts > read_until]
        return {
            "id": channel.id,
            "name": self._workspace.shown_name(other) if other else channel.name,
            "kind": "im" if channel.is_im else "channel",
            "with": other,
            "topic": channel.topic,
            "is_private": channel.is_private,
            "is_archived": channel.is_archived,
            "unread": len(unread),
        }

    def _messages(self, channel: Channel, me: str) -> list[Json]:
        visible = list(self._workspace.visible_to(me, channel.id))
        replies: dict[str, int] = {}
        for message in visible:
            if message.thread_ts:
                replies[message.thread_ts] = replies.get(message.thread_ts, 0) + 1
        return [self._message(message, replies.get(message.ts, 0), me) for message in visible[-MESSAGES_SHOWN:]]

    def _blocks(self, blocks: list[Json], me: str) -> list[Json]:
        """Blocks with the tokens of their texts, and with what menus of people and conversations offer to somebody."""
        copied: list[Json] = drawing.annotated(blocks, self._workspace.shown_name)
        for _, element in drawing.elements(copied):
            if (offered := menus.offered(self._workspace, me, element)) is not None:
                element["offers"] = [{"value": some_id, "text": shown} for some_id, shown in offered.items()]
        return copied

    def _message(self, message: Message, reply_count: int, me: str) -> Json:
        names = self._workspace.shown_name
        return {
            "ts": message.ts,
            "user": message.user,
            "time": f"{_local(float(message.ts)):%H:%M}",
            "text": {"tokens": mrkdwn.tokens(message.text, names)},
            "blocks": self._blocks(message.blocks, me),
            "thread_ts": message.thread_ts,
            "reply_count": reply_count,
            "ephemeral": message.is_ephemeral,
            "edited": message.edited_ts is not None,
            "from_slack": message.user == SLACKBOT,
            "reactions": [{"name": name, "users": users} for name, users in message.reactions.items()],
        }

    def _view(self, view: View) -> Json:
        names = self._workspace.shown_name
        return {
            "id": view.id,
            **{key: drawing.annotated(view.body.get(key), names) for key in ("title", "submit", "close")},
            "blocks": self._blocks(view.blocks, view.user_id),
            "hash": view.hash,
            "callback_id": view.body.get("callback_id") or "",
            "values": form.state_values(view.blocks, view.values),
            "errors": view.errors,
            "trouble": view.trouble,
        }

    def _inspected(self) -> list[Json]:
        entries = list(self._slack.inspector.entries)[-ENTRIES_SHOWN:]
        first = self._slack.inspector.seen - len(entries) + 1
        return [{"n": first + index, **_entry(entry)} for index, entry in enumerate(entries)]

    # Doing

    async def _say(self, told: Json) -> Json:
        return {"ok": await self._gestures.say(told["as"], told["channel"], told["text"], told.get("thread_ts"))}

    async def _open(self, told: Json) -> Json:
        return {"ok": await self._gestures.open(told["as"], told["channel"], told.get("tab") or "messages")}

    async def _click(self, told: Json) -> Json:
        shown = self._container(told["as"], told["container"])
        found = _element(shown, told)
        if found is None:
            return {"ok": False, "error": _GONE}
        block, element = found
        chosen = form.chosen(element, told)
        if isinstance(shown, View):
            shown.values = told.get("values") or shown.values
            error = await self._gestures.click_view(told["as"], shown, block, element, chosen)
        else:
            error = await self._gestures.click_message(told["as"], shown, block, element, chosen)
        return {"ok": error is None, **({"error": error} if error else {})}

    async def _suggest(self, told: Json) -> Json:
        """What an external menu offers for what was typed: groups of options, or one without a label."""
        shown = self._container(told["as"], told["container"])
        found = _element(shown, told)
        if found is None:
            return {"ok": False, "error": _GONE}
        try:
            answer = await self._gestures.suggest(told["as"], shown, *found, str(told["typed"]))
        except Refusal as refusal:
            return {"ok": False, "error": f'The app failed with the error "{refusal.error}"'}
        groups = answer.get("option_groups") or [{"options": answer.get("options") or []}]
        return {"ok": True, "groups": drawing.annotated(groups, self._workspace.shown_name)}

    def _container(self, me: str, container: Json) -> Message | View:
        found: Message | View | None
        if container["type"] == "view":
            found = self._workspace.view(container["view_id"])
            mine = found is not None and found.user_id == me
        else:
            found = self._workspace.message(container["channel"], container["ts"])
            mine = found is not None and found.only_for in (None, me)
        if found is None or not mine:
            raise web.HTTPNotFound(text="this is not there any more")
        return found

    async def _submit(self, told: Json) -> Json:
        view = self._modal(told)
        view.values = told["values"]
        await self._gestures.submit(told["as"], view)
        return {"ok": True} if view.trouble is None else {"ok": False, "error": view.trouble}

    async def _close(self, told: Json) -> Json:
        await self._gestures.close(told["as"], self._modal(told), bool(told.get("whole_stack")))
        return {"ok": True}

    def _modal(self, told: Json) -> View:
        found = self._container(told["as"], {"type": "view", "view_id": told["view_id"]})
        assert isinstance(found, View)
        return found

    async def _shortcut(self, told: Json) -> Json:
        message = self._workspace.message(told["channel"], told["ts"]) if told.get("ts") else None
        ok = await self._gestures.shortcut(told["as"], told["callback_id"], message, told["channel"])
        return {"ok": ok}

    async def _set_clock(self, told: Json) -> Json:
        """Move the clock on `by` seconds or `to` a moment in seconds since 1970."""
        clock = self._slack.clock
        seconds = float(told["by"]) if "by" in told else float(told["to"]) - clock.now()
        if not 0 <= seconds <= MOST_SECONDS_AHEAD:
            return {"ok": False, "error": "The clock goes forward only, and by a year at most."}
        await clock.go_on(seconds)
        return {"ok": True}


def _element(shown: Message | View, told: Json) -> tuple[Json, Json] | None:
    """The element that a page names, with its block, if it still stands there."""
    ids = (told["block_id"], told["action_id"])
    found = drawing.elements(shown.blocks)
    return next((pair for pair in found if (pair[0]["block_id"], pair[1]["action_id"]) == ids), None)


def _standing(user: User, team_id: str) -> str:
    """What somebody is here, where that is not plain membership."""
    if user.team_id != team_id:
        return "from another workspace"
    return "guest" if user.is_restricted else "admin" if user.is_admin else ""


def _guarded(handler: Handler, own_header: bool = False) -> Handler:
    async def guarded(request: web.Request) -> web.StreamResponse:
        if request.url.host not in LOOPBACK:
            raise web.HTTPForbidden(text="the playground answers on this machine only")
        if own_header and request.headers.get("X-Playground") != "1":
            raise web.HTTPForbidden(text="the header X-Playground is missing")
        response = await handler(request)
        if not response.prepared:
            response.headers.update(_HEADERS)
        return response

    return guarded


def _reading(act: Callable[[Json], Awaitable[Json]]) -> Handler:
    async def reading(request: web.Request) -> web.StreamResponse:
        try:
            return web.json_response(await act(await request.json()))
        except (KeyError, TypeError, ValueError) as error:
            raise web.HTTPBadRequest(text=f"this request lacks something: {error}") from error

    return reading


async def _within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False


def _entry(entry: Delivery | Call) -> Json:
    at = f"{_local(entry.at):%H:%M:%S.%f}"[:-3]
    if isinstance(entry, Call):
        kind = "response_url" if entry.method == "response_url" else "web api"
        return {
            "direction": "from app",
            "kind": kind,
            "what": entry.method,
            "at": at,
            "ms": round(entry.ms, 1),
            "status": entry.status,
            "ok": entry.ok,
            "request": entry.arguments,
            "response": entry.answer,
        }
    retry = f" (retry {entry.retry_num})" if entry.retry_num else ""
    return {
        "direction": "to app",
        "kind": "socket" if entry.by_socket else entry.kind,
        "what": _title(entry) + retry,
        "at": at,
        "ms": None if entry.ack_ms is None else round(entry.ack_ms, 1),
        "status": entry.status,
        "ok": entry.ok,
        "request": entry.payload,
        "response": entry.answer if entry.ok else {"failure": entry.failure, "answer": entry.answer},
    }


def _title(delivery: Delivery) -> str:
    if delivery.kind == "command":
        return f"{delivery.name} {delivery.payload['text']}".rstrip()
    return delivery.name if delivery.kind == "event" else f"{delivery.payload['type']} {delivery.name}".rstrip()


def _local(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).astimezone()
