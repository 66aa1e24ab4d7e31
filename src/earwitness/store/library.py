"""Library: one home folder with everything Earwitness knows."""

from __future__ import annotations

import logging
from pathlib import Path
from types import TracebackType

from earwitness.core.errors import StoreError
from earwitness.store.artifacts import Artifacts
from earwitness.store.deletion import Deletion, Receipt
from earwitness.store.events import Events
from earwitness.store.forgetting import Forgetting
from earwitness.store.jobs import Jobs
from earwitness.store.opening import open_any
from earwitness.store.overrides import Overrides
from earwitness.store.place import Place
from earwitness.store.runs import Runs
from earwitness.store.sessions import SessionRow, Sessions
from earwitness.store.sources import Sources

__all__ = ["Library", "Receipt", "SessionRow"]

log = logging.getLogger(__name__)


class Library(Sources, Sessions, Runs, Jobs, Events, Overrides, Artifacts, Forgetting, Deletion):
    """Recordings, sessions, runs, events, corrections and results in one home folder.

    It keeps the `Ledger` and the `Queue` contract. Every method is one short transaction (or none)
    and may be called from several threads, and several processes may have the same home open; a
    child process opens its own `Library`.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as home, Library.open(Path(home)) as library:
        ...     library.sessions()
        ()
    """

    @classmethod
    def open(cls, home: Path, *, database: str | None = None) -> Library:
        """Open the library in a folder; made when it is not there, migrated when it is old.

        Args:
            home: The home folder; others than its owner cannot look into one made here.
            database: Address of a PostgreSQL database that holds the tables in place of a file in
                the folder: see `store.address`.

        Raises:
            CorruptStore: Something else lies where the database should be; it is left alone.
            NewerStore: A newer version wrote it; it is left alone.
            DiskFull: There is no room to make it.
            UsageError: The address is none, or the folder is another library's.
            StoreError: The folder cannot be made, or is on a network file system; or the server
                is out of reach.
        """
        place = Place(home.expanduser().absolute())
        library = cls(place, open_any(place, database))
        try:
            library.settle()
        except StoreError as error:
            # What is left to remove is still noted: reading must work on a full disk, too.
            log.warning("deletions could not be finished: %s", error)
        return library

    @property
    def home(self) -> Path:
        """The home folder, absolute."""
        return self._place.home

    @property
    def database(self) -> str:
        """Which database it is in, with its version; holds no secret."""
        return self._database.name

    def free_bytes(self) -> int:
        """Space left on the library's disk for this user."""
        return self._place.free_bytes()

    def close(self) -> None:
        """Close all connections; the library is not used again."""
        self._database.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
