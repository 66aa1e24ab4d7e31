"""The child process that carries out one run at a time for a crew.

Lines of JSON from parent to child:

    {"settings": {...}}   once
    {"run": id}           a job that the parent claimed in the child's name
    {"leave": true}       stop what is done; the job goes back into the queue

and from child to parent:

    {"ready": true}                       once
    {"stage": name, "share": 0.5}         a few times a second
    {"ended": id, "error": {...} | null}  the run is closed, or given back

The child ends when its parent closes the pipe or is gone: what is done then is given back, too.
"""

from __future__ import annotations

import gc
import json
import os
import queue
import signal
import sys
import threading
import time
from typing import IO, Final

from earwitness.app.library import open_library
from earwitness.app.running.execute import carry_out
from earwitness.app.running.orders import means_of
from earwitness.app.settings import Settings, read_settings
from earwitness.core.errors import CircuitBreakerOpenError, EarwitnessError, ServiceError
from earwitness.core.queue import Job
from earwitness.core.retry import ASKED_CAP_S, POLICY
from earwitness.runs.holding import Holding
from earwitness.store.library import Library

TELL_EVERY_S: Final = 0.25
LEAVE_S: Final = 20.0
"""So long may it take to stop; engines are asked to at once, but one may not listen."""

AGAIN_S: Final = 8.0
"""A service that failed after all retries is left alone for so long."""

CALM: Final = (100_000, 20, 20)
"""Thresholds of the garbage collector, as for the command itself."""


class Child:
    """Carries out the runs that the parent names, one after another.

    Args:
        library: Opened for this child.
        settings: The parent's.
        answers: Where the parent listens.
    """

    def __init__(self, library: Library, settings: Settings, answers: IO[str]) -> None:
        self._library = library
        self._means = means_of(settings)
        self._answers = answers
        self._lock = threading.Lock()
        self._told_s = 0.0
        self._wanted: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._leaving = threading.Event()
        self._holding: Holding | None = None

    def work(self) -> None:
        """Carry out what is wanted, until it is time to leave."""
        self._tell(ready=True)
        while (run := self._wanted.get()) is not None:
            job = self._library.job(run)
            error = None
            if job is not None and job.owner is not None and job.owner.pid == os.getpid():
                error = self._carry_out(job)
            self._tell(ended=run, error=None if error is None else _told(error))

    def listen(self, orders: IO[str]) -> None:
        """Hear orders as they come, also while a run is carried out; leave when they end."""
        for line in orders:
            told = json.loads(line)
            if "run" not in told:
                break
            self._wanted.put(told["run"])
        self.leave()

    def leave(self) -> None:
        """Stop what is done, and begin nothing more; from any thread."""
        self._leaving.set()
        self._wanted.put(None)
        _end_after(LEAVE_S)
        holding = self._holding
        if holding is not None:
            holding.end("released")

    def _carry_out(self, job: Job) -> EarwitnessError | None:
        with Holding(self._library, job.hold, lease_s=self._means.lease_s) as holding:
            self._holding = holding
            if self._leaving.is_set():
                holding.end("released")
            try:
                carry_out(self._library, job, self._means, listener=self._hear, holding=holding)
            except EarwitnessError as error:
                return error
            finally:
                self._holding = None
        return None

    def _hear(self, stage: str, share: float) -> None:
        now_s = time.monotonic()
        if now_s - self._told_s >= TELL_EVERY_S:
            self._told_s = now_s
            self._tell(stage=stage, share=share)

    def _tell(self, **told: object) -> None:
        """One line to the parent; when it is gone, `listen` notices."""
        with self._lock:
            try:
                self._answers.write(json.dumps(told) + "\n")
                self._answers.flush()
            except (OSError, ValueError):
                self._leaving.set()


def _told(error: EarwitnessError) -> dict[str, object]:
    return {
        "kind": type(error).__name__,
        "message": str(error),
        "hint": error.hint,
        "exit_code": error.exit_code,
        "again_s": _again_s(error),
    }


def _again_s(error: EarwitnessError) -> float | None:
    """When a service that failed after all retries may be back; None: it is not waited for."""
    if isinstance(error, CircuitBreakerOpenError):
        return error.retry_in_s
    if not isinstance(error, ServiceError) or error.final or not POLICY[error.fault].retries:
        return None
    return min(error.retry_after_s or AGAIN_S, ASKED_CAP_S)


def _end_after(seconds: float) -> None:
    """End this process if it has not ended by itself: work that does not listen is lost."""
    timer = threading.Timer(seconds, os._exit, [1])
    timer.daemon = True
    timer.start()


def serve(orders: IO[str], answers: IO[str]) -> None:
    """Carry out what the parent asks for, until it closes the pipe."""
    settings = read_settings(**json.loads(orders.readline())["settings"])
    with open_library(settings) as library:
        child = Child(library, settings, answers)
        reader = threading.Thread(target=child.listen, args=(orders,), daemon=True)
        # The handler runs between two instructions of the main thread, which may hold a lock.
        signal.signal(
            signal.SIGTERM, lambda _number, _frame: threading.Thread(target=child.leave).start()
        )
        reader.start()
        child.work()


def main() -> None:
    """Serve over stdin and stdout; Ctrl-C is for the parent to decide."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(*CALM)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    # Whatever a library may print must not land between two lines.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin, answers)


if __name__ == "__main__":
    main()
