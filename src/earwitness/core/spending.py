"""Spending: what engines ask of services, told by whoever asks and noted by whoever runs the step.

An engine calls `tell` in the thread in which it was asked to work. Whoever runs a step listens
with `listening`. Nobody has to: an engine used alone tells nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from earwitness.core.errors import Fault


@dataclass(frozen=True, slots=True)
class Call:
    """One thing that was asked of a service, however often it had to be tried.

    Attributes:
        service: Its host, such as `api.openai.com`.
        model: Its own name for the model.
        operation: What was asked, such as `transcribe`.
        answered: It answered; the last attempt counts.
        attempts: Requests that were sent for it; 0: it was left alone, and another one was asked.
        audio_ms: Sound that was sent, once; None where none is.
        tokens_in: As the service counts them; None where it does not say.
        tokens_out: As the service counts them; None where it does not say.
        sent_bytes: Bodies of all attempts; None when not known.
        received_bytes: Bodies of all answers; None when not known.
        faults: What each attempt that failed ended with, in order; told in the step's own line.
    """

    service: str
    model: str
    operation: str
    answered: bool
    attempts: int = 1
    audio_ms: int | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    sent_bytes: int | None = None
    received_bytes: int | None = None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Spending:
    """A call as the ledger keeps it.

    Attributes:
        n: Its place in the ledger.
        at: When, with zone.
        call: What was asked.
        run: For which run; None when its session was deleted.
        stage: For which stage.
        chunk: For which chunk; None for a stage as a whole.
        micros: What it cost by the prices of that time, in millionths; None: not known.
        currency: Of `micros`.
    """

    n: int
    at: datetime
    call: Call
    run: str | None
    stage: str
    chunk: int | None
    micros: int | None = None
    currency: str | None = None


_heard: ContextVar[list[Call] | None] = ContextVar("calls of this step", default=None)


@contextmanager
def listening() -> Iterator[list[Call]]:
    """Hear of the calls that are told in this thread; they appear in the list as they are."""
    calls: list[Call] = []
    mark = _heard.set(calls)
    try:
        yield calls
    finally:
        _heard.reset(mark)


def tell(call: Call) -> None:
    """Say what was asked of a service, also when it failed."""
    calls = _heard.get()
    if calls is not None:
        calls.append(call)
