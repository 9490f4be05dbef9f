"""What the bot can do, put together once: each service over its store, and the listeners that ask it."""

import asyncio
import gc
import logging
import random
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.aside import aside
from bot.clients import ClientOf
from bot.clock import Clock
from bot.config import Settings
from bot.directory import Directory, InstallerOf
from bot.domain.clock import Now
from bot.domain.library import Library
from bot.domain.moderation import Moderation
from bot.domain.outgoing import Outcome, Outgoing
from bot.domain.workspace import Workspace
from bot.door.pulse import Pulse
from bot.handlers import buttons, command, errors, mention, turns
from bot.handlers.home import Home
from bot.handlers.lifecycle import Lifecycle
from bot.handlers.mine import Mine
from bot.handlers.moderation import Choosing
from bot.handlers.outgoing import Sender
from bot.handlers.permissions import Guard
from bot.handlers.read_back import ReadBack
from bot.handlers.replies import Replies
from bot.handlers.review import Reviewing
from bot.handlers.schedule import Scheduling
from bot.handlers.submit import Submitting
from bot.handlers.turns import Share, Turns
from bot.handlers.weekly import WeeklyPosts, draw_post
from bot.matching import Matcher
from bot.matching.encoder import Encoder
from bot.services import submissions, weekly
from bot.services.desks import Desks
from bot.services.lost_posts import LostPosts
from bot.services.once import Once
from bot.services.outbox import Outbox
from bot.services.seen import Seen
from bot.services.shelves import Shelves
from bot.services.submissions import Submissions
from bot.services.weekly import Weekly
from bot.storage.database import Database
from bot.storage.lost_posts import LostPostStore
from bot.storage.moderation import ModerationStore
from bot.storage.news import News, Subject
from bot.storage.outbox import OutboxStore
from bot.storage.own_stories import OwnStoryStore
from bot.storage.submissions import SubmissionStore
from bot.storage.weekly import WeeklyStore

log = logging.getLogger(__name__)

# Whoever stood at the door while the bot started is answered in this time: to take in what the stories mean keeps the
# interpreter from all else for tenths of a second.
LET_IN_SECONDS = 0.2


class Abilities:
    """Everything between the door and the database."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        library: Library,
        matcher: Matcher,
        replies: Replies,
        client_of: ClientOf,
        installer_of: InstallerOf,
        now: Now,
        news: News,
        lifecycle: Lifecycle | None = None,
        encoder: Encoder | None = None,
    ) -> None:
        """`news` is what replicas tell each other; `lifecycle` follows what installs and uninstalls the bot.

        Where people do not install it by themselves there is no `lifecycle`. With an `encoder` the `matcher` comes to
        understand meaning in the `background`, and answers by words until then.
        """
        name = settings.command
        # Ids of channels and people are one workspace's: of many, each chooses for itself.
        desks = Desks(ModerationStore(database), Moderation() if lifecycle else settings.moderation, now)
        directory = Directory(desks.of, installer_of, client_of)
        shelves = Shelves(library, matcher, OwnStoryStore(database), directory.is_at_home, Seen(), random.Random(), now)
        self._shelves = shelves
        self._matcher = matcher
        self._encoder = encoder
        self._command = name
        self.reading = command.Reading(name, shelves)
        self._replies = replies
        self._guard = Guard(directory.person, desks, name, members_schedule=settings.weekly.members_schedule)
        rules = _submission_rules(settings, unmoderated=lifecycle is not None)
        self._submissions = Submissions(SubmissionStore(database), shelves, desks, rules, directory.name_of, now)
        weekly_store = WeeklyStore(database)
        self._weekly = Weekly(weekly_store, shelves, draw_post, _weekly_rules(settings), now)
        self._submitting = Submitting(self._submissions, shelves, name)
        self._mine = Mine(self._submissions, self._submitting, replies, name)
        self._reviewing = Reviewing(self._submissions, shelves, replies, name)
        self._choosing = Choosing(desks, self._submissions, directory.person, directory.groups, name)
        self._home = Home(directory.person, self._guard, name)
        self._posts = WeeklyPosts(self._weekly, shelves, replies, name, now)
        self._scheduling = Scheduling(self._weekly, shelves, self._guard, replies, name, now)
        welcoming = lifecycle.draws if lifecycle else {}
        draws = {**self._reviewing.draws, **self._choosing.draws, **self._posts.draws, **welcoming}
        sender = Sender(draws, client_of, now)
        self.outbox = Outbox(OutboxStore(database), sender.send, self._settled, now)
        self._submissions.on_news(self.outbox.wake)
        self._weekly.on_news(self.outbox.wake)
        desks.on_news(self.outbox.wake)
        lost_posts = LostPosts(LostPostStore(database), now, reads_back=settings.weekly.reads_back)
        self.turns = Turns(*_shares(settings), now)
        self._lifecycle = lifecycle
        self._clock = Clock(self._weekly, ReadBack(lost_posts, client_of, now).look, now)
        self._pulse = Pulse(database.answers)
        self._news = news
        news.on(Subject.STORIES, self._stories_changed)
        news.on(Subject.SCHEDULE, self._schedule_changed)

    def listen(self, app: AsyncApp) -> None:
        """Register every listener, behind the table of who may do what.

        For one workspace `reading` is not among them: there it comes before all of these, and before Bolt authorises.
        """
        once = Once()
        if self._lifecycle:
            self._lifecycle.register(app)
            # Whoever did not install the bot was just told so.
            app.middleware(self.reading)
        # What a command has no turn for is said before Bolt is asked, so those who read need not pass by `turns`.
        turns.register(app)
        app.middleware(self._guard.check)
        forms = command.Forms(
            self._submitting, self._mine, self._reviewing, self._choosing, self._scheduling, self._posts
        )
        command.register(app, self._command, forms)
        buttons.register(app, self._shelves, self._replies, once)
        mention.register(app, self._command, self._shelves, once)
        for listening in (
            self._home,
            self._submitting,
            self._mine,
            self._reviewing,
            self._choosing,
            self._posts,
            self._scheduling,
        ):
            listening.register(app)
        errors.register(app, self._replies)

    def background(self) -> list[Coroutine[Any, Any, None]]:
        """What goes on by itself, each for ever."""
        work = [self.outbox.run(), self._shelves.watch(), self._clock.run(), self._news.run(), self._pulse.run()]
        return [self._understand(self._encoder), *work] if self._encoder else work

    @property
    def understands_meaning(self) -> bool:
        """Whether sentences and other languages are understood at this moment."""
        return self._matcher.understands_meaning

    async def next_due(self) -> datetime | None:
        """When something is next to be done by itself; past while it is being done."""
        moments = [await self._weekly.next_due(), await self.outbox.next_due()]
        return min((moment for moment in moments if moment), default=None)

    def hindrances(self) -> list[str]:
        """A line for an operator on each thing that keeps the bot from serving."""
        silent = [] if self._pulse.beats else ["the database does not answer"]
        return [*silent, *(["it is still taking in what the stories mean"] if self._encoder else [])]

    def remarks(self) -> list[str]:
        """A line for an operator on each thing that it does less well than it could."""
        return [] if self.understands_meaning else ["stories are matched by their words alone"]

    async def _understand(self, encoder: Encoder) -> None:
        """Take in what the stories mean: that takes a second or two where it was kept, else minutes for thousands."""
        await asyncio.sleep(LET_IN_SECONDS)
        matcher, library = self._matcher, self._shelves.library
        try:
            await aside(lambda: list(library.stories))  # all of them are made, before somebody wants all
            self._matcher = await aside(lambda: matcher.with_meaning(encoder))
            # All of this stays: to look through it for garbage again and again would hold the event loop.
            gc.freeze()
            await self._shelves.match_with(self._matcher)
        except Exception:
            log.exception("What the stories mean cannot be taken in")
        self._encoder = None
        if self.understands_meaning:
            log.info("Stories are matched by their meaning, too")

    async def _stories_changed(self, enterprise_id: str, team_id: str) -> None:
        await self._shelves.hear(Workspace(enterprise_id, team_id))

    async def _schedule_changed(self, *_: str) -> None:
        self._clock.wake()

    async def _settled(self, outgoing: Outgoing, outcome: Outcome) -> None:
        await self._submissions.settled(outgoing, outcome)
        await self._weekly.settled(outgoing, outcome)


def _submission_rules(settings: Settings, *, unmoderated: bool) -> submissions.Rules:
    limits = settings.limits
    return submissions.Rules(limits.submissions_a_day, limits.submissions_waiting, unmoderated)


def _shares(settings: Settings) -> tuple[Share, Share]:
    """One person's, and one workspace's."""
    limits = settings.limits
    return Share(limits.a_minute, limits.at_once), Share(limits.workspace_a_minute, limits.workspace_at_once)


def _weekly_rules(settings: Settings) -> weekly.Rules:
    return weekly.Rules(
        catch_up=timedelta(hours=settings.weekly.catch_up),
        spread=timedelta(seconds=settings.weekly.spread),
        reads_back=settings.weekly.reads_back,
    )
