"""The door of the Web API: who calls, may they, what went wrong on purpose, and the record of it."""

import asyncio
import base64
import contextlib
import json
import time
from typing import Any

from aiohttp import web

from playground.cloud import Cloud
from playground.errors import Refusal
from playground.faults import Fault
from playground.inspector import Call
from playground.methods import METHODS
from playground.methods.method import Method
from playground.responses import show_response
from playground.slack import Slack

Json = dict[str, Any]

_SENT_AS_JSON = frozenset({"blocks", "view", "metadata", "prompts", "attachments"})
_HTML = "<!DOCTYPE html><html><head><title>Slack</title></head><body>Server error</body></html>"


class WebApi:
    def __init__(self, cloud: Cloud, more: dict[str, Method]) -> None:
        self._cloud = cloud
        self._methods = {**METHODS, **more}

    def routes(self) -> list[web.RouteDef]:
        posted = [web.post(f"/{kind}/{{rest:.+}}", self.answer_response_url) for kind in ("commands", "actions", "app")]
        return [web.route("*", "/api/{method:[A-Za-z0-9.]*}", self.answer_call), *posted]

    async def answer_call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments, token = await _read(request)
        call = Call(method, arguments, self._cloud.clock.now(), self._cloud.tokens.given_to(token))
        try:
            slack = self._slack_of(method, arguments, token)
        except Refusal as refusal:
            told = refusal
            return await self._recorded(request, call, self._cloud.first, lambda: _refuse(told))
        return await self._recorded(request, call, slack, lambda: self._do(slack, method, arguments, token))

    async def answer_response_url(self, request: web.Request) -> web.StreamResponse:
        raw = await request.text()
        team_id = request.match_info["rest"].partition("/")[0]
        call = Call("response_url", {}, self._cloud.clock.now(), team_id)
        slack = self._cloud.slacks.get(team_id, self._cloud.first)

        def respond() -> Json:
            url = slack.capabilities.use(request.path)
            try:
                call.arguments = json.loads(raw)
            except ValueError:
                raise Refusal("invalid_payload") from None
            show_response(slack, url, call.arguments)
            return {"ok": True}

        return await self._recorded(request, call, slack, respond)

    async def _recorded(self, request: web.Request, call: Call, slack: Slack, carry_out: Any) -> web.StreamResponse:
        self._cloud.inspector.record(call)
        started = time.perf_counter()
        fault = self._cloud.faults.next_for(call.method) or _too_many(slack, call)
        try:
            if fault:
                return await self._go_wrong(request, call, fault, carry_out)
            call.status, call.answer = _carried_out(call.method, carry_out)
        finally:
            call.ms = (time.perf_counter() - started) * 1000
            self._cloud.changed()
        if call.method == "response_url" and call.status == 200:
            return web.Response(text="ok")
        return web.json_response(call.answer, status=call.status, headers=self._scope_headers(slack, call))

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

    def _slack_of(self, name: str, arguments: Json, token: str | None) -> Slack:
        """The workspace that a call is about, if its token opens one for this method."""
        method = self._methods.get(name)
        if method is None:
            raise Refusal("unknown_method", req_method=name)
        if method.token == "none":
            return self._cloud.first
        if token is None:
            raise Refusal("not_authed")
        is_app_token = token == self._cloud.registration.app_token
        if not is_app_token:
            self._cloud.tokens.owner_of(token)
        if is_app_token != (method.token == "app"):
            raise Refusal("not_allowed_token_type")
        return self._cloud.first if is_app_token else self._cloud.slack_of(name, token, arguments)

    def _do(self, slack: Slack, name: str, arguments: Json, token: str | None) -> Json:
        method = self._methods[name]
        if method.scope and not slack.app.may(method.scope):
            provided = ",".join(sorted(slack.app.scopes or ()))
            raise Refusal("missing_scope", needed=method.scope, provided=provided)
        told = {**arguments, "token": token} if method.is_told_token else arguments
        return {"ok": True, **(method.carry_out(slack, told) or {})}

    def _scope_headers(self, slack: Slack, call: Call) -> dict[str, str]:
        method = self._methods.get(call.method)
        granted = {"x-oauth-scopes": ",".join(sorted(slack.app.scopes))} if slack.app.scopes else {}
        return {**granted, "x-accepted-oauth-scopes": method.scope} if method and method.scope else granted


def _refuse(refusal: Refusal) -> None:
    raise refusal


def _too_many(slack: Slack, call: Call) -> Fault | None:
    """The refusal of a call for which it is too early, if it is."""
    wait = slack.rate_limits.wait(call.method, call.arguments, slack.clock.now())
    return Fault(call.method, "ratelimited", retry_after=wait) if wait else None


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
    if scheme == "Basic":
        with contextlib.suppress(ValueError):
            found["client_id"], _, found["client_secret"] = base64.b64decode(given).decode().partition(":")
    return found, given.strip() if scheme == "Bearer" else token
