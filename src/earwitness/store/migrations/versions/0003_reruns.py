"""Re-runs: what a run was asked, which run it builds on, and which run people see."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("run", sa.Column("asked", sa.String))
    op.add_column("run", sa.Column("parent", sa.String(12)))
    op.add_column("run", sa.Column("target", sa.String))
    op.add_column("session", sa.Column("shown_run", sa.String(12)))
