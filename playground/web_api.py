"""The door of the Web API: who calls, may they, what went wrong on purpose, and the record of it."""

import asyncio
import json
import time
from typing import Any

from aiohttp import web

from playground.errors import Refusal
from playground.faults import Fault
from playground.inspector import Call
from playground.methods import METHODS
from playground.methods.method import Method
from playground.responses import show_response
from playground.slack import Slack
from playground.socket_mode import SocketMode

Json = dict[str, Any]

_SENT_AS_JSON = frozenset({"blocks", "view", "metadata", "prompts", "attachments"})
_HTML = "<!DOCTYPE html><html><head><title>Slack</title></head><body>Server error</body></html>"


class WebApi:
    def __init__(self, slack: Slack, socket_mode: SocketMode) -> None:
        self._slack = slack
        self._methods = {**METHODS, "apps.connections.open": socket_mode.method()}

    def routes(self) -> list[web.RouteDef]:
        posted = [web.post(f"/{kind}/{{rest:.+}}", self.answer_response_url) for kind in ("commands", "actions", "app")]
        return [web.route("*", "/api/{method:[A-Za-z.]*}", self.answer_call), *posted]

    async def answer_call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments, token = await _read(request)
        call = Call(method, arguments, self._slack.clock.now())
        return await self._recorded(request, call, lambda: self._do(method, arguments, token))

    async def answer_response_url(self, request: web.Request) -> web.StreamResponse:
        raw = await request.text()
        call = Call("response_url", {}, self._slack.clock.now())

        def respond() -> Json:
            url = self._slack.capabilities.use(request.path)
            try:
                call.arguments = json.loads(raw)
            except ValueError:
                raise Refusal("invalid_payload") from None
            show_response(self._slack, url, call.arguments)
            return {"ok": True}

        return await self._recorded(request, call, respond)

    async def _recorded(self, request: web.Request, call: Call, carry_out: Any) -> web.StreamResponse:
        self._slack.inspector.record(call)
        started = time.perf_counter()
        fault = self._slack.faults.next_for(call.method) or self._too_many(call)
        try:
            if fault:
                return await self._go_wrong(request, call, fault, carry_out)
            call.status, call.answer = _carried_out(call.method, carry_out)
        finally:
            call.ms = (time.perf_counter() - started) * 1000
            self._slack.workspace.changed()
        if call.method == "response_url" and call.status == 200:
            return web.Response(text="ok")
        return web.json_response(call.answer, status=call.status, headers=self._scope_headers(call.method))

    def _too_many(self, call: Call) -> Fault | None:
        """The refusal of a call for which it is too early, if it is."""
        wait = self._slack.rate_limits.wait(call.method, call.arguments, self._slack.clock.now())
        return Fault(call.method, "ratelimited", retry_after=wait) if wait else None

    async def _go_wrong(self, request: web.Request, call: Call, fault: Fault, carry_out: Any) -> web.StreamResponse:
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.lost or (fault.delay and not (fault.error or fault.status or fault.html or fault.cut)):
            call.status, call.answer = _carried_out(call.method, carry_out)
        if fault.lost or fault.cut:
            call.answer = {"carried out, but lost": call.answer} if fault.lost else {"cut off": "nothing carried out"}
            if request.transport:
                request.transport.abort()
            return web.Response()
        if call.answer is not None:
            return web.json_response(call.answer, status=call.status)
        limited = fault.error in ("ratelimited", "rate_limited")
        call.status = fault.status or (429 if limited else 200)
        if fault.html:
            call.answer = _HTML
            return web.Response(status=call.status, text=_HTML, content_type="text/html")
        call.answer = {"ok": False, "error": fault.error or "internal_error"}
        headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
        return web.json_response(call.answer, status=call.status, headers=headers)

    def _do(self, name: str, arguments: Json, token: str | None) -> Json:
        method = self._methods.get(name)
        if method is None:
            raise Refusal("unknown_method", req_method=name)
        self._check_token(method, token)
        return {"ok": True, **(method.carry_out(self._slack, arguments) or {})}

    def _check_token(self, method: Method, token: str | None) -> None:
        app = self._slack.app
        if token is None:
            raise Refusal("not_authed")
        if token not in (app.bot_token, app.app_token):
            raise Refusal("invalid_auth")
        if (token == app.app_token) != method.with_app_token:
            raise Refusal("not_allowed_token_type")
        if method.scope and not app.may(method.scope):
            provided = ",".join(sorted(app.manifest.scopes)) if app.manifest else ""
            raise Refusal("missing_scope", needed=method.scope, provided=provided)

    def _scope_headers(self, name: str) -> dict[str, str]:
        manifest, method = self._slack.app.manifest, self._methods.get(name)
        headers = {"x-oauth-scopes": ",".join(sorted(manifest.scopes))} if manifest else {}
        return {**headers, "x-accepted-oauth-scopes": method.scope} if method and method.scope else headers


def _carried_out(method: str, carry_out: Any) -> tuple[int, Any]:
    try:
        return 200, carry_out()
    except Refusal as refusal:
        if method != "response_url":
            return 200, refusal.answer()
        return 404 if refusal.error in ("expired_url", "used_url", "no_such_url") else 400, refusal.answer()


async def _read(request: web.Request) -> tuple[Json, str | None]:
    """A call's arguments and token, from a form, JSON or the query. The token is not kept among the arguments."""
    found: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text() or "{}")
        except ValueError:
            body = None
        found |= body if isinstance(body, dict) else {}
    else:
        found |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    for name in _SENT_AS_JSON & found.keys():
        if isinstance(found[name], str):
            try:
                found[name] = json.loads(found[name])
            except ValueError:
                found[name] = None if not found[name] else found[name]
    token = found.pop("token", None)
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return found, given.strip() if scheme == "Bearer" else token
