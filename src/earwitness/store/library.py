"""Library: one home folder with everything Earwitness knows."""

from __future__ import annotations

import logging
from pathlib import Path
from types import TracebackType

from earwitness.core.errors import StoreError, UsageError
from earwitness.store.artifacts import Artifacts
from earwitness.store.bucket import Bucket
from earwitness.store.deletion import Receipt
from earwitness.store.events import Events
from earwitness.store.forgetting import Forgetting
from earwitness.store.holdings import Overview
from earwitness.store.jobs import Jobs
from earwitness.store.notes import Notes
from earwitness.store.objects import Objects
from earwitness.store.opening import look_at_any, open_any
from earwitness.store.originals import Originals
from earwitness.store.overrides import Overrides
from earwitness.store.place import Place
from earwitness.store.runs import Runs
from earwitness.store.services import Services
from earwitness.store.sessions import SessionRow, Sessions
from earwitness.store.sources import Sources
from earwitness.store.spending import Accounts
from earwitness.store.terms import Terms

__all__ = ["Library", "Receipt", "SessionRow"]

log = logging.getLogger(__name__)


class Library(
    Sources,
    Overview,
    Sessions,
    Runs,
    Accounts,
    Jobs,
    Events,
    Overrides,
    Artifacts,
    Originals,
    Forgetting,
    Notes,
    Terms,
    Services,
):
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
    def open(
        cls, home: Path, *, database: str | None = None, artifacts: Bucket | None = None
    ) -> Library:
        """Open the library in a folder; made when it is not there, migrated when it is old.

        Args:
            home: The home folder; others than its owner cannot look into one made here.
            database: Address of a PostgreSQL database that holds the tables in place of a file in
                the folder: see `store.address`.
            artifacts: The bucket in which results and recordings lie; None: the home folder. It is
                not asked before something is read or written.

        Raises:
            CorruptStore: Something else lies where the database should be; it is left alone.
            NewerStore: A newer version wrote it; it is left alone.
            DiskFull: There is no room to make it.
            UsageError: The address is none, or the folder is another library's.
            StoreError: The folder cannot be made, or is on a network file system; or the server
                is out of reach.
        """
        place = Place(home.expanduser().absolute())
        objects = Objects(artifacts) if artifacts else None
        library = cls(place, open_any(place, database), objects)
        if database is not None and objects is None and library.had_artifacts():
            library.close()
            raise UsageError(
                "this library keeps its results in a store of artifacts, and none is set",
                hint="set EARWITNESS_ARTIFACTS as on the other machines",
            )
        try:
            library.settle(far=False)
        except StoreError as error:
            # What is left to remove is still noted: reading must work on a full disk, too.
            log.warning("deletions could not be finished: %s", error)
        return library

    @classmethod
    def look(cls, home: Path, *, database: str | None = None) -> Library | None:
        """Open the library to look only: not a byte of the folder changes, not even a log file.

        Args:
            home: The home folder.
            database: As in `open`.

        Returns:
            None when there is no library.

        Raises:
            CorruptStore: Something else lies where the database should be.
            StoreError: Another version wrote it: it has to be brought up to date first; or the
                server is out of reach.
        """
        place = Place(home.expanduser().absolute())
        found = look_at_any(place, database)
        return None if found is None else cls(place, found)

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
