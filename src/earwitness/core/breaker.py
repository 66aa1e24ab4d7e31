"""Breaker: a service that is down is left alone; after a while one call finds out if it is back.

CLOSED     calls go through; `failures` in a row open it
OPEN       no call goes through, until `reset_s` have passed
HALF_OPEN  one call goes through: answered, the breaker closes; else it opens again
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal

from earwitness.core.errors import CircuitBreakerOpenError

State = Literal["CLOSED", "OPEN", "HALF_OPEN"]


class Breaker:
    """Guards one service; thread-safe. `enter` before each call, `leave` after it.

    Args:
        name: Of the service, for people.
        failures: So many in a row open it.
        reset_s: So long it stays open.
        clock: Seconds that only grow.
    """

    def __init__(
        self, name: str, *, failures: int, reset_s: float, clock: Callable[[], float]
    ) -> None:
        self.name = name
        self.failures = failures
        self.reset_s = reset_s
        self._clock = clock
        self._lock = threading.Lock()
        self._state: State = "CLOSED"
        self._failed = 0
        self._lapses = 0
        self._opened_at = 0.0
        self._era = 0

    @property
    def state(self) -> State:
        """Now; an open one whose time has passed is open until somebody enters."""
        with self._lock:
            return self._state

    @property
    def lapses(self) -> int:
        """How often in a row it opened without an answer in between."""
        with self._lock:
            return self._lapses

    def enter(self) -> int:
        """Leave to make one call; `leave` wants the number that is returned.

        Raises:
            CircuitBreakerOpenError: The call must not be made.
        """
        with self._lock:
            left_s = self._opened_at + self.reset_s - self._clock()
            if self._state == "HALF_OPEN" or (self._state == "OPEN" and left_s > 0):
                raise CircuitBreakerOpenError(
                    f"{self.name} failed {self.failures} times in a row and is left alone",
                    retry_in_s=max(0.0, left_s),
                    hint="the same command tries again what is missing",
                )
            if self._state == "OPEN":
                self._turn("HALF_OPEN")
            return self._era

    def leave(self, era: int, answered: bool | None) -> None:
        """Say how a call went; one that began before the breaker last turned counts for nothing.

        Args:
            era: What `enter` returned.
            answered: Whether the service answered, if only with a refusal; None: the call was
                given up from our side, which says nothing about the service.
        """
        with self._lock:
            if era != self._era:
                return
            if answered:
                self._failed = self._lapses = 0
                if self._state == "HALF_OPEN":
                    self._turn("CLOSED")
            elif answered is None:
                if self._state == "HALF_OPEN":
                    self._turn("OPEN")  # since when it was: the next one may try
            else:
                self._failed += 1
                if self._state == "HALF_OPEN" or self._failed >= self.failures:
                    self._opened_at = self._clock()
                    self._lapses += 1
                    self._turn("OPEN")

    def _turn(self, state: State) -> None:
        self._state = state
        self._failed = 0
        self._era += 1
