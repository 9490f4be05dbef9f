"""Holds every command, click, view and shortcut against the table of who may do what, before its listener runs."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, TypeGuard

from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from bot.blocks import ids
from bot.blocks.text import typed
from bot.domain import request
from bot.domain.permissions import REFUSALS, Action, is_trusted_to_few, may, needs_roles
from bot.domain.person import Person
from bot.domain.request import ChooseModeration, ListOwn, ListSaved, ListSchedules, Review, Submit
from bot.domain.workspace import Reader, Workspace
from bot.errors import UserError
from bot.handlers.forms import while_slack_waits
from bot.services.desks import Desks

Payload = Mapping[str, Any]
PersonOf = Callable[..., Coroutine[Any, Any, Person]]

EVENTS = {
    "app_mention": Action.READ,
    "message": Action.READ,
    "app_home_opened": Action.READ,
}
WAYS = {
    ids.SHARE: Action.SHARE,
    ids.ANOTHER: Action.READ,
    ids.READ: Action.READ,
    ids.RUNNER_UP: Action.READ,
    ids.SHOW_STORY: Action.READ,
    ids.SHOW_THEME: Action.READ,
    ids.SHOW_THEMES: Action.READ,
    ids.TELL: Action.SUBMIT,
    ids.SHORTCUT_SUBMIT: Action.SUBMIT,
    ids.SHORTCUT_SAVE: Action.SUBMIT,
    ids.SUBMIT_FORM: Action.SUBMIT,
    ids.TELL_AGAIN: Action.SUBMIT,
    ids.CHANGE_OWN: Action.KEEP_OWN,
    ids.CHANGE_FORM: Action.KEEP_OWN,
    ids.WITHDRAW: Action.KEEP_OWN,
    ids.APPROVE: Action.MODERATE,
    ids.EDIT_AND_APPROVE: Action.MODERATE,
    ids.EDIT_FORM: Action.MODERATE,
    ids.REJECT: Action.MODERATE,
    ids.REJECT_FORM: Action.MODERATE,
    ids.SHOW_SUBMISSION: Action.MODERATE,
    ids.CHOOSE_MODERATION: Action.CHOOSE_MODERATION,
    ids.MODERATION_FORM: Action.CHOOSE_MODERATION,
    ids.TRIED: Action.REACT,
    ids.SAVE: Action.REACT,
    ids.UNSAVE: Action.REACT,
    ids.POST_AGAIN: Action.SCHEDULE,
    ids.IS_THERE: Action.SCHEDULE,
    ids.SET_UP: Action.SCHEDULE,
    ids.JOIN: Action.SCHEDULE,
    ids.SCHEDULE_FORM: Action.SCHEDULE,
    ids.CHANGE_SCHEDULE: Action.SCHEDULE,
    ids.SKIP: Action.SCHEDULE,
    ids.UNSKIP: Action.SCHEDULE,
    ids.PIN: Action.SCHEDULE,
    ids.PIN_FORM: Action.SCHEDULE,
    ids.POST_NOW: Action.SCHEDULE,
    ids.PAUSE: Action.SCHEDULE,
    ids.RESUME: Action.SCHEDULE,
    ids.DELETE_SCHEDULE: Action.SCHEDULE,
    ids.SHOW_SCHEDULE: Action.SEE_SCHEDULES,
    ids.MORE_SCHEDULES: Action.SEE_SCHEDULES,
    ids.ALL_SCHEDULES: Action.SEE_SCHEDULES,
}
"""Every `action_id` and `callback_id`, and what it asks for. What has no row here, nobody may."""

_ID_LENGTH = 20

MENUS = {"zone": Action.SCHEDULE, "story_id": Action.SCHEDULE}
"""The same by `block_id` for menus that are searched while somebody types."""


def of_request(asked: request.Request) -> Action:
    """What typed words ask for."""
    match asked:
        case Submit():
            return Action.SUBMIT
        case ListOwn():
            return Action.KEEP_OWN
        case Review():
            return Action.MODERATE
        case ChooseModeration():
            return Action.CHOOSE_MODERATION
        case ListSchedules():
            return Action.SEE_SCHEDULES
        case ListSaved():
            return Action.REACT
        case _:
            return Action.READ


def of_payload(body: Payload) -> Action | None:
    """What a payload asks for; None when the table has no row for it."""
    match body:
        case {"command": str()}:
            return of_request(request.parse(typed(str(body.get("text") or ""))))
        case {"event": {"type": str(kind)}}:
            return EVENTS.get(kind)
        case {"type": "block_suggestion", "block_id": str(block_id)}:
            return MENUS.get(block_id)
        case {"actions": [{"action_id": str(action_id)}, *_]}:
            # Buttons in a row carry their position behind a colon.
            return WAYS.get(action_id.partition(":")[0])
        case {"view": {"callback_id": str(callback_id)}} | {"callback_id": str(callback_id)}:
            return WAYS.get(callback_id)
    return None


class Guard:
    """Bolt middleware: denied by default, and where it matters who somebody is, Slack is asked.

    Listeners find the person in the context as `person`. For what few are trusted with Slack is asked each time:
    whoever was a moderator a minute ago may be none now.
    """

    def __init__(self, person_of: PersonOf, desks: Desks, command: str, *, members_schedule: bool = False) -> None:
        """`members_schedule` is a setting: whether every member may set up the story of the week."""
        self._person_of = person_of
        self._desks = desks
        self._command = command
        self._members_schedule = members_schedule

    def may(self, action: Action, person: Person) -> bool:
        return may(action, person.roles, members_schedule=self._members_schedule)

    async def check(
        self, body: Payload, context: AsyncBoltContext, next_: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse:
        action = of_payload(body)
        if action is None:
            raise UserError("That is not something I can do. Ask again, and the new answer will work.")
        if needs_roles(action):
            reader = reader_of(context)
            asking = self._person_of(reader.workspace, reader.user_id, fresh=is_trusted_to_few(action))
            person = await while_slack_waits(asking, context)
            if reader.is_stranger or not self.may(action, person):
                raise UserError(await self._refusal(action, person))
            context["person"] = person
        return await next_()

    async def _refusal(self, action: Action, person: Person) -> str:
        """Why somebody may not; where nobody decides about stories yet, who can mend that."""
        if action is not Action.MODERATE or (await self._desks.of(person.workspace)).has_moderators:
            return REFUSALS[action]
        if self.may(Action.CHOOSE_MODERATION, person):
            return f"Nobody decides about stories here yet. Type {self._command} settings to choose who does."
        return f"Nobody decides about stories here yet. A workspace admin chooses who does: {self._command} settings."


def reader_of(context: Payload) -> Reader:
    """Whoever caused what Bolt is handling, by the ids in the payload that Slack signed."""
    team_id, user_id = context.get("team_id"), context.get("user_id")
    enterprise_id = context.get("enterprise_id") or ""
    if not (_is_id(team_id) and _is_id(user_id) and (enterprise_id == "" or _is_id(enterprise_id))):
        raise UserError("Slack did not tell me who asks, or where. Please try again.")
    workspace = Workspace(enterprise_id, team_id)
    return Reader(workspace, user_id, _is_stranger(workspace, context))


def person_of(context: Payload) -> Person:
    """Whoever passed the guard."""
    person: Person = context["person"]
    return person


def _is_id(told: object) -> TypeGuard[str]:
    """Whether Slack could have written it: Bolt takes the ids of an event from wherever there are any."""
    return isinstance(told, str) and told.isalnum() and told.isascii() and len(told) <= _ID_LENGTH


def _is_stranger(workspace: Workspace, context: Payload) -> bool:
    """Whether they come from another workspace, through a shared channel."""
    team_id = context.get("actor_team_id") or workspace.team_id
    if team_id in (workspace.team_id, workspace.enterprise_id):
        return False
    return not workspace.enterprise_id or context.get("actor_enterprise_id") != workspace.enterprise_id
