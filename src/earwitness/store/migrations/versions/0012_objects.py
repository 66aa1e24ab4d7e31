"""Objects: blobs and recordings that lie in a store of artifacts, and the library's mark there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"


def upgrade() -> None:
    """Add where bytes lie when they are no file in the home folder."""
    op.add_column("blob", sa.Column("object", sa.String))
    op.add_column("recording", sa.Column("object", sa.String))
    op.create_table(
        "shelf_mark",
        sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("mark", sa.String(32), nullable=False),
    )
