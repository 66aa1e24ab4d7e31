"""Queue: runs that wait for a worker, and who holds them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "job",
        sa.Column("n", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("run", sa.String(12), nullable=False, unique=True),
        sa.Column("lane", sa.String, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("wanted", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("queued_at", sa.String(40), nullable=False),
        sa.Column("owner", sa.String),
        sa.Column("token", sa.Integer, nullable=False),
        sa.Column("lease_ms", sa.BigInteger),
        sa.Column("losses", sa.Integer, nullable=False),
        sa.Column("made", sa.Integer, nullable=False),
        sa.Column("stop", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.id"], ondelete="CASCADE"),
    )
    op.create_index("ix_job_state_rank_n", "job", ["state", "rank", "n"])
