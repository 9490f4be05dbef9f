"""Somebody who uses the workspace: types, looks, clicks, fills in forms. What the tests speak."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from playground import drawing, form, mrkdwn
from playground.errors import Refusal
from playground.gestures import Gestures
from playground.slack import Slack
from playground.workspace import Channel, Message, User, View

Json = dict[str, Any]


@dataclass(frozen=True)
class Drawing:
    """Blocks that stood before somebody: read only where somebody asks, since people look far more often."""

    blocks: list[Json] = field(repr=False)
    names: mrkdwn.Names = field(repr=False, compare=False)

    @cached_property
    def buttons(self) -> list[str]:
        return drawing.button_labels(self.blocks, self.names)

    @cached_property
    def live(self) -> list[Json]:
        """Every mention, broadcast and link that would notify somebody or lead somewhere."""
        return drawing.live(drawing.annotated(self.blocks, self.names))


@dataclass(frozen=True)
class Seen(Drawing):
    """A message as somebody saw it at one moment. `drawn` is all they read, `text` the top-level text as sent."""

    ts: str
    channel: str
    user: str
    text: str
    ephemeral: bool
    thread_ts: str | None
    edited: bool

    @cached_property
    def drawn(self) -> str:
        return drawing.drawn(self.blocks, self.names) if self.blocks else mrkdwn.plain(self._said)

    @cached_property
    def live(self) -> list[Json]:
        return mrkdwn.live(self._said) + super().live

    @property
    def _said(self) -> list[mrkdwn.Token]:
        return mrkdwn.tokens(self.text, self.names)


@dataclass(frozen=True)
class SeenView(Drawing):
    """A modal or a Home tab as somebody saw it. `errors` are by the label of the input they stand under."""

    id: str
    title: str
    drawn: str
    submit: str | None
    close: str | None
    errors: dict[str, str]
    trouble: str | None
    values: Json = field(repr=False)


class Person:
    """`channel` is always a channel's name, or for direct messages the other one's name; "storybot" is the app's."""

    def __init__(self, slack: Slack, gestures: Gestures, user: User) -> None:
        self._slack = slack
        self._gestures = gestures
        self._names = slack.workspace.shown_name
        self.user = user
        self.asked: str | None = None

    @property
    def id(self) -> str:
        return self.user.id

    @property
    def name(self) -> str:
        return self.user.real_name

    # Saying and looking

    async def types(self, text: str, channel: str = "general", thread: Seen | None = None) -> None:
        """Say something, or use a slash command; returns when the app has acknowledged what it was sent."""
        thread_ts = (thread.thread_ts or thread.ts) if thread else None
        await self._gestures.say(self.id, self._channel(channel).id, text, thread_ts)

    async def opens(self, channel: str, tab: str = "messages") -> None:
        await self._gestures.open(self.id, self._channel(channel).id, tab)

    def sees(self, channel: str = "general") -> list[Seen]:
        """Every message that this person can see there, oldest first, replies in threads included."""
        channel_id = self._channel(channel).id
        return [self._seen(message) for message in self._slack.workspace.visible_to(self.id, channel_id)]

    def last(self, channel: str = "general") -> Seen:
        seen = self.sees(channel)
        if not seen:
            raise LookupError(f"{self.name} sees no message in {channel}")
        return seen[-1]

    def prompts(self, channel: str) -> list[str]:
        """The titles of the prompts that the app suggests in a conversation."""
        suggested = self._slack.workspace.prompts.get(self._channel(channel).id, {})
        return [prompt["title"] for prompt in suggested.get("prompts", [])]

    @property
    def modal(self) -> SeenView | None:
        """The modal on top, or nothing."""
        stack = self._slack.workspace.stack(self.id)
        return self._seen_view(stack[-1]) if stack else None

    @property
    def home(self) -> SeenView | None:
        home = self._slack.workspace.homes.get(self.id)
        return self._seen_view(home) if home else None

    # Clicking

    async def clicks(
        self, label: str, on: Seen | SeenView | None, nth: int | None = None, *, confirm: bool = True
    ) -> None:
        """Press a button by its words (all, or a beginning that only one has), as it stood when `on` was seen.

        Of several buttons with the same words, `nth` says which, from 0. Where a button asks back (`asked` holds the
        words), `confirm` is the answer.
        """
        buttons = [
            (drawing.label(element, self._names), (block, element))
            for block, element in drawing.elements(_there(on).blocks)
            if element["type"] in drawing.BUTTONS
        ]
        block, element = form.the_one(buttons, label, nth)
        await self._use(on, block, element, {}, confirm)

    async def picks(
        self, label: str | list[str], on: Seen | SeenView | None, menu: str | None = None, *, confirm: bool = True
    ) -> None:
        """Pick an option of a menu, overflow, radio buttons or checkboxes that stand beside text or among buttons.

        `menu` is the menu's action_id, needed where two menus offer the same words and where the app itself is asked
        for the options.
        """
        for block, element in drawing.elements(_there(on).blocks):
            if block["type"] == "input" or menu not in (None, element["action_id"]):
                continue
            if menu and form.is_external(element):
                element = await self._with_suggestions(self._shown(_there(on)), block, element, label)
            chosen = self._chosen(element, label)
            if chosen is not None:
                await self._use(on, block, element, chosen, confirm)
                return
        raise LookupError(f"{self.name} finds no “{label}” to pick there")

    async def looks_up(self, typed: str, menu: str, on: Seen | SeenView | None) -> list[str]:
        """What a menu that asks the app offers for what is typed into it; `menu` is its action_id."""
        found = drawing.elements(_there(on).blocks)
        block, element = form.the_one([(element["action_id"], (block, element)) for block, element in found], menu)
        offered = await self._with_suggestions(self._shown(_there(on)), block, element, typed)
        return [self._read(option["text"]) for option in drawing.options(offered)]

    async def _with_suggestions(self, shown: Message | View, block: Json, element: Json, said: str | list[str]) -> Json:
        """An external menu with the options that the app gives for the words, typed one after another."""
        options: list[Json] = []
        for typed in said if isinstance(said, list) else [said]:
            if len(typed) < element.get("min_query_length", form.MIN_QUERY):
                raise LookupError(f"“{typed}” is too short for this menu to ask the app")
            try:
                answer = await self._gestures.suggest(self.id, shown, block, element, typed)
            except Refusal as refusal:
                raise LookupError(f"the app could not say what to choose from: {refusal.error}") from refusal
            options += [option for option in drawing.options(answer) if option not in options]
        return {**element, "options": options}

    def _chosen(self, element: Json, label: str | list[str]) -> Json | None:
        try:
            if element["type"] == "overflow":
                return {"selected_option": form.option(element, str(label), self._names)}
            if not form.holds_a_value(element):
                return None
            state = form.filled(element, label, self._slack.workspace, self.id)
        except LookupError:
            return None
        return {name: value for name, value in state.items() if name != "type"}

    async def _use(
        self, on: Seen | SeenView | None, block: Json, element: Json, chosen: Json, confirm: bool = True
    ) -> None:
        shown = self._shown(_there(on))
        asks = element.get("confirm")
        self.asked = f"{self._read(asks['title'])} {self._read(asks['text'])}" if asks else None
        if not confirm and not asks:
            raise LookupError("there is nothing to refuse: this asks no question")
        if not confirm:
            return
        if isinstance(shown, View):
            await self._gestures.click_view(self.id, shown, block, element, chosen)
        else:
            await self._gestures.click_message(self.id, shown, block, element, chosen)

    def _shown(self, on: Seen | SeenView) -> Message | View:
        """What was seen, as it is now."""
        if isinstance(on, SeenView):
            view = self._slack.workspace.view(on.id)
            if view is None:
                raise LookupError(f"{self.name} has closed “{on.title}”")
            return view
        message = self._slack.workspace.message(on.channel, on.ts)
        if message is None or message.only_for not in (None, self.id):
            raise LookupError(f"{self.name} does not see that message (any more)")
        return message

    # Forms

    async def fills(self, words: dict[str, Any]) -> None:
        """Fill in inputs of the modal on top by their labels; a list where several can be chosen."""
        view = self._top()
        inputs = [(self._read(block["label"]), block) for block in view.blocks if block["type"] == "input"]
        for label, said in words.items():
            block = form.the_one(inputs, label)
            element = block["element"]
            if said and form.is_external(element):
                element = await self._with_suggestions(view, block, element, said)
            value = form.filled(element, said, self._slack.workspace, self.id)
            view.values.setdefault(block["block_id"], {})[element["action_id"]] = value
            if block.get("dispatch_action"):
                chosen = {name: held for name, held in value.items() if name != "type"}
                await self._gestures.click_view(self.id, view, block, element, chosen)

    async def submits(self) -> bool:
        """Send the modal on top. Returns whether it was taken; otherwise `modal.errors` or `.trouble` say why."""
        return await self._gestures.submit(self.id, self._top())

    async def closes(self, whole_stack: bool = False) -> None:
        await self._gestures.close(self.id, self._top(), whole_stack)

    async def uses_shortcut(self, name: str, on: Seen | None = None, channel: str | None = None) -> None:
        """A global shortcut by its name while looking at a channel, or with `on` a message shortcut on that message."""
        manifest = self._slack.app.manifest
        kind = "message" if on else "global"
        known = [(told.name, told) for told in (manifest.shortcuts if manifest else ()) if told.type == kind]
        message = self._slack.workspace.message(on.channel, on.ts) if on else None
        looking_at = self._channel(channel).id if channel else None
        await self._gestures.shortcut(self.id, form.the_one(known, name).callback_id, message, looking_at)

    # How it looks

    def _seen(self, message: Message) -> Seen:
        return Seen(
            message.blocks,
            self._names,
            ts=message.ts,
            channel=message.channel_id,
            user=message.user,
            text=message.text,
            ephemeral=message.is_ephemeral,
            thread_ts=message.thread_ts,
            edited=message.edited_ts is not None,
        )

    def _seen_view(self, view: View) -> SeenView:
        names, body = self._names, view.body
        labels = {b["block_id"]: self._read(b["label"]) for b in view.blocks if b["type"] == "input"}
        return SeenView(
            view.blocks,
            names,
            id=view.id,
            title=self._read(body["title"]) if body.get("title") else "",
            drawn=drawing.drawn(view.blocks, names, form.state_values(view.blocks, view.values)),
            submit=self._read(body["submit"]) if body.get("submit") else None,
            close=self._read(body["close"]) if body.get("close") else None,
            errors={labels.get(block_id, block_id): words for block_id, words in view.errors.items()},
            trouble=view.trouble,
            values=form.state_values(view.blocks, view.values),
        )

    def _read(self, text: Json) -> str:
        return mrkdwn.plain(drawing.text_tokens(text, self._names))

    def _channel(self, name: str) -> Channel:
        return channel_for(self._slack, self.user, name)

    def _top(self) -> View:
        stack = self._slack.workspace.stack(self.id)
        if not stack:
            raise LookupError(f"{self.name} has no modal open")
        return stack[-1]


def channel_for(slack: Slack, user: User, name: str) -> Channel:
    """What a person means by a name: a channel they are in, or their direct messages with somebody."""
    workspace = slack.workspace
    channel = workspace.channel_named(name)
    if channel and user.id in channel.members:
        return channel
    other = workspace.user_named(name)
    if other is None or other.id == user.id:
        raise LookupError(f"{user.real_name} is in no channel, and knows nobody, called {name}")
    return workspace.im(user.id, other.id)


def _there(on: Seen | SeenView | None) -> Seen | SeenView:
    if on is None:
        raise LookupError("there is nothing to click on: no modal is open")
    return on
