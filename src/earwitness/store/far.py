"""Far: what of the library lies in a store of artifacts; deleting, sweeping and sending it.

A row names an object by a name that was never used before, so objects are deleted without the
database's lock: nobody can be writing that name. An object that no row names is deleted once it
is a day old; whoever wrote it gives up before that.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, select, update

from earwitness.core.errors import ArtifactsUnavailable, CorruptStore, StoreError
from earwitness.store import schema
from earwitness.store.blobs import Laid
from earwitness.store.dialect import insert_once
from earwitness.store.objects import Objects, digest_in, new_name
from earwitness.store.shelf import Shelf

OBJECTS: Final = "objects/"
"""In front of the removals that stand for objects."""

GRACE_SECONDS: Final = 86_400.0
"""An object younger than this may be about to be named."""

LOOK_SECONDS: Final = 86_400.0
"""The bucket is looked through once in so long: every name is listed."""

_LOOKED = "objects.looked"
_SENT = 500
_NAMES = 500

log = logging.getLogger(__name__)


def removal_of(name: str | None, digest: str, size_bytes: int) -> str:
    """How a removal calls the bytes of a row: an object, or a file in the home folder."""
    if name is None:
        return f"blobs/{digest[:2]}/{digest}"
    return f"{OBJECTS}{size_bytes}/{name}"


def object_removals(connection: Connection) -> list[str]:
    """Removals for every object that a library names."""
    blob, recording = schema.blob.c, schema.recording.c
    found: list[str] = []
    for digest, name, size in (
        (blob.digest, blob.object, blob.size_bytes),
        (recording.id, recording.object, recording.size_bytes),
    ):
        rows = connection.execute(select(digest, name, size).where(name.is_not(None)))
        found += [removal_of(row[1], row[0], row[2]) for row in rows]
    return found


def refuse_late(laid: Laid) -> None:
    """Refuse to name an object that the sweep may take for a leftover.

    Raises:
        StoreError: It was laid long ago: this machine slept, or its clock was put forward.
    """
    if laid.object is not None and time.time() - laid.at > GRACE_SECONDS / 2:
        raise StoreError(
            "it took more than half a day to store something", hint="give the command again"
        )


class Far(Shelf):
    """The part of the library that lies in a bucket; all of it does nothing without one."""

    @property
    def artifacts(self) -> str | None:
        """Where artifacts lie, for people; None: in the home folder."""
        return self._objects.bucket.label if self._objects else None

    @property
    def leads_away(self) -> bool:
        """Whether what is stored leaves this machine."""
        return self._objects is not None and not self._objects.bucket.stays_here

    def check_artifacts(self) -> None:
        """Write, read and delete in the bucket; nothing without one.

        Raises:
            ArtifactsUnavailable: One of these cannot be done.
        """
        if self._objects is not None:
            self._objects.check()

    def had_artifacts(self) -> bool:
        """Whether the library was ever opened with a store of artifacts."""
        with self._database.read() as connection:
            return connection.scalar(select(schema.shelf_mark.c.n)) is not None

    def must_stay(self, session_id: str) -> bool:
        """Whether a session may not leave this machine, and the store is elsewhere."""
        if not self.leads_away:
            return False
        statement = select(schema.session.c.local_only).where(schema.session.c.id == session_id)
        with self._database.read() as connection:
            return bool(connection.scalar(statement))

    def waiting(self) -> int:
        """How many results lie in this machine's folder, and not in the store."""
        if self._objects is None:
            return 0
        statement = select(func.count()).where(schema.blob.c.object.is_(None))
        with self._database.read() as connection:
            return connection.scalar(statement) or 0

    def give_up_objects(self, removals: Sequence[str]) -> None:
        """Note objects, of a library that was replaced, for `settle` to delete."""
        if not removals:
            return
        with self._database.write(durable=True) as connection:
            insert_once(connection, schema.removal, ({"path": each} for each in removals))

    def send_waiting(self, at_most: int | None = None) -> int:
        """Send results of the home folder that may leave this machine to the store.

        Args:
            at_most: So many; None: all.

        Returns:
            How many were sent.

        Raises:
            ArtifactsUnavailable: The store is away; what was sent is sent.
        """
        objects = self._objects
        if objects is None:
            return 0
        sent = 0
        for digest in self._unsent():
            path = self._folder.path(digest)
            if at_most is not None and sent >= at_most:
                break
            if path.exists():
                sent += self._send(objects, digest)
        return sent

    def _unsent(self) -> list[str]:
        blob, artifact, reference = schema.blob.c, schema.artifact.c, schema.reference.c
        bound = (
            select(artifact.key)
            .join_from(schema.artifact, schema.reference, reference.key == artifact.key)
            .join(schema.session, schema.session.c.id == reference.session)
            .where(artifact.digest == blob.digest, schema.session.c.local_only)
            .exists()
        )
        statement = select(blob.digest).where(blob.object.is_(None))
        if self.leads_away:
            statement = statement.where(~bound)
        with self._database.read() as connection:
            return list(connection.scalars(statement))

    def _send(self, objects: Objects, digest: str) -> int:
        try:
            data = self._folder.read(digest)
        except CorruptStore:
            return 0  # whoever reads it is told
        name = new_name(self._mark, "blobs", digest)
        laid = Laid(digest, len(data), name)
        objects.put(name, data)
        blob = schema.blob.c
        statement = update(schema.blob).where(blob.digest == digest, blob.object.is_(None))
        with self._database.write() as connection:
            refuse_late(laid)
            named = connection.execute(statement.values(object=name)).rowcount
        if not named:
            self._blobs.take_back(laid)
        return named

    def _remove_objects(self, removals: Sequence[str]) -> tuple[int, int, list[str]]:
        """Delete objects and copies of them.

        Returns:
            How many, their bytes, and which removals are done.
        """
        objects = self._objects
        if objects is None:
            return 0, 0, []
        size = 0
        done: list[str] = []
        for start in range(0, len(removals), _NAMES):
            batch = removals[start : start + _NAMES]
            names = [removal.split("/", 2)[2] for removal in batch]
            try:
                objects.delete(names)
            except StoreError as error:
                log.warning("objects cannot be deleted yet: %s", type(error).__name__)
                break
            size += sum(int(removal.split("/", 2)[1]) for removal in batch)
            for digest in map(digest_in, names):
                if digest is not None and self._cache is not None:
                    self._cache.drop(digest)
            done += batch
        return len(done), size, done

    def _sweep_far(self, grace_seconds: float) -> int:
        """Drop copies nobody needs, send what waits, and once a day look through the bucket."""
        objects, cache = self._objects, self._cache
        if objects is None or cache is None:
            return 0
        with self._database.read() as connection:
            known = self._known(connection, list(cache.digests()))
        size = sum(cache.drop(digest) for digest in cache.digests() if digest not in known)
        try:
            self.send_waiting(_SENT)
            if self._is_due(grace_seconds):
                size += self._look_through(objects, grace_seconds)
                (self._place.home / _LOOKED).touch()
        except ArtifactsUnavailable as error:
            log.warning("the store of artifacts is not swept now (%s)", error.fault)
        return size

    def _is_due(self, grace_seconds: float) -> bool:
        looked = self._place.home / _LOOKED
        if grace_seconds < GRACE_SECONDS or not looked.exists():
            return True
        return time.time() - looked.stat().st_mtime >= LOOK_SECONDS

    def _look_through(self, objects: Objects, grace_seconds: float) -> int:
        """Delete objects that no row names and that nobody is about to name."""
        before = datetime.now(UTC) - timedelta(seconds=grace_seconds)
        size = 0
        batch: list[tuple[str, int]] = []
        for each in objects.listed(self._mark):
            if each.modified_at <= before:
                batch.append((each.name, each.size_bytes))
            if len(batch) == _NAMES:
                size += self._delete_unnamed(objects, batch)
                batch = []
        return size + self._delete_unnamed(objects, batch)

    def _delete_unnamed(self, objects: Objects, batch: Iterable[tuple[str, int]]) -> int:
        sizes = dict(batch)
        named: set[str] = set()
        with self._database.read() as connection:
            for table in (schema.blob, schema.recording):
                column = table.c.object
                named.update(connection.scalars(select(column).where(column.in_(sizes))))
        gone = [name for name in sizes if name not in named]
        if gone:
            objects.delete(gone)
        return sum(sizes[name] for name in gone)

    def _known(self, connection: Connection, digests: Sequence[str]) -> set[str]:
        """Which of these have a row."""
        column = schema.blob.c.digest
        known: set[str] = set()
        for start in range(0, len(digests), _NAMES):
            batch = digests[start : start + _NAMES]
            known.update(connection.scalars(select(column).where(column.in_(batch))))
        return known
