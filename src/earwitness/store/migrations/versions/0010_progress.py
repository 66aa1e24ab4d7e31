"""Progress: events may say how far a run is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the column; events of older versions say nothing."""
    op.add_column("event", sa.Column("percent", sa.Integer))
