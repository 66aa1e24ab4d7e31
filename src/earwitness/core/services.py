"""Services: what is outside of this program, under what name, and behind which breaker."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from earwitness.core.breaker import Breaker, InMemory, Standing, Standings, Thresholds
from earwitness.core.errors import StoreError

log = logging.getLogger(__name__)

GRACE_S: Final = 30.0
"""A probe's place stays taken this much longer than a call may last."""


@dataclass(frozen=True, slots=True)
class Dependency:
    """Something that answers on a network.

    Attributes:
        kind: What it is for: an engine's ability, or `hub`.
        place: Host and path; never with a name or key in it.
        what: The model; empty where it plays no part.
    """

    kind: str
    place: str
    what: str = ""

    @property
    def host(self) -> str:
        """The host, with its port where one was said."""
        return self.place.partition("/")[0]

    def __str__(self) -> str:
        """One line, for people and as name of its breaker."""
        return " ".join(part for part in (self.kind, self.place, self.what) if part)


class Careful:
    """Standings that cannot be kept for now are held in memory: no call fails because of that."""

    def __init__(self, standings: Standings) -> None:
        self._kept = standings
        self._memory = InMemory()
        self._broken = False

    def standing(self, service: str) -> Standing | None:
        """As `Standings`."""
        if not self._broken:
            try:
                return self._kept.standing(service)
            except StoreError as error:
                self._lost(error)
        return self._memory.standing(service)

    def turn(self, service: str, was: Standing | None, now: Standing) -> bool:
        """As `Standings`."""
        if not self._broken:
            try:
                return self._kept.turn(service, was, now)
            except StoreError as error:
                self._lost(error)
                self._memory.turn(service, None, was or Standing())
        return self._memory.turn(service, self._memory.standing(service), now)

    def standings(self) -> dict[str, Standing]:
        """As `Standings`."""
        if not self._broken:
            try:
                return self._kept.standings()
            except StoreError as error:
                self._lost(error)
        return self._memory.standings()

    def _lost(self, error: StoreError) -> None:
        log.warning("how services stand is kept in this process alone: %s", error)
        self._broken = True


_PROCESS: Final = InMemory()


@dataclass(frozen=True, slots=True)
class Services:
    """The breakers of all services; what holds one service's place apart is its name.

    Attributes:
        thresholds: By host, by kind, or under the empty text what holds for all others.
        standings: Where it is kept how they stand; at first, the process.
        pause: Waits before a call is made again; None: as long as it says. Given by tests.
    """

    thresholds: Mapping[str, Thresholds] = field(default_factory=dict)
    standings: Standings = field(default=_PROCESS, repr=False, compare=False)
    pause: Callable[[float], None] | None = field(default=None, repr=False, compare=False)
    _breakers: dict[tuple[str, Thresholds, float], Breaker] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _one_at_a_time: threading.Lock = field(
        default_factory=threading.Lock, init=False, repr=False, compare=False
    )

    def kept_in(self, standings: Standings) -> Services:
        """The same, with what is known of them kept there."""
        return Services(self.thresholds, Careful(standings), self.pause)

    def limits(self, which: Dependency) -> Thresholds:
        """When the breaker of a service opens."""
        for name in (which.host, which.kind, ""):
            if name in self.thresholds:
                return self.thresholds[name]
        return Thresholds()

    def breaker(
        self, which: Dependency, *, limit_s: float, own: Thresholds | None = None
    ) -> Breaker:
        """The breaker of a service.

        Args:
            which: The service.
            limit_s: How long a call may last.
            own: Thresholds that were said for this use; None: those of `limits`.
        """
        said = own or self.limits(which)
        key = (str(which), said, limit_s)
        with self._one_at_a_time:
            if key not in self._breakers:
                self._breakers[key] = Breaker(
                    str(which),
                    said,
                    clock=time.monotonic,
                    standings=self.standings,
                    probe_s=limit_s + GRACE_S,
                )
            return self._breakers[key]


@dataclass(frozen=True, slots=True)
class Known:
    """How one service stands, for people.

    Attributes:
        name: Of the service.
        standing: How it stands.
        limits: Its thresholds; None: it is not asked with today's settings.
    """

    name: str
    standing: Standing
    limits: Thresholds | None = None
