"""Tracks: recordings side by side, and recordings that are members of an archive."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add what is said of a track, and where members of archives were seen."""
    op.add_column("session_recording", sa.Column("role", sa.String))
    op.add_column("session_recording", sa.Column("person", sa.String))
    op.add_column("session_recording", sa.Column("offset_ms", sa.Integer))
    op.add_column("session_recording", sa.Column("said", sa.Boolean))
    op.create_table(
        "member",
        sa.Column("path", sa.LargeBinary, primary_key=True),
        sa.Column("member", sa.String, primary_key=True),
        sa.Column("recording", sa.String(64), nullable=False, index=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("mtime_ns", sa.BigInteger, nullable=False),
        sa.Column("seen_ns", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["recording"], ["recording.id"], ondelete="CASCADE"),
    )
