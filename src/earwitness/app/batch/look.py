"""Batch look: what a batch is asked for, and what each of its items turns out to be."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from earwitness.app.batch.gather import Gathered, gather
from earwitness.app.request import Request
from earwitness.app.running.earlier import show
from earwitness.app.running.enqueue import Asking, ask, finished_run, submit, wanted_digest
from earwitness.app.running.processed import write_up
from earwitness.app.settings import Settings
from earwitness.app.sources.intake import take_in
from earwitness.app.sources.tracks import lay_out
from earwitness.core.batch import BatchItem
from earwitness.core.errors import EarwitnessError
from earwitness.core.people import Series
from earwitness.core.run import Run
from earwitness.core.source import Source
from earwitness.media.digest import digest
from earwitness.store.library import Library

SETTLE_S: Final = 5.0

Bytes = tuple[str, ...]
"""Digests of an item's recordings: what it is, whatever it is called."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a batch is asked to do.

    Attributes:
        request: What is wanted of every source; it names none itself.
        settings: What this machine brings.
        series: All sessions join it.
        folders: Recordings in them are taken.
        files: Taken as they are.
        recursive: Folders in folders, too.
        resume: Finished sessions are left, unfinished ones go on; else all are new.
        parallel: So many sources at once.
        watch: Wait for more to come into the folders, until somebody stops it.
        settle_s: A source is begun when nothing of it has changed for so long; for `watch`.
    """

    request: Request
    settings: Settings
    series: Series | None = None
    folders: tuple[Path, ...] = ()
    files: tuple[Path, ...] = ()
    recursive: bool = False
    resume: bool = False
    parallel: int = 1
    watch: bool = False
    settle_s: float = SETTLE_S

    def gather(self, library: Library) -> Gathered:
        """All sources that are there now."""
        return gather(
            self.folders,
            self.files,
            recursive=self.recursive,
            but=(self.request.output, library.home),
        )


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at an item showed.

    Attributes:
        same_as: The place of another item with the same bytes.
        asking: What is asked for, and its session; None for such an item.
        run: That is to be carried out; None: it was finished earlier.
        resumed: Something of it was done before.
    """

    same_as: int | None = None
    asking: Asking | None = None
    run: Run | None = None
    resumed: bool = False


class Eyes:
    """Looks at one item after another, in a thread of its own; places are those of the items."""

    def __init__(self, library: Library, plan: Plan) -> None:
        self._library = library
        self._plan = plan
        self._known: dict[Bytes, int] = {}

    def look(self, place: int, item: BatchItem) -> Looked:
        """Know an item by its bytes, and find or begin its session and run.

        Raises:
            EarwitnessError: It cannot be taken in.
        """
        identity = self._identity(item.source)
        first = self._known.setdefault(identity, place) if identity else place
        if first != place:
            return Looked(same_as=first)
        resume, request = self._plan.resume, replace(self._plan.request, sources=(item.source,))
        asking = ask(self._library, request, series=self._plan.series, new_session=not resume)
        finished = finished_run(self._library, asking) if resume else None
        if finished is not None and finished.outcome is not None:
            show(self._library, finished)
            write_up(self._library, asking.request, finished, finished.outcome, {}, reused=True)
            return Looked(asking=asking)
        resumed = self._begun(asking)
        run = submit(self._library, asking, asking.order)
        return Looked(asking=asking, run=run, resumed=resumed)

    def again(self, asking: Asking) -> Run:
        """Ask for the same once more."""
        return submit(self._library, asking, asking.order)

    def _identity(self, path: Path) -> Bytes:
        """Digests of what is in a source; what is found is kept in the library."""
        try:
            laid = lay_out((path,), told=False)
            sources = (Source(path),) if laid is None else laid.sources
            taken = take_in(self._library, sources, tracks=laid is not None)
        except EarwitnessError:  # when it is asked for, that will be told
            with suppress(EarwitnessError):
                return (digest(path),)
            return ()
        return tuple(recording.id for recording in taken.recordings)

    def _begun(self, asking: Asking) -> bool:
        """Whether something of this request was done before."""
        wanted = wanted_digest(asking.request)
        runs = (run for run in self._library.runs(asking.session.id) if run.request == wanted)
        return any(step.digest is not None for run in runs for step in self._library.steps(run.id))
