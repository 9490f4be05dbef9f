"""The tables. Every key begins with the workspace, and so does every query.

What stands here is what the migrations lead to; a test compares the two.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

metadata = MetaData()


class Moment(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no zone: what comes back gets it again."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _workspace() -> list[Column[Any]]:
    return [Column("enterprise_id", String(20), primary_key=True), Column("team_id", String(20), primary_key=True)]


submissions = Table(
    "submissions",
    metadata,
    *_workspace(),
    Column("id", String(40), primary_key=True),
    Column("state", String(12), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("credit", String(12), nullable=False),
    Column("author_id", String(20)),
    Column("author_name", String(60), nullable=False),
    Column("told", JSON, nullable=False),
    Column("edited", JSON(none_as_null=True)),
    Column("permalink", String(500)),
    Column("created_at", Moment, nullable=False),
    Column("seconded_by", String(20)),
    Column("decided_by", String(20)),
    Column("decided_at", Moment),
    Column("reason", Text),
    Index("submissions_by_author", "enterprise_id", "team_id", "author_id"),
    Index("submissions_by_state", "enterprise_id", "team_id", "state", "created_at"),
)

audit = Table(
    "audit",
    metadata,
    *_workspace(),
    Column("submission_id", String(40), primary_key=True),
    # The revision that the step led to: one step each, however often it is tried.
    Column("revision", Integer, primary_key=True),
    Column("who", String(20)),
    Column("what", String(20), nullable=False),
    Column("at", Moment, nullable=False),
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON, nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    *_workspace(),
    Column("user_id", String(20), primary_key=True),
    Column("form_id", String(40), primary_key=True),
    Column("draft", JSON, nullable=False),
    Column("changed_at", Moment, nullable=False),
)

# How each workspace chose to review its stories; one that chose nothing has no row.
moderation = Table(
    "moderation",
    metadata,
    *_workspace(),
    Column("channel_id", String(20)),
    Column("moderator_ids", JSON, nullable=False),
    Column("group_id", String(20)),
    Column("four_eyes", Boolean, nullable=False),
    Column("self_approval", Boolean, nullable=False),
    Column("chosen_by", String(20)),
    Column("chosen_at", Moment, nullable=False),
)

stories = Table(
    "stories",
    metadata,
    *_workspace(),
    Column("id", String(60), primary_key=True),
    Column("story", JSON, nullable=False),
    Column("submission_id", String(40)),
    Column("approved_at", Moment, nullable=False),
    Index("stories_by_submission", "enterprise_id", "team_id", "submission_id"),
)

# One row a workspace: which edition of its own stories is the newest, so that every replica can see that it changed.
libraries = Table(
    "libraries",
    metadata,
    *_workspace(),
    Column("edition", Integer, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Index("libraries_by_change", "changed_at"),
)

outbox = Table(
    "outbox",
    metadata,
    *_workspace(),
    Column("key", String(200), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("about", String(100), nullable=False),
    Column("to", String(20), nullable=False),
    Column("changes", String(200)),
    Column("replies_to", String(200)),
    Column("repeatable", Boolean, nullable=False),
    Column("state", String(12), nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("lease", String(40)),
    Column("lease_until", Moment),
    Column("error", String(100)),
    Column("channel_id", String(20)),
    Column("ts", String(30)),
    Column("sent_at", Moment),
    Index("outbox_by_due", "state", "due_at"),
    Index("outbox_by_about", "enterprise_id", "team_id", "about"),
)

# One schedule a channel. `next_*` is the coming slot, `last_*` the one that was used last.
schedules = Table(
    "schedules",
    metadata,
    *_workspace(),
    Column("channel_id", String(20), primary_key=True),
    Column("id", String(40), nullable=False),
    Column("owner_id", String(20), nullable=False),
    Column("weekday", Integer, nullable=False),
    Column("at", String(5), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("themes", JSON, nullable=False),
    Column("asks_question", Boolean, nullable=False),
    Column("next_on", Date),
    Column("next_due_at", Moment),
    Column("last_on", Date),
    Column("last_due_at", Moment),
    Column("pause", String(12)),
    Column("pin_story_id", String(60)),
    Column("pin_user_id", String(20)),
    Column("refused_with", String(100)),
    Column("revision", Integer, nullable=False),
    Index("schedules_by_due", "next_due_at"),
)

# What became of each slot. The key makes "once a slot" a promise of the database, whatever else goes wrong.
weeks = Table(
    "weeks",
    metadata,
    *_workspace(),
    Column("channel_id", String(20), primary_key=True),
    Column("on", Date, primary_key=True),
    Column("schedule_id", String(40), nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("state", String(12), nullable=False),
    Column("key", String(40), nullable=False),
    Column("story_id", String(60)),
    Column("story", JSON(none_as_null=True)),
    Column("why", String(200), nullable=False),
    Column("message", JSON(none_as_null=True)),
    # How often Slack definitely refused its post, and how often a post of which nobody knew was looked for.
    Column("refusals", Integer, nullable=False),
    Column("reads", Integer, nullable=False),
)

tried = Table(
    "tried",
    metadata,
    *_workspace(),
    Column("channel_id", String(20), primary_key=True),
    Column("on", Date, primary_key=True),
    Column("user_id", String(20), primary_key=True),
)

saved = Table(
    "saved",
    metadata,
    *_workspace(),
    Column("user_id", String(20), primary_key=True),
    Column("story_id", String(60), primary_key=True),
    Column("saved_at", Moment, nullable=False),
)

# An empty team_id is an Enterprise organisation's own installation. `tokens` and `renewed` are sealed. A row whose
# installation is gone holds ids and dates alone.
installations = Table(
    "installations",
    metadata,
    *_workspace(),
    Column("tokens", Text),
    Column("expires_at", Moment),
    Column("renewed", Text),
    Column("renewed_expires_at", Moment),
    # Whoever renews the tokens has so long to do it.
    Column("renewing_until", Moment),
    Column("bot_id", String(20)),
    Column("bot_user_id", String(20)),
    Column("scopes", JSON, nullable=False),
    Column("installer_id", String(20)),
    Column("installed_at", Moment, nullable=False),
    Column("gone_at", Moment),
    Column("erased_at", Moment),
    Column("changed_at", Moment, nullable=False),
    Index("installations_by_change", "changed_at"),
    Index("installations_by_expiry", "expires_at"),
)

# What proves that a browser which comes back from Slack set out from here. The workspace is not known yet.
install_states = Table(
    "install_states",
    metadata,
    Column("state", String(64), primary_key=True),
    Column("expires_at", Moment, nullable=False),
)

# Which requests some replica has taken. A key is a digest, and tells nothing of where a request came from.
claims = Table(
    "claims",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("is_done", Boolean, nullable=False),
    Column("until", Moment, nullable=False),
    Index("claims_by_end", "until"),
)
