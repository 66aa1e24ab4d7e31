"""Breaker: its state table, one probe at a time, and who may not turn it."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.breaker import Breaker, State
from earwitness.core.errors import CircuitBreakerOpenError


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def breaker(clock: Clock, failures: int = 3) -> Breaker:
    return Breaker("toy", failures=failures, reset_s=30, clock=clock)


def fail(guard: Breaker, times: int = 1) -> None:
    for _ in range(times):
        guard.leave(guard.enter(), answered=False)


def opened(clock: Clock) -> Breaker:
    guard = breaker(clock)
    fail(guard, 3)
    assert guard.state == "OPEN"
    return guard


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
