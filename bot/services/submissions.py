"""Taking in stories that people tell, and deciding about them."""

from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.clock import Now
from bot.domain.draft import Draft
from bot.domain.outgoing import Kind, Outcome, Outgoing, Refused, Unknown
from bot.domain.person import Person
from bot.domain.privacy import hints
from bot.domain.story import Story
from bot.domain.submission import Author, Credit, State, Submission, Told
from bot.domain.workspace import Workspace
from bot.errors import UserError
from bot.services.desks import Desks, card_key, review_cards
from bot.services.shelves import Shelves
from bot.services.store import SubmissionsKept

LISTED = 20
_DAY = timedelta(days=1)

NameOf = Callable[[Workspace, str], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Rules:
    """How much is taken in: of one person `a_day`, and `waiting` in a workspace at a time.

    `unmoderated` says whether stories are taken in, and wait, where nobody has chosen yet who reviews them.
    """

    a_day: int = 10
    waiting: int = 200
    unmoderated: bool = False


class Submissions:
    """What authors and moderators can do; whether they may is decided before (`bot.domain.permissions`)."""

    def __init__(
        self,
        store: SubmissionsKept,
        shelves: Shelves,
        desks: Desks,
        rules: Rules,
        name_of: NameOf,
        now: Now,
    ) -> None:
        self._store = store
        self._shelves = shelves
        self._desks = desks
        self._rules = rules
        self._name_of = name_of
        self._now = now
        self._wake: Callable[[], None] = _nobody_waits
        # In memory, since of an author who is nobody nothing is kept.
        self._sent: dict[tuple[Workspace, str], deque[datetime]] = {}

    def on_news(self, wake: Callable[[], None]) -> None:
        """Call `wake` whenever there is something to say."""
        self._wake = wake

    async def takes_in(self, workspace: Workspace) -> bool:
        """Whether stories can be sent there."""
        return self._rules.unmoderated or await self.has_reviewers(workspace)

    async def has_reviewers(self, workspace: Workspace) -> bool:
        """Whether there is anybody to show a submission to."""
        return bool((await self._desks.of(workspace)).reviewers)

    async def name_of(self, workspace: Workspace, user_id: str) -> str:
        return await self._name_of(workspace, user_id)

    # Authors

    async def draft(self, person: Person) -> tuple[str, dict[str, Any]] | None:
        """The form that somebody wrote in last and did not send, and what `keep_draft` kept of it."""
        return await self._store.draft(person.workspace, person.user_id)

    async def keep_draft(self, person: Person, form_id: str, draft: Draft, origin: Mapping[str, str]) -> None:
        """Keep what somebody wrote until it is sent; of nobody nothing is kept, not even what was kept before.

        `origin` says where the story comes from, in words of the form's own.
        """
        if draft.credit is Credit.NOBODY:
            await self._store.forget_draft(person.workspace, person.user_id, form_id)
        elif not draft.is_empty:
            kept = {**draft.as_json(), **origin}
            await self._store.keep_draft(person.workspace, person.user_id, form_id, kept, self._now())

    async def warnings(self, workspace: Workspace, told: Told, own_id: str, sender_id: str | None = None) -> list[str]:
        """What should be looked at, a sentence each: what may name somebody, what reads alike.

        Whoever has just sent it, `sender_id`, is told no more of what waits than they know; None: a moderator looks.
        """
        found = [f"{hint}." for hint in hints(told.story)]
        for where, words in (("The title", told.title), ("What it showed", told.takeaway or "")):
            found += [f"{where} seems to hold {hint.kind}." for hint in hints(words)]
        waiting = [other for other in await self._store.pending(workspace, self._rules.waiting) if other.id != own_id]
        match await self._shelves.reads_like(workspace, told, waiting):
            case Story() as known:
                found.append(f"This reads like “{known.title}”, which is here already.")
            case Submission() as other if sender_id is None or other.is_by(sender_id):
                found.append(f"This reads like “{other.text.title}”, which waits for a decision.")
            case Submission():
                found.append("This reads like a story that waits for a decision already.")
        return found

    async def submit(self, person: Person, form_id: str, told: Told, credit: Credit, permalink: str | None) -> None:
        """Keep a new story and have it reviewed; the same form sent again changes nothing.

        UserError when the person or the workspace has sent enough for now.
        """
        submission = Submission(
            workspace=person.workspace,
            id=form_id,
            author=Author.who(credit, person.user_id, person.name),
            told=told,
            created_at=self._now(),
            permalink=permalink,
        )
        if not await self.was_sent(person.workspace, form_id):
            await self._within_limits(person)
            desk = await self._desks.of(person.workspace, fresh=True)
            if await self._store.add(submission, review_cards(person.workspace, form_id, desk)):
                self._count(person)
                self._wake()
                return
        # Sent twice at once: what the form holds is no draft any longer.
        await self._store.forget_draft(person.workspace, person.user_id, form_id)

    async def send_again(self, person: Person, form_id: str, told: Told, credit: Credit) -> None:
        """A form that was taken in although its sender read otherwise: what they changed since counts.

        UserError when it cannot be changed any more.
        """
        before = await self.get(person.workspace, form_id)
        if told != before.told:
            before = await self.retell(person, form_id, told)
        if credit is not before.author.credit:
            await self.own(person, form_id)
            if not await self._store.credit(before, Author.who(credit, person.user_id, person.name)):
                raise UserError("Somebody decided about this story in the same moment. Look at your list of stories.")
            await self._redraw(before)
        await self._store.forget_draft(person.workspace, person.user_id, form_id)

    async def was_sent(self, workspace: Workspace, form_id: str) -> bool:
        """Whether this form has become a submission already."""
        return await self._store.get(workspace, form_id) is not None

    async def mine(self, person: Person) -> list[Submission]:
        """Their latest `LISTED` submissions, and one more where there are more; those sent as nobody are nobody's."""
        return await self._store.by_author(person.workspace, person.user_id, LISTED + 1)

    async def own(self, person: Person, submission_id: str) -> Submission:
        """One of their own; UserError for anybody else's."""
        submission = await self._store.get(person.workspace, submission_id)
        if submission is None or not submission.is_by(person.user_id):
            raise UserError("This is not one of your stories, or it is no longer here.")
        return submission

    async def to_change(self, person: Person, submission_id: str) -> Submission:
        """One of their own that nobody has decided about; UserError tells why it cannot be changed."""
        submission = await self.own(person, submission_id)
        submission.retold(submission.told)
        return submission

    async def retell(self, person: Person, submission_id: str, told: Told) -> Submission:
        """The author's change while nobody has decided; moderators see what it was before."""
        before = await self.own(person, submission_id)
        return await self._changed(before, before.retold(told), "changed", person.user_id)

    async def withdraw(self, person: Person, submission_id: str) -> Submission:
        """Take a story back, also out of the library."""
        before = await self.own(person, submission_id)
        return await self._changed(before, before.withdrawn(self._now()), "withdrawn", person.user_id)

    # Moderators

    async def waiting(self, moderator: Person) -> list[Submission]:
        return await self._store.pending(moderator.workspace, LISTED)

    async def count_waiting(self, workspace: Workspace) -> int:
        return await self._store.count_pending(workspace)

    async def get(self, workspace: Workspace, submission_id: str) -> Submission:
        if submission := await self._store.get(workspace, submission_id):
            return submission
        raise UserError("This story is no longer here.")

    async def before_change(self, submission: Submission) -> Told | None:
        """The author's text before they last changed it."""
        return await self._store.before_change(submission.workspace, submission.id)

    async def to_decide(self, moderator: Person, submission_id: str, revision: int) -> Submission:
        """The submission, if this moderator may decide about it as they saw it; UserError tells why not."""
        submission = await self.get(moderator.workspace, submission_id)
        if submission.state is not State.PENDING:
            raise UserError(await self._verdict(submission, moderator.user_id))
        if submission.revision != revision:
            await self._redraw(submission)
            raise UserError("The story has changed since this card was drawn. Look at it again, then decide.")
        desk = await self._desks.of(moderator.workspace)
        if submission.is_by(moderator.user_id) and not desk.self_approval:
            raise UserError("This story is your own, so another moderator decides about it.")
        if desk.four_eyes and submission.seconded_by == moderator.user_id:
            raise UserError("You have approved this story already; one more moderator needs to.")
        return submission

    async def approve(
        self, moderator: Person, submission_id: str, revision: int, edited: Told | None = None
    ) -> Submission:
        """The story enters the library, or waits for a second moderator where two are needed."""
        before = await self.to_decide(moderator, submission_id, revision)
        if edited == before.text:
            edited = None
        desk = await self._desks.of(moderator.workspace)
        # The first yes was for the words that were there then: who changes them needs somebody else's.
        if desk.four_eyes and (before.seconded_by is None or edited):
            return await self._changed(
                before, before.seconded(moderator.user_id, edited), "seconded", moderator.user_id
            )
        after = before.approved(moderator.user_id, self._now(), edited)
        return await self._changed(before, after, "approved", moderator.user_id)

    async def reject(self, moderator: Person, submission_id: str, revision: int, reason: str) -> Submission:
        before = await self.to_decide(moderator, submission_id, revision)
        after = before.rejected(moderator.user_id, self._now(), reason)
        return await self._changed(before, after, "rejected", moderator.user_id)

    async def settled(self, outgoing: Outgoing, outcome: Outcome) -> None:
        """A card may never have arrived: tell its moderators where to find what waits."""
        if outgoing.kind is Kind.REVIEW_CARD and isinstance(outcome, Unknown | Refused):
            key = f"reminder:{outgoing.key}"
            reminder = Outgoing(outgoing.workspace, key, Kind.REVIEW_REMINDER, outgoing.about, outgoing.to)
            await self._store.say([reminder], self._now())
            self._wake()

    async def _changed(self, before: Submission, after: Submission, what: str, who: str) -> Submission:
        say = await self._redrawings(after)
        if after.state in (State.APPROVED, State.REJECTED) and after.author.user_id:
            key = f"decision:{after.id}"
            say.append(Outgoing(after.workspace, key, Kind.DECISION, after.id, after.author.user_id))
        if not await self._store.change(before, after, what, who, self._now(), say):
            raise UserError(await self._verdict(await self.get(before.workspace, before.id), who))
        self._wake()
        if State.APPROVED in (before.state, after.state):
            await self._shelves.refresh(after.workspace)
        return after

    async def _redraw(self, submission: Submission) -> None:
        await self._store.say(await self._redrawings(submission), self._now())
        self._wake()

    async def _verdict(self, submission: Submission, asker_id: str) -> str:
        """What has become of a submission meanwhile, and through whom."""
        if submission.state is State.PENDING:
            return "Somebody was faster and changed this story. Look at it again, then decide."
        if submission.state is State.WITHDRAWN:
            return "Its author has withdrawn this story meanwhile. Nothing is left to decide."
        if submission.decided_by == asker_id:
            return f"You have {submission.state} this story already."
        who = await self._name_of(submission.workspace, submission.decided_by or "")
        return f"{who} was first: this story is {submission.state}. Nothing more has changed."

    async def _redrawings(self, submission: Submission) -> list[Outgoing]:
        """Every copy of the card as things are now, also where cards went before the workspace chose anew."""
        workspace = submission.workspace
        return [
            Outgoing(
                workspace,
                f"{card_key(submission.id, to)}:{submission.revision}",
                Kind.REVIEW_UPDATE,
                submission.id,
                to,
                changes=card_key(submission.id, to),
            )
            for to in await self._store.carded(workspace, submission.id)
        ]

    def _count(self, person: Person) -> None:
        """They have sent a story; whoever has sent none within a day is forgotten."""
        who, now = (person.workspace, person.user_id), self._now()
        sent = self._sent.pop(who, deque())
        sent.append(now)
        # Whoever sent one last stands last.
        self._sent[who] = sent
        # Of whom only old ones were counted, nothing may be left.
        while not (first := next(iter(self._sent.values()))) or first[-1] <= now - _DAY:
            del self._sent[next(iter(self._sent))]

    async def _within_limits(self, person: Person) -> None:
        sent = self._sent.get((person.workspace, person.user_id), deque())
        while sent and sent[0] <= self._now() - _DAY:
            sent.popleft()
        if len(sent) >= self._rules.a_day:
            raise UserError(
                f"You have sent {len(sent)} stories within a day, thank you! Please keep the next one for tomorrow."
            )
        if await self._store.count_pending(person.workspace) >= self._rules.waiting:
            raise UserError("So many stories wait for a decision that I take no more just now. Please try again later.")


def _nobody_waits() -> None:
    """What is to be said is found when the outbox next looks."""
