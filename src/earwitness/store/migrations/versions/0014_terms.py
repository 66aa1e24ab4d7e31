"""Terms: words that people gave to a series, those they refused, and those transcripts show."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "term",
        sa.Column("series", sa.String(12), primary_key=True),
        sa.Column("folded", sa.String, primary_key=True),
        sa.Column("kind", sa.String(4), nullable=False),
        sa.Column("heard", sa.String, nullable=False),
        sa.Column("who", sa.String),
        sa.ForeignKeyConstraint(["series"], ["series.id"], ondelete="CASCADE"),
    )
    op.create_table(
        "term_refusal",
        sa.Column("series", sa.String(12), primary_key=True),
        sa.Column("session", sa.String(24), primary_key=True),
        sa.Column("folded", sa.String, primary_key=True),
        sa.ForeignKeyConstraint(["series"], ["series.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["session"], ["session.id"], ondelete="CASCADE"),
    )
    op.create_table(
        "term_sighting",
        sa.Column("session", sa.String(24), primary_key=True),
        sa.Column("folded", sa.String, primary_key=True),
        sa.Column("series", sa.String(12), nullable=False, index=True),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("kind", sa.String(4), nullable=False),
        sa.Column("form", sa.Float, nullable=False),
        sa.Column("voices", sa.String, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["session"], ["session.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["series"], ["series.id"], ondelete="CASCADE"),
    )
