"""What Slack remembers: people, channels, messages and views. Pure state, no network."""

import copy
import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from playground.clock import Clock

Json = dict[str, Any]
SLACKBOT = "USLACKBOT"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


@dataclass
class User:
    """A person or a bot. `name` is the handle, `real_name` what is shown, `tz` the IANA name of their time zone.

    A guest `is_restricted`, one of a single channel also `is_ultra_restricted`. Whoever has another `team_id` than the
    workspace is here through a shared channel only.
    """

    id: str
    name: str
    real_name: str
    team_id: str
    note: str = ""
    tz: str = "Etc/UTC"
    is_bot: bool = False
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    deleted: bool = False
    bot_id: str | None = None


@dataclass
class UserGroup:
    """People who can be mentioned, or trusted, together; `members` are their ids in the order they came."""

    id: str
    handle: str
    members: list[str]
    created: int = 0


@dataclass
class Channel:
    """A channel, or a conversation of two (`is_im`, whose name is empty). Where it `is_read_only`, no app may post."""

    id: str
    name: str
    members: set[str]
    topic: str = ""
    created: int = 0
    is_im: bool = False
    is_private: bool = False
    is_archived: bool = False
    is_read_only: bool = False
    messages: list["Message"] = field(default_factory=list)
    read_until: dict[str, str] = field(default_factory=dict)


@dataclass
class Message:
    """One message; `only_for` is the one person who sees it when it is ephemeral."""

    ts: str
    channel_id: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    only_for: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    client_msg_id: str | None = None
    metadata: Json | None = None
    edited_ts: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_ephemeral(self) -> bool:
        return self.only_for is not None


@dataclass
class View:
    """A modal in somebody's stack, or their Home tab. `body` is what the app sent, with ids filled in.

    `channel_id` is the conversation that the person was looking at when the modal opened.
    """

    id: str
    user_id: str
    body: Json
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    channel_id: str | None = None
    values: Json = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    trouble: str | None = None

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.body["blocks"]
        return blocks


@dataclass
class Organisation:
    """Slack's enterprise organisation: workspaces under one roof."""

    id: str
    name: str
    team_ids: list[str] = field(default_factory=list)


class Workspace:
    """One workspace. Whoever changes something calls `changed()`, so that watchers look again."""

    def __init__(self, clock: Clock, name: str, organisation: Organisation | None = None) -> None:
        self._clock = clock
        self._random = random.Random(name)
        self._last_ts = 0.0
        self._numbers = itertools.count(1)
        self._watchers: list[Callable[[], object]] = []
        self.version = 0
        self.name = name
        self.domain = name.lower().replace(" ", "-")
        self.organisation = organisation
        self.team_id = self.new_id("T")
        self.users: dict[str, User] = {}
        self.user_groups: dict[str, UserGroup] = {}
        self.channels: dict[str, Channel] = {}
        self.modals: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.prompts: dict[str, Json] = {}
        self.statuses: dict[str, str] = {}
        self.users[SLACKBOT] = User(SLACKBOT, "slackbot", "Slackbot", self.team_id, is_bot=True)
        self._other_teams: dict[str, str] = {}

    def new_id(self, prefix: str) -> str:
        return new_id(self._random, prefix)

    def new_ts(self) -> str:
        """Microseconds, never twice the same: Slack's message id within a channel."""
        self._last_ts = max(self._clock.now(), self._last_ts + 0.000001)
        return f"{self._last_ts:.6f}"

    def changed(self) -> None:
        self.version += 1
        for watcher in list(self._watchers):
            watcher()

    def watch(self, watcher: Callable[[], object]) -> Callable[[], None]:
        """Call `watcher` at every change; returns the way to stop."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    # People and channels

    def add_user(
        self, real_name: str, note: str = "", tz: str = "Etc/UTC", team: str | None = None, **flags: Any
    ) -> User:
        """Somebody new. `team` names their own workspace where it is not this one; `flags` are those of `User`."""
        team_id = self.other_team_id(team) if team else self.team_id
        user = User(self.new_id("U"), real_name.lower().replace(" ", "."), real_name, team_id, note, tz, **flags)
        user.bot_id = self.new_id("B") if user.is_bot else None
        self.users[user.id] = user
        self.changed()
        return user

    def other_team_id(self, name: str) -> str:
        """The id of another workspace, which is known here only through its people."""
        return self._other_teams.setdefault(name, self.new_id("T"))

    def add_user_group(self, handle: str, members: list[str]) -> UserGroup:
        group = UserGroup(self.new_id("S"), handle, members, int(self._clock.now()))
        self.user_groups[group.id] = group
        self.changed()
        return group

    def add_channel(
        self, name: str, members: set[str], topic: str = "", *, is_private: bool = False, is_archived: bool = False
    ) -> Channel:
        created = int(self._clock.now())
        channel = Channel(
            self.new_id("C"), name, set(members), topic, created, is_private=is_private, is_archived=is_archived
        )
        self.channels[channel.id] = channel
        self.changed()
        return channel

    def im(self, one: str, other: str) -> Channel:
        """The conversation of two, opened when it is first needed."""
        for channel in self.channels.values():
            if channel.is_im and channel.members == {one, other}:
                return channel
        channel = Channel(self.new_id("D"), "", {one, other}, created=int(self._clock.now()), is_im=True)
        self.channels[channel.id] = channel
        self.changed()
        return channel

    def is_shared(self, channel: Channel) -> bool:
        """Whether people of another workspace are in a conversation (Slack Connect).

        The app's own user does not count: under an organisation's installation it is one for all of its workspaces.
        """
        people = (self.users[member] for member in channel.members)
        return any(user.team_id != self.team_id and not user.is_bot for user in people)

    def user_named(self, name: str) -> User | None:
        wanted = name.lower().lstrip("@")
        return next((user for user in self.users.values() if wanted in (user.name, user.real_name.lower())), None)

    def channel_named(self, name: str) -> Channel | None:
        wanted = name.lower().lstrip("#")
        return next((channel for channel in self.channels.values() if channel.name and channel.name == wanted), None)

    def shown_name(self, some_id: str) -> str | None:
        """What people read for a user's or a channel's id."""
        if user := self.users.get(some_id):
            return user.real_name
        channel = self.channels.get(some_id)
        return channel.name if channel else None

    # Messages

    def add_message(self, message: Message) -> Message:
        message.blocks = with_ids(message.blocks, self._new_block_id)
        self.channels[message.channel_id].messages.append(message)
        self.changed()
        return message

    def message(self, channel_id: str, ts: str) -> Message | None:
        channel = self.channels.get(channel_id)
        messages = channel.messages if channel else []
        return next((message for message in reversed(messages) if message.ts == ts), None)

    def change_message(self, message: Message, text: str, blocks: list[Json], edited_ts: str | None) -> None:
        message.text = text
        message.blocks = with_ids(blocks, self._new_block_id)
        message.edited_ts = edited_ts or message.edited_ts
        self.changed()

    def remove_message(self, message: Message) -> None:
        self.channels[message.channel_id].messages.remove(message)
        self.changed()

    def visible_to(self, user_id: str, channel_id: str) -> Iterator[Message]:
        for message in self.channels[channel_id].messages:
            if message.only_for in (None, user_id):
                yield message

    # Views

    def new_view(self, user_id: str, body: Json, under: View | None = None, channel_id: str | None = None) -> View:
        view_id = self.new_id("V")
        return View(
            id=view_id,
            user_id=user_id,
            body=self._view_body(body),
            hash=self._new_hash(),
            root_view_id=under.root_view_id if under else view_id,
            previous_view_id=under.id if under else None,
            channel_id=under.channel_id if under else channel_id,
        )

    def change_view(self, view: View, body: Json) -> None:
        """Draw a view anew. What the person typed stays in inputs whose block and action ids stay."""
        view.body = self._view_body(body)
        view.hash = self._new_hash()
        view.errors, view.trouble = {}, None
        here = {block["block_id"] for block in view.blocks}
        view.values = {block_id: values for block_id, values in view.values.items() if block_id in here}
        self.changed()

    def stack(self, user_id: str) -> list[View]:
        """This person's open modals, the one on top last."""
        return self.modals.setdefault(user_id, [])

    def view(self, view_id: str) -> View | None:
        everywhere = itertools.chain(*self.modals.values(), self.homes.values())
        return next((view for view in everywhere if view.id == view_id), None)

    def _view_body(self, body: Json) -> Json:
        return {**copy.deepcopy(body), "blocks": with_ids(body.get("blocks") or [], self._new_block_id)}

    def _new_hash(self) -> str:
        return f"{int(self._clock.now())}.{next(self._numbers):08x}"

    def _new_block_id(self) -> str:
        return self.new_id("b")[2:7]


def new_id(chance: random.Random, prefix: str) -> str:
    """An id as Slack's look: a letter for the kind, and letters and digits."""
    return prefix + "0" + "".join(chance.choices(_LETTERS, k=9))


def with_ids(blocks: list[Json], new_id: Callable[[], str]) -> list[Json]:
    """A copy of the blocks where every block, and every element that acts, has an id, as Slack returns them."""
    copied = copy.deepcopy(blocks)
    for block in copied:
        _give_ids(block, new_id)
    return copied


def _give_ids(block: Json, new_id: Callable[[], str]) -> None:
    if not block.get("block_id"):
        block["block_id"] = new_id()
    acting = [block.get("accessory"), block.get("element"), *(block.get("actions") or [])]
    if block.get("type") in ("actions", "context_actions"):
        acting += block.get("elements") or []
    for element in acting:
        if isinstance(element, dict) and element.get("type") != "image" and not element.get("action_id"):
            element["action_id"] = new_id()
    inner = block.get("child_blocks") or (block.get("elements") if block.get("type") == "carousel" else None) or []
    for child in inner:
        _give_ids(child, new_id)
