"""Holding: a job while it is worked on - its lease is renewed, and a wish to stop it is heard.

Three things end a holding before the work is done: another worker took the job over (`lost`),
somebody cancelled it (`cancelled`), or this worker is to end and leaves it to others (`released`).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, TypeVar

from earwitness.core.errors import Cancelled, StoreError
from earwitness.core.ledger import Ledger
from earwitness.core.ports import Tick, silent_tick
from earwitness.core.queue import Hold, Queue
from earwitness.core.run import Event, Outcome, Run, Step
from earwitness.core.spending import Call

T = TypeVar("T")
Why = Literal["lost", "cancelled", "released"]

LEASE_S: Final = 15.0
"""How long a worker may be silent before others think it gone."""

BEAT_S: Final = 2.0
"""A lease is renewed three times while it lasts, and at least so often: it is then that a worker
hears that it is to stop."""

log = logging.getLogger(__name__)


class Holding:
    """Renews a job's lease in a thread of its own; a context manager.

    Args:
        queue: Where the job is.
        hold: The claim on it.
        lease_s: As it was claimed with.
    """

    def __init__(self, queue: Queue, hold: Hold, *, lease_s: float = LEASE_S) -> None:
        self.hold = hold
        self._queue = queue
        self._lease_s = lease_s
        self._left = threading.Event()
        self._lock = threading.Lock()
        self._why: Why | None = None
        self._stop: Callable[[], None] | None = None
        self._thread = threading.Thread(target=self._renew, name="lease", daemon=True)

    def __enter__(self) -> Holding:
        """Begin to renew the lease."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Renew it no more."""
        self._left.set()
        self._thread.join()

    @property
    def why(self) -> Why | None:
        """Why the work is to stop; None while it goes on."""
        return self._why

    def end(self, why: Why) -> None:
        """Stop the work; the first word counts, but that the job is lost counts always."""
        with self._lock:
            first = self._why is None
            if first or why == "lost":
                self._why = why
            stop = self._stop
        if first and stop is not None:
            stop()

    def on_end(self, stop: Callable[[], None]) -> None:
        """Call this when the work is to stop, from any thread; at once if it is already."""
        with self._lock:
            self._stop = stop
            ended = self._why is not None
        if ended:
            stop()

    def raise_if_ended(self) -> None:
        """Raise `Cancelled` once the work is to stop."""
        if self._why is not None:
            raise stopped(self._why)

    def fence(self, ledger: Ledger) -> Ledger:
        """The ledger, which takes nothing more once the job is lost."""
        return _Fenced(ledger, self._queue, self)

    def _renew(self) -> None:
        while not self._left.wait(min(self._lease_s / 3, BEAT_S)):
            try:
                pulse = self._queue.beat(self.hold, lease_s=self._lease_s)
            except StoreError as error:
                # Whether somebody took the job is told by the next beat that gets through.
                log.warning("the lease of run %s is not renewed: %s", self.hold.run, error)
                continue
            if pulse == "lost":
                log.warning("run %s was taken over by another worker", self.hold.run)
                self.end("lost")
                return
            if pulse == "stop":
                self.end("cancelled")


def stopped(why: Why) -> Cancelled:
    """The error for work that was stopped."""
    told = {
        "lost": ("another worker has taken this run over", "nothing is lost by it"),
        "cancelled": ("stopped on request", "the same command continues the run"),
        "released": ("the worker was stopped", "the run waits in the queue for another one"),
    }
    message, hint = told[why]
    return Cancelled(message, hint=hint)


class _Fenced:
    """A ledger for one holding: reads pass, writes pass while the job is held."""

    def __init__(self, ledger: Ledger, queue: Queue, holding: Holding) -> None:
        self._ledger = ledger
        self._queue = queue
        self._holding = holding

    def find(self, key: str) -> str | None:
        """As the ledger's."""
        return self._ledger.find(key)

    def put(self, key: str, stage: str, session: str, value: object) -> str:
        """As the ledger's, while the job is held."""
        self._check()
        return self._ledger.put(key, stage, session, value)

    def refer(self, key: str, session: str) -> None:
        """As the ledger's, while the job is held."""
        self._check()
        self._ledger.refer(key, session)

    def get(self, digest: str, kind: type[T]) -> T:
        """As the ledger's."""
        return self._ledger.get(digest, kind)

    def scratch(self, recording: str) -> Path:
        """As the ledger's."""
        return self._ledger.scratch(recording)

    def fetch_original(self, recording: str, target: Path, tick: Tick = silent_tick) -> bool:
        """As the ledger's."""
        return self._ledger.fetch_original(recording, target, tick)

    def drop_scratch(self, recording: str) -> None:
        """As the ledger's, while the job is held."""
        self._check()
        self._ledger.drop_scratch(recording)

    def note_step(self, step: Step) -> None:
        """As the ledger's, while the job is held."""
        self._check()
        self._ledger.note_step(step)

    def note_calls(
        self, run: str, stage: str, chunk: int | None, at: datetime, calls: Sequence[Call]
    ) -> None:
        """As the ledger's, held or not: what was asked of a service has to be paid."""
        self._ledger.note_calls(run, stage, chunk, at, calls)

    def append(self, event: Event) -> Event:
        """As the ledger's, while the job is held."""
        self._check()
        return self._ledger.append(event)

    def finish_run(self, run: str, outcome: Outcome) -> Run:
        """Close the run; whether the job is held is looked at in the same transaction."""
        assert run == self._holding.hold.run
        return self._queue.finish_held(self._holding.hold, outcome)

    def _check(self) -> None:
        if self._holding.why == "lost":
            raise stopped("lost")
