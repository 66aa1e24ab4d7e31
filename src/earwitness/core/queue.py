"""Queue: runs that wait for a worker, who holds one, and what is asked of whoever keeps them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol

from earwitness.core.clip import ClipWish
from earwitness.core.run import Outcome, Run

JobLane = Literal["cpu", "gpu"]
JobState = Literal["queued", "running", "done"]
Pulse = Literal["held", "stop", "lost"]
"""What a heartbeat learns: go on, somebody wants it stopped, or another one has the job now."""

LANES: Final[tuple[JobLane, ...]] = ("cpu", "gpu")

LOSSES: Final = 3
"""So many workers are lost on a run, one after another and with nothing done in between, before it
is given up: it may be the run that kills them."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker must know to carry out a run, beside what the library holds; no secrets.

    Attributes:
        output: Folder in which the session's folder is made.
        formats: Suffixes of what is written.
        doubted: Exports show doubted words, too.
        offline: Never fetch a model for it.
        from_stage: This stage and what depends on it are done again.
        fresh: Everything is done again.
        named: The vocabulary that was asked for by name.
        sources: Where each recording lay when it was asked for: percent-encoded path, and the
            member of an archive or None. Elsewhere the library may know another place.
        clips: How clips are cut; None: none are.
    """

    output: str
    formats: tuple[str, ...]
    doubted: bool = False
    offline: bool = False
    from_stage: str | None = None
    fresh: bool = False
    named: tuple[str, ...] = ()
    sources: tuple[tuple[str, str | None], ...] = ()
    clips: ClipWish | None = None


@dataclass(frozen=True, slots=True)
class Owner:
    """A process that can hold jobs.

    Attributes:
        machine: Which machine, and which start of it; no spaces.
        pid: The process.
        started_ms: When it started: a number that is used again is not taken for it.
    """

    machine: str
    pid: int
    started_ms: int

    def __str__(self) -> str:
        """As it is stored."""
        return f"{self.machine} {self.pid} {self.started_ms}"

    @classmethod
    def read(cls, text: str) -> Owner:
        """The owner that `str` wrote.

        Raises:
            ValueError: It is something else.
        """
        machine, pid, started_ms = text.split(" ")
        return cls(machine, int(pid), int(started_ms))


@dataclass(frozen=True, slots=True)
class Hold:
    """A claim on a job; worth nothing any more once the job has a higher token.

    Attributes:
        run: The run's id.
        owner: Who holds it.
        token: Raised by every claim.
    """

    run: str
    owner: Owner
    token: int


@dataclass(frozen=True, slots=True)
class Job:
    """A run in the queue.

    Attributes:
        run: The run's id.
        session: Whose.
        lane: Where it is worked on; one run at a time has a machine's `gpu` lane.
        priority: Higher ones are taken first; among equals the older one.
        order: What a worker must know.
        state: Where it stands.
        queued_at: With zone.
        owner: Who holds it; None unless it is running.
        token: Of the last claim; 0 before the first.
        losses: Workers lost on it in a row, with nothing done in between.
        stop: Somebody wants it stopped.
    """

    run: str
    session: str
    lane: JobLane
    priority: int
    order: Order
    state: JobState
    queued_at: datetime
    owner: Owner | None = None
    token: int = 0
    losses: int = 0
    stop: bool = False

    @property
    def hold(self) -> Hold:
        """The claim of its owner.

        Raises:
            ValueError: Nobody holds it.
        """
        if self.owner is None:
            raise ValueError("nobody holds this job")
        return Hold(self.run, self.owner, self.token)


@dataclass(frozen=True, slots=True)
class JobRow:
    """One line of the list of jobs.

    Attributes:
        job: The job.
        title: Of its session.
        outcome: Of its run; None while it has not ended.
    """

    job: Job
    title: str
    outcome: Outcome | None


Gone = Callable[[Owner], bool]
"""Whether an owner is surely gone; False when that cannot be told from here."""


class Queue(Protocol):
    """Jobs with claims; every method is thread-safe and one short transaction.

    A claim lasts as long as its lease is renewed. An owner that is gone, or whose lease ran out,
    loses the job to the next claim, and its own calls change nothing any more.
    """

    def submit(self, run: Run, order: Order, *, lane: JobLane, priority: int = 0) -> Job:
        """Queue a run; one that is queued or running already stays as it is."""
        ...

    def claim(
        self,
        run_id: str,
        owner: Owner,
        *,
        lease_s: float,
        gone: Gone,
        order: Order | None = None,
    ) -> Job | None:
        """Hold this run's job; None when another one does, or it is not to be had."""
        ...

    def claim_next(
        self, owner: Owner, *, lanes: Collection[JobLane], lease_s: float, gone: Gone
    ) -> Job | None:
        """Hold the job whose turn it is; None when there is none to be had."""
        ...

    def beat(self, hold: Hold, *, lease_s: float) -> Pulse:
        """Renew the lease."""
        ...

    def release(self, hold: Hold) -> bool:
        """Put the job back into the queue; False when another one has it."""
        ...

    def end_job(self, hold: Hold) -> bool:
        """Nothing more is to be done for the run; False when another one has it."""
        ...

    def finish_held(self, hold: Hold, outcome: Outcome) -> Run:
        """Close the run as `Ledger.finish_run` does.

        Raises:
            Cancelled: Another one has the job; nothing was changed.
        """
        ...
