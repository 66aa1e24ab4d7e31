"""Dialect: what SQLite and PostgreSQL both can, and SQLAlchemy spells apart for each.

SQLite has one writer, and needs no locks beside that. On PostgreSQL, a transaction that lets others
write at the same time (`write(shared=True)`) holds what it relies on: with `hold_session` the
numbering of one session's events and corrections, with `hold` anything else that has a name.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, Table, func, literal, select
from sqlalchemy.dialects import sqlite

from earwitness.store import schema

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

EVENTS_CHANNEL = "earwitness"
"""Where PostgreSQL tells of new events, as `<schema> <session>`."""


def insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    return sqlite.insert(table)


def insert_once(connection: Connection, table: Table, rows: Iterable[dict[str, str]]) -> None:
    """Insert those rows that are not there yet."""
    connection.execute(insert(connection, table).on_conflict_do_nothing(), list(rows))


def hold_session(connection: Connection, session: str) -> None:
    """Let nobody else number anything in this session before the transaction ends.

    What refers to the session can be added meanwhile; its own row waits.
    """
    if connection.dialect.name == "postgresql":
        column = schema.session.c
        statement = select(column.n).where(column.id == session).with_for_update(key_share=True)
        connection.execute(statement)


def hold(connection: Connection, name: str) -> None:
    """Let nobody else hold the same name before the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(advisory(name))))


def advisory(name: str) -> ColumnElement[int]:
    """The number PostgreSQL locks for a name: locks are the whole server's, so the schema's is in
    it. Two names of one number wait for each other without need, and no more.
    """
    return func.hashtextextended(func.current_schema() + literal(f" {name}"), 0)


def tell_of_event(connection: Connection, session: str) -> list[ColumnElement[object]]:
    """What an INSERT of an event returns beside its row, so that listeners wake when it commits."""
    if connection.dialect.name == "postgresql":
        topic = func.current_schema() + literal(f" {session}")
        return [func.pg_notify(EVENTS_CHANNEL, topic).label("told")]
    return []


def holds_bytes(
    connection: Connection, column: ColumnElement[bytes | None], piece: bytes
) -> ColumnElement[bool]:
    """Whether a column's bytes have these among them."""
    if connection.dialect.name == "postgresql":
        return func.position(literal(piece).op("IN")(column)) > 0
    return func.instr(column, piece) > 0


def moment_ms(connection: Connection) -> int:
    """This moment in milliseconds since 1970: one clock for everybody who uses the database."""
    if connection.dialect.name == "postgresql":
        seconds = connection.scalar(select(func.extract("epoch", func.clock_timestamp())))
        return round(float(seconds or 0) * 1000)
    return time.time_ns() // 1_000_000
