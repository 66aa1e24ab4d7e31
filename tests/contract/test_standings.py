"""Standings: whoever keeps them, the first change wins, and nothing is lost between two."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from earwitness.core.breaker import Breaker, InMemory, Standing, Standings, Thresholds
from earwitness.core.errors import CircuitBreakerOpenError, StoreError
from earwitness.core.services import Careful
from earwitness.store.library import Library

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
OPEN = Standing("OPEN", 1, 1, 0, 2, NOON, NOON, "network", NOON)

FAIL = """
import sys, time
from pathlib import Path
from earwitness.core.breaker import Breaker, Thresholds
from earwitness.store.library import Library

address = sys.argv[2] if len(sys.argv) > 2 else None
with Library.open(Path(sys.argv[1]), database=address) as library:
    guard = Breaker("toy", Thresholds(40, 30), clock=time.monotonic, standings=library)
    for _ in range(10):
        guard.leave(guard.enter(), answered=False, fault="server")
"""


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Standings]:
    if request.param == "memory":
        yield InMemory()
        return
    server = request.param == "postgresql"
    address = str(request.getfixturevalue("postgres")) if server else None
    with Library.open(tmp_path / "home", database=address) as library:
        yield library


def test_what_was_noted_comes_back(kept: Standings) -> None:
    assert kept.standing("toy") is None
    assert kept.turn("toy", None, OPEN)
    assert kept.turn("other", None, Standing(changes=1))
    assert kept.standing("toy") == OPEN
    assert kept.standings() == {"other": Standing(changes=1), "toy": OPEN}


def test_the_first_change_wins(kept: Standings) -> None:
    assert kept.turn("toy", None, OPEN)
    assert not kept.turn("toy", None, replace(OPEN, state="CLOSED"))
    closed = replace(OPEN, state="CLOSED", changes=2)
    assert kept.turn("toy", OPEN, closed)
    assert not kept.turn("toy", OPEN, replace(OPEN, changes=2))
    assert kept.standing("toy") == closed


def test_of_many_threads_none_loses_a_failure_and_one_probes(kept: Standings) -> None:
    clock = [0.0]

    def pass_time() -> None:
        clock[0] += 16

    guard = Breaker("toy", Thresholds(80, 30), clock=lambda: clock[0], standings=kept)
    start = threading.Barrier(8, action=pass_time)
    probes: list[int] = []

    def fail() -> None:
        for _ in range(10):
            guard.leave(guard.enter(), answered=False, fault="network")
        start.wait(timeout=20)
        try:
            guard.enter()
        except CircuitBreakerOpenError:
            start.wait(timeout=20)
        try:
            probes.append(guard.enter())
        except CircuitBreakerOpenError:
            return

    threads = [threading.Thread(target=fail) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert guard.lapses == 1, "eighty failures, counted once each"
    assert len(probes) == 1


def test_of_many_processes_none_loses_a_failure(tmp_path: Path, address: str | None) -> None:
    home = tmp_path / "home"
    Library.open(home, database=address).close()
    command = [sys.executable, "-c", FAIL, str(home), *([address] if address else [])]
    children = [subprocess.Popen(command) for _ in range(4)]
    assert [child.wait(60) for child in children] == [0] * 4
    with Library.open(home, database=address) as library:
        standing = library.standings()["toy"]
    assert (standing.state, standing.lapses, standing.fault) == ("OPEN", 1, "server")


class Lost:
    """A store that cannot be reached any more."""

    def standing(self, service: str) -> Standing | None:
        raise StoreError(service)

    def turn(self, service: str, was: Standing | None, now: Standing) -> bool:
        raise StoreError(service)

    def standings(self) -> dict[str, Standing]:
        raise StoreError("all")


class Full(Lost):
    """A store that can be read, but takes nothing more."""

    def standing(self, service: str) -> Standing | None:
        return replace(OPEN, state="CLOSED", until=None)


@pytest.mark.parametrize("store", [Lost(), Full()])
def test_a_store_that_fails_fails_no_call_and_the_breaker_works_on(store: Standings) -> None:
    kept = Careful(store)
    guard = Breaker("toy", Thresholds(2, 30), clock=lambda: 0.0, standings=kept)
    for _ in range(2):
        guard.leave(guard.enter(), answered=False)
    with pytest.raises(CircuitBreakerOpenError):
        guard.enter()
    assert kept.standings()["toy"].state == "OPEN"
