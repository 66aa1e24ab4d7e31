"""The database as the library's parts see it; `store.sqlite` and `store.postgres` keep it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final, Protocol

from sqlalchemy import Connection

from earwitness.core.errors import StoreError

BUSY_SECONDS: Final = 30
"""How long one process waits for another's short transaction."""

Pause = Callable[[float], None]
"""Returns when something may have happened, at the latest after so many seconds."""


class Database(Protocol):
    """Short transactions; every method may be called from any thread, none may be nested."""

    @property
    def name(self) -> str:
        """What it is and of which version, for people; holds no secret."""
        ...

    @property
    def remains(self) -> str:
        """Where deleted things may still lie, out of this program's reach; empty: nowhere."""
        ...

    def read(self) -> AbstractContextManager[Connection]:
        """A connection that sees one moment of the database.

        Raises:
            CorruptStore: It is damaged.
            StoreError: It cannot be read.
        """
        ...

    def write(
        self, *, durable: bool = False, shared: bool = False
    ) -> AbstractContextManager[Connection]:
        """A connection for one change; commits at the end, or nothing at all.

        Nobody else writes meanwhile, in whatever process: what is read inside stays true until
        the end.

        Args:
            durable: The commit is on the disk before this returns.
            shared: Others that said so, too, may write at the same time, where the database can do
                that. What such a transaction reads and relies on it has to lock: see
                `store.dialect`. Writers that did not say so stay out as before.

        Raises:
            DiskFull: Nothing was changed.
            StoreError: Another process is in the way for too long, or the database is damaged or
                out of reach.
        """
        ...

    def checkpoint(self) -> bool:
        """Remove what deleted things left in the database's own files, as far as it can be done.

        Returns:
            False when somebody is in the way for now.
        """
        ...

    def compact(self) -> None:
        """Give room that deleted rows left back to the disk, where that is worth it.

        Raises:
            StoreError: Somebody is in the way, or there is no room to do it; nothing was changed.
        """
        ...

    def listening(self, session: str) -> AbstractContextManager[Pause]:
        """A way to wait for the next event of a session without asking all the time."""
        ...

    def close(self) -> None:
        """Close all connections."""
        ...


def too_many_threads() -> StoreError:
    """The error for a pool that has no connection left."""
    return StoreError("too many threads use the library at once", hint="use fewer workers")
