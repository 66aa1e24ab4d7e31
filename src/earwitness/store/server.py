"""Opening a library on a server: is it ours, is it as new as this program, and making it so."""

from __future__ import annotations

import re
import secrets
from typing import Final, NamedTuple

from sqlalchemy import Connection, text

from earwitness.core.errors import CorruptStore, StoreError
from earwitness.store.address import Address
from earwitness.store.binding import bind_server
from earwitness.store.migrating import SCRIPTS, another_form, no_revision, refuse_newer, upgrade
from earwitness.store.place import Place
from earwitness.store.postgres import PostgresDatabase
from earwitness.store.schema import HEAD

OLDEST: Final = 130_000
"""The oldest PostgreSQL the library is made for, as the server numbers itself."""

_MARK = re.compile(r"earwitness library ([0-9a-f]{32})")

_LOOK = text(
    """
    SELECT current_setting('server_version_num')::int AS version,
           current_setting('server_encoding') AS encoding,
           to_regnamespace(:schema) IS NOT NULL AS there,
           (SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace(:schema)) AS things,
           obj_description(to_regclass(:schema || '.alembic_version'), 'pg_class') AS mark
    """
)

_BOUND = text(
    """
    SELECT EXISTS (SELECT 1 FROM blob WHERE object IS NULL)
           AND NOT EXISTS (SELECT 1 FROM shelf_mark)
    """
)
"""Results lie in a home folder, and the library was never opened with a store of artifacts."""


class _Seen(NamedTuple):
    """What the server has under the library's name.

    Attributes:
        has_schema: The schema is there.
        mark: The library's; None: the schema is empty, or not there.
        revision: Of its tables; None as `mark`.
    """

    has_schema: bool
    mark: str | None
    revision: str | None


def open_server(
    place: Place,
    address: Address,
    *,
    rebind: bool = False,
    head: str = HEAD,
    scripts: str = SCRIPTS,
) -> PostgresDatabase:
    """Open the library on a server, made or migrated where needed.

    Making and migrating is one transaction: it happens as a whole or not at all, whoever else
    tries the same, so no copy is made before. The mark is a remark on the table that says which
    revision it is of; a schema without it is not ours.

    Args:
        place: A prepared home folder.
        address: The database.
        rebind: The library's results need not lie in the folder: they are about to be replaced.
        head: The newest revision.
        scripts: Where the migrations are, as Alembic writes it.

    Raises:
        CorruptStore: The schema is not a library of ours; it is left as it is.
        NewerStore: A newer version of this program wrote it; it is left as it is.
        UsageError: The home folder is another library's.
        StoreError: The server is out of reach, too old, or refuses.
    """
    database = PostgresDatabase(address)
    try:
        with database.read() as connection:
            seen = _look(connection, address.schema)
        if seen.revision != head:
            seen = _migrate(database, head=head, scripts=scripts)
        assert seen.mark is not None
        with database.read() as connection:
            bound = connection.scalar(_BOUND)
        bind_server(place, seen.mark, has_results=bool(bound) and not rebind)
    except BaseException:
        database.close()
        raise
    return database


def look_at_server(address: Address) -> PostgresDatabase | None:
    """Open a library on a server to read it only; None when there is none.

    Raises:
        CorruptStore: There is something else.
        StoreError: It has another form than this program reads; or the server is out of reach,
            too old, or refuses.
    """
    database = PostgresDatabase(address)
    try:
        with database.read() as connection:
            present = _look(connection, address.schema).revision
        if present not in (None, HEAD):
            raise another_form(present)
    except BaseException:
        database.close()
        raise
    if present is None:
        database.close()
    return None if present is None else database


def is_on_server(address: Address) -> bool:
    """Whether there is a library at an address.

    Raises:
        CorruptStore: There is something else.
        StoreError: The server is out of reach, too old, or refuses.
    """
    database = PostgresDatabase(address)
    try:
        with database.read() as connection:
            return _look(connection, address.schema).revision is not None
    finally:
        database.close()


def _look(connection: Connection, schema: str) -> _Seen:
    row = connection.execute(_LOOK, {"schema": schema}).one()
    if row.version < OLDEST or row.encoding != "UTF8":
        raise StoreError(
            f"the database server is PostgreSQL {row.version // 10_000} with {row.encoding}",
            hint="use PostgreSQL 13 or newer, and a database whose encoding is UTF8",
        )
    if not row.things:
        return _Seen(bool(row.there), None, None)
    mark = _MARK.fullmatch(row.mark or "")
    if mark is None:
        raise CorruptStore(
            f"the schema {schema} of the database is not a library of Earwitness",
            hint="name another one: add ?schema=NAME to EARWITNESS_DATABASE",
        )
    revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if not isinstance(revision, str):
        raise no_revision()
    return _Seen(True, mark[1], revision)


def _migrate(database: PostgresDatabase, *, head: str, scripts: str) -> _Seen:
    schema = database.address.schema
    with database.reshape() as connection:
        seen = _look(connection, schema)
        refuse_newer(seen.revision, scripts=scripts)
        if not seen.has_schema:
            connection.exec_driver_sql(f'CREATE SCHEMA "{schema}"')
        if seen.revision != head:
            upgrade(connection, head=head, scripts=scripts)
        mark = seen.mark or secrets.token_hex(16)
        connection.exec_driver_sql(
            f"COMMENT ON TABLE alembic_version IS 'earwitness library {mark}'"
        )
    return _Seen(True, mark, head)
