"""Service: retries, delays and the breaker together, on a clock of the test's own."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from earwitness.core.breaker import Breaker, Thresholds
from earwitness.core.errors import Cancelled, CircuitBreakerOpenError, Fault, ServiceError
from earwitness.engines.service import Pulse, Service

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


class World:
    """Time that passes only when somebody waits, and a service that follows a script."""

    def __init__(self, script: Iterable[Fault | None] = (), *, failures: int = 100) -> None:
        self.now = 0.0
        self.waits: list[float] = []
        self.calls = 0
        self.script = iter(script)
        self.breaker = Breaker(
            "toy", Thresholds(failures, 30), clock=lambda: self.now, wall=self.wall
        )

    def wall(self) -> datetime:
        return NOON + timedelta(seconds=self.now)

    def pause(self, seconds: float) -> None:
        self.waits.append(round(seconds, 3))
        self.now += seconds

    def service(self, lapses: int = 0) -> Service:
        return Service(
            "toy",
            self.breaker,
            limit_s=20,
            lapses=lapses,
            pause=self.pause,
            clock=lambda: self.now,
            chance=lambda: 0.5,
        )

    def attempt(self) -> str:
        self.calls += 1
        fault = next(self.script, None)
        if fault is not None:
            raise ServiceError(fault, fault=fault, final=fault in ("quota", "auth"))
        return "words"


@pytest.mark.parametrize(
    ("fault", "waits"),
    [
        ("network", [1, 2, 4]),
        ("server", [1, 2, 4]),
        ("rate_limit", [4, 8, 16, 32, 60]),
        ("answer", [1]),
        ("quota", []),
        ("auth", []),
        ("client", []),
    ],
)
def test_each_kind_is_asked_again_as_the_policy_says(fault: Fault, waits: list[float]) -> None:
    world = World([fault] * 20)
    with pytest.raises(ServiceError) as caught:
        world.service().call(world.attempt)
    assert caught.value.fault == fault
    assert world.waits == waits
    assert world.calls == len(waits) + 1


def test_the_last_retry_may_be_the_one() -> None:
    world = World(["network"] * 3)
    assert world.service().call(world.attempt) == "words"


def test_kinds_have_their_retries_each() -> None:
    world = World(["network", "server", "network", "server", "network", "server"])
    assert world.service().call(world.attempt) == "words"
    assert world.waits == [1, 1, 2, 2, 4, 4]


@pytest.mark.parametrize("fault", ["quota", "auth"])
def test_what_is_refused_for_good_is_not_sent_again(fault: Fault) -> None:
    world = World([fault])
    service = world.service()
    for _ in range(500):
        with pytest.raises(ServiceError) as caught:
            service.call(world.attempt)
        assert caught.value.fault == fault
    assert world.calls == 1


def test_others_wait_too_when_the_service_is_asked_too_often() -> None:
    world = World(["rate_limit"])
    service = world.service()
    woken: list[str] = []

    def meanwhile(seconds: float) -> None:
        world.waits.append(seconds)
        if len(world.waits) == 1:  # another caller comes while the first one waits
            woken.append(service.call(world.attempt))
        world.now = max(world.now, 4.0)

    service._pause = meanwhile
    assert service.call(world.attempt) == "words"
    assert woken == ["words"]
    assert world.waits[:2] == [4, 4]


def test_an_open_breaker_makes_no_call() -> None:
    world = World(["server"] * 4, failures=4)
    service = world.service()
    with pytest.raises(ServiceError):
        service.call(world.attempt)
    states = [world.breaker.state]
    for _ in range(50):
        with pytest.raises(CircuitBreakerOpenError):
            service.call(world.attempt)
    assert world.calls == 4
    world.now += 30
    assert service.call(world.attempt) == "words"
    assert [*states, world.breaker.state] == ["OPEN", "CLOSED"]


def test_retries_end_when_the_breaker_opens() -> None:
    world = World(["network"] * 20, failures=2)
    with pytest.raises(CircuitBreakerOpenError):
        world.service().call(world.attempt)
    assert world.calls == 2


def test_a_service_that_comes_back_is_waited_for() -> None:
    world = World(["network"] * 3, failures=2)
    assert world.service(lapses=2).call(world.attempt) == "words"
    assert world.waits == [1, 2, 28, 1, 29]


def test_a_service_that_stays_away_is_given_up_for_all() -> None:
    world = World(["network"] * 1000, failures=2)
    service = world.service(lapses=2)
    for _ in range(50):
        with pytest.raises(CircuitBreakerOpenError):
            service.call(world.attempt)
    assert world.calls == 4, "two that opened it, and two probes"
    assert world.now < 100


@pytest.mark.parametrize("fault", ["rate_limit", "client", "answer", "quota"])
def test_only_signs_that_it_is_down_are_counted(fault: Fault) -> None:
    world = World([fault] * 100, failures=1)
    with pytest.raises(ServiceError):
        world.service().call(world.attempt)
    assert world.breaker.state == "CLOSED"


def test_closing_lets_go_of_a_call_that_hangs() -> None:
    world = World()
    service = world.service()
    begun, never = threading.Event(), threading.Event()
    ended: list[str] = []

    def hang() -> str:
        begun.set()
        never.wait(60)
        return "too late"

    def call() -> None:
        try:
            service.call(hang)
        except ServiceError as error:
            ended.append(error.fault)

    waiting = threading.Thread(target=call)
    waiting.start()
    assert begun.wait(20)
    service.close()
    waiting.join(20)
    assert ended == ["closed"]
    never.set()


def test_closing_lets_go_of_one_that_waits_to_ask_again() -> None:
    waiting = threading.Event()

    def attempt() -> str:
        waiting.set()
        raise ServiceError("x", fault="rate_limit", retry_after_s=100)

    service = Service("toy", World().breaker, limit_s=20)
    ended: list[str] = []

    def call() -> None:
        try:
            service.call(attempt)
        except ServiceError as error:
            ended.append(error.fault)

    thread = threading.Thread(target=call)
    thread.start()
    assert waiting.wait(20)
    service.close()
    thread.join(20)
    assert ended == ["closed"]


def test_no_attempt_takes_longer_than_its_limit() -> None:
    never = threading.Event()
    service = Service("toy", World(failures=1).breaker, limit_s=0.01)
    with pytest.raises(ServiceError) as caught:
        service.call(lambda: never.wait(60))
    assert caught.value.fault == "open", "a call that hangs is a sign that the service is down"
    never.set()


def test_a_mistake_in_an_attempt_reaches_the_caller() -> None:
    def stumble() -> str:
        raise ZeroDivisionError

    world = World(failures=1)
    with pytest.raises(ZeroDivisionError):
        world.service().call(stumble)
    assert world.breaker.state == "CLOSED"


def test_a_service_that_others_found_down_is_given_one_more_chance() -> None:
    world = World(["network"] * 1000, failures=2)
    for _ in range(2):
        with pytest.raises(CircuitBreakerOpenError):
            world.service(lapses=4).call(world.attempt)
    calls, lapses = world.calls, world.breaker.lapses
    with pytest.raises(CircuitBreakerOpenError):
        world.service(lapses=2).call(world.attempt)
    assert (world.calls, world.breaker.lapses) == (calls + 1, lapses + 1)


def test_a_breaker_that_stays_open_for_long_is_not_waited_for() -> None:
    world = World(["network"] * 1000, failures=2)
    world.breaker.thresholds = Thresholds(2, 3600)
    with pytest.raises(CircuitBreakerOpenError):
        world.service(lapses=2).call(world.attempt)
    assert (world.calls, world.waits) == (2, [1, 2])


def test_the_limit_of_a_call_that_shows_signs_of_life_counts_from_the_last_one() -> None:
    service = Service("toy", World().breaker, limit_s=0.3)
    pulse, never = Pulse(), threading.Event()

    def slow_but_alive() -> str:
        for _ in range(10):
            never.wait(0.05)
            pulse.beat()
        return "words"

    assert service.call(slow_but_alive, pulse) == "words"
    pulse.stop()
    with pytest.raises(Cancelled):
        pulse.beat()


def test_a_call_without_signs_of_life_ends_at_its_limit() -> None:
    never = threading.Event()
    service = Service("toy", World(failures=1).breaker, limit_s=0.01)
    with pytest.raises(ServiceError):
        service.call(lambda: never.wait(60), Pulse())
    never.set()
