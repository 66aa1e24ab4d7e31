"""The store port: how runs remember results, and note what they did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from earwitness.core.ports import Tick, silent_tick
from earwitness.core.run import Event, Outcome, Run, Step
from earwitness.core.spending import Call

T = TypeVar("T")


class Ledger(Protocol):
    """What a run asks of the library. Every method is thread-safe and one short transaction."""

    def find(self, key: str) -> str | None:
        """Digest of the artifact committed under `key`, or None."""
        ...

    def put(self, key: str, stage: str, session: str, value: object) -> str:
        """Commit a noun (or tuple of nouns) as artifact: blob first, row second.

        The first commit of a key wins; the session holds a reference to it either way.

        Returns:
            SHA-256 of the committed bytes, which may be another run's.

        Raises:
            DiskFull: Nothing was committed, what was there is untouched.
        """
        ...

    def refer(self, key: str, session: str) -> None:
        """The session uses an artifact that another session may have made."""
        ...

    def get(self, digest: str, kind: type[T]) -> T:
        """Read an artifact's value; its bytes are verified first.

        Raises:
            CorruptStore: The bytes are not what was committed, or not of this kind.
        """
        ...

    def scratch(self, recording: str) -> Path:
        """Folder for a recording's decoded sound while runs need it; made if absent."""
        ...

    def fetch_original(self, recording: str, target: Path, tick: Tick = silent_tick) -> bool:
        """Copy a recording's bytes from the store of artifacts into a file, verified.

        Returns:
            False when there is no store, or it does not have them.
        """
        ...

    def drop_scratch(self, recording: str) -> None:
        """Free the decoded sound; it can be made again from the source."""
        ...

    def note_step(self, step: Step) -> None:
        """Append one line to the step ledger."""
        ...

    def note_calls(
        self, run: str, stage: str, chunk: int | None, at: datetime, calls: Sequence[Call]
    ) -> None:
        """Append what a step asked of services."""
        ...

    def append(self, event: Event) -> Event:
        """Append an event; the returned one carries its `seq`."""
        ...

    def finish_run(self, run: str, outcome: Outcome) -> Run:
        """Close a run."""
        ...
