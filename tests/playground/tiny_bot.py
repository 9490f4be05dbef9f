"""A bot of a few lines, which each test teaches how to answer, and blocks to answer with."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import ClientSession, web
from slack_sdk.web.async_client import AsyncWebClient

from playground import Playground
from playground.delivery import sign

Json = dict[str, Any]
Listener = Callable[[Json], Awaitable[Any]]

SCOPES = ["commands", "chat:write", "app_mentions:read", "im:history", "im:write", "users:read", "channels:read"]


def manifest(**changes: Any) -> Json:
    told: Json = {
        "display_information": {"name": "Echo"},
        "features": {
            "bot_user": {"display_name": "echo"},
            "slash_commands": [{"command": "/echo", "description": "Says it again", "usage_hint": "[words]"}],
            "shortcuts": [
                {"name": "Echo something", "type": "global", "callback_id": "echo-something", "description": "x"},
                {"name": "Echo this", "type": "message", "callback_id": "echo-this", "description": "x"},
            ],
        },
        "oauth_config": {"scopes": {"bot": SCOPES}},
        "settings": {"event_subscriptions": {"bot_events": ["app_mention", "message.im", "app_home_opened"]}},
    }
    told["features"] |= changes.pop("features", {})
    if events := changes.pop("events", None):
        told["settings"]["event_subscriptions"]["bot_events"] = events
    if scopes := changes.pop("scopes", None):
        told["oauth_config"]["scopes"]["bot"] = scopes
    return told | changes


class Bot:
    """Answers what it was taught and everything else with 200.

    It is taught by command, event type, action_id or callback_id; "options of" an action_id is what fills a menu.
    """

    def __init__(self, slack: Playground) -> None:
        self.slack = slack
        self.client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        self.listeners: dict[str, Listener] = {}
        self.headers: list[Any] = []
        self.url = ""

    def hears(self, name: str) -> Callable[[Listener], Listener]:
        def remember(listener: Listener) -> Listener:
            self.listeners[name] = listener
            return listener

        return remember

    async def respond(self, response_url: str, **message: Any) -> tuple[int, str]:
        async with ClientSession() as session, session.post(response_url, json=message) as response:
            return response.status, await response.text()

    async def receive(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        timestamp = int(request.headers.get("X-Slack-Request-Timestamp", 0))
        if (
            request.headers.get("X-Slack-Signature")
            != sign(self.slack.signing_secret, body, timestamp)["X-Slack-Signature"]
        ):
            return web.Response(status=401)
        self.headers.append(request.headers)
        name, payload = await _read(request)
        listener = self.listeners.get(name)
        answer = await listener(payload) if listener else None
        if isinstance(answer, web.StreamResponse):
            return answer
        return web.json_response(answer) if isinstance(answer, dict) else web.Response(text=answer or "")


async def _read(request: web.Request) -> tuple[str, Json]:
    if request.content_type == "application/json":
        payload = await request.json()
        return payload["event"]["type"], payload
    form = dict(await request.post())
    if "command" in form:
        return str(form["command"]), form
    payload = json.loads(str(form["payload"]))
    if payload["type"] == "block_actions":
        return payload["actions"][0]["action_id"], payload
    if payload["type"] == "block_suggestion":
        return f"options of {payload['action_id']}", payload
    return payload.get("callback_id") or payload["view"]["callback_id"], payload


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(label: str, action_id: str = "press", **more: Any) -> Json:
    return {"type": "button", "text": {"type": "plain_text", "text": label}, "action_id": action_id, **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "block_id": "actions", "elements": list(elements)}


def field(label: str, block_id: str, element: Json | None = None, **more: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": "said"} | (element or {})
    return {
        "type": "input",
        "block_id": block_id,
        "label": {"type": "plain_text", "text": label},
        "element": element,
        **more,
    }


def modal(title: str, *blocks: Json, **more: Any) -> Json:
    told = {
        "type": "modal",
        "callback_id": "form",
        "title": {"type": "plain_text", "text": title},
        "blocks": list(blocks),
    }
    return told | {"submit": {"type": "plain_text", "text": "Send"}} | more
