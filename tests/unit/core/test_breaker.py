"""Breaker: its state table, one probe at a time, and who may not turn it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.breaker import Breaker, InMemory, State, Thresholds
from earwitness.core.errors import CircuitBreakerOpenError

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


class Clock:
    """Time that only grows, and the time of day, which may jump."""

    now = 100.0
    jump_s = 0.0

    def __call__(self) -> float:
        return self.now

    def wall(self) -> datetime:
        return NOON + timedelta(seconds=self.now + self.jump_s)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def breaker(clock: Clock, failures: int = 3, kept: InMemory | None = None) -> Breaker:
    limits = Thresholds(failures, 30)
    return Breaker("toy", limits, clock=clock, wall=clock.wall, standings=kept, probe_s=60)


def fail(guard: Breaker, times: int = 1) -> None:
    for _ in range(times):
        guard.leave(guard.enter(), answered=False)


def opened(clock: Clock) -> Breaker:
    guard = breaker(clock)
    fail(guard, 3)
    assert guard.state == "OPEN"
    return guard


def in_state(clock: Clock, state: State) -> tuple[Breaker, int]:
    """A breaker in a state, and the number of a call that belongs to it (OPEN: of one before)."""
    guard = breaker(clock)
    fail(guard, 2)
    call = guard.enter()
    if state == "CLOSED":
        return guard, call
    fail(guard)
    if state == "OPEN":
        return guard, call
    clock.now += 30
    return guard, guard.enter()


TABLE: dict[tuple[State, str], State] = {
    ("CLOSED", "enter"): "CLOSED",
    ("CLOSED", "answered"): "CLOSED",
    ("CLOSED", "failed"): "OPEN",  # the third in a row
    ("CLOSED", "given up"): "CLOSED",
    ("CLOSED", "old call failed"): "CLOSED",
    ("CLOSED", "old call answered"): "CLOSED",
    ("CLOSED", "time passed, enter"): "CLOSED",
    ("OPEN", "enter"): "OPEN",  # refused
    ("OPEN", "answered"): "OPEN",  # a call of the time before
    ("OPEN", "failed"): "OPEN",
    ("OPEN", "given up"): "OPEN",
    ("OPEN", "old call failed"): "OPEN",
    ("OPEN", "old call answered"): "OPEN",
    ("OPEN", "time passed, enter"): "HALF_OPEN",
    ("HALF_OPEN", "enter"): "HALF_OPEN",  # refused
    ("HALF_OPEN", "answered"): "CLOSED",
    ("HALF_OPEN", "failed"): "OPEN",
    ("HALF_OPEN", "given up"): "OPEN",
    ("HALF_OPEN", "old call failed"): "HALF_OPEN",
    ("HALF_OPEN", "old call answered"): "HALF_OPEN",
    ("HALF_OPEN", "time passed, enter"): "HALF_OPEN",  # the probe died; this is another one
}
REFUSED = {("OPEN", "enter"), ("HALF_OPEN", "enter")}


@pytest.mark.parametrize(("state", "event"), TABLE)
def test_every_event_in_every_state(clock: Clock, state: State, event: str) -> None:
    guard, call = in_state(clock, state)
    if (state, event) in REFUSED:
        with pytest.raises(CircuitBreakerOpenError):
            guard.enter()
    elif event.endswith("enter"):
        clock.now += 60 if "passed" in event else 0
        assert (guard.enter() == call) == (state == "CLOSED")
    else:
        answered = {"answered": True, "failed": False, "up": None}[event.rsplit(maxsplit=1)[-1]]
        guard.leave(call - 1 if event.startswith("old") else call, answered, "network")
    assert guard.state == TABLE[state, event]


@pytest.mark.parametrize(
    ("calls", "state"),
    [
        ([False, False], "CLOSED"),
        ([False, False, False], "OPEN"),
        ([False, False, True, False, False], "CLOSED"),
        ([False, None, False, None, False], "OPEN"),
        ([None, None, None, None], "CLOSED"),
    ],
)
def test_so_many_failures_in_a_row_open_it(calls: list[bool | None], state: State) -> None:
    guard = breaker(Clock())
    for answered in calls:
        guard.leave(guard.enter(), answered)
    assert guard.state == state


def test_open_it_lets_nothing_through_and_says_when(clock: Clock) -> None:
    guard = opened(clock)
    clock.now += 10
    with pytest.raises(CircuitBreakerOpenError) as caught:
        guard.enter()
    assert caught.value.retry_in_s == 20
    assert caught.value.hint


@pytest.mark.parametrize(
    ("answered", "state", "lapses"),
    [(True, "CLOSED", 0), (False, "OPEN", 2), (None, "OPEN", 1)],
)
def test_one_probe_decides(clock: Clock, answered: bool | None, state: State, lapses: int) -> None:
    guard = opened(clock)
    clock.now += 30
    probe = guard.enter()
    assert guard.state == "HALF_OPEN"
    with pytest.raises(CircuitBreakerOpenError):
        guard.enter()
    guard.leave(probe, answered)
    assert (guard.state, guard.lapses) == (state, lapses)


def test_a_failed_probe_opens_it_for_the_whole_time_again(clock: Clock) -> None:
    guard = opened(clock)
    clock.now += 30
    guard.leave(guard.enter(), answered=False)
    clock.now += 29
    with pytest.raises(CircuitBreakerOpenError):
        guard.enter()
    clock.now += 1
    guard.enter()


def test_a_probe_that_is_given_up_leaves_the_place_to_the_next(clock: Clock) -> None:
    guard = opened(clock)
    clock.now += 30
    guard.leave(guard.enter(), answered=None)
    guard.enter()
    assert guard.state == "HALF_OPEN"


@pytest.mark.parametrize("answered", [True, False])
def test_a_call_from_before_it_turned_counts_for_nothing(clock: Clock, answered: bool) -> None:
    guard = breaker(clock)
    late = guard.enter()
    fail(guard, 3)
    clock.now += 30
    probe = guard.enter()
    guard.leave(late, answered)
    states = [guard.state]
    guard.leave(probe, answered=True)
    assert [*states, guard.state] == ["HALF_OPEN", "CLOSED"]


def test_of_many_threads_one_probes(clock: Clock) -> None:
    guard = opened(clock)
    clock.now += 30
    start = threading.Barrier(8)
    passed: list[int] = []

    def enter() -> None:
        start.wait(timeout=20)
        try:
            passed.append(guard.enter())
        except CircuitBreakerOpenError:
            return

    threads = [threading.Thread(target=enter) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 1


@given(st.lists(st.tuples(st.sampled_from([True, False, None]), st.integers(0, 40))))
def test_it_is_open_only_after_failures_and_never_for_ever(
    steps: list[tuple[bool | None, int]],
) -> None:
    clock = Clock()
    guard = breaker(clock)
    again_at = 0.0
    for answered, later in steps:
        clock.now += later
        if guard.state == "OPEN" and clock.now < again_at:
            with pytest.raises(CircuitBreakerOpenError):
                guard.enter()
            continue
        guard.leave(guard.enter(), answered)
        assert guard.state in ("CLOSED", "OPEN")
        if guard.state == "OPEN" and answered is False:
            again_at = clock.now + 30
    clock.now += 30
    guard.leave(guard.enter(), answered=True)
    assert guard.state == "CLOSED"


def two(clock: Clock, other: Clock) -> tuple[Breaker, Breaker]:
    """The breaker of one service in two processes."""
    kept = InMemory()
    return breaker(clock, kept=kept), breaker(other, kept=kept)


def test_failures_of_all_processes_count_together(clock: Clock) -> None:
    here, there = two(clock, clock)
    fail(here, 2)
    fail(there)
    with pytest.raises(CircuitBreakerOpenError):
        here.enter()


def test_an_answer_anywhere_ends_the_row(clock: Clock) -> None:
    here, there = two(clock, clock)
    fail(here, 2)
    there.leave(there.enter(), answered=True)
    fail(here, 2)
    assert here.state == "CLOSED"


def test_of_two_processes_one_probes_and_both_learn_from_it(clock: Clock) -> None:
    here, there = two(clock, clock)
    fail(here, 3)
    clock.now += 30
    probe = there.enter()
    with pytest.raises(CircuitBreakerOpenError) as caught:
        here.enter()
    assert caught.value.retry_in_s == 0, "it ends when it ends"
    there.leave(probe, answered=True)
    here.enter()
    assert here.state == "CLOSED"


def test_a_probe_whose_process_died_is_no_deadlock(clock: Clock) -> None:
    here, there = two(clock, clock)
    fail(here, 3)
    clock.now += 30
    dead = there.enter()
    clock.now += 59
    with pytest.raises(CircuitBreakerOpenError):
        here.enter()
    clock.now += 1
    mine = here.enter()
    there.leave(dead, answered=False)
    states = [here.state]
    here.leave(mine, answered=True)
    assert [*states, here.state, there.state] == ["HALF_OPEN", "CLOSED", "CLOSED"]


def test_a_clock_that_goes_backwards_keeps_nobody_out_for_longer(clock: Clock) -> None:
    guard = opened(clock)
    clock.jump_s = -86_400.0
    with pytest.raises(CircuitBreakerOpenError) as caught:
        guard.enter()
    assert caught.value.retry_in_s <= 30
    clock.now += 30
    guard.enter()
    assert guard.state == "HALF_OPEN"


def test_a_clock_that_goes_forwards_lets_one_probe_early(clock: Clock) -> None:
    guard = opened(clock)
    clock.jump_s = 60.0
    guard.enter()
    with pytest.raises(CircuitBreakerOpenError):
        guard.enter()


def test_what_lies_far_back_is_forgotten(clock: Clock) -> None:
    guard = breaker(clock)
    fail(guard, 2)
    clock.now += 601
    fail(guard, 2)
    states = [guard.state]
    fail(guard)
    states.append(guard.state)
    clock.now += 631
    fail(guard)
    assert [*states, guard.state] == ["CLOSED", "OPEN", "CLOSED"]
    assert guard.lapses == 0, "one failure of a new day is one"


def test_it_remembers_what_the_last_failure_was(clock: Clock) -> None:
    guard = breaker(clock)
    guard.leave(guard.enter(), answered=False, fault="network")
    guard.leave(guard.enter(), answered=True)
    standing = guard.standing
    assert (standing.failed, standing.fault) == (0, "network")
    assert standing.failed_at == clock.wall()


def test_a_service_that_answers_is_never_written_down(clock: Clock) -> None:
    kept = InMemory()
    guard = breaker(clock, kept=kept)
    for _ in range(5):
        guard.leave(guard.enter(), answered=True)
    assert kept.standings() == {}
