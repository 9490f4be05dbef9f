"""Telling a story of one's own: every way to the form, and what happens when it is sent."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks import ids
from bot.blocks.message import Block
from bot.blocks.submit import (
    FormMeta,
    Purpose,
    draft_of_message,
    form,
    kept,
    nobody_reviews,
    read,
    read_tell,
    sent,
)
from bot.domain.draft import Draft
from bot.domain.person import Person
from bot.domain.story import Theme
from bot.domain.submission import Credit, Told
from bot.errors import StoreUnavailableError, UserError
from bot.handlers.forms import open_form, told_in_form, while_slack_waits
from bot.handlers.permissions import person_of
from bot.services.shelves import Shelves
from bot.services.submissions import Submissions

Payload = Mapping[str, Any]

# Where a story comes from, which is kept with its draft.
_ORIGIN = ("permalink", "message_author")


class Submitting:
    """Opens the form and takes it in; `command` is the slash command's name."""

    def __init__(self, submissions: Submissions, shelves: Shelves, command: str) -> None:
        self._submissions = submissions
        self._shelves = shelves
        self._command = command

    def register(self, app: AsyncApp) -> None:
        app.view(ids.SUBMIT_FORM)(self.form_sent)
        app.view(ids.CHANGE_FORM)(self.form_sent)
        app.action(ids.TELL)(self.button_pressed)
        app.shortcut(ids.SHORTCUT_SUBMIT)(self.shortcut_used)
        app.shortcut(ids.SHORTCUT_SAVE)(self.message_saved)

    async def begin(self, person: Person, words: str, body: Payload, client: AsyncWebClient) -> None:
        """Open the form with these words, or with what was written earlier."""
        draft = Draft.from_words(words) if words else Draft()
        await self.open(person, draft, FormMeta(_new_id()), body, client)

    async def button_pressed(
        self, ack: AsyncAck, body: Payload, action: Payload, context: Payload, client: AsyncWebClient
    ) -> None:
        await ack()
        draft = read_tell(str(action.get("value") or ""))
        await self.open(person_of(context), draft, FormMeta(_new_id()), body, client)

    async def shortcut_used(self, ack: AsyncAck, body: Payload, context: Payload, client: AsyncWebClient) -> None:
        await ack()
        await self.open(person_of(context), Draft(), FormMeta(_new_id()), body, client)

    async def message_saved(self, ack: AsyncAck, body: Payload, context: Payload, client: AsyncWebClient) -> None:
        await ack()
        person, message = person_of(context), body.get("message") or {}
        wrote = str(message.get("user") or "")
        is_theirs = wrote not in ("", person.user_id)
        author = await self._submissions.name_of(person.workspace, wrote) if is_theirs else ""
        meta = FormMeta(_new_id(), permalink=_permalink(body), message_author=author)
        await self.open(person, draft_of_message(str(message.get("text") or "")), meta, body, client)

    async def form_sent(self, ack: AsyncAck, view: Payload, context: Payload) -> None:
        """Keep the story before the form closes; whatever is in the way is told in the form, with its text."""
        meta, draft = read(view)
        person = person_of(context)
        themes = await self._themes(person)

        async def again(trouble: UserError | None, warnings: Sequence[str] = ()) -> None:
            seen = meta.seeing(warnings) if warnings else meta
            shown = form(themes, draft, seen, warnings=warnings, trouble=str(trouble or ""))
            await ack(response_action="update", view=shown)

        async with told_in_form(ack, again):
            try:
                shown = await while_slack_waits(self._taken_in(person, meta, draft), context)
                await ack(response_action="update", view=shown)
            except _WarnedError as warned:
                await again(None, warned.warnings)

    async def _taken_in(self, person: Person, meta: FormMeta, draft: Draft) -> Block:
        """What takes the form's place once the story is kept."""
        if meta.purpose is Purpose.EDIT:
            await self._submissions.to_change(person, meta.submission_id)
            await self._submissions.retell(person, meta.submission_id, await self._told(person, meta, draft))
        elif await self._submissions.was_sent(person.workspace, meta.form_id):
            known = [theme.id for theme in await self._themes(person)]
            told = draft.told(known, message_author=meta.message_author)
            await self._submissions.send_again(person, meta.form_id, told, draft.credit)
        else:
            await self._keep_draft(person, draft, meta)
            if not await self._submissions.takes_in(person.workspace):
                if draft.credit is Credit.NOBODY:
                    raise UserError("Nobody can review stories here yet. Keep your text, and try again another day.")
                return kept(self._command)
            told = await self._told(person, meta, draft)
            # A message of one's own would lead whoever reads the story to its author.
            is_shown = draft.credit is Credit.NAME or meta.message_author
            permalink = (meta.permalink or None) if is_shown else None
            await self._submissions.submit(person, meta.form_id, told, draft.credit, permalink)
        is_reviewed = await self._submissions.has_reviewers(person.workspace)
        return sent(meta.purpose, draft.credit, self._command, is_reviewed=is_reviewed)

    async def _told(self, person: Person, meta: FormMeta, draft: Draft) -> Told:
        """The story, once its author has seen whatever there is to warn of."""
        known = [theme.id for theme in await self._themes(person)]
        told = draft.told(known, message_author=meta.message_author)
        own_id = meta.submission_id or meta.form_id
        warnings = await self._submissions.warnings(person.workspace, told, own_id, sender_id=person.user_id)
        if meta.news_in(warnings):
            raise _WarnedError(warnings)
        return told

    async def open(self, person: Person, draft: Draft, meta: FormMeta, body: Payload, client: AsyncWebClient) -> None:
        """Open the form with `draft`, or with what was written earlier where that is empty.

        UserError tells why it cannot be; what was written is kept.
        """
        if meta.purpose is Purpose.SUBMIT and not await self._submissions.takes_in(person.workspace):
            await self._keep_draft(person, draft, meta)
            raise UserError(nobody_reviews(self._command))
        note = ""
        if draft.is_empty and not meta.permalink and (earlier := await self._earlier(person)):
            draft, meta, note = *earlier, "You wrote this earlier and have not sent it."
        try:
            await open_form(client, body, form(await self._themes(person), draft, meta, note=note))
        except UserError as unopened:
            await self._keep_draft(person, draft, meta)
            kept_words = "" if draft.is_empty else f" Your words are kept: {self._command} submit brings them back."
            raise UserError(f"{unopened}{kept_words}") from unopened

    async def _earlier(self, person: Person) -> tuple[Draft, FormMeta] | None:
        """What somebody wrote and did not send, and the form that it stood in."""
        try:
            kept = await self._submissions.draft(person)
        except StoreUnavailableError:
            # The form itself needs nothing that was kept.
            return None
        if kept is None:
            return None
        form_id, draft = kept
        permalink, author = (str(draft.get(name, "")) for name in _ORIGIN)
        return Draft.from_json(draft), FormMeta(form_id, permalink=permalink, message_author=author)

    async def _keep_draft(self, person: Person, draft: Draft, meta: FormMeta) -> None:
        """What was typed outlives the form; changes to a story that is here already do not."""
        if meta.purpose is Purpose.SUBMIT:
            try:
                origin = {name: getattr(meta, name) for name in _ORIGIN}
                await self._submissions.keep_draft(person, meta.form_id, draft, origin)
            except StoreUnavailableError:
                # The form is still open, and says so when it cannot be sent either.
                if draft.credit is Credit.NOBODY:
                    raise

    async def _themes(self, person: Person) -> Sequence[Theme]:
        return (await self._shelves.of_workspace(person.workspace)).library.themes


class _WarnedError(Exception):
    """The author should look at something first."""

    def __init__(self, warnings: list[str]) -> None:
        self.warnings = warnings


def _new_id() -> str:
    return uuid.uuid4().hex


def _permalink(body: Payload) -> str:
    """The address of a message, as Slack makes it (docs: chat.getPermalink); no call is needed for it."""
    domain, message = (body.get("team") or {}).get("domain"), body.get("message") or {}
    channel_id, ts = (body.get("channel") or {}).get("id"), str(message.get("ts") or "")
    if not (domain and channel_id and ts):
        return ""
    address = f"https://{domain}.slack.com/archives/{channel_id}/p{ts.replace('.', '')}"
    thread_ts = message.get("thread_ts")
    return f"{address}?thread_ts={thread_ts}&cid={channel_id}" if thread_ts and thread_ts != ts else address
