"""Batch child: a process that works on one source after another, so that a crash ends it alone.

It is told jobs on standard input and tells what becomes of them on standard output, both pickled.
When its input closes it stops what it does, so that it can be resumed, and ends.
"""

from __future__ import annotations

import _thread
import os
import pickle
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import BinaryIO, Final

from earwitness.app.batch_orders import Broke, Ended, Order, Progress, Told
from earwitness.app.logs import log_to
from earwitness.app.process import Processed, process
from earwitness.core.batch import BatchError
from earwitness.core.errors import CircuitBreakerOpenError, EarwitnessError, ServiceError
from earwitness.core.retry import ASKED_CAP_S, POLICY
from earwitness.runs.listener import Listener
from earwitness.store.library import Library

_LEAVE_S: Final = 20.0
"""How long it may take to stop before it is ended the hard way; what is done is kept anyway."""

_TELL_EVERY_S: Final = 0.2
_AGAIN_S: Final = 8.0
"""A service that failed after all retries is left alone for so long."""


def main() -> int:
    """Do jobs until the input closes."""
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # nothing else may be written between the answers
    orders: queue.SimpleQueue[Order | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, orders), daemon=True).start()
    lock = threading.Lock()

    def tell(told: Told) -> None:
        with lock:
            pickle.dump(told, answers)
            answers.flush()

    try:
        while (order := orders.get()) is not None:
            tell(_carried_out(order, tell))
    except (KeyboardInterrupt, BrokenPipeError):
        pass
    os._exit(0)  # what other threads still do is not wanted


def _listen(pipe: BinaryIO, orders: queue.SimpleQueue[Order | None]) -> None:
    """Take orders until the parent closes the pipe, or is gone; then stop the one in hand."""
    try:
        while True:
            orders.put(pickle.load(pipe))
    except (EOFError, OSError):
        orders.put(None)
    if sys.platform == "win32":
        _thread.interrupt_main()
    else:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    time.sleep(_LEAVE_S)
    os._exit(130)


def _carried_out(order: Order, tell: Callable[[Told], None]) -> Told:
    try:
        with Library.open(order.home) as library:
            log_to(order.home / "logs")
            done = process(
                library,
                order.request,
                _ticker(tell),
                series=order.series,
                new_session=order.new_session,
            )
    except EarwitnessError as error:
        told = BatchError(type(error).__name__, str(error), error.hint, error.exit_code)
        return Broke(told, _again_s(error))
    return _ended(done)


def _ended(done: Processed) -> Ended:
    outcome = done.outcome
    instead = f"; instead: {outcome.instead}" if outcome.instead else ""
    return Ended(
        session=done.session.id,
        kind="degraded" if outcome.kind == "degraded" else "done",
        why=outcome.why + instead if outcome.why else "",
        length_ms=done.record.session.length_ms,
        output=done.written.folder,
        reused=done.reused,
        resumed=done.resumed,
    )


def _ticker(tell: Callable[[Told], None]) -> Listener:
    """Tells progress, but not every one of a thousand ticks."""
    last_s: dict[str, float] = {}

    def hear(stage: str, share: float) -> None:
        now_s = time.monotonic()
        if share >= 1 or now_s - last_s.get(stage, -1.0) >= _TELL_EVERY_S:
            last_s[stage] = now_s
            tell(Progress(stage, share))

    return hear


def _again_s(error: EarwitnessError) -> float | None:
    """When an error may be gone: after a service's rest, or not at all."""
    if isinstance(error, CircuitBreakerOpenError):
        return error.retry_in_s
    if not isinstance(error, ServiceError) or error.final or not POLICY[error.fault].retries:
        return None
    return min(error.retry_after_s or _AGAIN_S, ASKED_CAP_S)


if __name__ == "__main__":
    sys.exit(main())
