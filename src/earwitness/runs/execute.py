"""Execute: a plan's stages as soon as their needs are there, every part remembered by its key."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from earwitness.core.detour import together
from earwitness.core.errors import Cancelled, EarwitnessError
from earwitness.core.ledger import Ledger
from earwitness.core.ports import Audio
from earwitness.core.run import (
    CANCELLED,
    DONE,
    EVENT_SEGMENTS,
    Event,
    EventType,
    Outcome,
    Run,
    degraded,
)
from earwitness.core.sound import Listening
from earwitness.core.speech import Heard
from earwitness.core.stage import Following, Inputs, Made, Part, Stage
from earwitness.runs.course import Course
from earwitness.runs.keys import instead_key, part_key, stage_key
from earwitness.runs.lanes import Lanes
from earwitness.runs.listener import Listener
from earwitness.runs.meter import Meter
from earwitness.runs.work import Bench, Job, Piece, gaps

PROGRESS_S = 3.0
"""How often a long run says how far it is, in its event log."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a run.

    Attributes:
        outcome: Of the whole run.
        stages: Each stage's outcome; absent when it never ended.
        inputs: Everything that was made.
        error: What ended the run, when it failed.
    """

    outcome: Outcome
    stages: dict[str, Outcome]
    inputs: Inputs
    error: EarwitnessError | None = None


@dataclass(slots=True)
class _Underway:
    """A stage that has begun."""

    stage: Stage
    parts: tuple[Part, ...]
    began: datetime
    spent_ms: int
    pieces: dict[int | None, Piece] = field(default_factory=dict)
    shares: dict[int | None, float] = field(default_factory=dict)

    def cpu_ms(self) -> int | None:
        """Of all parts: their own, or what the engine's child processes say together."""
        outside_ms = self.stage.spent_ms - self.spent_ms
        each = [piece.cpu_ms for piece in self.pieces.values()]
        if None in each:
            return outside_ms or None
        return sum(ms for ms in each if ms is not None) + outside_ms

    def share(self) -> float:
        whole = sum(part.weight for part in self.parts) or 1
        return sum(part.weight * self.shares.get(part.index, 0.0) for part in self.parts) / whole


class Execution:
    """One run of one plan: `go` blocks, then `close` says how it ended.

    Args:
        run: The run, already in the ledger; one that has ended gets further stages, silently.
        plan: Stages; the order decides who gets a lane first.
        ledger: Remembers results.
        sound: Opens the session's sound; called when it is first read.
        workers: Width of the cpu lane.
        afresh: Names of stages whose earlier results (of other runs) are not used.
        listener: Told about progress.
        release: Ends engines at once, so that an interrupt need not wait for them.
        progress_s: Seconds between two progress events.
    """

    def __init__(  # noqa: PLR0913 - what surrounds a run, each by its name
        self,
        run: Run,
        plan: tuple[Stage, ...],
        ledger: Ledger,
        *,
        sound: Callable[[Listening], Audio],
        workers: int,
        afresh: frozenset[str] = frozenset(),
        listener: Listener = lambda _stage, _share: None,
        release: Callable[[], None] = lambda: None,
        progress_s: float = PROGRESS_S,
    ) -> None:
        self._run = run
        self._waiting = list(plan)
        self._ledger = ledger
        self._inputs = Inputs(sound)
        self._workers = workers
        self._afresh = afresh
        self._listener = listener
        self._course = Course(stage.name for stage in plan)
        self._progress_s = progress_s
        self._told_at = time.monotonic()
        self._release = release
        self._told = run.outcome in (None, CANCELLED)  # others were told of its end already
        self._begun: dict[str, _Underway] = {}
        self._digests: dict[type, str] = {}
        self._outcomes: dict[str, Outcome] = {}
        self._futures: dict[Future[Piece], tuple[_Underway, Part]] = {}
        self._fatal: Piece | None = None
        self._stopped = threading.Event()
        self._bench: Bench | None = None

    def go(self, meter: Meter | None = None) -> Result:
        """Run the plan as far as it goes; `close` is the caller's.

        Args:
            meter: One that is looking already; None: one of its own.

        Raises:
            KeyboardInterrupt: After all work was stopped.
        """
        self._event("run.started")
        metering = nullcontext(meter) if meter else Meter()
        with metering as looking, Lanes(self._workers) as lanes:
            self._bench = bench = Bench(self._run, self._ledger, looking)
            try:
                if self._stopped.is_set():
                    bench.cancel()
                self._loop(bench, lanes)
            except (KeyboardInterrupt, Cancelled):
                bench.cancel()
                self._release()
                raise
        error = self._fatal.error if self._fatal else None
        return Result(self._verdict(), self._outcomes, self._inputs, error)

    def stop(self) -> None:
        """Let `go` return with what is done so far; from any thread."""
        self._stopped.set()
        if self._bench is not None:
            self._bench.cancel()
            self._release()

    def close(self, outcome: Outcome) -> None:
        """Say how the run ended; only now is it finished for others."""
        self._ledger.finish_run(self._run.id, outcome)
        self._event("run.finished", outcome=outcome)

    def _loop(self, bench: Bench, lanes: Lanes) -> None:
        self._begin_ready(bench, lanes)
        while self._futures:
            done, _ = wait(self._futures, self._progress_s / 4, FIRST_COMPLETED)
            self._say_how_far()
            for future in done:
                underway, part = self._futures.pop(future)
                underway.pieces[part.index] = future.result()
                self._chunk_done(underway, part)
                if self._fatal is None:
                    self._lead(underway, part, bench, lanes)
                self._finish_if_complete(bench, underway)
            if self._fatal is not None:
                bench.cancel()
            else:
                self._begin_ready(bench, lanes)

    def _begin_ready(self, bench: Bench, lanes: Lanes) -> None:
        """Begin every stage whose needs are made; one that is all hits makes others ready."""
        while self._fatal is None and (ready := self._ready()) is not None:
            self._waiting.remove(ready)
            self._begin(ready, bench, lanes)

    def _ready(self) -> Stage | None:
        for stage in self._waiting:
            led = not isinstance(stage, Following) or stage.follows in self._begun
            if led and all(need in self._digests for need in stage.needs):
                return stage
        return None

    def _begin(self, stage: Stage, bench: Bench, lanes: Lanes) -> None:
        self._event("stage.started", stage=stage.name)
        underway = _Underway(stage, stage.parts(self._inputs), datetime.now(UTC), stage.spent_ms)
        self._begun[stage.name] = underway
        if isinstance(stage, Following):
            self._catch_up(stage, underway, bench, lanes)
        else:
            self._begin_parts(underway, bench, lanes)
        self._tell(stage.name, underway.share())
        self._finish_if_complete(bench, underway)

    def _begin_parts(self, underway: _Underway, bench: Bench, lanes: Lanes) -> None:
        stage = underway.stage
        needs = tuple(self._digests[need] for need in stage.part_needs)
        for part in underway.parts:
            inputs = needs if part.hears is None else (part.hears,)
            job = self._job(underway, part, inputs, bench)
            piece = bench.recall(job) if part.kept is None else bench.keep(job, part.kept)
            if piece is None:
                self._submit(underway, part, lanes, lambda job=job: bench.perform(job))  # type: ignore[misc]
                continue
            underway.pieces[part.index] = piece
            underway.shares[part.index] = 1.0

    def _submit(
        self, underway: _Underway, part: Part, lanes: Lanes, perform: Callable[[], Piece]
    ) -> None:
        whole = part.index is None
        future = lanes.submit(underway.stage.lane, perform, whole=whole)
        self._futures[future] = (underway, part)

    def _catch_up(self, stage: Following, underway: _Underway, bench: Bench, lanes: Lanes) -> None:
        """Begin a following stage with the parts that the other one has done already."""
        leader = self._begun[stage.follows]
        led = {part.index for part in leader.parts}
        underway.parts = tuple(part for part in underway.parts if part.index in led)
        for part in underway.parts:
            if part.index in leader.pieces:
                self._follow(underway, part, leader.pieces[part.index], bench, lanes)

    def _lead(self, leader: _Underway, done: Part, bench: Bench, lanes: Lanes) -> None:
        """Begin what follows a part that has ended."""
        for underway in list(self._begun.values()):
            stage = underway.stage
            if isinstance(stage, Following) and stage.follows == leader.stage.name:
                for part in underway.parts:
                    if part.index == done.index:
                        self._follow(underway, part, leader.pieces[part.index], bench, lanes)
                self._finish_if_complete(bench, underway)

    def _follow(
        self, underway: _Underway, part: Part, led: Piece, bench: Bench, lanes: Lanes
    ) -> None:
        if led.digest is None:
            underway.parts = tuple(each for each in underway.parts if each is not part)
            return
        part = replace(part, hears=led.digest)
        needs = tuple(self._digests[need] for need in underway.stage.part_needs)
        job = self._job(underway, part, (*needs, led.digest), bench)
        self._submit(underway, part, lanes, lambda: bench.perform(job))

    def _job(self, underway: _Underway, part: Part, inputs: tuple[str, ...], bench: Bench) -> Job:
        stage = underway.stage

        def tick(share: float) -> None:
            bench.stop_if_cancelled()
            underway.shares[part.index] = share
            self._tell(stage.name, underway.share())

        def make() -> Made:
            return stage.work(part, self._inputs, tick)

        salt = self._run.id if stage.name in self._afresh else ""
        return Job(stage.name, part.index, part_key(stage, part, inputs, salt), make)

    def _tell(self, stage: str, share: float) -> None:
        self._course.hear(stage, share)
        self._listener(stage, share)

    def _say_how_far(self) -> None:
        """Say so in the log, for others; not more often than now and then."""
        if time.monotonic() - self._told_at >= self._progress_s:
            self._told_at = time.monotonic()
            self._event("run.progress", percent=int(100 * self._course.share))

    def _finish_if_complete(self, bench: Bench, underway: _Underway) -> None:
        if len(underway.pieces) < len(underway.parts) or underway.stage.name in self._outcomes:
            return
        whole = underway.pieces.get(None) or self._joined(bench, underway)
        outcome = self._settle(bench, underway, whole)
        self._outcomes[underway.stage.name] = outcome
        self._tell(underway.stage.name, 1.0)
        self._event("stage.finished", stage=underway.stage.name, outcome=outcome)

    def _joined(self, bench: Bench, underway: _Underway) -> Piece:
        """Put the parts together; what failed is missing, unless everything failed."""
        stage, pieces = underway.stage, underway.pieces
        good = {i: p.digest for i, p in pieces.items() if p.digest is not None}
        bad = [p for p in pieces.values() if p.digest is None]
        if any(p.outcome is CANCELLED for p in bad):
            return bad[0]

        def make() -> Made:
            values = {i: self._value(pieces[i], stage.piece) for i in sorted(good, key=_place)}
            return Made(stage.join(values, self._inputs), gaps(len(underway.parts), bad))

        needs = tuple(self._digests[need] for need in stage.needs)
        job = Job(
            stage.name,
            None,
            stage_key(stage, good, needs),
            make,
            cpu_ms=underway.cpu_ms(),
            began=underway.began,
            detour=together(piece.detour for piece in pieces.values()),
        )
        if bad and not good:
            return bench.lose(job, bad[0])
        all_hits = all(p.hit for p in pieces.values())
        return (bench.recall(job) if all_hits else None) or bench.perform(job)

    def _settle(self, bench: Bench, underway: _Underway, whole: Piece) -> Outcome:
        """Hand the stage's result on: its own, or what stands in for it; else the run ends."""
        stage = underway.stage
        if whole.digest is not None:
            self._digests[stage.makes] = whole.digest
            self._inputs.made[stage.makes] = self._value(whole, stage.makes)
            return stage.verdict if whole.outcome.kind == "done" else whole.outcome
        instead = None if whole.outcome is CANCELLED else stage.substitute(self._inputs)
        if instead is None:
            self._fatal = self._fatal or whole
            return whole.outcome
        # It may be made of what the stage was given, and then belongs to that alone.
        key = instead_key(stage, tuple(self._digests[need] for need in stage.needs))
        self._digests[stage.makes] = self._ledger.put(
            key, stage.name, self._run.session, instead.value
        )
        self._inputs.made[stage.makes] = instead.value
        return whole.outcome

    def _value(self, piece: Piece, kind: type) -> object:
        assert piece.digest is not None
        return piece.value if piece.value is not None else self._ledger.get(piece.digest, kind)

    def _verdict(self) -> Outcome:
        if self._fatal is not None:
            return self._fatal.outcome
        for name, outcome in self._outcomes.items():
            if outcome.kind == "failed":
                return degraded(
                    f"{name}: {outcome.why}", instead="a record without it", hint=outcome.hint
                )
        worse = [o for o in self._outcomes.values() if o.kind == "degraded"]
        return worse[0] if worse else DONE

    def _chunk_done(self, underway: _Underway, part: Part) -> None:
        piece = underway.pieces[part.index]
        if part.index is None or piece.outcome is CANCELLED:
            return
        count = len(piece.value.segments) if isinstance(piece.value, Heard) else 0
        for first in range(0, max(1, count), EVENT_SEGMENTS):
            named = tuple(range(first, min(count, first + EVENT_SEGMENTS)))
            self._event(
                "chunk.done",
                stage=underway.stage.name,
                chunk=part.index,
                outcome=piece.outcome,
                segments=named,
            )

    def _event(
        self,
        kind: EventType,
        *,
        stage: str | None = None,
        chunk: int | None = None,
        outcome: Outcome | None = None,
        segments: tuple[int, ...] = (),
        percent: int | None = None,
    ) -> None:
        if not self._told:
            return
        self._ledger.append(
            Event(
                0,
                datetime.now(UTC),
                self._run.session,
                self._run.id,
                kind,
                stage,
                chunk,
                outcome.kind if outcome else None,
                segments,
                percent,
            )
        )


def _place(index: int | None) -> int:
    return -1 if index is None else index
