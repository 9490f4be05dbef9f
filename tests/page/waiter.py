"""A tiny Slack app for the tests of the page: a waiter who takes orders."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession, web
from slack_sdk.web.async_client import AsyncWebClient

from playground import Playground

Json = dict[str, Any]


def plain(words: str) -> Json:
    return {"type": "plain_text", "text": words}


def mrkdwn(words: str) -> Json:
    return {"type": "mrkdwn", "text": words}


def button(label: str, action_id: str, **more: Any) -> Json:
    return {"type": "button", "text": plain(label), "action_id": action_id, "value": label, **more}


def options(*labels: str) -> list[Json]:
    return [{"text": plain(label), "value": label.lower()} for label in labels]


def field_of(block_id: str, label: str, element: Json, **more: Any) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"action_id": "it", **element},
        **more,
    }


def plate(dish: str) -> list[Json]:
    """A dish as a message."""
    return [
        {"type": "header", "text": plain(dish)},
        {"type": "section", "text": mrkdwn("Served by <@U0WAITER1> with `bread`, see <https://example.org|the menu>")},
        {
            "type": "actions",
            "block_id": "what-next",
            "elements": [
                button("Another dish", "another", style="primary"),
                button("Special wishes", "wishes"),
                button("Send it back", "back", style="danger", confirm=ASK),
                {"type": "overflow", "action_id": "more", "options": options("Salt", "Pepper")},
            ],
        },
    ]


ASK = {
    "title": plain("Send it back?"),
    "text": mrkdwn("The cook will be *sad*."),
    "confirm": plain("Send"),
    "deny": plain("Keep"),
}

HERE = {"default_to_current_conversation": True, "filter": {"include": ["public", "private"]}}
COOKS = ("Auguste Escoffier", "Eugénie Brazier", "Julia Child")
HERBS = ("Basil", "Bay", "Borage", "Chives")

FORM = {
    "type": "modal",
    "callback_id": "order",
    "title": plain("Special wishes"),
    "submit": plain("Order"),
    "close": plain("Never mind"),
    "blocks": [
        field_of(
            "dish", "Dish", {"type": "plain_text_input", "max_length": 40}, hint=plain("As it stands in the menu")
        ),
        field_of("notes", "Notes", {"type": "plain_text_input", "multiline": True}, optional=True),
        field_of("size", "Size", {"type": "static_select", "options": options("Small", "Large")}),
        field_of("sides", "Sides", {"type": "multi_static_select", "options": options("Rice", "Salad")}, optional=True),
        field_of("spice", "Spice", {"type": "radio_buttons", "options": options("Mild", "Hot")}),
        field_of("extras", "Extras", {"type": "checkboxes", "options": options("Bread", "Water")}, optional=True),
        field_of("day", "Day", {"type": "datepicker"}, optional=True),
        field_of("hour", "Hour", {"type": "timepicker"}, optional=True),
        field_of("guests", "Guests", {"type": "number_input", "is_decimal_allowed": False}, optional=True),
        field_of("mail", "Email", {"type": "email_text_input"}, optional=True),
        field_of("site", "Website", {"type": "url_text_input"}, optional=True),
        field_of("host", "Host", {"type": "users_select"}, optional=True),
        field_of("room", "Room", {"type": "conversations_select", **HERE}, optional=True),
        field_of("cook", "Cook", {"type": "external_select", "action_id": "cook"}, optional=True),
        field_of(
            "herbs",
            "Herbs",
            {"type": "multi_external_select", "action_id": "herbs", "min_query_length": 1, "max_selected_items": 2},
            optional=True,
        ),
        {"type": "actions", "block_id": "help", "elements": [button("What is rice?", "explain")]},
    ],
}

NOTE = {
    "type": "modal",
    "title": plain("Rice"),
    "close": plain("Back"),
    "blocks": [{"type": "section", "text": mrkdwn("A grain.")}],
}

MANIFEST = {
    "display_information": {"name": "Waiter"},
    "features": {
        "bot_user": {"display_name": "waiter"},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [{"command": "/order", "description": "Something to eat", "usage_hint": "soup | [a dish]"}],
        "shortcuts": [
            {"name": "Call the waiter", "type": "global", "callback_id": "call", "description": "Now"},
            {"name": "Order what this says", "type": "message", "callback_id": "order-this", "description": "Now"},
        ],
        "agent_view": {"agent_description": "Takes orders"},
    },
    "oauth_config": {"scopes": {"bot": ["commands", "chat:write", "im:history", "assistant:write"]}},
    "settings": {"event_subscriptions": {"bot_events": ["app_home_opened", "message.im"]}},
}


@dataclass
class Waiter:
    """What the app was told, and how it is asked to behave: slowly (until `may_answer` is set) or badly."""

    client: AsyncWebClient
    orders: list[Json] = field(default_factory=list)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    dishes: int = 1

    async def serve(self, request: web.Request) -> web.StreamResponse:
        await self.may_answer.wait()
        if request.content_type == "application/json":
            return await self._event(await request.json())
        said = dict(await request.post())
        if "payload" in said:
            return await self._interactive(json.loads(str(said["payload"])))
        if said["text"] == "a stone":
            return web.Response(status=500)
        dish = str(said["text"]) or "soup"
        return web.json_response({"text": f"Here is your {dish}.", "blocks": plate(dish)})

    async def _event(self, envelope: Json) -> web.StreamResponse:
        event = envelope["event"]
        if event["type"] == "message" and not event.get("bot_id"):
            await self.client.chat_postMessage(channel=event["channel"], text=f"You said: {event['text']}")
        if event["type"] == "app_home_opened":
            prompts = [{"title": "Soup", "message": "soup, please"}]
            await self.client.assistant_threads_setSuggestedPrompts(
                channel_id=event["channel"], thread_ts="", prompts=prompts
            )
            home = {"type": "home", "blocks": [{"type": "header", "text": plain("Today’s menu")}]}
            await self.client.views_publish(user_id=event["user"], view=home)
        return web.Response()

    async def _interactive(self, told: Json) -> web.StreamResponse:
        if told["type"] == "view_submission":
            return self._ordered(told["view"]["state"]["values"])
        if told["type"] == "block_suggestion":
            known = COOKS if told["action_id"] == "cook" else HERBS
            found = options(*(name for name in known if told["value"].lower() in name.lower()))
            groups = [{"label": plain("In season"), "options": found}] if found else []
            return web.json_response({"option_groups": groups})
        if told["type"] == "shortcut":
            await self.client.views_open(trigger_id=told["trigger_id"], view=NOTE)
        if told["type"] == "message_action":
            self.orders.append(told)
            said = {"type": "section", "text": {"type": "plain_text", "text": told["message"]["text"]}}
            await self.client.views_open(trigger_id=told["trigger_id"], view={**NOTE, "blocks": [said]})
        for action in told.get("actions", []):
            self.orders.append(action)
            match action["action_id"]:
                case "another":
                    self.dishes += 1
                    answer = {
                        "text": f"Dish {self.dishes}",
                        "blocks": plate(f"Dish {self.dishes}"),
                        "replace_original": True,
                    }
                    await self._respond(told["response_url"], answer)
                case "wishes":
                    await self.client.views_open(trigger_id=told["trigger_id"], view=FORM)
                case "explain":
                    await self.client.views_push(trigger_id=told["trigger_id"], view=NOTE)
                case "back":
                    await self._respond(told["response_url"], {"delete_original": True})
        return web.Response()

    def _ordered(self, values: Json) -> web.StreamResponse:
        if values["dish"]["it"]["value"] == "soap":
            return web.json_response({"response_action": "errors", "errors": {"dish": "We are out of soap."}})
        self.orders.append(values)
        return web.Response()

    async def _respond(self, url: str, answer: Json) -> None:
        async with ClientSession() as session, session.post(url, json=answer) as response:
            assert response.ok


@asynccontextmanager
async def waiting(slack: Playground) -> AsyncIterator[Waiter]:
    """A waiter at work in this workspace."""
    waiter = Waiter(AsyncWebClient(slack.bot_token, base_url=slack.api_url))
    waiter.may_answer.set()
    app = web.Application()
    app.router.add_post("/slack/events", waiter.serve)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        slack.install(request_url=f"http://127.0.0.1:{port}/slack/events", manifest=MANIFEST)
        yield waiter
    finally:
        waiter.may_answer.set()
        await runner.cleanup()
