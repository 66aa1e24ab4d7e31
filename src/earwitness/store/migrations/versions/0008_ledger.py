"""Ledger: more of what steps take, spells of work, calls to services, estimates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

STEP = (
    ("mean_bytes", sa.BigInteger),
    ("gpu_percent", sa.Integer),
    ("read_bytes", sa.BigInteger),
    ("written_bytes", sa.BigInteger),
    ("sent_bytes", sa.BigInteger),
    ("received_bytes", sa.BigInteger),
    ("attempts", sa.Integer),
)


def upgrade() -> None:
    """Widen the steps and make the tables; what was not measured stays unknown."""
    for name, kind in STEP:
        op.add_column("step", sa.Column(name, kind))
    _spells()
    _spending()
    _estimates()


def _spells() -> None:
    large = ("cpu_ms", "peak_bytes", "mean_bytes", "gpu_ms", "gpu_peak_bytes")
    op.create_table(
        "spell",
        sa.Column("n", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("run", sa.String(12), nullable=False, index=True),
        sa.Column("began_at", sa.String(40), nullable=False),
        sa.Column("machine", sa.String(16), nullable=False),
        sa.Column("cores", sa.Integer, nullable=False),
        sa.Column("memory_bytes", sa.BigInteger, nullable=False),
        sa.Column("gpu", sa.String),
        sa.Column("workers", sa.Integer, nullable=False),
        sa.Column("transcriber", sa.String),
        sa.Column("diarizer", sa.String),
        sa.Column("sound_ms", sa.BigInteger),
        sa.Column("wall_ms", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.BigInteger) for name in large),
        sa.Column("read_bytes", sa.BigInteger),
        sa.Column("written_bytes", sa.BigInteger),
        sa.Column("meter_ms", sa.Integer),
        sa.ForeignKeyConstraint(["run"], ["run.id"], ondelete="CASCADE"),
    )


def _spending() -> None:
    large = ("audio_ms", "tokens_in", "tokens_out", "sent_bytes", "received_bytes", "micros")
    op.create_table(
        "spending",
        sa.Column("n", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("run", sa.String(12), index=True),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("chunk", sa.Integer),
        sa.Column("at", sa.String(40), nullable=False, index=True),
        sa.Column("service", sa.String, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("operation", sa.String, nullable=False),
        sa.Column("answered", sa.Boolean, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        *(sa.Column(name, sa.BigInteger) for name in large),
        sa.Column("currency", sa.String(3)),
        sa.ForeignKeyConstraint(["run"], ["run.id"], ondelete="SET NULL"),
    )


def _estimates() -> None:
    large = ("sound_ms", "wall_ms", "low_ms", "high_ms", "cpu_ms", "disk_bytes", "micros")
    op.create_table(
        "estimate",
        sa.Column("n", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("run", sa.String(12), index=True),
        sa.Column("asked", sa.String(64), nullable=False, index=True),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("basis", sa.String, nullable=False),
        *(sa.Column(name, sa.BigInteger) for name in large),
        sa.Column("currency", sa.String(3)),
        sa.ForeignKeyConstraint(["run"], ["run.id"], ondelete="CASCADE"),
    )
