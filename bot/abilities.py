"""What the bot can do, put together once: each service over its store, and the listeners that ask it."""

import random
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.clients import ClientOf
from bot.clock import Clock
from bot.config import Settings
from bot.directory import Directory, InstallerOf
from bot.domain.clock import Now
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
from bot.services import submissions, weekly
from bot.services.desks import Desks
from bot.services.lost_posts import LostPosts
from bot.services.once import Once
from bot.services.outbox import Outbox
from bot.services.seen import Seen
from bot.services.shelves import Shelves
from bot.services.submissions import Submissions
from bot.services.weekly import Weekly
from bot.stock import Stock
from bot.storage.database import Database
from bot.storage.lost_posts import LostPostStore
from bot.storage.moderation import ModerationStore
from bot.storage.news import News, Subject
from bot.storage.outbox import OutboxStore
from bot.storage.own_stories import OwnStoryStore
from bot.storage.submissions import SubmissionStore
from bot.storage.weekly import WeeklyStore


class Abilities:
    """Everything between the door and the database."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        stock: Stock,
        replies: Replies,
        client_of: ClientOf,
        installer_of: InstallerOf,
        now: Now,
        news: News,
        lifecycle: Lifecycle | None = None,
    ) -> None:
        """`news` is what replicas tell each other; `lifecycle` follows who installs and uninstalls the bot, if any do.

        While the `stock` is not understood that goes on in the `background`, and its stories are found by words.
        """
        name = settings.command
        # Ids of channels and people are one workspace's: of many, each chooses for itself.
        desks = Desks(ModerationStore(database), Moderation() if lifecycle else settings.moderation, now)
        directory = Directory(desks.of, installer_of, client_of)
        told = OwnStoryStore(database)
        shelves = Shelves(stock.library, stock.matcher, told, directory.is_at_home, Seen(), random.Random(), now)
        self._stock = stock
        self._shelves = shelves
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
        return work if self._stock.is_understood else [self._stock.understand(self._shelves), *work]

    async def read_again(self) -> None:
        """Tell the stories that the packs hold by now; where one is broken, the former ones stay."""
        await self._stock.renew(self._shelves)

    async def next_due(self) -> datetime | None:
        """When something is next to be done by itself; past while it is being done."""
        moments = [await self._weekly.next_due(), await self.outbox.next_due()]
        return min((moment for moment in moments if moment), default=None)

    def hindrances(self) -> list[str]:
        """A line for an operator on each thing that keeps the bot from serving."""
        silent = [] if self._pulse.beats else ["the database does not answer"]
        return [*silent, *([] if self._stock.is_understood else ["it is still taking in what the stories mean"])]

    def remarks(self) -> list[str]:
        """A line for an operator on each thing that it does less well than it could."""
        return [] if self._stock.matcher.understands_meaning else ["stories are matched by their words alone"]

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
