"""A PostgreSQL database for many machines: connections, transactions, waiting for events."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event, func, literal, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from earwitness.core.errors import StoreError, UsageError
from earwitness.store import schema
from earwitness.store.address import Address
from earwitness.store.database import BUSY_SECONDS, Pause
from earwitness.store.dialect import EVENTS_CHANNEL, advisory
from earwitness.store.postgres_faults import is_away, postgres_faults

PATIENCE_SECONDS: Final = 10.0
"""How long a transaction waits at its beginning for a server that was there before."""

_KEPT, _MORE = 2, 14
_RETRY_SECONDS = 0.1
_POLL_SECONDS = 5.0
_RECYCLE_SECONDS = 1_800
_STATEMENT_SECONDS = 300
_IDLE_SECONDS = 300
_RESHAPE_SECONDS = 120
_VACUUM_WAIT_MS = 2_000
_ANEW_BYTES = 64 << 20
_WORDLESS = frozenset({"artifact", "blob", "event", "reference", "removal", "forgetting"})
_SIZES = text(
    "SELECT relname, pg_table_size(oid) FROM pg_class WHERE relnamespace = to_regnamespace(:schema)"
)

_WIRE: Final = {
    "connect_timeout": 10,
    "application_name": "earwitness",
    "client_encoding": "utf8",
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""A connection whose other end has vanished is given up after a minute, not after two hours."""


class PostgresDatabase:
    """The `Database` in one schema of a server.

    Reads are REPEATABLE READ. Writes are READ COMMITTED behind a gate, one advisory lock of the
    library's own: alone by default, as on SQLite; shared ones go through it side by side. The gate
    is the transaction's first statement, so every later one sees what came before it.

    No connection is held between transactions; two wait in the pool for the next ones.
    """

    remains = "the PostgreSQL server's own files, log, copies and backups"

    def __init__(self, address: Address) -> None:
        self.address = address
        self._engine = _engine(
            address,
            pool_size=_KEPT,
            max_overflow=_MORE,
            pool_timeout=BUSY_SECONDS,
            pool_pre_ping=True,
            pool_recycle=_RECYCLE_SECONDS,
        )
        # For what takes long or changes the connection itself: nobody gets such a one afterwards.
        self._apart = _engine(address, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self._reader = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._was_there = threading.Event()

    @property
    def name(self) -> str:
        """PostgreSQL, its version, and where it is."""
        with self.read() as connection:
            version = connection.exec_driver_sql("SHOW server_version").scalar()
        return f"PostgreSQL {str(version).split()[0]} at {self.address.label}"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one moment of the database, and changes nothing."""
        with postgres_faults(), self._connect(self._reader) as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self, *, durable: bool = False, shared: bool = False) -> Iterator[Connection]:
        """A connection behind the gate; commits at the end, or nothing at all.

        Args:
            durable: The commit is on the server's disk before this returns, even where the server
                is set not to wait for that. Otherwise the server's own setting holds.
            shared: Other shared ones pass the gate meanwhile.
        """
        with (
            postgres_faults(),
            self._connect(self._engine) as connection,
            connection.begin(),
        ):
            lock = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
            entering = [lock(advisory("gate"))]
            if durable:
                entering.append(func.set_config("synchronous_commit", "on", True))
            connection.execute(select(*entering))
            yield connection

    @contextmanager
    def reshape(self) -> Iterator[Connection]:
        """A connection for changing the form of the tables, once nobody else does or writes.

        There may be no schema yet, so the first lock goes by its name.
        """
        with postgres_faults(), self._connect(self._engine) as connection, connection.begin():
            name = literal(f"{self.address.schema} form")
            connection.execute(
                select(
                    func.set_config("lock_timeout", str(_RESHAPE_SECONDS * 1_000), True),
                    func.set_config("statement_timeout", "0", True),
                    func.set_config("synchronous_commit", "on", True),
                )
            )
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
            connection.execute(select(func.pg_advisory_xact_lock(advisory("gate"))))
            yield connection

    def checkpoint(self) -> bool:
        """Write tables with words and names in them anew, without what was deleted from them.

        A vacuum alone leaves the newest deleted row in its page until another one takes the place.
        Tables too large for that get one all the same, and those without words are left to the
        server. Its log and backups keep everything for a while: see `remains`.
        """
        try:
            with postgres_faults(), self._connect(self._apart) as connection:
                connection.exec_driver_sql(f"SET lock_timeout = {_VACUUM_WAIT_MS}")
                rows = connection.execute(_SIZES, {"schema": self.address.schema})
                sizes: dict[str, int] = {row.relname: row.pg_table_size for row in rows}
                connection.exec_driver_sql("SET statement_timeout = 0")
                for name in {table.name for table in schema.metadata.sorted_tables} - _WORDLESS:
                    anew = "(FULL) " if sizes.get(name, 0) <= _ANEW_BYTES else ""
                    connection.exec_driver_sql(f'VACUUM {anew}"{name}"')
        except StoreError:
            return False
        return True

    def compact(self) -> None:
        """Nothing: the server uses the places of deleted rows again, and keeps its files."""

    @contextmanager
    def listening(self, session: str) -> Iterator[Pause]:
        """A pause that ends when an event of the session was committed, by whomever.

        It has a connection of its own as long as it lasts.
        """
        topic = f"{self.address.schema} {session}"
        with postgres_faults(), self._connect(self._apart) as connection:
            connection.exec_driver_sql(f"LISTEN {EVENTS_CHANNEL}")
            driver = connection.connection.driver_connection
            assert driver is not None

            def pause(seconds: float) -> None:
                until = time.monotonic() + min(seconds, _POLL_SECONDS)
                while (left := until - time.monotonic()) > 0:
                    for heard in driver.notifies(timeout=left, stop_after=1):
                        if heard.payload == topic:
                            return

            yield pause

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()
        self._apart.dispose()

    def _connect(self, engine: Engine) -> Connection:
        """A connection that answers; waits for a server that is being started again."""
        until = time.monotonic() + (PATIENCE_SECONDS if self._was_there.is_set() else 0.0)
        while True:
            try:
                connection = engine.connect()
            except DBAPIError as error:
                if not is_away(error) or time.monotonic() >= until:
                    raise
                time.sleep(_RETRY_SECONDS)
            else:
                self._was_there.set()
                return connection


def _engine(address: Address, **pool: object) -> Engine:
    told = _arguments(address)
    try:
        from psycopg import ProgrammingError
        from psycopg.conninfo import make_conninfo

        from earwitness.store.postgres_numbers import plain_numbers

        make_conninfo(**_texts({**address.url.query, **told}))
        engine = create_engine(
            address.url,
            connect_args=told,
            hide_parameters=True,
            execution_options={"preserve_rowcount": True},
            **{"isolation_level": "READ COMMITTED", **pool},
        )
        event.listen(engine, "connect", plain_numbers)
        return engine
    except ImportError as error:
        raise StoreError(
            "a library on PostgreSQL needs the package psycopg, which is not installed",
            hint="pip install 'earwitness[server]'",
        ) from error
    except ProgrammingError:
        raise UsageError(
            "the setting database has an option that PostgreSQL does not know",
            hint="check what stands behind the ? in it",
        ) from None


def _texts(options: Mapping[str, object]) -> dict[str, str]:
    """Options for libpq; of several hosts and ports it is told apart."""
    return {name: str(value) for name, value in options.items() if name not in ("host", "port")}


def _arguments(address: Address) -> dict[str, object]:
    """What libpq is told beside the address; the address' own words go first."""
    said = address.url.query
    limits = {
        "search_path": address.schema,
        "lock_timeout": int(BUSY_SECONDS * 1_000),
        "statement_timeout": _STATEMENT_SECONDS * 1_000,
        "idle_in_transaction_session_timeout": _IDLE_SECONDS * 1_000,
    }
    options = [f"-c {name}={value}" for name, value in limits.items()]
    given = said.get("options", "")
    before = [given] if isinstance(given, str) else list(given)
    told = {name: value for name, value in _WIRE.items() if name not in said}
    return {**told, "options": " ".join([*before, *options]).strip()}
