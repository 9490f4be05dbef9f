"""What people do in Slack (say, click, fill in, send) and what Slack makes of it for the app.

Each gesture waits for the app's acknowledgement and then shows its effect, or the trouble, to the person.
"""

import uuid
from typing import Any

from playground import drawing, form, limits, own_commands, payloads
from playground.errors import Refusal
from playground.inspector import Delivery
from playground.responses import show_response
from playground.slack import Slack
from playground.workspace import Channel, Message, View

Json = dict[str, Any]

_TROUBLE = "We had some trouble connecting. Try again?"


class Gestures:
    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._workspace = slack.workspace

    # Saying something

    async def say(self, user_id: str, channel_id: str, text: str, thread_ts: str | None = None) -> bool:
        """Send what stands in the message box. Returns whether the app, if it was asked, answered well."""
        channel = self._workspace.channels[channel_id]
        manifest = self._slack.app.manifest
        if text.startswith("/"):
            return await self._command(user_id, channel, text, thread_ts)
        if channel.is_archived:
            return self._refused(user_id, channel_id, "This channel is archived.")
        is_own_im = channel.is_im and self._slack.app.bot_user.id in channel.members
        if is_own_im and manifest and (manifest.read_only or not manifest.messages_tab):
            return self._refused(user_id, channel_id, "Sending messages to this app has been turned off.")
        return await self._message(user_id, channel, self._slack.typed(text), thread_ts)

    async def _message(self, user_id: str, channel: Channel, text: str, thread_ts: str | None) -> bool:
        message = Message(
            ts=self._workspace.new_ts(),
            channel_id=channel.id,
            user=user_id,
            text=text,
            blocks=[payloads.rich_text(text, self._workspace.shown_name)],
            thread_ts=thread_ts,
            client_msg_id=str(uuid.uuid4()),
            bot_id=self._workspace.users[user_id].bot_id,
        )
        # Suggested prompts belong to the latest message, so the next one takes their place.
        self._workspace.prompts.pop(channel.id, None)
        tasks = self._slack.post(message)
        bot = self._slack.app.bot_user
        if f"<@{bot.id}>" in text and bot.id not in channel.members:
            mend = f"Type /invite @{bot.name} to bring them in."
            self._refused(user_id, channel.id, f"You mentioned @{bot.name}, who is not in this channel. {mend}")
        return all([(await task).ok for task in tasks])

    async def _command(self, user_id: str, channel: Channel, typed: str, thread_ts: str | None) -> bool:
        name, _, text = typed.partition(" ")
        if own := own_commands.COMMANDS.get(name):
            worked, words = own(self._slack, user_id, channel, text)
            self._refused(user_id, channel.id, words)
            return worked
        manifest = self._slack.app.manifest
        command = manifest.commands.get(name) if manifest else None
        if command is None:
            return self._refused(user_id, channel.id, f"{name} is not a valid command.")
        if thread_ts:
            return self._refused(user_id, channel.id, f"{name} is not supported in threads. Sorry!")
        path = self._slack.capabilities.response_path("commands", user_id, channel.id)
        delivery = await self._slack.deliveries.send(
            "command",
            name,
            {
                "token": self._slack.app.registration.verification_token,
                "team_id": self._workspace.team_id,
                "team_domain": self._workspace.domain,
                "channel_id": channel.id,
                "channel_name": self._channel_name(channel),
                "user_id": user_id,
                "user_name": self._workspace.users[user_id].name,
                "command": name,
                "text": self._slack.typed(text.strip(), resolve=command.should_escape),
                "api_app_id": self._slack.app.registration.app_id,
                "is_enterprise_install": str(self._slack.app.is_org_wide).lower(),
                **self._organisation(),
                "response_url": self._slack.url + path,
                "trigger_id": self._slack.capabilities.trigger_id(user_id, channel_id=channel.id),
            },
        )
        return self._show_command_answer(delivery, user_id, channel, typed, path)

    def _show_command_answer(self, delivery: Delivery, user_id: str, channel: Channel, typed: str, path: str) -> bool:
        answer = delivery.answer
        if delivery.ok and answer:
            try:
                told = {"text": answer} if isinstance(answer, str) else answer
                if isinstance(told, dict) and told.get("response_type") == "in_channel":
                    limits.check_message(str(told.get("text") or ""), told.get("blocks"))
                    words = self._slack.typed(typed, resolve=False)
                    self._slack.post(Message(self._workspace.new_ts(), channel.id, user_id, words))
                show_response(self._slack, self._slack.capabilities.origin(path), told)
            except Refusal as refusal:
                delivery.failure = f"invalid_command_response: {refusal.error} {' '.join(refusal.messages)}".rstrip()
        if delivery.failure:
            return self._refused(user_id, channel.id, f'{delivery.name} failed with the error "{_error(delivery)}"')
        return True

    # Opening

    async def open(self, user_id: str, channel_id: str, tab: str = "messages") -> bool:
        """Look at a conversation; an app's own one tells the app so."""
        channel = self._workspace.channels[channel_id]
        if channel.messages:
            channel.read_until[user_id] = channel.messages[-1].ts
        if not (channel.is_im and self._slack.app.bot_user.id in channel.members):
            return True
        event: Json = {"type": "app_home_opened", "user": user_id, "channel": channel_id, "tab": tab}
        home = self._workspace.homes.get(user_id)
        if tab == "home" and home:
            event["view"] = self._slack.view_payload(home)
        task = self._slack.tell("app_home_opened", event)
        return task is None or (await task).ok

    # Clicking

    async def click_message(
        self, user_id: str, message: Message, block: Json, element: Json, chosen: Json
    ) -> str | None:
        """Use an element of a message; returns the error that the person is shown."""
        path = self._slack.capabilities.response_path("actions", user_id, message.channel_id, message.ts)
        payload = {
            "type": "block_actions",
            **self._where(user_id, message),
            "trigger_id": self._slack.capabilities.trigger_id(user_id, channel_id=message.channel_id),
            "state": {"values": _state_after(message.blocks, {}, block, element, chosen)},
            "response_url": self._slack.url + path,
            "actions": [self._action(block, element, chosen)],
        }
        delivery = await self._interact(element["action_id"], payload)
        if delivery.ok:
            return None
        error = f'The app failed with the error "{_error(delivery)}"'
        self._refused(user_id, message.channel_id, error)
        return error

    async def click_view(self, user_id: str, view: View, block: Json, element: Json, chosen: Json) -> str | None:
        view.values = _state_after(view.blocks, view.values, block, element, chosen)
        payload = {
            "type": "block_actions",
            **self._where(user_id, view),
            "trigger_id": self._slack.capabilities.trigger_id(user_id, view.id),
            "actions": [self._action(block, element, chosen)],
        }
        delivery = await self._interact(element["action_id"], payload)
        view.trouble = None if delivery.ok else _TROUBLE
        self._workspace.changed()
        return view.trouble

    async def suggest(self, user_id: str, shown: Message | View, block: Json, element: Json, typed: str) -> Json:
        """What an external menu offers for what was typed into it: the app's `options` or `option_groups`.

        Refusal when the app fails or answers something else
        (https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload).
        """
        payload = {
            "type": "block_suggestion",
            **self._where(user_id, shown),
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            "value": typed,
        }
        delivery = await self._interact(element["action_id"], payload)
        if delivery.failure:
            raise Refusal(delivery.failure)
        try:
            limits.check_suggestions(delivery.answer)
        except Refusal as refusal:
            delivery.failure = " ".join([refusal.error, *refusal.messages])
            raise
        answer: Json = delivery.answer
        return answer

    def _where(self, user_id: str, shown: Message | View) -> Json:
        """Who acts, and in what: the fields that every use of an element tells."""
        if isinstance(shown, View):
            container: Json = {"type": "view", "view_id": shown.id}
            return {"user": self._user(user_id), "container": container, "view": self._slack.view_payload(shown)}
        channel = self._workspace.channels[shown.channel_id]
        container = {
            "type": "message",
            "message_ts": shown.ts,
            "channel_id": channel.id,
            "is_ephemeral": shown.is_ephemeral,
        }
        if shown.thread_ts:
            container["thread_ts"] = shown.thread_ts
        told = {"user": self._user(user_id), "container": container, "channel": self._channel(channel)}
        return told if shown.is_ephemeral else {**told, "message": payloads.message(self._workspace, shown)}

    def _action(self, block: Json, element: Json, chosen: Json) -> Json:
        action = {"type": element["type"], "action_id": element["action_id"], "block_id": block["block_id"]}
        told = ("text", "value", "style", "placeholder", "url")
        kept = {name: element[name] for name in told if name in element}
        return {**kept, **chosen, **action, "action_ts": self._workspace.new_ts()}

    # Modals

    async def submit(self, user_id: str, view: View) -> bool:
        """Send a modal. Returns whether it was taken: no field is wrong and the app answered well."""
        view.values = form.state_values(view.blocks, view.values)
        view.trouble = None
        view.errors = form.problems(view.blocks, view.values)
        if view.errors:
            self._workspace.changed()
            return False
        payload = {
            "type": "view_submission",
            "user": self._user(user_id),
            "trigger_id": self._slack.capabilities.trigger_id(user_id, view.id),
            "view": self._slack.view_payload(view),
            "response_urls": self._response_urls(user_id, view),
        }
        delivery = await self._interact(view.body.get("callback_id") or "", payload)
        try:
            if delivery.failure:
                raise Refusal(delivery.failure)
            self._take_submission_answer(user_id, view, delivery.answer or {})
        except Refusal as refusal:
            delivery.failure = " ".join([refusal.error, *refusal.messages])
            view.trouble = _TROUBLE
        self._workspace.changed()
        return not (view.errors or view.trouble)

    def _take_submission_answer(self, user_id: str, view: View, answer: Any) -> None:
        if not isinstance(answer, dict):
            raise Refusal("invalid_response")
        stack = self._workspace.stack(user_id)
        match answer.get("response_action"):
            case None:
                if view in stack:
                    stack.remove(view)
            case "clear":
                stack.clear()
            case "errors":
                view.errors = _field_errors(view, answer.get("errors"))
            case "update":
                limits.check_view(answer.get("view"))
                self._slack.redraw(view, answer["view"])
            case "push":
                limits.check_view(answer.get("view"))
                if len(stack) >= limits.STACK:
                    raise Refusal("push_limit_reached")
                self._slack.show(self._workspace.new_view(user_id, answer["view"], under=view))
            case other:
                raise Refusal(f"unknown response_action {other}")

    def _response_urls(self, user_id: str, view: View) -> list[Json]:
        """One for each conversation that was picked in an input with `response_url_enabled`."""
        urls = []
        for block, element in drawing.elements(view.blocks):
            if element.get("response_url_enabled"):
                held = view.values[block["block_id"]][element["action_id"]]
                channel_id = held.get("selected_conversation") or held.get("selected_channel")
                path = self._slack.capabilities.response_path("app", user_id, channel_id)
                ids = {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": channel_id}
                urls.append({**ids, "response_url": self._slack.url + path})
        return urls

    async def close(self, user_id: str, view: View, whole_stack: bool = False) -> None:
        """Close the modal on top, or with `whole_stack` (the cross) all of them."""
        stack = self._workspace.stack(user_id)
        everything = whole_stack or bool(view.body.get("clear_on_close"))
        closed = [*reversed(stack)] if everything else [view]
        self._workspace.modals[user_id] = [open_view for open_view in stack if open_view not in closed]
        self._workspace.changed()
        for gone in closed:
            if gone.body.get("notify_on_close"):
                payload = {
                    "type": "view_closed",
                    "user": self._user(user_id),
                    "view": self._slack.view_payload(gone),
                    "is_cleared": everything,
                }
                await self._interact(gone.body.get("callback_id") or "", payload)

    # Shortcuts

    async def shortcut(
        self, user_id: str, callback_id: str, message: Message | None = None, channel_id: str | None = None
    ) -> bool:
        """Use a global shortcut while looking at a channel, or on a message a message shortcut."""
        looking_at = message.channel_id if message else channel_id
        payload: Json = {
            "type": "shortcut",
            "action_ts": self._workspace.new_ts(),
            "user": self._user(user_id),
            "callback_id": callback_id,
            "trigger_id": self._slack.capabilities.trigger_id(user_id, channel_id=looking_at),
        }
        if message:
            channel = self._workspace.channels[message.channel_id]
            path = self._slack.capabilities.response_path("app", user_id, channel.id, message.ts)
            payload |= {
                "type": "message_action",
                "channel": self._channel(channel),
                "message_ts": message.ts,
                "message": payloads.message(self._workspace, message),
                "response_url": self._slack.url + path,
            }
        delivery = await self._interact(callback_id, payload)
        if not delivery.ok:
            here = message.channel_id if message else self._workspace.im(user_id, self._slack.app.bot_user.id).id
            self._refused(user_id, here, f'The shortcut failed with the error "{_error(delivery)}"')
        return delivery.ok

    async def _interact(self, name: str, payload: Json) -> Delivery:
        return await self._slack.deliveries.send("interactive", name, {**self._slack.envelope(), **payload})

    def _refused(self, user_id: str, channel_id: str, words: str) -> bool:
        self._slack.slackbot_says(user_id, channel_id, words)
        return False

    def _user(self, user_id: str) -> Json:
        user = self._workspace.users[user_id]
        return {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id}

    def _organisation(self) -> Json:
        roof = self._workspace.organisation
        return {"enterprise_id": roof.id, "enterprise_name": roof.name} if roof else {}

    def _channel(self, channel: Channel) -> Json:
        return {"id": channel.id, "name": self._channel_name(channel)}

    def _channel_name(self, channel: Channel) -> str:
        return "directmessage" if channel.is_im else "privategroup" if channel.is_private else channel.name


def _error(delivery: Delivery) -> str:
    """Slack's word to the person for what went wrong."""
    if delivery.failure == "http_timeout":
        return "operation_timeout"
    is_lost = delivery.failure in ("connection_failed", "http_error") or delivery.kind != "command"
    return "dispatch_failed" if is_lost else "invalid_command_response"


def _state_after(blocks: list[Json], held: Json, block: Json, element: Json, chosen: Json) -> Json:
    values = form.state_values(blocks, held)
    if form.holds_a_value(element):
        values.setdefault(block["block_id"], {})[element["action_id"]] = {"type": element["type"], **chosen}
    return values


def _field_errors(view: View, errors: Any) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise Refusal("errors must name block_ids of input blocks")
    return {block_id: str(words) for block_id, words in errors.items()}
