"""Work: one part of one stage, guarded, timed, committed and noted in the ledger."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from earwitness.core.detour import STRAIGHT, Detour, detour_of
from earwitness.core.errors import Cancelled, EarwitnessError, EngineError, ServiceError
from earwitness.core.ledger import Ledger
from earwitness.core.run import CANCELLED, DONE, Outcome, Run, Step, degraded, failed
from earwitness.core.spending import Call, listening
from earwitness.core.stage import Made
from earwitness.media.disk import UNKNOWN, Traffic, of_thread
from earwitness.runs.meter import Meter, Window

log = logging.getLogger(__name__)

ATTEMPTS = 2
"""An engine that failed on a part is asked once more: its child process is then a fresh one. One
that asks a service has its own policy, and is not."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What became of a job.

    Attributes:
        outcome: How it ended.
        digest: Of the committed result; None when there is none.
        value: The result; None when there is none, or when it was there already.
        hit: It was there already; nothing was computed.
        cpu_ms: Processor time; None when not known.
        error: Why it failed.
        detour: What was not straight on the way to it.
    """

    outcome: Outcome
    digest: str | None = None
    value: object | None = None
    hit: bool = False
    cpu_ms: int | None = 0
    error: EarwitnessError | None = None
    detour: Detour = STRAIGHT


@dataclass(frozen=True, slots=True)
class Spent:
    """What a job took beside its time; None is not known.

    Attributes:
        window: Memory and GPUs meanwhile; None: nothing was done.
        disk: Of the thread that worked, and of a child of this part alone.
        calls: What was asked of services.
        attempts: So often it was tried to make it.
    """

    window: Window | None = None
    disk: Traffic = UNKNOWN
    calls: tuple[Call, ...] = ()
    attempts: int | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A result that is wanted: looked up by key, else made.

    Attributes:
        stage: The stage's name.
        chunk: Which chunk; None for the stage as a whole.
        key: Of the result; empty when it was not found by one.
        make: Makes it; may raise.
        cpu_ms: Processor time that was already spent on it elsewhere.
        began: When that began; None: when the job is looked at.
        detour: What was not straight in that.
    """

    stage: str
    chunk: int | None
    key: str
    make: Callable[[], Made]
    cpu_ms: int | None = 0
    began: datetime | None = None
    detour: Detour = STRAIGHT


class Bench:
    """Where the jobs of one run are done, by any number of threads at once."""

    def __init__(self, run: Run, ledger: Ledger, meter: Meter) -> None:
        self._run = run
        self._ledger = ledger
        self._meter = meter
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Begin nothing more; what runs stops at its next tick."""
        self._cancelled.set()

    def stop_if_cancelled(self) -> None:
        """Raise `Cancelled` once `cancel` was called."""
        if self._cancelled.is_set():
            raise Cancelled("stopped on request", hint="the same command continues the run")

    def recall(self, job: Job) -> Piece | None:
        """The job's earlier result, noted as a hit; None when it has to be made."""
        digest = self._ledger.find(job.key)
        if digest is None:
            return None
        self._ledger.refer(job.key, self._run.session)
        piece = Piece(DONE, digest, hit=True)
        self._note(job, piece, datetime.now(UTC))
        return piece

    def keep(self, job: Job, digest: str) -> Piece:
        """An earlier run's result as it is, noted as a hit; the session refers to it already."""
        piece = Piece(DONE, digest, hit=True)
        self._note(replace(job, key=""), piece, datetime.now(UTC))
        return piece

    def perform(self, job: Job) -> Piece:
        """Make, commit and note the result; never raises, whatever the engine did."""
        began, cpu, mark = datetime.now(UTC), time.thread_time(), self._meter.begin()
        disk, tries = of_thread(), list[int]()
        with listening() as calls:
            made = self._guarded(lambda: self._attempt(job.make, tries))
        piece = made if isinstance(made, Piece) else self._guarded(lambda: self._commit(job, made))
        assert isinstance(piece, Piece)
        moved = of_thread().since(disk)
        if isinstance(made, Made):
            spent = (job.cpu_ms, made.cpu_ms, round((time.thread_time() - cpu) * 1000))
            piece = replace(piece, cpu_ms=_sum(spent), hit=False)
            moved = Traffic(
                _sum((moved.read_bytes, made.read_bytes)),
                _sum((moved.written_bytes, made.written_bytes)),
            )
        detour = detour_of(calls, made.refused if isinstance(made, Made) else ())
        piece = replace(piece, detour=detour if detour != STRAIGHT else job.detour)
        taken = Spent(self._meter.end(mark), moved, tuple(calls), len(tries))
        self._note(job, piece, job.began or began, taken)
        return piece

    def lose(self, job: Job, piece: Piece) -> Piece:
        """Note that nothing came of a stage as a whole: every part of it failed."""
        lost = replace(piece, detour=job.detour)
        self._note(job, lost, job.began or datetime.now(UTC))
        return lost

    def _attempt(self, make: Callable[[], Made], tries: list[int]) -> Made:
        for number in range(1, ATTEMPTS):
            self.stop_if_cancelled()
            tries.append(number)
            try:
                return make()
            except ServiceError:
                raise
            except EngineError:
                log.warning("an engine failed on a part; trying once more")
        self.stop_if_cancelled()
        tries.append(ATTEMPTS)
        return make()

    def _commit(self, job: Job, made: Made) -> Piece:
        digest = self._ledger.put(job.key, job.stage, self._run.session, made.value)
        return Piece(made.outcome, digest, made.value)

    def _guarded(self, work: Callable[[], Made] | Callable[[], Piece]) -> Made | Piece:
        try:
            return work()
        except Cancelled:
            return Piece(CANCELLED)
        except EarwitnessError as error:
            if self._cancelled.is_set():  # its child process was ended under it
                return Piece(CANCELLED)
            return Piece(failed(str(error), hint=error.hint), error=error)
        # The step executor: a mistake in a stage or plug-in fails its step, never the process. Its
        # message is not logged or shown, because it may hold what was said.
        except Exception as error:  # noqa: BLE001
            if self._cancelled.is_set():
                return Piece(CANCELLED)
            mistake = EngineError(
                f"internal error ({type(error).__name__})",
                hint="run again with --debug; please report it",
            )
            mistake.__cause__ = error
            return Piece(failed(str(mistake), hint=mistake.hint), error=mistake)

    def _note(self, job: Job, piece: Piece, began: datetime, spent: Spent = Spent()) -> None:
        window = spent.window
        self._ledger.note_step(
            Step(
                run=self._run.id,
                stage=job.stage,
                chunk=job.chunk,
                key=job.key or None if piece.digest else None,
                digest=piece.digest,
                hit=piece.hit,
                outcome=piece.detour.beside(piece.outcome),
                started_at=began,
                # The time of day may have been set back meanwhile.
                wall_ms=max(0, round((datetime.now(UTC) - began).total_seconds() * 1000)),
                cpu_ms=piece.cpu_ms,
                peak_bytes=window.peak_bytes if window else None,
                mean_bytes=window.mean_bytes if window else None,
                gpu_percent=window.gpu_percent if window else None,
                read_bytes=spent.disk.read_bytes,
                written_bytes=spent.disk.written_bytes,
                sent_bytes=_of_calls([call.sent_bytes for call in spent.calls]),
                received_bytes=_of_calls([call.received_bytes for call in spent.calls]),
                attempts=spent.attempts,
            )
        )
        sent = [call for call in spent.calls if call.attempts]
        if sent:
            self._ledger.note_calls(self._run.id, job.stage, job.chunk, began, sent)


def gaps(parts: int, bad: Sequence[Piece]) -> Outcome:
    """How a stage ends some of whose parts gave nothing."""
    if not bad:
        return DONE
    return degraded(
        f"{len(bad)} of {parts} parts failed: {bad[0].outcome.why}",
        instead="gaps",
        hint=bad[0].outcome.hint or "the same command tries them again",
    )


def _sum(parts: Sequence[int | None]) -> int | None:
    """The sum; unknown when any part is."""
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None


def _of_calls(parts: Sequence[int | None]) -> int | None:
    """The sum over calls; unknown when there were none."""
    return _sum(parts) if parts else None
