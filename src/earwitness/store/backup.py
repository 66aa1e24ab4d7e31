"""Backup and restore of a whole library."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy.exc import OperationalError

from earwitness.core.errors import CorruptStore, NotFound, StoreError, UsageError
from earwitness.core.files import disk_faults, part_path, sync_folder
from earwitness.core.files import replace as put_in_place
from earwitness.store.address import Address, read_address
from earwitness.store.archive import Backup, Deleted, pack, unpack
from earwitness.store.bucket import Bucket
from earwitness.store.database import Database
from earwitness.store.far import object_removals
from earwitness.store.library import Library
from earwitness.store.lock import locked
from earwitness.store.manifest import DATABASE, Manifest, foreign
from earwitness.store.moving import copy_rows, is_empty
from earwitness.store.objects import Objects
from earwitness.store.opening import is_ours, open_database
from earwitness.store.place import Place
from earwitness.store.postgres import PostgresDatabase
from earwitness.store.server import is_on_server, open_server
from earwitness.store.sqlite import SqliteDatabase, sqlite_faults

log = logging.getLogger(__name__)

_ATTEMPTS = 5
_LOGS = ("-wal", "-shm", "-journal")


def backup(
    home: Path, target: Path, *, database: str | None = None, artifacts: Bucket | None = None
) -> Backup:
    """Write the whole library into one file; others may go on working in it meanwhile.

    Decoded sound is left out: it can be made again.

    Args:
        home: The library's home folder.
        target: The file to be made; only its owner may read it.
        database: Address of the PostgreSQL database that holds the library's tables, if one does.
            The backup can be restored into a file or another server all the same.
        artifacts: The bucket in which the library's results lie, if they lie in one. They are
            fetched into the backup; recordings are not.

    Raises:
        NotFound: There is no library in `home`, or on the server.
        UsageError: `target` exists, or lies inside the library.
        CorruptStore: The library misses something or holds damaged bytes; no file was made.
        DiskFull: No file was made.
    """
    place = Place(home.expanduser().absolute())
    target = target.expanduser().absolute()
    address = None if database is None else read_address(database)
    if not (is_ours(place.database) if address is None else is_on_server(address)):
        raise NotFound("there is no library there", hint="choose another --home or database")
    if target.exists():
        raise UsageError(f"{target.name} exists", hint="choose another name for the backup")
    if target.resolve().is_relative_to(place.home.resolve()):
        raise UsageError("the backup would lie inside the library", hint="choose another folder")
    part = part_path(target.parent)
    with disk_faults("the backup cannot be written"):
        try:
            with _opened(place, address) as rows:
                objects = Objects(artifacts) if artifacts else None
                made = _attempts(place, part, target, database=rows, objects=objects)
            put_in_place(part, target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        sync_folder(target.parent)
    return made


@contextmanager
def _opened(place: Place, address: Address | None) -> Iterator[Database | None]:
    """The library on a server, brought to the newest form; None when it is a file."""
    if address is None:
        yield None
        return
    database = open_server(place, address)
    try:
        yield database
    finally:
        database.close()


def _attempts(
    place: Place,
    part: Path,
    target: Path,
    *,
    database: Database | None,
    objects: Objects | None,
) -> Backup:
    for _ in range(_ATTEMPTS):
        try:
            return pack(place, part, target, database=database, objects=objects)
        except Deleted:
            continue
    raise StoreError(
        "sessions are being deleted faster than they can be backed up",
        hint="try again when the deletions are through",
    )


def restore(
    archive: Path,
    home: Path,
    *,
    replace: bool = False,
    database: str | None = None,
    artifacts: Bucket | None = None,
) -> Backup:
    """Make a library from a backup.

    Everything is unpacked beside the library and verified before anything changes. Blobs are
    named by their content, so laying them beside others harms nobody; the database's new name, or
    on a server the one transaction, is the stroke that makes it the library. Other files in the
    home folder stay.

    Args:
        archive: What `backup` made, of whichever database.
        home: The home folder.
        replace: A library that is there already is given up for the backup.
        database: Address of the PostgreSQL database that shall hold the library's tables.
        artifacts: The bucket of the library that is given up, if it had one: its objects go.

    Raises:
        SourceNotFound: There is no such file.
        CorruptStore: Cut short, damaged or foreign; nothing was changed.
        NewerStore: A newer version made it; nothing was changed.
        UsageError: There is a library already and `replace` was not said.
        DiskFull: Nothing was changed.
        StoreError: Another process has the library open, or the server cannot be reached; nothing
            was changed.
    """
    place = Place(home.expanduser().absolute())
    place.prepare(holds_database=database is None)
    if database is None:
        occupied = place.database.exists() or any(place.blobs.iterdir())
        _may_replace(occupied=occupied, replace=replace)
        with _unpacked(archive, place) as (stage, told), locked(place.lock):
            given_up = _objects_of(place.database)
            _take_over(stage, place)
    else:
        target = open_server(place, read_address(database), rebind=replace)
        try:
            with target.read() as connection:
                occupied = not is_empty(connection)
                given_up = object_removals(connection)
            _may_replace(occupied=occupied, replace=replace)
            with _unpacked(archive, place) as (stage, told):
                _fill(target, stage, place, replace=replace)
        finally:
            target.close()
    if occupied:
        with Library.open(place.home, database=database, artifacts=artifacts) as library:
            library.give_up_objects(given_up)
            shutil.rmtree(place.backups, ignore_errors=True)
            library.sweep()
    size = sum(entry.size_bytes for entry in told.files)
    return Backup(archive, told.made_at, told.sessions, len(told.files), size)


def _may_replace(*, occupied: bool, replace: bool) -> None:
    if occupied and not replace:
        raise UsageError(
            "there is a library in the home folder",
            hint="choose another --home, or give it up with --replace",
        )


@contextmanager
def _unpacked(archive: Path, place: Place) -> Iterator[tuple[Place, Manifest]]:
    """The backup as a library of its own beside the other one, whole and verified."""
    stage = Place(part_path(place.home))
    with disk_faults("the backup cannot be restored"):
        try:
            stage.prepare(holds_database=False)
            told = unpack(archive, stage.home)
            _check(stage, told)
            yield stage, told
        finally:
            shutil.rmtree(stage.home, ignore_errors=True)


def _check(stage: Place, told: Manifest) -> None:
    """Open the unpacked library as any other (it is migrated, too) and see that it is whole."""
    try:
        database = open_database(stage)
        try:
            with database.read() as connection:
                sound = connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
                orphan = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                named = {row[0] for row in connection.exec_driver_sql("SELECT digest FROM blob")}
        finally:
            database.close()
    except CorruptStore as error:
        raise foreign() from error
    listed = {entry.sha256 for entry in told.files if entry.name != DATABASE}
    if not sound or orphan is not None or not named <= listed:
        raise foreign()
    _fold_log(stage.database)


def _take_over(stage: Place, place: Place) -> None:
    _fold_log(place.database)
    _lay_blobs(stage, place)
    _fold_log(place.database)
    put_in_place(stage.database, place.database)
    sync_folder(place.home)


def _fill(target: PostgresDatabase, stage: Place, place: Place, *, replace: bool) -> None:
    """Put the rows on the server in place of those there; nobody else writes meanwhile."""
    source = SqliteDatabase(stage.database)
    try:
        with target.reshape() as connection, source.read() as rows:
            _may_replace(occupied=not is_empty(connection), replace=replace)
            _lay_blobs(stage, place)
            copy_rows(rows, connection)
    finally:
        source.close()


def _lay_blobs(stage: Place, place: Place) -> None:
    for blob in sorted(stage.blobs.glob("??/*")):
        folder = place.blobs / blob.parent.name
        folder.mkdir(mode=0o700, exist_ok=True)
        put_in_place(blob, folder / blob.name)
    for folder in place.blobs.iterdir():
        sync_folder(folder)
    sync_folder(place.blobs)


def _objects_of(path: Path) -> list[str]:
    """Removals for the objects of a library's file; none of a damaged or older one."""
    if not path.exists():
        return []
    try:
        database = SqliteDatabase(path)
        try:
            with database.read() as connection:
                return object_removals(connection)
        finally:
            database.close()
    except (StoreError, OperationalError) as error:
        log.warning("objects of the library that is replaced: %s", type(error).__name__)
        return []


def _fold_log(database: Path) -> None:
    """Fold a database's log into it: a log left behind would be read into its successor.

    Leaving the log mode works only while nobody else has the database open.

    Raises:
        StoreError: Somebody has.
    """
    if database.exists():
        try:
            with (
                sqlite_faults(),
                closing(sqlite3.connect(database, timeout=2, isolation_level=None)) as old,
            ):
                old.execute("PRAGMA journal_mode=DELETE")
        except CorruptStore as error:
            # A damaged library is what backups are for; there is nothing in its log to keep.
            log.warning("the library that is replaced was damaged: %s", error)
    for suffix in _LOGS:
        database.with_name(database.name + suffix).unlink(missing_ok=True)
