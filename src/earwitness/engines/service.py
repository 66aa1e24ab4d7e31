"""Service: calls to something on a network, by the retry policy, behind a breaker, never hanging.

For every engine that asks somebody else: a call has a time limit of its own, failures are retried
as `core.retry` says, a service that is down is left alone (`core.breaker`), a refusal that holds
for all calls is not provoked twice, and `close` ends whatever waits.

Each attempt runs in a thread that may be left behind. Looking up a name or opening a connection
cannot be broken off from outside; whoever waits for it can be let go.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Generic, TypeVar, cast

from earwitness.core.breaker import Breaker
from earwitness.core.errors import Cancelled, CircuitBreakerOpenError, Fault, ServiceError
from earwitness.core.retry import COUNTED, delay_s

T = TypeVar("T")

log = logging.getLogger(__name__)

PROBE_LOOK_S: Final = 0.1
"""How often one looks whether another's probe has ended."""

WAITS_S: Final = 120.0
"""A breaker that stays open for longer is not waited for."""


class Pulse:
    """Signs of life of a call that may take long."""

    def __init__(self) -> None:
        self._last_s = time.monotonic()
        self._stopped = False

    def beat(self) -> None:
        """It is alive.

        Raises:
            Cancelled: Nobody waits for it any more.
        """
        if self._stopped:
            raise Cancelled("nobody waits for it any more")
        self._last_s = time.monotonic()

    def quiet_s(self) -> float:
        """Seconds since the last sign."""
        return time.monotonic() - self._last_s

    def stop(self) -> None:
        """Let the call end at its next sign."""
        self._stopped = True


class Service:
    """One service, asked by any number of threads.

    Args:
        name: For people, in errors.
        breaker: Guards it.
        limit_s: No attempt takes longer.
        lapses: So often in a row a breaker that is open is waited for; 0: never. A service that
            was down for longer when it was first met is waited for once more.
        pause: Waits so many seconds, or until the service is closed; given by tests.
        clock: Seconds that only grow.
        chance: Draws from 0 to 1.
    """

    def __init__(
        self,
        name: str,
        breaker: Breaker,
        *,
        limit_s: float,
        lapses: int = 0,
        pause: Callable[[float], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.name = name
        self._breaker = breaker
        self._limit_s = limit_s
        self._most_lapses = lapses
        self._closed: Future[object] = Future()
        self._pause = pause or self._wait
        self._clock = clock
        self._chance = chance
        self._refusal: ServiceError | None = None
        self._quiet_until = 0.0
        self._allowed: int | None = None
        self._recovery = threading.Lock()

    def call(
        self,
        attempt: Callable[[], T],
        pulse: Pulse | None = None,
        heard: Callable[[ServiceError], None] = lambda _error: None,
    ) -> T:
        """Make a call, more than once if need be.

        A breaker that is open is waited for, as often as `lapses` allows, by one caller for all.

        Args:
            attempt: Makes the call once; raises `ServiceError` when it fails.
            pulse: The call's signs of life: its limit counts from the last one.
            heard: Told of every attempt that failed, in the caller's thread.

        Raises:
            CircuitBreakerOpenError: The service is left alone; nothing was sent.
            ServiceError: It did not work, for good.
        """
        try:
            return self._with_retries(attempt, pulse, heard)
        except CircuitBreakerOpenError:
            if not self._most_lapses:
                raise
        with self._recovery:
            if self._allowed is None:
                self._allowed = max(self._most_lapses, self._breaker.lapses)
            while self._breaker.lapses <= self._allowed:
                try:
                    return self._with_retries(attempt, pulse, heard)
                except CircuitBreakerOpenError as error:
                    if self._breaker.lapses > self._allowed or error.retry_in_s > WAITS_S:
                        raise
                    if error.retry_in_s > 0:
                        log.warning("a service is down; waiting %.0f s", error.retry_in_s)
                    self._rest(max(error.retry_in_s, PROBE_LOOK_S))
            return self._with_retries(attempt, pulse, heard)

    def refuse(self, error: ServiceError) -> None:
        """Send nothing more: every call ends like this one."""
        self._refusal = error

    def close(self) -> None:
        """Let go of all that waits; nothing is sent any more."""
        if not self._closed.done():
            self._closed.set_result(None)

    def check(self) -> None:
        """Whether calls may still be made.

        Raises:
            ServiceError: It was closed, or has refused for good.
        """
        if self._closed.done():
            raise ServiceError("the engine was closed", fault="closed")
        refusal = self._refusal
        if refusal is not None:
            raise ServiceError(
                str(refusal),
                fault=refusal.fault,
                hint=refusal.hint,
                status=refusal.status,
                final=True,
            )

    def _with_retries(
        self,
        attempt: Callable[[], T],
        pulse: Pulse | None,
        heard: Callable[[ServiceError], None],
    ) -> T:
        tried: dict[Fault, int] = {}
        while True:
            self._rest(self._quiet_until - self._clock())
            try:
                return self._guarded(attempt, pulse)
            except ServiceError as error:
                if not isinstance(error, CircuitBreakerOpenError):
                    heard(error)
                count = tried.get(error.fault, 0)
                delay = delay_s(error, count, self._chance())
                if error.final:
                    self.refuse(error)
                if delay is None:
                    raise
                tried[error.fault] = count + 1
                log.info("%s: asked again in %.1f s", error.fault, delay)
                if error.fault == "rate_limit":  # others wait, too
                    self._quiet_until = max(self._quiet_until, self._clock() + delay)
                self._rest(delay)

    def _guarded(self, attempt: Callable[[], T], pulse: Pulse | None) -> T:
        """One call, if the breaker lets it through; it is told how the call went."""
        era = self._breaker.enter()
        answered: bool | None = None
        fault: Fault | None = None
        try:
            value = self._limited(attempt, pulse)
            answered = True
            return value
        except ServiceError as error:
            fault = error.fault
            if fault != "closed":
                answered = fault not in COUNTED
            raise
        finally:
            self._breaker.leave(era, answered, fault)

    def _limited(self, attempt: Callable[[], T], pulse: Pulse | None) -> T:
        """One attempt, for as long as it may take and nobody closes the service."""
        carried: Future[T] = Future()
        work = _Work(attempt, carried)
        threading.Thread(target=work.run, name=f"ask {self.name}", daemon=True).start()
        either: set[Future[object]] = {cast(Future[object], carried), self._closed}
        if pulse is None:
            wait(either, self._limit_s, FIRST_COMPLETED)
        else:
            pulse.beat()
            while (left_s := self._limit_s - pulse.quiet_s()) > 0:
                if wait(either, left_s, FIRST_COMPLETED).done:
                    break
        if carried.done():
            return carried.result()
        self.check()
        raise ServiceError(
            f"{self.name} did not answer within {self._limit_s:g} s",
            fault="network",
            hint="a larger timeout_s, if the service is only slow",
        )

    def _rest(self, seconds: float) -> None:
        if seconds > 0:
            self._pause(seconds)
        self.check()

    def _wait(self, seconds: float) -> None:
        wait({self._closed}, seconds)


@dataclass(frozen=True, slots=True)
class _Work(Generic[T]):
    """An attempt whose end, of whatever kind, is carried over to the thread that waits for it."""

    attempt: Callable[[], T]
    carried: Future[T]

    def run(self) -> None:
        with self:
            self.carried.set_result(self.attempt())

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if error is not None:
            self.carried.set_exception(error)
        return True
