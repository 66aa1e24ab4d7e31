"""Corrections: the append-only ledger of each session, and where its chain ends."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the ledger's two tables."""
    op.create_table(
        "override",
        sa.Column("session", sa.String(24), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("undoes", sa.Integer),
        sa.Column("batch", sa.Integer),
        sa.Column("salt", sa.LargeBinary),
        sa.Column("payload", sa.LargeBinary),
        sa.Column("commitment", sa.LargeBinary, nullable=False),
        sa.Column("link", sa.LargeBinary, nullable=False),
        sa.Column("erased_by", sa.String),
        sa.Column("erased_at", sa.String(40)),
        sa.ForeignKeyConstraint(["session"], ["session.id"], ondelete="CASCADE"),
    )
    op.create_table(
        "override_head",
        sa.Column("session", sa.String(24), primary_key=True),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("erased", sa.Integer, nullable=False),
        sa.Column("link", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["session"], ["session.id"], ondelete="CASCADE"),
    )
