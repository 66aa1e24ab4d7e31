"""Giving space back: bytes nobody references, deletions to be finished, leftovers of crashes.

Files of blobs are unlinked only by a transaction that writes alone (`Database.write`), when no row
names them; `put` looks for its blob in a transaction that such a one keeps out. So a file that a
row names is never taken away. For objects in a bucket, see `store.far`.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, delete, select

from earwitness.core.errors import StoreError
from earwitness.store import schema
from earwitness.store.blobs import NAME, stale_parts
from earwitness.store.dialect import insert_once
from earwitness.store.far import GRACE_SECONDS, OBJECTS, Far

LOG_PAGES = "log"
"""The removal that stands for old pages in the write-ahead log."""

BACKUPS = "backups"
"""The removal that stands for the database as it was before a migration."""

_BATCH = 50
_STALE_SECONDS = 3_600.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Freed:
    """What was given back.

    Attributes:
        blobs: Files of committed bytes.
        bytes: Of all files.
        complete: Nothing is left to be removed; False when a reader or an open file was in the
            way, the next opening tries again.
    """

    blobs: int
    bytes: int
    complete: bool = True


class Reclaim(Far):
    """Removal of files, always after the rows that named them."""

    def reclaim(self, digests: Iterable[str]) -> Freed:
        """Unlink the files of those blobs that no row says to be files.

        What cannot be removed now is left to `sweep`.
        """
        names = list(digests)
        blobs = size = 0
        with suppress(StoreError):
            for start in range(0, len(names), _BATCH):
                with self._database.write() as connection:
                    for digest in _unheld(connection, names[start : start + _BATCH]):
                        freed = self._unlink(self._folder.path(digest))
                        blobs += freed is not None
                        size += freed or 0
        return Freed(blobs, size)

    def settle(self, *, far: bool = True) -> Freed:
        """Finish the removals that deletions decided on; cheap when there are none.

        Safe to repeat and to interrupt: a removal is forgotten only after it was done.

        Args:
            far: Objects in a bucket, too; that waits for the network.

        Raises:
            StoreError: The database cannot be written.
        """
        with self._database.read() as connection:
            pending = list(connection.scalars(select(schema.removal.c.path)))
        objects = [path for path in pending if path.startswith(OBJECTS)] if far else []
        blobs, size, done = self._remove_objects(objects)
        if done:
            self._forget(done)
        paths = [path for path in pending if path != LOG_PAGES and not path.startswith(OBJECTS)]
        for start in range(0, len(paths), _BATCH):
            freed = self._remove(paths[start : start + _BATCH])
            blobs, size = blobs + freed.blobs, size + freed.bytes
        if pending and self._database.checkpoint():
            self._forget([LOG_PAGES])
        with self._database.read() as connection:
            complete = connection.scalar(select(schema.removal.c.path).limit(1)) is None
        return Freed(blobs, size, complete)

    def sweep(
        self, *, stale_seconds: float = _STALE_SECONDS, grace_seconds: float = GRACE_SECONDS
    ) -> Freed:
        """Remove what crashes left: unreferenced blobs, files in the making, orphaned sound.

        Safe while other processes work: what they are just committing is theirs or is written
        again. Looks at every file name in the library, so not for every command.

        Args:
            stale_seconds: Age from which a file in the making, or decoded sound of a recording
                the library does not know, is given up. Files of dead processes go at once.
            grace_seconds: Age from which an object in the bucket that no row names is given up.
                Less than a day only while no other machine works with the library.
        """
        settled = self.settle()
        orphans = self.reclaim(self._folder.digests())
        size = settled.bytes + orphans.bytes
        for path in stale_parts(self._place.home, stale_seconds=stale_seconds):
            size += clear(path) if path.is_dir() else self._unlink(path) or 0
        size += self._sweep_scratch(stale_seconds) + self._sweep_far(grace_seconds)
        return Freed(settled.blobs + orphans.blobs, size, settled.complete)

    def _sweep_scratch(self, stale_seconds: float) -> int:
        with self._database.read() as connection:
            known = set(connection.scalars(select(schema.recording.c.id)))
        size = 0
        for folder in self._place.scratch.iterdir():
            unknown = NAME.fullmatch(folder.name) and folder.name not in known
            with suppress(FileNotFoundError):
                if unknown and time.time() - folder.stat().st_mtime >= stale_seconds:
                    size += clear(folder)
        return size

    def _remove(self, paths: Sequence[str]) -> Freed:
        """Remove one batch under the lock, and forget what was removed or came back to life."""
        blobs = size = 0
        done = []
        with self._database.write() as connection:
            names = [Path(path).name for path in paths]
            unheld = _unheld(connection, names)
            known = set(
                connection.scalars(
                    select(schema.recording.c.id).where(schema.recording.c.id.in_(names))
                )
            )
            for path, name in zip(paths, names, strict=True):
                target = self._place.home / path
                if path.startswith("blobs/") and name in unheld:
                    freed = self._unlink(target)
                    blobs += freed is not None
                    size += freed or 0
                elif path == BACKUPS or (path.startswith("scratch/") and name not in known):
                    size += clear(target)
                else:
                    done.append(path)
                    continue
                if not target.exists():
                    done.append(path)
            _forget(connection, done)
        return Freed(blobs, size)

    def _forget(self, paths: Sequence[str]) -> None:
        with self._database.write() as connection:
            _forget(connection, paths)

    def _unlink(self, path: Path) -> int | None:
        """Bytes freed; None when it is not there, or held open (Windows)."""
        try:
            size = path.stat().st_size
            path.unlink()
        except FileNotFoundError:
            return None
        except OSError as error:
            log.warning("a file of the library cannot be removed yet: %s", error.strerror)
            return None
        return size


def note_removals(connection: Connection, paths: Iterable[str]) -> None:
    """Note what `settle` shall remove once the transaction has committed."""
    insert_once(connection, schema.removal, ({"path": path} for path in paths))


def remove_old_pages(connection: Connection) -> None:
    """Note that old pages, and databases from before a migration, go too."""
    note_removals(connection, (BACKUPS, LOG_PAGES))


def _unheld(connection: Connection, digests: Sequence[str]) -> list[str]:
    blob = schema.blob.c
    statement = select(blob.digest).where(blob.digest.in_(digests), blob.object.is_(None))
    held = set(connection.scalars(statement))
    return [digest for digest in digests if digest not in held]


def _forget(connection: Connection, paths: Sequence[str]) -> None:
    connection.execute(delete(schema.removal).where(schema.removal.c.path.in_(paths)))


def clear(folder: Path) -> int:
    """Remove a folder as far as the system lets us; returns bytes of the files that went."""
    before = size_of(folder)
    shutil.rmtree(folder, ignore_errors=True)
    return before - size_of(folder)


def size_of(folder: Path) -> int:
    """Bytes of all files in a folder; 0 when it is not there."""
    size = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            size += path.stat().st_size if path.is_file() else 0
    return size
