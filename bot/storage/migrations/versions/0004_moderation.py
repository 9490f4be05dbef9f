"""How each workspace chose to review its people's stories."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "moderation",
        sa.Column("enterprise_id", sa.String(length=20), nullable=False),
        sa.Column("team_id", sa.String(length=20), nullable=False),
        sa.Column("channel_id", sa.String(length=20), nullable=True),
        sa.Column("moderator_ids", sa.JSON(), nullable=False),
        sa.Column("group_id", sa.String(length=20), nullable=True),
        sa.Column("four_eyes", sa.Boolean(), nullable=False),
        sa.Column("self_approval", sa.Boolean(), nullable=False),
        sa.Column("chosen_by", sa.String(length=20), nullable=True),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id"),
    )
