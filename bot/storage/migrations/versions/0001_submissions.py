"""Submissions, their audit, drafts, a workspace's own stories, and the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "audit",
        sa.Column("enterprise_id", sa.String(length=20), nullable=False),
        sa.Column("team_id", sa.String(length=20), nullable=False),
        sa.Column("submission_id", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(length=20), nullable=True),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", "submission_id", "revision"),
    )
    op.create_table(
        "drafts",
        sa.Column("enterprise_id", sa.String(length=20), nullable=False),
        sa.Column("team_id", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.String(length=20), nullable=False),
        sa.Column("form_id", sa.String(length=40), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", "user_id", "form_id"),
    )
    op.create_table(
        "libraries",
        sa.Column("enterprise_id", sa.String(length=20), nullable=False),
        sa.Column("team_id", sa.String(length=20), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id"),
    )
    op.create_index("libraries_by_change", "libraries", ["changed_at"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("enterprise_id", sa.String(length=20), nullable=False),
        sa.Column("team_id", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=100), nullable=False),
        sa.Column("to", sa.String(length=20), nullable=False),
        sa.Column("changes", sa.String(length=200), nullable=True),
        sa.Column("replies_to", sa.String(length=200), nullable=True),
        sa.Column("repeatable", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(length=40), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=100), nullable=True),
        sa.Column("channel_id", sa.String(length=20), nullable=True),
        sa.Column("ts", sa.String(length=30), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", "key"),
    )
    op.create_index("outbox_by_about", "outbox", ["enterprise_id", "team_id", "about"], unique=False)
    op.create_index("outbox_by_due", "outbox", ["state", "due_at"], unique=False)
    op.create_table(
        "stories",
        sa.Column("enterprise_id", sa.String(length=20), nullable=False),
        sa.Column("team_id", sa.String(length=20), nullable=False),
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("story", sa.JSON(), nullable=False),
        sa.Column("submission_id", sa.String(length=40), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", "id"),
    )
    op.create_index("stories_by_submission", "stories", ["enterprise_id", "team_id", "submission_id"], unique=False)
    op.create_table(
        "submissions",
        sa.Column("enterprise_id", sa.String(length=20), nullable=False),
        sa.Column("team_id", sa.String(length=20), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("credit", sa.String(length=12), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=True),
        sa.Column("author_name", sa.String(length=60), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("edited", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("permalink", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconded_by", sa.String(length=20), nullable=True),
        sa.Column("decided_by", sa.String(length=20), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", "id"),
    )
    op.create_index("submissions_by_author", "submissions", ["enterprise_id", "team_id", "author_id"], unique=False)
    op.create_index(
        "submissions_by_state", "submissions", ["enterprise_id", "team_id", "state", "created_at"], unique=False
    )
