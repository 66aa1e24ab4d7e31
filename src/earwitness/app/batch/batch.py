"""Batch: many sources worked through, each in a process of its own, and a report of all of them."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import psutil

from earwitness.app.batch.gather import Found, Gathered
from earwitness.app.batch.look import Eyes, Looked, Plan
from earwitness.app.batch.report import report_path, write_report
from earwitness.app.batch.watch import Watch
from earwitness.app.running.crew import Crew, Ended
from earwitness.core.batch import BatchError, BatchItem, BatchOnlooker, BatchReport
from earwitness.core.errors import EarwitnessError, SourceNotFound
from earwitness.core.queue import LOSSES
from earwitness.core.run import Outcome
from earwitness.store.library import Library

log = logging.getLogger(__name__)

TRIES: Final = 2
"""A source whose service was down is begun once more: the rest first."""

LOOK: Final = "look"
"""What is heard of an item while its bytes are read for the first time."""

_TICK_S: Final = 0.25
_LOOK_EVERY_S: Final = 1.0
START: Final = "start"
"""What is heard of it while its process starts."""

LEAST_BYTES: Final = 500_000_000


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
    with ThreadPoolExecutor(1) as pool:
        work = _Work(library, plan, onlooker, pool)
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
        self, library: Library, plan: Plan, onlooker: BatchOnlooker, pool: ThreadPoolExecutor
    ) -> None:
        self._library = library
        self._plan = plan
        self._onlooker = onlooker
        self._eyes = Eyes(library, plan)
        self._pool = pool
        self._crew = Crew(library, plan.settings, parallel=plan.parallel, runs=(), heard=self._hear)
        started_at = datetime.now(UTC)
        file = report_path(plan.request.output, started_at)
        self._report = BatchReport(started_at, None, (), file)
        self._waiting: list[int] = []
        self._not_before_s: dict[int, float] = {}
        self._began_s: dict[int, float] = {}
        self._looking: tuple[int, Future[Looked]] | None = None
        self._looked: dict[int, Looked] = {}
        self._places: dict[str, int] = {}
        self._peak_bytes = LEAST_BYTES
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
        write_report(self._report)

    def go(self) -> BatchReport:
        """Work until nothing is left, or somebody stops it."""
        log.info("batch of %d: begun", len(self._report.items))
        stopped = False
        with self._crew:
            try:
                while self._watch is not None or self._waiting or self._places or self._looking:
                    self._look_around()
                    self._begin_more()
                    self._take(self._crew.turn(_TICK_S))
                    self._see()
            except KeyboardInterrupt:
                stopped = True
                self._stop()
        completed_at = datetime.now(UTC)
        self._tell(replace(self._report, completed_at=completed_at, stopped=stopped))
        write_report(self._report)
        log.info("batch of %d: over", len(self._report.items))
        return self._report

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
        """Look at the next item, if somebody is free for it and there is memory."""
        if self._looking is not None or len(self._places) >= self._plan.parallel:
            return
        now_s = time.monotonic()
        ready = (p for p in self._waiting if self._not_before_s.get(p, 0.0) <= now_s)
        place = next(ready, None)
        if place is None or not self._room():
            return
        self._waiting.remove(place)
        self._began_s[place] = now_s
        item = self._report.items[place]
        self._change(place, state="working", tries=item.tries + 1)
        earlier = self._looked.get(place)
        if earlier is not None and earlier.asking is not None:
            self._carry_out(place, replace(earlier, run=self._eyes.again(earlier.asking)))
            return
        self._onlooker.heard(item.name, LOOK, 0.0)
        future = self._pool.submit(self._eyes.look, place, item)
        future.add_done_callback(lambda _: self._crew.wake())
        self._looking = (place, future)

    def _room(self) -> bool:
        """Whether memory allows one more; one alone always has its chance."""
        if not self._places:
            return True
        self._peak_bytes = max(self._peak_bytes, memory_of_children() // len(self._places))
        return bool(psutil.virtual_memory().available > self._peak_bytes)

    def _see(self) -> None:
        """What was looked at is carried out, unless it is there twice or finished."""
        if self._looking is None or not self._looking[1].done():
            return
        place, future = self._looking
        self._looking = None
        try:
            looked = future.result()
        except EarwitnessError as error:
            told = BatchError(type(error).__name__, str(error), error.hint, error.exit_code)
            self._fail(place, told)
            return
        if looked.same_as is not None:
            self._end(place, state="duplicate", same_as=self._report.items[looked.same_as].name)
        elif looked.run is None:
            self._finish(place, looked, state="skipped")
        else:
            self._carry_out(place, looked)

    def _carry_out(self, place: int, looked: Looked) -> None:
        assert looked.run is not None
        self._looked[place] = looked
        self._places[looked.run.id] = place
        self._onlooker.heard(self._report.items[place].name, START, 0.0)
        self._crew.add(looked.run.id)

    def _hear(self, run: str, stage: str, share: float) -> None:
        place = self._places.get(run)
        if place is not None:
            self._onlooker.heard(self._report.items[place].name, stage, share)

    def _take(self, ended: Iterable[Ended]) -> None:
        """What became of runs."""
        for each in ended:
            place = self._places.get(each.run)
            if place is None:
                continue
            if each.outcome is None:
                self._lost(place, each)
                continue
            del self._places[each.run]
            looked = self._looked[place]
            if each.outcome.kind in ("done", "degraded"):
                self._finish(place, looked, state=each.outcome.kind, outcome=each.outcome)
            elif each.outcome.kind == "cancelled":
                self._end(place, state="stopped")
            else:
                self._broke(place, each)

    def _lost(self, place: int, ended: Ended) -> None:
        """Its process died, and the crew tries again; or another worker has it now."""
        if ended.fault is not None:
            self._crew.add(ended.run)  # that one is followed; nothing is begun while leaving
            return
        tries = self._report.items[place].tries
        self._change(place, tries=min(tries + 1, LOSSES))

    def _finish(
        self, place: int, looked: Looked, *, state: str, outcome: Outcome | None = None
    ) -> None:
        assert looked.asking is not None
        session = self._library.session(looked.asking.session.id)
        instead = f"; instead: {outcome.instead}" if outcome and outcome.instead else ""
        self._end(
            place,
            state=state,
            session=session.id,
            length_ms=session.length_ms,
            output=self._plan.request.output / session.id,
            resumed=looked.resumed and self._plan.resume,
            why=outcome.why + instead if outcome else "",
        )

    def _broke(self, place: int, ended: Ended) -> None:
        fault, outcome = ended.fault, ended.outcome
        again_s = fault.again_s if fault is not None else None
        if again_s is not None and self._report.items[place].tries < TRIES:
            self._not_before_s[place] = time.monotonic() + again_s
            self._waiting.append(place)
            self._end(place, state="waiting")
            return
        if fault is not None:
            self._fail(place, BatchError(fault.kind, fault.message, fault.hint, fault.exit_code))
        elif outcome is not None:
            self._fail(place, BatchError("EarwitnessError", outcome.why, outcome.hint))

    def _fail(self, place: int, error: BatchError) -> None:
        log.warning("batch: item %d: %s", place + 1, error.kind)
        self._end(place, state="failed", error=error)

    def _stop(self) -> None:
        """Stop what goes on, and take what comes to its end meanwhile; once more: at once."""
        self._crew.leave()
        with suppress(KeyboardInterrupt):
            while self._crew.busy:
                self._take(self._crew.turn(_TICK_S))
        for run in self._places:  # nobody else is to go on with it
            self._library.stop_job(run)
        for place, item in enumerate(self._report.items):
            if item.state == "working":
                self._change(place, state="stopped")

    def _end(self, place: int, **values: object) -> None:
        """An item is through, or is to be tried again: the report says so before anything else."""
        item = self._report.items[place]
        spent_ms = round((time.monotonic() - self._began_s[place]) * 1000)
        if values["state"] not in ("skipped", "duplicate"):
            values["processing_ms"] = spent_ms + (item.processing_ms or 0)
        self._change(place, **values)
        write_report(self._report)

    def _change(self, place: int, **values: object) -> None:
        items = list(self._report.items)
        items[place] = replace(items[place], **values)  # type: ignore[arg-type]
        self._tell(replace(self._report, items=tuple(items)))

    def _tell(self, report: BatchReport) -> None:
        self._report = report
        self._onlooker.changed(report)


def memory_of_children() -> int:
    """Resident memory of all child processes, in bytes."""
    total = 0
    with suppress(psutil.Error):
        for child in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                total += child.memory_info().rss
    return total
