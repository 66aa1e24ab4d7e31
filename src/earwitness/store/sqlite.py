"""One SQLite file for many threads and processes: connections, transactions, its faults."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from earwitness.core.errors import CorruptStore, DiskFull, StoreError
from earwitness.store.database import BUSY_SECONDS, Pause, too_many_threads

_CHECKPOINT_MS = 2_000
_POLL_SECONDS = 0.05
_THREADS = 64
_FREE_PAGES = 16
_FREE_SHARE = 0.1
"""Free pages that make it worth writing the file anew: so many, and such a share of it."""

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
)

_FULL = frozenset({"SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE"})
_BROKEN = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED")


class SqliteDatabase:
    """The `Database` in one file.

    Writes take the file's lock at their beginning (BEGIN IMMEDIATE), so that none of them fails
    half way because another came first: shared ones, too, for there is one lock only.
    """

    name = f"SQLite {sqlite3.sqlite_version}"
    remains = ""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine = create_engine(
            URL.create("sqlite", database=str(path)),
            connect_args={"timeout": BUSY_SECONDS, "isolation_level": None},
            pool_size=4,
            max_overflow=_THREADS,
            hide_parameters=True,
        )
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", _begin)
        self._writer = self._engine.execution_options(begin="IMMEDIATE")
        # Threads of one process queue here: SQLite's own waiting is by polling and not fair.
        self._turn = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one moment of the database.

        Raises:
            CorruptStore: The file is damaged.
            StoreError: It cannot be read.
        """
        with sqlite_faults(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self, *, durable: bool = False, shared: bool = False) -> Iterator[Connection]:
        """A connection that holds the write lock; commits at the end, or nothing at all.

        Args:
            durable: The commit is on the disk before this returns. Otherwise a power cut (not a
                killed process) may take back the last transactions, never parts of one.
            shared: Plays no part here.

        Raises:
            DiskFull: Nothing was changed.
            StoreError: Another process holds the lock for too long, or the file is damaged.
        """
        with sqlite_faults(), self._turn, self._writer.connect() as connection:
            if durable:
                _pragma(connection, "PRAGMA synchronous=FULL")
            try:
                with connection.begin():
                    yield connection
            finally:
                if durable:
                    _pragma(connection, "PRAGMA synchronous=NORMAL")

    def checkpoint(self) -> bool:
        """Empty the write-ahead log, so that no page of deleted things stays in it.

        Returns:
            False when a reader in this or another process is in the way for now.
        """
        with sqlite_faults(), self._turn, closing(self._engine.raw_connection()) as connection:
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout={_CHECKPOINT_MS}")
            try:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                row = cursor.fetchone()
            finally:
                cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
            return row is not None and row[0] == 0

    def compact(self) -> None:
        """Write the file anew where deleted rows left much room in it."""
        with sqlite_faults(), self._turn, closing(self._engine.raw_connection()) as connection:
            cursor = connection.cursor()
            pages = cursor.execute("PRAGMA page_count").fetchone()[0]
            free = cursor.execute("PRAGMA freelist_count").fetchone()[0]
            if free < _FREE_PAGES or free < pages * _FREE_SHARE:
                return
            cursor.execute(f"PRAGMA busy_timeout={_CHECKPOINT_MS}")
            try:
                cursor.execute("VACUUM")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")

    @contextmanager
    def listening(self, session: str) -> Iterator[Pause]:
        """A pause until something may have happened: SQLite calls nobody, so it is a short one."""
        yield lambda seconds: time.sleep(min(seconds, _POLL_SECONDS))

    def close(self) -> None:
        """Close all connections; the last one of all processes folds the log into the file."""
        self._engine.dispose()


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def _pragma(connection: Connection, statement: str) -> None:
    """Run outside of any transaction: SQLite ignores some settings inside one."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.execute(statement)


@contextmanager
def sqlite_faults() -> Iterator[None]:
    """Turn faults of SQLAlchemy and SQLite into errors of our tree.

    Broken rules (a missing parent, a doubled key) pass: the caller knows what they mean.
    """
    try:
        yield
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.DatabaseError):
            raise_fault(error.orig)
        raise
    except sqlite3.DatabaseError as error:
        raise_fault(error)
        raise
    except PoolTimeout as error:
        raise too_many_threads() from error


def raise_fault(error: sqlite3.DatabaseError) -> None:
    """Raise our error for a fault of SQLite's; returns when it is a broken rule or a bug.

    Raises:
        DiskFull: No room.
        CorruptStore: Damaged or foreign.
        StoreError: Locked for too long, or the operating system refused.
    """
    name = getattr(error, "sqlite_errorname", "") or ""
    if name in _FULL:
        raise DiskFull(
            "the library cannot grow: no space left",
            hint="free some space and give the same command again; what was done is kept",
        ) from error
    if name.startswith(_BROKEN):
        raise CorruptStore(
            "the library's database is damaged",
            hint="restore a backup with `earwitness restore`, or choose another --home",
        ) from error
    if name.startswith(_BUSY):
        raise StoreError(
            "another process keeps the library locked",
            hint="wait until the other `earwitness` has finished, then try again",
        ) from error
    if name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM")):
        raise StoreError(
            "the library's database cannot be read or written",
            hint="check the disk, and that the home folder belongs to you",
        ) from error
