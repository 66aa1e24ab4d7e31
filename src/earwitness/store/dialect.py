"""Dialect: what SQLite and PostgreSQL both can, and SQLAlchemy spells apart for each."""

from __future__ import annotations

import time

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite


def insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def moment_ms(connection: Connection) -> int:
    """This moment in milliseconds since 1970: one clock for everybody who uses the database."""
    if connection.dialect.name == "postgresql":
        seconds = connection.scalar(select(func.extract("epoch", func.clock_timestamp())))
        return round(float(seconds or 0) * 1000)
    return time.time_ns() // 1_000_000


def one_at_a_time(connection: Connection, what: str) -> None:
    """Let no two transactions of this name go on at once, until this one ends."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(what))))
