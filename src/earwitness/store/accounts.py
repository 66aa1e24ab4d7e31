"""Accounts: the tables of what runs took - spells of work, calls to services, estimates."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Named,
    String,
    Table,
    TypedColumns,
)

from earwitness.store.schema import Moment, metadata


class SpellColumns(TypedColumns):
    """One spell of work on a run, and the machine it was done on; append-only."""

    n: Named[int] = Column(Integer, primary_key=True, autoincrement=True)
    run: Named[str] = Column(String(12), ForeignKey("run.id", ondelete="CASCADE"), index=True)
    began_at: Named[datetime] = Column(Moment)
    machine: Named[str] = Column(String(16))
    cores: Named[int]
    memory_bytes: Named[int] = Column(BigInteger)
    gpu: Named[str | None]
    workers: Named[int]
    transcriber: Named[str | None]
    diarizer: Named[str | None]
    sound_ms: Named[int | None] = Column(BigInteger)
    wall_ms: Named[int] = Column(BigInteger)
    cpu_ms: Named[int | None] = Column(BigInteger)
    peak_bytes: Named[int | None] = Column(BigInteger)
    mean_bytes: Named[int | None] = Column(BigInteger)
    gpu_ms: Named[int | None] = Column(BigInteger)
    gpu_peak_bytes: Named[int | None] = Column(BigInteger)
    read_bytes: Named[int | None] = Column(BigInteger)
    written_bytes: Named[int | None] = Column(BigInteger)
    meter_ms: Named[int | None]


class SpendingColumns(TypedColumns):
    """One call to a service; it outlives its session without saying which one that was."""

    n: Named[int] = Column(Integer, primary_key=True, autoincrement=True)
    run: Named[str | None] = Column(
        String(12), ForeignKey("run.id", ondelete="SET NULL"), index=True
    )
    stage: Named[str]
    chunk: Named[int | None]
    at: Named[datetime] = Column(Moment)
    service: Named[str]
    model: Named[str]
    operation: Named[str]
    answered: Named[bool] = Column(Boolean)
    attempts: Named[int]
    audio_ms: Named[int | None] = Column(BigInteger)
    tokens_in: Named[int | None] = Column(BigInteger)
    tokens_out: Named[int | None] = Column(BigInteger)
    sent_bytes: Named[int | None] = Column(BigInteger)
    received_bytes: Named[int | None] = Column(BigInteger)
    micros: Named[int | None] = Column(BigInteger)
    currency: Named[str | None] = Column(String(3))


class EstimateColumns(TypedColumns):
    """What was expected of a run; `run` is None until it begins."""

    n: Named[int] = Column(Integer, primary_key=True, autoincrement=True)
    run: Named[str | None] = Column(
        String(12), ForeignKey("run.id", ondelete="CASCADE"), index=True
    )
    asked: Named[str] = Column(String(64), index=True)
    at: Named[datetime] = Column(Moment)
    basis: Named[str]
    sound_ms: Named[int | None] = Column(BigInteger)
    wall_ms: Named[int | None] = Column(BigInteger)
    low_ms: Named[int | None] = Column(BigInteger)
    high_ms: Named[int | None] = Column(BigInteger)
    cpu_ms: Named[int | None] = Column(BigInteger)
    disk_bytes: Named[int | None] = Column(BigInteger)
    micros: Named[int | None] = Column(BigInteger)
    currency: Named[str | None] = Column(String(3))


spell = Table("spell", metadata, SpellColumns)
spending = Table("spending", metadata, SpendingColumns, Index(None, "at"))
estimate = Table("estimate", metadata, EstimateColumns)
