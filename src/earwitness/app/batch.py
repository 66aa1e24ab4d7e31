"""Batch: many sources worked through, each in a process of its own, and a report of all of them."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psutil

from earwitness.app.batch_gather import Found, Gathered, gather
from earwitness.app.batch_hands import Hands, Heard, Lost
from earwitness.app.batch_orders import Broke, Ended, Order, Progress
from earwitness.app.batch_report import report_path, write_report
from earwitness.app.batch_watch import Watch
from earwitness.app.intake import take_in
from earwitness.app.request import Request
from earwitness.app.tracks import lay_out
from earwitness.core.batch import BatchError, BatchItem, BatchOnlooker, BatchReport
from earwitness.core.errors import EarwitnessError, EngineError, SourceNotFound
from earwitness.core.people import Series
from earwitness.core.source import Source
from earwitness.media.digest import digest
from earwitness.store.library import Library

log = logging.getLogger(__name__)

TRIES: Final = 2
"""A source whose process died, or whose service was down, is begun once more: the rest first."""

LOOK: Final = "look"
"""What is heard of an item while its bytes are read for the first time."""

SETTLE_S: Final = 5.0
_TICK_S: Final = 0.25
_LOOK_EVERY_S: Final = 1.0
_LEAST_BYTES: Final = 500_000_000

Bytes = tuple[str, ...]
"""Digests of an item's recordings: what it is, whatever it is called."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a batch is asked to do.

    Attributes:
        request: What is wanted of every source; it names none itself.
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


def run_batch(library: Library, plan: Plan, onlooker: BatchOnlooker) -> BatchReport:
    """Work through all sources; the report is on the disk, and true, after every one of them.

    Args:
        library: Where everything is kept.
        plan: What is wanted.
        onlooker: Told how it goes.

    Raises:
        SourceNotFound: There is nothing to do, and nothing is waited for.
        StoreError: The report cannot be written.
    """
    gathered = plan.gather(library)
    if not gathered.found and not plan.watch:
        raise nothing_found(gathered)
    with Hands(plan.parallel) as hands, ThreadPoolExecutor(1) as eyes:
        work = _Work(library, plan, onlooker, hands=hands, eyes=eyes)
        if plan.watch:
            work.add([Found(path, str(path)) for path in plan.files])
        else:
            work.add(gathered.found)
        return work.go()


def nothing_found(gathered: Gathered) -> SourceNotFound:
    """The error for folders without recordings, with what they do hold."""
    counts = ((gathered.folders, "folder"), (gathered.others, "other file"))
    held = " and ".join(f"{n} {noun}{'s' * (n > 1)}" for n, noun in counts if n)
    hint = "add --recursive to look into folders" if gathered.folders else "name a folder with some"
    return SourceNotFound("there is no recording" + (f", only {held}" if held else ""), hint=hint)


class _Work:
    """A batch while it goes on; places are those of its items."""

    def __init__(
        self,
        library: Library,
        plan: Plan,
        onlooker: BatchOnlooker,
        *,
        hands: Hands,
        eyes: ThreadPoolExecutor,
    ) -> None:
        self._library = library
        self._plan = plan
        self._onlooker = onlooker
        self._hands = hands
        self._eyes = eyes
        started_at = datetime.now(UTC)
        file = report_path(plan.request.output, started_at)
        self._report = BatchReport(started_at, None, (), file)
        self._waiting: list[int] = []
        self._not_before_s: dict[int, float] = {}
        self._began_s: dict[int, float] = {}
        self._looking: tuple[int, Future[Bytes]] | None = None
        self._known: dict[Bytes, int] = {}
        self._watch = Watch(plan.settle_s) if plan.watch else None
        self._looked_s = -_LOOK_EVERY_S

    def add(self, found: Sequence[Found]) -> None:
        """More to do."""
        items = list(self._report.items)
        names = {item.name for item in items}
        for each in found:
            name, number = each.name, 2
            while name in names:
                name, number = f"{each.name} ({number})", number + 1
            names.add(name)
            self._waiting.append(len(items))
            items.append(BatchItem(each.path, name))
        self._tell(replace(self._report, items=tuple(items)))
        self._write()

    def go(self) -> BatchReport:
        """Work until nothing is left, or somebody stops it."""
        log.info("batch of %d: begun", len(self._report.items))
        stopped = False
        try:
            while self._watch is not None or self._left:
                self._look_around()
                self._begin_more()
                heard = self._hands.hear(_TICK_S)
                if heard is not None:
                    self._take(*heard)
                self._see()
        except KeyboardInterrupt:
            stopped = True
            self._stop()
        completed_at = datetime.now(UTC)
        self._tell(replace(self._report, completed_at=completed_at, stopped=stopped))
        self._write()
        log.info("batch of %d: over", len(self._report.items))
        return self._report

    @property
    def _left(self) -> bool:
        return bool(self._waiting or self._looking or self._hands.busy)

    def _look_around(self) -> None:
        """See what has come into the folders."""
        now_s = time.monotonic()
        if self._watch is None or now_s - self._looked_s < _LOOK_EVERY_S:
            return
        self._looked_s = now_s
        plan = replace(self._plan, files=())
        try:
            found = plan.gather(self._library).found
        except EarwitnessError:  # a drive that is away for a moment
            return
        if rested := self._watch.ready(found, now_s):
            self.add(rested)

    def _begin_more(self) -> None:
        """Look at the next item, if there is a hand for it and memory enough."""
        if self._looking is not None or not self._hands.free or not self._room():
            return
        now_s = time.monotonic()
        ready = (p for p in self._waiting if self._not_before_s.get(p, 0.0) <= now_s)
        place = next(ready, None)
        if place is None:
            return
        self._waiting.remove(place)
        self._began_s[place] = now_s
        self._change(place, state="working", tries=self._report.items[place].tries + 1)
        self._onlooker.heard(self._report.items[place].name, LOOK, 0.0)
        future = self._eyes.submit(self._look, self._report.items[place].source)
        future.add_done_callback(lambda _: self._hands.wake())
        self._looking = (place, future)

    def _room(self) -> bool:
        """Whether memory allows one more; one alone always has its chance."""
        if not self._hands.busy:
            return True
        needed = max(_LEAST_BYTES, self._hands.peak_bytes)
        return bool(psutil.virtual_memory().available > needed)

    def _look(self, path: Path) -> Bytes:
        """Know an item by its bytes; what is found is kept in the library. Empty: it cannot be."""
        try:
            laid = lay_out((path,), told=False)
            sources = (Source(path),) if laid is None else laid.sources
            taken = take_in(self._library, sources, tracks=laid is not None)
        except EarwitnessError:  # its turn will tell what is wrong with it
            with suppress(EarwitnessError):
                return (digest(path),)
            return ()
        return tuple(recording.id for recording in taken.recordings)

    def _see(self) -> None:
        """What was looked at is begun, unless it is there twice."""
        if self._looking is None or not self._looking[1].done():
            return
        place, future = self._looking
        self._looking = None
        seen = future.result()
        first = self._known.setdefault(seen, place) if seen else place
        if first != place:
            self._change(place, state="duplicate", same_as=self._report.items[first].name)
            self._write()
            return
        item = self._report.items[place]
        request = replace(self._plan.request, sources=(item.source,))
        new = not self._plan.resume and item.tries == 1
        self._hands.begin(place, Order(self._library.home, request, self._plan.series, new))

    def _take(self, place: int, heard: Heard) -> None:
        """What a hand says of an item."""
        if isinstance(heard, Progress):
            self._onlooker.heard(self._report.items[place].name, heard.stage, heard.share)
            return
        spent_ms = round((time.monotonic() - self._began_s[place]) * 1000)
        spent_ms += self._report.items[place].processing_ms or 0
        if isinstance(heard, Ended):
            self._ended(place, heard, spent_ms)
        else:
            self._broke(place, _lost(heard) if isinstance(heard, Lost) else heard, spent_ms)
        self._write()

    def _ended(self, place: int, heard: Ended, spent_ms: int) -> None:
        resume = self._plan.resume
        skipped = resume and heard.reused and self._report.items[place].tries == 1
        self._change(
            place,
            state="skipped" if skipped else heard.kind,
            session=heard.session,
            length_ms=heard.length_ms,
            processing_ms=None if skipped else spent_ms,
            output=heard.output,
            resumed=resume and heard.resumed,
            why=heard.why,
        )

    def _broke(self, place: int, heard: Broke, spent_ms: int) -> None:
        item = self._report.items[place]
        log.warning("batch: item %d: %s", place + 1, heard.error.kind)
        if heard.again_s is not None and item.tries < TRIES:
            self._not_before_s[place] = time.monotonic() + heard.again_s
            self._waiting.append(place)
            self._change(place, state="waiting", processing_ms=spent_ms)
            return
        self._change(place, state="failed", processing_ms=spent_ms, error=heard.error)

    def _stop(self) -> None:
        """Stop what goes on, and take what comes to its end meanwhile."""
        try:
            self._hands.stop()
        except KeyboardInterrupt:
            self._hands.stop(at_once=True)
        while self._hands.busy and (heard := self._hands.hear(1.0)) is not None:
            if not isinstance(heard[1], Lost):
                self._take(*heard)
        for place, item in enumerate(self._report.items):
            if item.state == "working":
                self._change(place, state="stopped")

    def _change(self, place: int, **values: object) -> None:
        items = list(self._report.items)
        items[place] = replace(items[place], **values)  # type: ignore[arg-type]
        self._tell(replace(self._report, items=tuple(items)))

    def _tell(self, report: BatchReport) -> None:
        self._report = report
        self._onlooker.changed(report)

    def _write(self) -> None:
        write_report(self._report)


def _lost(heard: Lost) -> Broke:
    error = EngineError(
        f"the process that worked on it {heard.how}",
        hint="memory may have run out, or an engine crashed: --parallel 1, or another engine",
    )
    told = BatchError(type(error).__name__, str(error), error.hint, error.exit_code)
    return Broke(told, again_s=0.0)
