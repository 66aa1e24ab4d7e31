"""Shelf: what every part of the library stands on - its place, its database and its blobs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy.exc import IntegrityError

from earwitness.core.errors import NotFound
from earwitness.store.blobs import Blobs
from earwitness.store.database import Database
from earwitness.store.place import Place


class Shelf:
    """One noun's part of the library; `Library` is all of them together."""

    def __init__(self, place: Place, database: Database) -> None:
        self._place = place
        self._database = database
        self._blobs = Blobs(place.blobs)


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
