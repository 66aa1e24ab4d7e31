"""Shelf: what every part of the library stands on - its place, its database and its blobs."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from earwitness.core.errors import NotFound
from earwitness.store import schema
from earwitness.store.blobs import Blobs, FolderBlobs
from earwitness.store.cache import Cache
from earwitness.store.database import Database
from earwitness.store.dialect import insert
from earwitness.store.objects import Objects
from earwitness.store.place import Place
from earwitness.store.remote import RemoteBlobs


class Shelf:
    """One noun's part of the library; `Library` is all of them together."""

    def __init__(self, place: Place, database: Database, objects: Objects | None = None) -> None:
        self._place = place
        self._database = database
        self._objects = objects
        self._folder = FolderBlobs(place.blobs)
        self._blobs: Blobs = self._folder
        self._cache: Cache | None = None
        self._mark = ""
        if objects is not None:
            self._cache = Cache(place.cache, objects.bucket.cache_bytes)
            self._mark = _mark(database)
            self._blobs = RemoteBlobs(
                self._folder, self._cache, objects, mark=self._mark, named=self._object_of
            )

    def _object_of(self, digest: str) -> str | None:
        """What the store of artifacts calls a blob; None: it lies in the home folder."""
        statement = select(schema.blob.c.object).where(schema.blob.c.digest == digest)
        with self._database.read() as connection:
            return connection.scalar(statement)


def _mark(database: Database) -> str:
    """The library's mark in the names of its objects; made when there is none."""
    statement = select(schema.shelf_mark.c.mark)
    with database.read() as connection:
        found = connection.scalar(statement)
    if found is not None:
        return found
    with database.write(durable=True) as connection:
        row = insert(connection, schema.shelf_mark).values(n=1, mark=secrets.token_hex(16))
        connection.execute(row.on_conflict_do_nothing())
        return connection.execute(statement).scalar_one()


def now() -> datetime:
    """This moment, UTC."""
    return datetime.now(UTC)


def plain(name: str) -> str:
    """A file's name as storable text: bytes that are no Unicode become question marks."""
    return name.encode("utf-8", "replace").decode("utf-8")


@contextmanager
def session_needed(session: str) -> Iterator[None]:
    """Tell that the session is not there (any more) when the database misses a parent row.

    Raises:
        NotFound: In place of the database's broken rule.
    """
    try:
        yield
    except IntegrityError as error:
        raise no_session(session) from error


def no_session(session: str) -> NotFound:
    """The error for a session that is not there."""
    return NotFound(f"no session {session!r}", hint="`earwitness sessions list` shows all")
