"""Holding: leases are renewed, wishes to stop are heard, and a lost one writes nothing more."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from earwitness.core.errors import Cancelled
from earwitness.core.queue import Job, Order, Owner
from earwitness.core.run import DONE, Event, Run, Step
from earwitness.core.session import Recording, Session
from earwitness.runs.holding import Holding
from earwitness.runs.owner import is_gone, machine, owner_of, this_owner
from earwitness.store.library import Library

SESSION = Session(
    "2026-11-20-aaaaaa",
    "A scene",
    "meeting",
    None,
    (Recording("a" * 64, "scene.wav", 1, None, 1, 16_000),),
)
QUICK_S = 0.3


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "home") as opened:
        opened.add_session(SESSION)
        yield opened


@pytest.fixture
def run(library: Library) -> Run:
    run = library.start_run(SESSION.id, "request")
    library.submit(run, Order("/out", ("json",)), lane="cpu")
    return run


def claimed(library: Library, run: Run, *, lease_s: float = QUICK_S) -> Job:
    job = library.claim(run.id, this_owner(), lease_s=lease_s, gone=is_gone)
    assert job is not None
    return job


def waiting(holding: Holding) -> Callable[[], bool]:
    stopped = threading.Event()
    holding.on_end(stopped.set)
    return lambda: stopped.wait(10)


def test_a_wish_to_stop_is_heard_at_the_next_beat(library: Library, run: Run) -> None:
    with Holding(library, claimed(library, run).hold, lease_s=QUICK_S) as holding:
        heard = waiting(holding)
        holding.raise_if_ended()
        library.stop_job(run.id)
        assert heard()
        assert holding.why == "cancelled"
        with pytest.raises(Cancelled):
            holding.raise_if_ended()


def test_a_job_that_is_taken_over_is_let_go(library: Library, run: Run) -> None:
    with Holding(library, claimed(library, run).hold, lease_s=QUICK_S) as holding:
        heard = waiting(holding)
        ledger = holding.fence(library)
        other = library.claim(run.id, this_owner(), lease_s=60, gone=lambda _owner: True)
        assert other is not None
        assert heard()
        assert holding.why == "lost"
        now = datetime.now(UTC)
        step = Step(run.id, "cut", None, None, None, False, DONE, now, 1)
        for write in (
            lambda: ledger.note_step(step),
            lambda: ledger.append(Event(0, now, SESSION.id, run.id, "run.started")),
            lambda: ledger.put("key", "cut", SESSION.id, SESSION),
            lambda: ledger.refer("key", SESSION.id),
            lambda: ledger.drop_scratch("a" * 64),
            lambda: ledger.finish_run(run.id, DONE),
        ):
            with pytest.raises(Cancelled):
                write()
        assert ledger.find("key") is None
    assert library.steps(run.id) == ()
    assert library.run(run.id).outcome is None


def test_the_first_word_counts_but_lost_counts_always(library: Library, run: Run) -> None:
    holding = Holding(library, claimed(library, run).hold)
    calls: list[str] = []
    holding.end("released")
    holding.on_end(lambda: calls.append("at once"))
    holding.end("cancelled")
    assert (holding.why, calls) == ("released", ["at once"])
    holding.end("lost")
    assert holding.why == "lost"


def test_who_lives_is_known_on_this_machine_only() -> None:
    me = this_owner()
    assert Owner.read(str(me)) == me
    assert not is_gone(me)
    assert is_gone(Owner(me.machine, me.pid, me.started_ms - 3_600_000)), (
        "the number was used again"
    )
    assert not is_gone(Owner("elsewhere/1", me.pid, 0))
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        other = owner_of(child.pid)
        assert not is_gone(other)
        child.kill()
    assert is_gone(other)
    assert " " not in machine()
