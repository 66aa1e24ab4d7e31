"""Documents: transcripts made elsewhere that a session was imported from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "session_document",
        sa.Column("session", sa.String(24), primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("document", sa.String(64), nullable=False, index=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("format", sa.String, nullable=False),
        sa.Column("part", sa.String, nullable=False),
        sa.ForeignKeyConstraint(["session"], ["session.id"], ondelete="CASCADE"),
    )
