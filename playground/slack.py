"""Slack's inside: the workspace, the installed app, and what the app is told when something happens."""

import asyncio
import re
import secrets
from typing import TYPE_CHECKING, Any

from playground import menus, payloads
from playground.app import App
from playground.capabilities import Capabilities
from playground.inspector import Delivery
from playground.rate_limits import RateLimits
from playground.workspace import SLACKBOT, Channel, Message, View, Workspace

if TYPE_CHECKING:
    from playground.cloud import Cloud

Json = dict[str, Any]


class Slack:
    """One workspace with the app in it."""

    def __init__(self, cloud: "Cloud", workspace: Workspace) -> None:
        self._cloud = cloud
        self.workspace = workspace
        self.app = App(cloud.registration, workspace)
        self.clock, self.inspector, self.faults = cloud.clock, cloud.inspector, cloud.faults
        self.deliveries = cloud.deliveries
        self.rate_limits = RateLimits()
        self.capabilities = Capabilities(self.clock, workspace.team_id)

    @property
    def url(self) -> str:
        return self._cloud.url

    @property
    def organisation_id(self) -> str | None:
        return self.workspace.organisation.id if self.workspace.organisation else None

    def knows(self, arguments: Json) -> bool:
        """Whether a call is about something of this workspace: a channel, a person, a view, what somebody just did."""
        workspace = self.workspace
        named = [str(arguments[name]) for name in ("channel", "user", "user_id", "users") if arguments.get(name)]
        if any(one in workspace.channels or one in workspace.users for one in named):
            return True
        trigger_id, view_id = str(arguments.get("trigger_id")), str(arguments.get("view_id"))
        return self.capabilities.gave(trigger_id) or workspace.view(view_id) is not None

    # What the app is told

    def envelope(self) -> Json:
        """The fields that every payload carries."""
        return {
            "token": self.app.registration.verification_token,
            "api_app_id": self.app.registration.app_id,
            "team": payloads.team(self.workspace),
            "enterprise": payloads.organisation(self.workspace),
            "is_enterprise_install": self.app.is_org_wide,
        }

    def tell(self, subscription: str, event: Json) -> asyncio.Task[Delivery] | None:
        """Deliver an event if the app subscribed to it; the task is the first try."""
        if self.app.manifest is None or subscription not in self.app.manifest.events:
            return None
        now = self.clock.now()
        channel = self.workspace.channels.get(str(event.get("channel")))
        return self.deliveries.send_event(
            {
                "token": self.app.registration.verification_token,
                "team_id": self.workspace.team_id,
                "context_team_id": self.workspace.team_id,
                "context_enterprise_id": self.organisation_id,
                **({"enterprise_id": self.organisation_id} if self.organisation_id else {}),
                "api_app_id": self.app.registration.app_id,
                "event": {**event, "event_ts": event.get("event_ts") or f"{now:.6f}"},
                "type": "event_callback",
                "event_id": self.workspace.new_id("Ev"),
                "event_time": int(now),
                "authorizations": [
                    {
                        "enterprise_id": self.organisation_id,
                        "team_id": None if self.app.is_org_wide else self.workspace.team_id,
                        "user_id": self.app.bot_user.id,
                        "is_bot": True,
                        "is_enterprise_install": self.app.is_org_wide,
                    }
                ],
                "is_ext_shared_channel": channel is not None and self.workspace.is_shared(channel),
                "event_context": secrets.token_urlsafe(24),
            }
        )

    def tell_of_message(self, message: Message, change: Json | None = None) -> list[asyncio.Task[Delivery]]:
        """Tell the app of a message in a conversation it is in, or of its `change`: an edit or a deletion."""
        channel = self.workspace.channels[message.channel_id]
        if self.app.bot_user.id not in channel.members:
            return []
        kind = "im" if channel.is_im else "group" if channel.is_private else "channel"
        where = {"channel": channel.id, "channel_type": kind}
        told = payloads.message(self.workspace, message)
        event = {"type": "message", "ts": self.workspace.new_ts(), "hidden": True, **change} if change else told
        subscription = "message.im" if channel.is_im else f"message.{kind}s"
        tasks = [self.tell(subscription, {**event, **where, "event_ts": event["ts"]})]
        is_named = message.bot_id != self.app.bot_id and f"<@{self.app.bot_user.id}>" in message.text
        if is_named and not change and not channel.is_im:
            mention = {**told, "type": "app_mention", "channel": channel.id, "event_ts": message.ts}
            tasks.insert(0, self.tell("app_mention", mention))
        return [task for task in tasks if task]

    # What the app or a person does to messages

    def post(self, message: Message) -> list[asyncio.Task[Delivery]]:
        self.workspace.add_message(message)
        if message.thread_ts is None:
            self.workspace.channels[message.channel_id].read_until[message.user] = message.ts
        return [] if message.is_ephemeral else self.tell_of_message(message)

    def post_as_app(
        self,
        channel: Channel,
        text: str,
        blocks: list[Json],
        thread_ts: str | None = None,
        only_for: str | None = None,
        metadata: Json | None = None,
    ) -> Message:
        message = Message(
            ts=self.workspace.new_ts(),
            channel_id=channel.id,
            user=self.app.bot_user.id,
            text=text,
            blocks=blocks,
            thread_ts=thread_ts,
            only_for=only_for,
            bot_id=self.app.bot_id,
            app_id=self.app.registration.app_id,
            metadata=metadata,
        )
        # Slack takes a status away when the app says something where the status stood.
        self.workspace.statuses.pop(f"{channel.id}:{thread_ts}" if thread_ts else channel.id, None)
        self.post(message)
        return message

    def edit(self, message: Message, text: str, blocks: list[Json], edited_ts: str | None = None) -> None:
        before = payloads.message(self.workspace, message)
        self.workspace.change_message(message, text, blocks, edited_ts)
        if not message.is_ephemeral:
            now = payloads.message(self.workspace, message)
            self.tell_of_message(message, {"subtype": "message_changed", "message": now, "previous_message": before})

    def delete(self, message: Message) -> None:
        self.workspace.remove_message(message)
        if not message.is_ephemeral:
            before = payloads.message(self.workspace, message)
            change = {"subtype": "message_deleted", "deleted_ts": message.ts, "previous_message": before}
            self.tell_of_message(message, change)

    # What people do to channels

    def join(self, channel: Channel, user_id: str, inviter: str | None = None) -> None:
        channel.members.add(user_id)
        event = {"type": "member_joined_channel", "user": user_id, "channel": channel.id}
        self.tell("member_joined_channel", {**event, "inviter": inviter} if inviter else event)
        self.workspace.changed()

    def leave(self, channel: Channel, user_id: str, actor_id: str | None = None) -> None:
        """Somebody goes, or is sent away by the actor. Apps hear of themselves by another event than of others."""
        channel.members.discard(user_id)
        if user_id == self.app.bot_user.id:
            kind = "group_left" if channel.is_private else "channel_left"
            self.tell(kind, {"type": kind, "channel": channel.id, "actor_id": actor_id or user_id})
        else:
            self.tell("member_left_channel", {"type": "member_left_channel", "user": user_id, "channel": channel.id})
        self.workspace.changed()

    def archive(self, channel: Channel, user_id: str) -> None:
        channel.is_archived = True
        self._tell_of_channel("archive", channel, user_id)

    def unarchive(self, channel: Channel, user_id: str) -> None:
        channel.is_archived = False
        self._tell_of_channel("unarchive", channel, user_id)

    def delete_channel(self, channel: Channel) -> None:
        self._tell_of_channel("deleted", channel)
        del self.workspace.channels[channel.id]
        self.workspace.changed()

    def _tell_of_channel(self, what: str, channel: Channel, user_id: str | None = None) -> None:
        kind = f"{'group' if channel.is_private else 'channel'}_{what}"
        if payloads.may_know(channel, self.app.bot_user.id):
            self.tell(kind, {"type": kind, "channel": channel.id, **({"user": user_id} if user_id else {})})
        self.workspace.changed()

    def slackbot_says(self, user_id: str, channel_id: str, text: str) -> None:
        """Slack's own words to one person."""
        ts = self.workspace.new_ts()
        self.workspace.add_message(Message(ts, channel_id, SLACKBOT, text, only_for=user_id))

    # Views

    def view_payload(self, view: View) -> Json:
        return payloads.view(self.workspace, view, self.app.ids)

    def show(self, view: View) -> None:
        """Put a modal on top of its person's stack."""
        menus.choose_current_conversation(self.workspace, view)
        self.workspace.stack(view.user_id).append(view)
        self.workspace.changed()

    def redraw(self, view: View, body: Json) -> None:
        """Draw an open view anew, with what its person filled in kept."""
        self.workspace.change_view(view, body)
        menus.choose_current_conversation(self.workspace, view)
        self.workspace.changed()

    # Words that people type

    def typed(self, text: str, resolve: bool = True) -> str:
        """Text as Slack passes it on: escaped, and where `resolve`, with mentions, channels and links as references."""
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return _REFERABLE.sub(self._reference, escaped) if resolve else escaped

    def _reference(self, match: re.Match[str]) -> str:
        word = match[0]
        if word.startswith("http"):
            return f"<{word}>"
        name = word[1:]
        if word[0] == "@":
            user = self.workspace.user_named(name)
            return f"<!{name}>" if name in _BROADCASTS else f"<@{user.id}>" if user else word
        channel = self.workspace.channel_named(name)
        return f"<#{channel.id}|{channel.name}>" if channel else word


_BROADCASTS = frozenset({"here", "channel", "everyone"})
_REFERABLE = re.compile(r"(?<![\w@#/])[@#][\w.-]*\w|https?://[^\s<>|]*[^\s<>|.,;:!?)'\"]")
