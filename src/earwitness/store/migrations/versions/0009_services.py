"""Services: how each one that was asked stands, for all processes that may ask it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the table of breakers."""
    op.create_table(
        "service",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("era", sa.Integer, nullable=False),
        sa.Column("changes", sa.Integer, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("lapses", sa.Integer, nullable=False),
        sa.Column("since", sa.String(40)),
        sa.Column("until", sa.String(40)),
        sa.Column("fault", sa.String(12)),
        sa.Column("failed_at", sa.String(40)),
    )
