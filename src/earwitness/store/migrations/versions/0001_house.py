"""The first form: recordings, sessions, runs, steps, events, artifacts and their blobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables."""
    _recordings_and_sessions()
    _runs()
    _artifacts()


def _cascade(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], ondelete="CASCADE")


def _recordings_and_sessions() -> None:
    op.create_table(
        "recording",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("duration_ms", sa.Integer),
        sa.Column("channels", sa.Integer, nullable=False),
        sa.Column("rate_hz", sa.Integer, nullable=False),
    )
    op.create_table(
        "source",
        sa.Column("path", sa.LargeBinary, primary_key=True),
        sa.Column("recording", sa.String(64), nullable=False, index=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("mtime_ns", sa.BigInteger, nullable=False),
        sa.Column("seen_ns", sa.BigInteger, nullable=False),
        _cascade("recording", "recording.id"),
    )
    op.create_table(
        "session",
        sa.Column("n", sa.Integer, primary_key=True),
        sa.Column("id", sa.String(24), nullable=False, unique=True),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("playbook", sa.String, nullable=False),
        sa.Column("language", sa.String),
        sa.Column("held_at", sa.String(40)),
        sa.Column("local_only", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.String(40), nullable=False),
    )
    op.create_table(
        "session_recording",
        sa.Column("session", sa.String(24), primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("recording", sa.String(64), nullable=False, index=True),
        sa.Column("name", sa.String, nullable=False),
        _cascade("session", "session.id"),
        sa.ForeignKeyConstraint(["recording"], ["recording.id"]),
    )


def _outcome() -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String) for name in ("outcome", "why", "instead", "hint")]


def _runs() -> None:
    op.create_table(
        "run",
        sa.Column("n", sa.Integer, primary_key=True),
        sa.Column("id", sa.String(12), nullable=False, unique=True),
        sa.Column("session", sa.String(24), nullable=False, index=True),
        sa.Column("request", sa.String, nullable=False),
        sa.Column("started_at", sa.String(40), nullable=False),
        sa.Column("finished_at", sa.String(40)),
        *_outcome(),
        _cascade("session", "session.id"),
    )
    op.create_table(
        "step",
        sa.Column("n", sa.Integer, primary_key=True),
        sa.Column("run", sa.String(12), nullable=False),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("chunk", sa.Integer),
        sa.Column("key", sa.String),
        sa.Column("digest", sa.String),
        sa.Column("hit", sa.Boolean, nullable=False),
        *_outcome(),
        sa.Column("started_at", sa.String(40), nullable=False),
        sa.Column("wall_ms", sa.Integer, nullable=False),
        sa.Column("cpu_ms", sa.Integer),
        sa.Column("peak_bytes", sa.BigInteger),
        _cascade("run", "run.id"),
    )
    op.create_index("ix_step_run_stage", "step", ["run", "stage"])
    op.create_table(
        "event",
        sa.Column("session", sa.String(24), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("run", sa.String(12), nullable=False, index=True),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("stage", sa.String),
        sa.Column("chunk", sa.Integer),
        sa.Column("outcome", sa.String),
        sa.Column("segments", sa.String, nullable=False),
        _cascade("session", "session.id"),
        _cascade("run", "run.id"),
    )


def _artifacts() -> None:
    op.create_table(
        "blob",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "artifact",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, index=True),
        sa.Column("made_at", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["blob.digest"]),
    )
    op.create_table(
        "reference",
        sa.Column("session", sa.String(24), primary_key=True),
        sa.Column("key", sa.String, primary_key=True, index=True),
        _cascade("session", "session.id"),
        sa.ForeignKeyConstraint(["key"], ["artifact.key"]),
    )
    op.create_table("removal", sa.Column("path", sa.String, primary_key=True))
