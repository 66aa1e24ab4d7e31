"""Breaker: a service that is down is left alone; after a while one call finds out if it is back.

CLOSED     calls go through; `failures` in a row open it
OPEN       no call goes through, until `reset_s` have passed
HALF_OPEN  one call goes through: answered, the breaker closes; else it opens again

How a service stands is kept by a `Standings`, which may be shared by threads, processes and
machines: whoever changes it says what it was before, and the first one wins. So there is one probe
among all of them, and where its process dies the place is free again after `probe_s`.

What is kept are times of day, which may jump; a process that has seen a state for as long as it
lasts, by a clock that only grows, lets it end. Times that lie far back are forgotten.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, Protocol

from earwitness.core.errors import CircuitBreakerOpenError, Fault

State = Literal["CLOSED", "OPEN", "HALF_OPEN"]

FORGET: Final = timedelta(minutes=10)
"""Failures that are further apart are not in a row, and a service that could have been asked for so
long begins anew."""

PROBE_S: Final = 150.0
"""So long a probe may take where nobody says how long a call lasts."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a service stands.

    Attributes:
        state: Of its breaker.
        era: Grows whenever the state turns: a call counts in the era in which it began.
        changes: Grows with every change; tells two standings apart.
        failed: Failures in a row since it was closed.
        lapses: How often in a row it opened without an answer in between.
        since: When it turned to this state, with zone; None: it never turned.
        until: When the next call may try, or the probe's place is free; None when CLOSED.
        fault: What kind of failure the last one was; None: there was none yet.
        failed_at: When, with zone.
    """

    state: State = "CLOSED"
    era: int = 0
    changes: int = 0
    failed: int = 0
    lapses: int = 0
    since: datetime | None = None
    until: datetime | None = None
    fault: Fault | None = None
    failed_at: datetime | None = None

    def at(self, now: datetime) -> Standing:
        """The same without what lies so far back that it says nothing any more."""
        if self.until is not None and now - self.until > FORGET:
            return replace(self, state="CLOSED", failed=0, lapses=0, until=None)
        if self.failed_at is not None and self.failed and now - self.failed_at > FORGET:
            return replace(self, failed=0)
        return self

    def turned(self, state: State, since: datetime, lasts_s: float | None) -> Standing:
        """In another state."""
        until = None if lasts_s is None else since + timedelta(seconds=lasts_s)
        return replace(self, state=state, era=self.era + 1, failed=0, since=since, until=until)


class Standings(Protocol):
    """Keeps how services stand. Thread-safe."""

    def standing(self, service: str) -> Standing | None:
        """How a service stands; None: nothing was ever noted."""
        ...

    def turn(self, service: str, was: Standing | None, now: Standing) -> bool:
        """Note a change.

        Args:
            service: Its name.
            was: What it was made from, as it was kept.
            now: What is to be kept; its `changes` are one more.

        Returns:
            False: somebody else changed it meanwhile, and nothing was noted.
        """
        ...

    def standings(self) -> dict[str, Standing]:
        """All that was ever noted, by the services' names."""
        ...


class InMemory:
    """Standings of one process; they end with it."""

    def __init__(self) -> None:
        self._kept: dict[str, Standing] = {}
        self._lock = threading.Lock()

    def standing(self, service: str) -> Standing | None:
        """As `Standings`."""
        with self._lock:
            return self._kept.get(service)

    def turn(self, service: str, was: Standing | None, now: Standing) -> bool:
        """As `Standings`."""
        with self._lock:
            if self._kept.get(service) != was:
                return False
            self._kept[service] = now
            return True

    def standings(self) -> dict[str, Standing]:
        """As `Standings`."""
        with self._lock:
            return dict(self._kept)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a breaker opens, and for how long.

    Attributes:
        failures: So many in a row open it.
        reset_s: So long it stays open.
    """

    failures: int = 8
    reset_s: float = 30.0


class Breaker:
    """Guards one service; thread-safe. `enter` before each call, `leave` after it.

    Args:
        name: Of the service, for people and in `standings`.
        thresholds: When it opens.
        standings: Where it is kept how the service stands; None: in this object alone.
        probe_s: No call lasts longer; a probe that does is taken for dead.
        clock: Seconds that only grow.
        wall: The time of day, with zone.
    """

    def __init__(
        self,
        name: str,
        thresholds: Thresholds,
        *,
        clock: Callable[[], float],
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        standings: Standings | None = None,
        probe_s: float = PROBE_S,
    ) -> None:
        self.name = name
        self.thresholds = thresholds
        self._standings = InMemory() if standings is None else standings
        self._probe_s = probe_s
        self._clock = clock
        self._wall = wall
        self._seen = (-1, 0.0)

    @property
    def state(self) -> State:
        """Now; an open one whose time has passed is open until somebody enters."""
        return self.standing.state

    @property
    def lapses(self) -> int:
        """How often in a row it opened without an answer in between."""
        return self.standing.lapses

    @property
    def standing(self) -> Standing:
        """How the service stands."""
        return (self._standings.standing(self.name) or Standing()).at(self._wall())

    def enter(self) -> int:
        """Leave to make one call; `leave` wants the number that is returned.

        Raises:
            CircuitBreakerOpenError: The call must not be made.
        """
        while True:
            kept = self._standings.standing(self.name)
            now = self._wall()
            here = (kept or Standing()).at(now)
            if here.state == "CLOSED":
                return here.era
            left_s = self._left_s(here, now)
            if left_s > 0:
                # The end of another's probe is not known: one has to look.
                raise self._open(left_s if here.state == "OPEN" else 0.0)
            probing = here.turned("HALF_OPEN", now, self._probe_s)
            if self._turn(kept, probing):
                return probing.era

    def leave(self, era: int, answered: bool | None, fault: Fault | None = None) -> None:
        """Say how a call went; one that began before the breaker last turned counts for nothing.

        Args:
            era: What `enter` returned.
            answered: Whether the service answered, if only with a refusal; None: the call was
                given up from our side, which says nothing about the service.
            fault: What kind of failure it was.
        """
        while True:
            kept = self._standings.standing(self.name)
            now = self._wall()
            here = (kept or Standing()).at(now)
            if era != here.era:
                return
            after = self._after(here, now, answered, fault)
            if after is here or self._turn(kept, after):
                return

    def _after(
        self, here: Standing, now: datetime, answered: bool | None, fault: Fault | None
    ) -> Standing:
        """How it stands after a call of this era; the same object when nothing changed."""
        probing = here.state == "HALF_OPEN"
        if answered is None:
            # Open since when it was: the next one may try.
            return here.turned("OPEN", now, 0) if probing else here
        if answered:
            if probing:
                return replace(here.turned("CLOSED", now, None), lapses=0)
            return replace(here, failed=0, lapses=0) if here.failed or here.lapses else here
        here = replace(here, failed=here.failed + 1, fault=fault, failed_at=now)
        if not probing and here.failed < self.thresholds.failures:
            return here
        opened = here.turned("OPEN", now, self.thresholds.reset_s)
        return replace(opened, lapses=here.lapses + 1)

    def _turn(self, kept: Standing | None, after: Standing) -> bool:
        changes = (kept.changes if kept else 0) + 1
        noted = self._standings.turn(self.name, kept, replace(after, changes=changes))
        if noted and self._seen[0] != after.era:
            self._seen = (after.era, self._clock())
        return noted

    def _left_s(self, here: Standing, now: datetime) -> float:
        """Seconds until it may be tried: by the time of day or as long as this process saw it."""
        assert here.since is not None
        assert here.until is not None
        lasts_s = (here.until - here.since).total_seconds()
        if self._seen[0] != here.era:
            self._seen = (here.era, self._clock())
        by_day_s = min(lasts_s, (here.until - now).total_seconds())
        return min(by_day_s, self._seen[1] + lasts_s - self._clock())

    def _open(self, retry_in_s: float) -> CircuitBreakerOpenError:
        times = self.thresholds.failures
        return CircuitBreakerOpenError(
            f"{self.name} failed {times} times in a row and is left alone",
            retry_in_s=retry_in_s,
            hint="the same command tries again what is missing",
        )
