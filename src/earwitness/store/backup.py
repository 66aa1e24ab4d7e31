"""Backup and restore of a whole library."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from earwitness.core.errors import CorruptStore, NotFound, StoreError, UsageError
from earwitness.core.files import disk_faults, part_path, sync_folder
from earwitness.core.files import replace as put_in_place
from earwitness.store.archive import Backup, Deleted, pack, unpack
from earwitness.store.database import database_faults
from earwitness.store.library import Library
from earwitness.store.lock import locked
from earwitness.store.manifest import DATABASE, Manifest, foreign
from earwitness.store.opening import is_ours, open_database
from earwitness.store.place import Place

log = logging.getLogger(__name__)

_ATTEMPTS = 5
_LOGS = ("-wal", "-shm", "-journal")


def backup(home: Path, target: Path) -> Backup:
    """Write the whole library into one file; others may go on working in it meanwhile.

    Decoded sound is left out: it can be made again.

    Args:
        home: The library's home folder.
        target: The file to be made; only its owner may read it.

    Raises:
        NotFound: There is no library in `home`.
        UsageError: `target` exists, or lies inside the library.
        CorruptStore: The library misses something or holds damaged bytes; no file was made.
        DiskFull: No file was made.
    """
    place = Place(home.expanduser().absolute())
    target = target.expanduser().absolute()
    if not is_ours(place.database):
        raise NotFound("there is no library in the home folder", hint="choose another --home")
    if target.exists():
        raise UsageError(f"{target.name} exists", hint="choose another name for the backup")
    if target.resolve().is_relative_to(place.home.resolve()):
        raise UsageError("the backup would lie inside the library", hint="choose another folder")
    part = part_path(target.parent)
    with disk_faults("the backup cannot be written"):
        try:
            made = _attempts(place, part, target)
            put_in_place(part, target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        sync_folder(target.parent)
    return made


def _attempts(place: Place, part: Path, target: Path) -> Backup:
    for _ in range(_ATTEMPTS):
        try:
            return pack(place, part, target)
        except Deleted:
            continue
    raise StoreError(
        "sessions are being deleted faster than they can be backed up",
        hint="try again when the deletions are through",
    )


def restore(archive: Path, home: Path, *, replace: bool = False) -> Backup:
    """Make a library from a backup.

    Everything is unpacked beside the library and verified before anything changes. Blobs are
    named by their content, so laying them beside others harms nobody; the database's new name is
    the one stroke that makes it the library. Other files in the home folder stay.

    Args:
        archive: What `backup` made.
        home: The home folder.
        replace: A library that is there already is given up for the backup.

    Raises:
        SourceNotFound: There is no such file.
        CorruptStore: Cut short, damaged or foreign; nothing was changed.
        NewerStore: A newer version made it; nothing was changed.
        UsageError: There is a library in `home` and `replace` was not said.
        DiskFull: Nothing was changed.
        StoreError: Another process has the library open; nothing was changed.
    """
    place = Place(home.expanduser().absolute())
    place.prepare()
    occupied = place.database.exists() or any(place.blobs.iterdir())
    if occupied and not replace:
        raise UsageError(
            "there is a library in the home folder",
            hint="choose another --home, or give it up with --replace",
        )
    stage = Place(part_path(place.home))
    with disk_faults("the backup cannot be restored"):
        try:
            stage.prepare()
            told = unpack(archive, stage.home)
            _check(stage, told)
            with locked(place.lock):
                _take_over(stage, place)
        finally:
            shutil.rmtree(stage.home, ignore_errors=True)
    if occupied:
        with Library.open(place.home) as library:
            shutil.rmtree(place.backups, ignore_errors=True)
            library.sweep()
    size = sum(entry.size_bytes for entry in told.files)
    return Backup(archive, told.made_at, told.sessions, len(told.files), size)


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
    for blob in sorted(stage.blobs.glob("??/*")):
        folder = place.blobs / blob.parent.name
        folder.mkdir(mode=0o700, exist_ok=True)
        put_in_place(blob, folder / blob.name)
    for folder in place.blobs.iterdir():
        sync_folder(folder)
    sync_folder(place.blobs)
    _fold_log(place.database)
    put_in_place(stage.database, place.database)
    sync_folder(place.home)


def _fold_log(database: Path) -> None:
    """Fold a database's log into it: a log left behind would be read into its successor.

    Leaving the log mode works only while nobody else has the database open.

    Raises:
        StoreError: Somebody has.
    """
    if database.exists():
        try:
            with (
                database_faults(),
                closing(sqlite3.connect(database, timeout=2, isolation_level=None)) as old,
            ):
                old.execute("PRAGMA journal_mode=DELETE")
        except CorruptStore as error:
            # A damaged library is what backups are for; there is nothing in its log to keep.
            log.warning("the library that is replaced was damaged: %s", error)
    for suffix in _LOGS:
        database.with_name(database.name + suffix).unlink(missing_ok=True)
