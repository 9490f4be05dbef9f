"""Who may do what: every kind of person tries everything that the bot listens to, and the table in the code says how
it should end. What is refused changes nothing.
"""

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks import ids, moderation_form
from bot.blocks.form import modal
from bot.blocks.message import Block, actions, button, section
from bot.blocks.moderation_form import ModerationForm
from bot.blocks.pick import Pick
from bot.blocks.review import Version, reject_form
from bot.blocks.submit import FormMeta, Purpose, form
from bot.config import Moderation, Settings
from bot.domain import request
from bot.domain.draft import Draft
from bot.domain.library import Library
from bot.domain.permissions import ALLOWED, REFUSALS, Action, Role, may
from bot.handlers.permissions import EVENTS, MENUS, WAYS, of_request
from bot.matching import Matcher
from bot.storage.database import FILE_NAME
from playground import Playground, Seen
from playground.person import Person
from tests.listening import all_that_listens
from tests.submissions.conftest import Start
from tests.submissions.people import STORY, card_of, tells, waits_for

AT_HOME, MODERATOR = {Role.MEMBER}, {Role.MEMBER, Role.MODERATOR}
KINDS: dict[str, set[Role]] = {
    "member": AT_HOME,
    "moderator by name": MODERATOR,
    "moderator by group": MODERATOR,
    "moderator until a moment ago": AT_HOME,
    "moderator until the restart": AT_HOME,
    "admin": {Role.MEMBER, Role.ADMIN},
    "owner": {Role.MEMBER, Role.ADMIN},
    "guest": {Role.GUEST},
    "guest in the moderators' group": {Role.GUEST},
    "single-channel guest": {Role.SINGLE_CHANNEL_GUEST},
    "stranger": {Role.STRANGER},
    "stranger in the moderators' group": {Role.STRANGER},
    "bot": {Role.BOT},
    "deactivated": {Role.DEACTIVATED},
    "deactivated moderator": {Role.DEACTIVATED},
}
WORDS = (
    "/story empathy", "/story", "/story themes", "/story help", "/story submit", "/story submit The cup", "/story mine",
    "/story my stories", "/story review", "/story settings", "/story schedule", "/story saved", "/story this week",
)  # fmt: skip
SHORTCUTS = {ids.SHORTCUT_SUBMIT: "Share a service story", ids.SHORTCUT_SAVE: "Save as a service story"}
FORMS = {name for name in WAYS if name.endswith("_form")}
TRIED: dict[str, Action] = {
    **WAYS,
    **MENUS,
    **{words: of_request(request.parse(words.removeprefix("/story"))) for words in WORDS},
    "@storybot empathy": EVENTS["app_mention"],
}


async def test_nothing_is_listened_to_without_a_row(library: Library, matcher: Matcher, tmp_path: Path) -> None:
    heard = await all_that_listens(Settings(), library, matcher, tmp_path)
    assert heard.actions | heard.views | heard.shortcuts == set(WAYS)
    assert heard.views == FORMS
    assert heard.shortcuts == set(SHORTCUTS)
    assert heard.events == set(EVENTS)
    assert heard.menus == set(MENUS)


def test_every_wish_has_somebody_who_may_and_words_for_who_may_not() -> None:
    assert set(ALLOWED) == set(Action)
    assert all(ALLOWED.values())
    assert {action for action in Action if not set(Role) <= ALLOWED[action]} == set(REFUSALS)


def test_every_request_is_tried() -> None:
    asked = {type(request.parse(words.removeprefix("/story"))) for words in WORDS}
    assert asked >= set(get_args(request.Request)) - {request.Thanks}


@pytest.mark.parametrize("kind", KINDS)
async def test_everybody_may_what_the_table_says(kind: str, start: Start, tmp_path: Path, library: Library) -> None:
    async with Playground() as slack, somebody(kind, slack, start) as person:
        waiting = await told_by_ada(slack, tmp_path)
        visit = Visit(slack, person, library, waiting)
        await visit.begins()
        is_allowed = {name: may(action, KINDS[kind]) for name, action in TRIED.items()}
        before = everything_in(tmp_path)
        for name in (name for name in TRIED if not is_allowed[name]):
            assert is_refused(name, await visit.tries(name)), f"{kind} was allowed {name}"
        assert everything_in(tmp_path) == before
        for name in (name for name in TRIED if is_allowed[name]):
            assert not is_refused(name, await visit.tries(name)), f"{kind} was refused {name}"
        # What others were refused is done for somebody who may.
        assert (state_of(waiting, tmp_path) == "approved") == (Role.MODERATOR in KINDS[kind])


def is_refused(name: str, answered: str) -> bool:
    """Whether this is a refusal; a menu cannot say so, and offers nothing."""
    if name in MENUS:
        return "option" not in answered
    return any(words in answered for words in REFUSALS.values())


@asynccontextmanager
async def somebody(kind: str, slack: Playground, start: Start) -> AsyncIterator[Person]:
    """A person of this kind, in #general of a workspace where the bot runs."""
    roles: tuple[Any, ...] = ("single-channel guest", "guest", "stranger", "bot", "admin", "owner")
    person = slack.add_person("Sam", role=next((role for role in roles if kind.startswith(role)), "member"))
    is_in_group = "group" in kind or kind == "moderator until a moment ago"
    group = slack.add_user_group("story-leads", ["Sam"] if is_in_group else [])
    is_named = kind in ("moderator by name", "moderator until the restart", "deactivated moderator")
    leads = (*slack.lead_ids, person.id) if is_named else slack.lead_ids
    moderation = Moderation(channel=slack.review_channel_id, moderators=leads, group=group)
    if kind == "moderator until the restart":
        async with start(slack, Settings(moderation=moderation)):
            await decides_still(person)
        moderation = moderation.model_copy(update={"moderators": slack.lead_ids})
    async with start(slack, Settings(moderation=moderation)):
        if kind == "moderator until a moment ago":
            await decides_still(person)
            slack.change_user_group(group, [])
        person.user.deleted = kind.startswith("deactivated")
        yield person


async def decides_still(moderator: Person) -> None:
    await moderator.types("/story review")
    assert "No story waits" in moderator.last().drawn


async def told_by_ada(slack: Playground, folder: Path) -> Version:
    """A story that waits, and whose card has arrived."""
    await tells(slack.person("Ada"))
    await card_of(slack.person("Grace"))
    await waits_for(lambda: "'sending'" not in str(everything_in(folder)["outbox"]))
    with sqlite3.connect(folder / FILE_NAME) as database:
        return Version(*database.execute("SELECT id, revision FROM submissions").fetchone())


def everything_in(folder: Path) -> dict[str, list[str]]:
    """Every row of every table."""
    with sqlite3.connect(folder / FILE_NAME) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: sorted(map(str, database.execute(f'SELECT * FROM "{table}"'))) for table in tables}


def state_of(version: Version, folder: Path) -> str:
    with sqlite3.connect(folder / FILE_NAME) as database:
        query = "SELECT state FROM submissions WHERE id = ?"
        state: str = database.execute(query, [version.submission_id]).fetchone()[0]
        return state


class Visit:
    """One person who tries everything there is."""

    def __init__(self, slack: Playground, person: Person, library: Library, waiting: Version) -> None:
        self._slack = slack
        self._person = person
        self._library = library
        self._waiting = waiting
        self._client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        self._boards: dict[str, Seen] = {}

    async def begins(self) -> None:
        """Find every button and every menu that there is on messages which all of #general see."""
        buttons = [name for name in WAYS if name not in FORMS and name not in SHORTCUTS]
        for some in (buttons[n : n + 25] for n in range(0, len(buttons), 25)):
            await self._post(some, actions(*(button(name, name, self._value(name)) for name in some)))
        for name in MENUS:
            menu = {"type": "external_select", "action_id": "value"}
            await self._post([name], section("Look it up", menu) | {"block_id": name})

    async def tries(self, name: str) -> str:
        """Use it; everything that the bot then says, to whomever."""
        requests, calls = len(self._slack.requests), len(self._slack.calls)
        if name in WORDS or name.startswith("@"):
            await self._person.types(name)
            await self._slack.settled()
        elif name in SHORTCUTS:
            on = self._boards[ids.SHARE] if name == ids.SHORTCUT_SAVE else None
            await self._person.uses_shortcut(SHORTCUTS[name], on=on)
        elif name in MENUS:
            await self._looks_up(name)
        elif name in FORMS:
            await self._sends(name)
        else:
            await self._person.clicks(name, on=self._boards[name])
        said = [call.arguments for call in self._slack.calls[calls:]]
        return json.dumps([*said, *(delivery.answer for delivery in self._slack.requests[requests:])])

    async def _post(self, names: list[str], block: Block) -> None:
        await self._client.chat_postMessage(channel="general", text="Everything", blocks=[block])
        self._boards |= dict.fromkeys(names, self._person.last())

    async def _looks_up(self, name: str) -> None:
        try:
            await self._person.looks_up("Europe", "value", self._boards[name])
        except LookupError:
            # Slack shows an error in the menu's place.
            return

    async def _sends(self, name: str) -> None:
        """Send a form that was opened while one still might, or that somebody made up."""
        await self._person.clicks(ids.SHOW_THEMES, on=self._boards[ids.SHOW_THEMES])
        pressed = next(sent for sent in reversed(self._slack.requests) if sent.name == ids.SHOW_THEMES)
        trigger_id = pressed.payload["trigger_id"]
        await self._client.views_open(trigger_id=trigger_id, view=self._form(name))
        if name == ids.REJECT_FORM:
            await self._person.fills({"Why?": ["Not a service story"]})
        await self._person.submits()
        await self._person.closes(whole_stack=True)

    def _form(self, name: str) -> Block:
        written = Draft("The kettle", STORY, themes=("empathy",), consent=True)
        meta = FormMeta("f" * 32, submission_id=self._waiting.submission_id, revision=self._waiting.revision)
        purposes = {
            ids.SUBMIT_FORM: Purpose.SUBMIT,
            ids.CHANGE_FORM: Purpose.EDIT,
            ids.EDIT_FORM: Purpose.EDIT_AND_APPROVE,
        }
        if name in purposes:
            return form(self._library.themes, written, replace(meta, purpose=purposes[name]))
        if name == ids.REJECT_FORM:
            return reject_form(meta, "The cup")
        if name == ids.MODERATION_FORM:
            moderators = tuple(self._slack.lead_ids)
            return moderation_form.form(ModerationForm(self._slack.review_channel_id, moderators), {})
        return modal("Some form", [section("Nothing in it")], callback_id=name, meta="", send="Send")

    def _value(self, name: str) -> str:
        """What a button of this name brings along."""
        match WAYS[name]:
            case _ if name in (ids.SHOW_THEME, ids.SHOW_THEMES):
                return "empathy"
            case Action.READ | Action.SHARE | Action.REACT:
                return Pick(self._library.stories[0].id).value()
            case _:
                return self._waiting.value()
