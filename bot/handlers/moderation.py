"""Choosing who reviews a workspace's stories, and where: the form that `/story settings` and the Home tab open."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks import ids
from bot.blocks.message import Message
from bot.blocks.moderation_form import ModerationForm, form, offered_groups, read, saved
from bot.blocks.welcome import new_moderator
from bot.domain.draft import DraftErrors
from bot.domain.moderation import Moderation
from bot.domain.outgoing import Kind, Outgoing
from bot.domain.permissions import Role
from bot.domain.person import Person
from bot.domain.workspace import Workspace
from bot.errors import UserError
from bot.handlers.channels import NotInvitedError, be_in, missing_from
from bot.handlers.forms import open_form, told_in_form, while_slack_waits
from bot.handlers.permissions import PersonOf, person_of
from bot.services.desks import Desks
from bot.services.submissions import Submissions

Payload = Mapping[str, Any]
GroupsOf = Callable[[Workspace], Awaitable[Mapping[str, str]]]


class Choosing:
    """`look_up` tells who somebody is, `groups_of` which user groups there are; `command` is the slash command."""

    def __init__(
        self, desks: Desks, submissions: Submissions, look_up: PersonOf, groups_of: GroupsOf, command: str
    ) -> None:
        self._desks = desks
        self._submissions = submissions
        self._look_up = look_up
        self._groups_of = groups_of
        self._command = command

    @property
    def draws(self) -> dict[Kind, Callable[[Outgoing], Awaitable[Message | None]]]:
        """How what is in the outbox looks."""
        return {Kind.NEW_MODERATOR: self.draw_new_moderator}

    def register(self, app: AsyncApp) -> None:
        app.action(ids.CHOOSE_MODERATION)(self.button_pressed)
        app.view(ids.MODERATION_FORM)(self.form_sent)

    async def button_pressed(self, ack: AsyncAck, body: Payload, context: Payload, client: AsyncWebClient) -> None:
        await ack()
        await self.open(person_of(context), body, client)

    async def open(self, person: Person, body: Payload, client: AsyncWebClient) -> None:
        """Open the form with what counts now."""
        workspace = person.workspace
        chosen, waiting, groups = await asyncio.gather(
            self._desks.chosen(workspace), self._submissions.count_waiting(workspace), self._groups_of(workspace)
        )
        desk = chosen.moderation if chosen else await self._desks.of(workspace)
        await open_form(client, body, form(ModerationForm.of(desk), groups, chosen=chosen, waiting=waiting))

    async def form_sent(self, ack: AsyncAck, view: Payload, context: Payload, client: AsyncWebClient) -> None:
        """Choose; whatever is in the way is told in the form."""
        values, person = read(view), person_of(context)

        async def again(trouble: UserError) -> None:
            # Those that it offered: Slack, which may be slow just now, is asked for nothing more.
            groups, can_join = offered_groups(view), isinstance(trouble, NotInvitedError)
            await ack(response_action="update", view=form(values, groups, trouble=str(trouble), can_join=can_join))

        async with told_in_form(ack, again):
            desk = values.moderation()
            checking = self._checked(person.workspace, desk, client, joins=values.joins)
            missing = await while_slack_waits(checking, context)
            waiting, was_so = await while_slack_waits(self._desks.choose(person, desk), context)
            # Whether a group holds them Slack would have to be asked, and what is saved is said without that.
            is_out = Role.MODERATOR in person.roles and not (desk.group or person.user_id in desk.moderators)
            shown = saved(desk, waiting, self._command, was_so=was_so, missing=missing, is_out=is_out)
            await ack(response_action="update", view=shown)

    async def draw_new_moderator(self, outgoing: Outgoing) -> Message | None:
        """None once they are no moderator any more."""
        chosen = await self._desks.chosen(outgoing.workspace)
        if chosen is None or outgoing.to not in chosen.moderation.moderators:
            return None
        return new_moderator(chosen, await self._submissions.count_waiting(outgoing.workspace), self._command)

    async def _checked(
        self, workspace: Workspace, desk: Moderation, client: AsyncWebClient, *, joins: bool
    ) -> Sequence[str] | None:
        """Those of the moderators who are not in a private review channel; None when Slack does not say."""
        await self._check(workspace, desk.moderators)
        channel = await be_in(client, desk.channel, joins=joins) if desk.channel else {}
        return await missing_from(client, channel["id"], desk.moderators) if channel.get("is_private") else ()

    async def _check(self, workspace: Workspace, moderators: tuple[str, ...]) -> None:
        """DraftErrors with everybody who could decide nothing: guests, apps, people of elsewhere or gone."""
        people = await asyncio.gather(*(self._look_up(workspace, user_id) for user_id in moderators))
        if unfit := [one.name for one in people if Role.MEMBER not in one.roles]:
            told = f"Only members of this workspace can decide: take {' and '.join(unfit)} off the list."
            raise DraftErrors({"moderators": told})
