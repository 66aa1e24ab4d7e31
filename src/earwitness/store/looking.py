"""Looking: a library's database read without changing a byte on the disk, its log files included.

An ordinary connection may fold the log into the file, make it anew after a crash, or empty it when
it closes. This one does none of that: it reads the log through the index that is there, without
writing to it, or a private copy of both where there is no index.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.pool import NullPool

from earwitness.core.errors import StoreError
from earwitness.core.files import disk_faults
from earwitness.store.database import BUSY_SECONDS, Pause
from earwitness.store.sqlite import sqlite_faults


class StillDatabase:
    """The `Database` in one file, to be read only; nothing of it is touched.

    Args:
        path: The file; exists.
    """

    name = f"SQLite {sqlite3.sqlite_version}"
    remains = ""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        self._address = self._find(path)
        self._engine = create_engine("sqlite://", creator=self._connect, poolclass=NullPool)
        event.listen(self._engine, "begin", _begin)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one moment of the database.

        Raises:
            CorruptStore: The file is damaged.
            StoreError: It cannot be read.
        """
        with sqlite_faults(), self._engine.begin() as connection:
            yield connection

    def write(
        self, *, durable: bool = False, shared: bool = False
    ) -> AbstractContextManager[Connection]:
        """Refused.

        Raises:
            StoreError: Always.
        """
        del durable, shared
        raise StoreError("the library was opened to look only")

    def checkpoint(self) -> bool:
        """Nothing to do: nothing was written."""
        return True

    def listening(self, session: str) -> AbstractContextManager[Pause]:
        """Nobody waits for events who only looks.

        Raises:
            StoreError: Always.
        """
        del session
        raise StoreError("the library was opened to look only")

    def compact(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Close it; a private copy goes."""
        self._engine.dispose()
        if self._copy is not None:
            self._copy.cleanup()

    def _find(self, path: Path) -> str:
        """How SQLite is told to read the file."""
        log, index = (path.with_name(path.name + suffix) for suffix in ("-wal", "-shm"))
        with disk_faults("the library's database cannot be read"):
            logged = log.stat().st_size if log.exists() else 0
            if index.exists() and log.exists():
                return f"{path.absolute().as_uri()}?mode=ro&readonly_shm=1"
            if not logged:
                return f"{path.absolute().as_uri()}?mode=ro&immutable=1"
            # A log without its index: nobody has the database open, so both are still.
            self._copy = tempfile.TemporaryDirectory(prefix="earwitness-look-")
            for each in (path, log):
                shutil.copyfile(each, Path(self._copy.name) / each.name)
            return f"{(Path(self._copy.name) / path.name).absolute().as_uri()}?mode=rw"

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(
            self._address,
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
