"""Moving rows between the two databases: for backups, which hold a file whatever they are of.

A backup of a library on a server has the same form as any other: its rows are copied, as they were
at one moment, into a library's file. So it can be restored into either database.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, literal, select

from earwitness.store import schema
from earwitness.store.database import Database
from earwitness.store.migrating import upgrade
from earwitness.store.opening import found
from earwitness.store.sqlite import SqliteDatabase, sqlite_faults

_BATCH = 1_000


@contextmanager
def written_copy(source: Database, part: Path) -> Iterator[sqlite3.Connection]:
    """Copy all rows of a library to a file, whole and of one moment, and open the copy.

    The copy needs no log beside it. It is complete on the disk only after the block.
    """
    found(part)
    copy = SqliteDatabase(part)
    try:
        with copy.write(durable=True) as target:
            upgrade(target)
            with source.read() as rows:
                copy_rows(rows, target)
    finally:
        copy.close()
    with sqlite_faults(), closing(sqlite3.connect(part)) as written:
        written.execute("PRAGMA journal_mode=DELETE")
        yield written


def copy_rows(source: Connection, target: Connection) -> None:
    """Copy every row of every table; the target's own are gone before.

    Both are of the newest form. Nothing is held in memory but a thousand rows.
    """
    for table in reversed(schema.metadata.sorted_tables):
        target.execute(delete(table))
    reader = source.execution_options(stream_results=True)
    for table in schema.metadata.sorted_tables:
        with reader.execute(select(table)) as rows:
            for batch in rows.mappings().partitions(_BATCH):
                target.execute(insert(table), [dict(row) for row in batch])
    if target.dialect.name == "postgresql":
        _go_on_counting(target)


def is_empty(connection: Connection) -> bool:
    """Whether a library has nothing in it that somebody would miss."""
    return not any(
        connection.execute(select(literal(1)).select_from(table).limit(1)).first()
        for table in (schema.session, schema.series, schema.recording, schema.blob)
    )


def _go_on_counting(connection: Connection) -> None:
    """Rows that brought their numbers are followed by higher ones."""
    for table in schema.metadata.sorted_tables:
        if (column := table.autoincrement_column) is not None:
            last = select(func.max(column)).scalar_subquery()
            counter = func.pg_get_serial_sequence(f'"{table.name}"', column.name)
            connection.execute(
                select(func.setval(counter, func.coalesce(last, 1), last.is_not(None)))
            )
