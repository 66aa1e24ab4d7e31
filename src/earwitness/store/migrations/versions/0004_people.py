"""People: series with their cast, which sessions are theirs, enrolled prints, receipts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the five tables."""
    op.create_table(
        "series",
        sa.Column("id", sa.String(12), primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("folded", sa.String, nullable=False, unique=True),
        sa.Column("playbook", sa.String),
        sa.Column("language", sa.String),
        sa.Column("speakers", sa.Integer),
        sa.Column("vocabulary", sa.String, nullable=False),
        sa.Column("created_at", sa.String(40), nullable=False),
    )
    op.create_table(
        "person",
        sa.Column("series", sa.String(12), primary_key=True),
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("aliases", sa.String, nullable=False),
        sa.Column("characters", sa.String, nullable=False),
        sa.ForeignKeyConstraint(["series"], ["series.id"], ondelete="CASCADE"),
    )
    op.create_table(
        "session_series",
        sa.Column("session", sa.String(24), primary_key=True),
        sa.Column("series", sa.String(12), nullable=False, index=True),
        sa.ForeignKeyConstraint(["session"], ["session.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["series"], ["series.id"], ondelete="CASCADE"),
    )
    op.create_table(
        "voice_print",
        sa.Column("session", sa.String(24), primary_key=True),
        sa.Column("voice", sa.String, primary_key=True),
        sa.Column("series", sa.String(12), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.Column("speech_ms", sa.Integer, nullable=False),
        sa.Column("enrolled_at", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["session"], ["session.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["series", "person"], ["person.series", "person.key"], ondelete="CASCADE"
        ),
    )
    op.create_index("ix_voice_print_series_person", "voice_print", ["series", "person"])
    op.create_table(
        "forgetting",
        sa.Column("n", sa.Integer, primary_key=True),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("series", sa.String(12), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("prints", sa.Integer, nullable=False),
        sa.Column("results", sa.Integer, nullable=False),
    )
