"""Opening a library's file: is it ours, is it as new as this program, and bringing it up to date.

`store.server` does the same for a library on a server.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from earwitness.core.errors import CorruptStore
from earwitness.core.files import disk_faults, part_path, replace, sync_folder
from earwitness.store.address import read_address
from earwitness.store.binding import bind_file
from earwitness.store.database import BUSY_SECONDS, Database
from earwitness.store.lock import locked
from earwitness.store.looking import StillDatabase
from earwitness.store.migrating import SCRIPTS, another_form, no_revision, refuse_newer, upgrade
from earwitness.store.place import Place, private_folder
from earwitness.store.schema import APPLICATION_ID, HEAD
from earwitness.store.sqlite import SqliteDatabase, sqlite_faults


def open_any(place: Place, address: str | None) -> Database:
    """Open the library's database, on a server when there is an address; see `open_server`."""
    place.prepare(holds_database=address is None)
    if address is None:
        return open_database(place)
    from earwitness.store.server import open_server

    return open_server(place, read_address(address))


def look_at_any(place: Place, address: str | None) -> Database | None:
    """Open the library's database to read it only; nothing is made, migrated or bound.

    Returns:
        None when there is none.

    Raises:
        CorruptStore: It is not a library of ours.
        StoreError: It has another form than this program reads, or is out of reach.
    """
    if address is not None:
        from earwitness.store.server import look_at_server

        return look_at_server(read_address(address))
    if not is_ours(place.database):
        return None
    database = StillDatabase(place.database)
    try:
        present = revision(database)
        if present not in (None, HEAD):
            raise another_form(present)
    except BaseException:
        database.close()
        raise
    return None if present is None else database


def open_database(place: Place, *, head: str = HEAD, scripts: str = SCRIPTS) -> SqliteDatabase:
    """Open the library's database, made or migrated where needed.

    Args:
        place: A prepared home folder.
        head: The newest revision.
        scripts: Where the migrations are, as Alembic writes it.

    Raises:
        CorruptStore: The file is not a library of ours, or damaged; it is left as it is.
        NewerStore: A newer version of this program wrote it; it is left as it is.
    """
    if not is_ours(place.database):
        bind_file(place)
        with locked(place.lock):
            if not is_ours(place.database):
                found(place.database)
    database = SqliteDatabase(place.database)
    try:
        if revision(database) != head:
            with locked(place.lock):
                _migrate(place, database, head=head, scripts=scripts)
    except BaseException:
        database.close()
        raise
    return database


def is_ours(path: Path) -> bool:
    """Whether there is a library at `path`; False when there is nothing yet.

    Asks SQLite, and never opens the file itself: closing any handle of a file drops all POSIX
    locks that this process holds on it, also those of a library that another thread has open.
    Other processes would then think themselves alone, and take the log from under it. Source:
    "How To Corrupt An SQLite Database File", 2.2, at sqlite.org.

    Raises:
        CorruptStore: There is something else.
    """
    with disk_faults("the library's database cannot be read"):
        if not path.exists() or path.stat().st_size == 0:
            return False
    try:
        # As it is on the disk, without locks and log: nothing foreign is changed by looking.
        mark = _mark(path, "mode=ro&immutable=1")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorname == "SQLITE_NOTADB":
            raise _foreign(path) from error
        # It may be growing just now: look again from inside, with its log and its locks.
        with sqlite_faults():
            mark = _mark(path, "mode=ro")
    if mark == APPLICATION_ID:
        return True
    raise _foreign(path)


def _mark(path: Path, how: str) -> object:
    """The application id in the database's first page."""
    address = f"{path.absolute().as_uri()}?{how}"
    with closing(sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)) as connection:
        mark: object = connection.execute("PRAGMA application_id").fetchone()[0]
        return mark


def _foreign(path: Path) -> CorruptStore:
    return CorruptStore(
        f"{path.name} in the home folder is not a library of Earwitness, or is damaged",
        hint="choose another --home, or restore a backup with `earwitness restore`",
    )


def revision(database: Database) -> str | None:
    """The schema's revision; None for a database without tables.

    Raises:
        CorruptStore: It has tables, but does not say which revision they are of.
    """
    with database.read() as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = {str(name) for (name,) in names}
        if not tables:
            return None
        found = None
        if "alembic_version" in tables:
            found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if not isinstance(found, str):
        raise no_revision()
    return found


def found(path: Path) -> None:
    """Make an empty database that bears our mark in its very first page, at one stroke."""
    part = part_path(path.parent)
    with disk_faults("the library's database cannot be made"), sqlite_faults():
        try:
            with closing(sqlite3.connect(part, isolation_level=None)) as connection:
                connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
                connection.execute("PRAGMA journal_mode=WAL")
            part.chmod(0o600)
            replace(part, path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def _migrate(place: Place, database: SqliteDatabase, *, head: str, scripts: str) -> None:
    present = revision(database)
    if present == head:
        return
    refuse_newer(present, scripts=scripts)
    if present is not None:
        back_up(place, present)
    with database.write(durable=True) as connection:
        upgrade(connection, head=head, scripts=scripts)


@contextmanager
def snapshot(source: Path, part: Path) -> Iterator[sqlite3.Connection]:
    """Copy a live database to `part`, whole and of one moment, and open the copy.

    The copy needs no log beside it. It is complete on the disk only after the block.
    """
    with (
        sqlite_faults(),
        closing(sqlite3.connect(source)) as live,
        closing(sqlite3.connect(part)) as copy,
    ):
        live.execute("PRAGMA busy_timeout=30000")
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        yield copy


def back_up(place: Place, present: str) -> Path:
    """Keep the database as it is before a migration; an older backup gives way.

    Returns:
        The backup's path, in the home's `backups` folder.
    """
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    target = place.backups / f"library-{present}-{moment}.db"
    with disk_faults("the library cannot be backed up before its migration"):
        private_folder(place.backups)
        older = [path for path in place.backups.iterdir() if path.suffix == ".db"]
        part = part_path(place.backups)
        try:
            with snapshot(place.database, part):
                pass
            part.chmod(0o600)
            replace(part, target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        sync_folder(place.backups)
        for path in older:
            if path != target:
                path.unlink(missing_ok=True)
    return target
