"""Notes: every version of every note of a session."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the versions of notes; what they say lies with the other results."""
    op.create_table(
        "note",
        sa.Column("session", sa.String, primary_key=True),
        sa.Column("template", sa.String, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("key", sa.String),
        sa.Column("digest", sa.String(64)),
        sa.Column("run", sa.String(12), nullable=False),
        sa.Column("made_at", sa.String(40), nullable=False),
        sa.Column("request", sa.String, nullable=False),
        sa.ForeignKeyConstraint(["session"], ["session.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["run"], ["run.id"], ondelete="CASCADE"),
    )
    op.create_index("ix_note_run", "note", ["run"])
