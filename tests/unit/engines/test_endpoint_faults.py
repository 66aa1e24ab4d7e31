"""The endpoint engine against a real server on this machine, with the faults such servers have."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from tests.asking import KEY, Asking, failing, first
from tests.faulty import Call, FaultyService, Reply, refused, spoken, told

from earwitness.core.errors import CircuitBreakerOpenError, Fault, ServiceError
from earwitness.core.retry import POLICY
from earwitness.engines.endpoint import EndpointTranscriber


@pytest.mark.parametrize(
    ("reply", "waits"),
    [
        (refused(429), [4]),
        (refused(429, retry_after="9"), [9]),
        (refused(503, "overloaded", retry_after="3"), [3]),
        (refused(500), [1]),
        (refused(502), [1]),
        (refused(408), [1]),
        (Reply(200, b'{"text": "half', cut=True), [1]),
        (Reply(200, b"<html>captive portal</html>"), [1]),
        (Reply(200, b'{"text": "x", "words": [{"word": "x", "start": NaN}]}x'), [1]),
        (Reply(200, b"[" * 100_000), [1]),
        (Reply(200, b'"' + b"x" * 5_000_000 + b'"'), [1]),
        (told({"job": "queued"}), [1]),
        (told([1, 2]), [1]),
    ],
    ids=lambda value: f"{value.status}" if isinstance(value, Reply) else None,
)
def test_a_passing_fault_costs_one_wait(bench: Asking, reply: Reply, waits: list[float]) -> None:
    bench.server.plan = first(reply)
    assert bench.hear(bench.engine()) == "word0, word1, word2, word3."
    assert bench.waits == waits
    assert len(bench.server.calls) == 2


def test_retry_after_may_be_a_date(bench: Asking) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    bench.server.plan = first(refused(429, retry_after=date))
    bench.hear(bench.engine())
    assert 25 < bench.waits[0] <= 30


@pytest.mark.parametrize(
    ("reply", "fault", "calls"),
    [
        (refused(429), "rate_limit", 6),
        (refused(500), "server", 4),
        (Reply(200, b"{", cut=True), "network", 4),
        (refused(429, "insufficient_quota"), "quota", 1),
        (refused(402), "quota", 1),
        (refused(401, "invalid_api_key"), "auth", 1),
        (refused(403), "auth", 1),
        (refused(404, "model_not_found"), "client", 1),
        (refused(413), "client", 1),
        (Reply(302, b"", {"Location": "http://elsewhere.example/v1"}), "client", 1),
        (Reply(200, b"no"), "answer", 2),
    ],
    ids=lambda value: f"{value.status}" if isinstance(value, Reply) else None,
)
def test_a_lasting_fault_is_typed_and_asked_as_often_as_the_policy_says(
    bench: Asking, reply: Reply, fault: Fault, calls: int
) -> None:
    bench.server.plan = lambda _call: reply
    error = failing(bench, bench.engine())
    assert error.fault == fault
    assert len(bench.server.calls) == calls == POLICY[fault].retries + 1
    assert "canary" not in str(error) + error.hint


@pytest.mark.parametrize(
    "reply",
    [
        refused(401),
        refused(402),
        refused(429, "insufficient_quota"),
        refused(404),
        Reply(307, b"", {"Location": "https://elsewhere.example/"}),
    ],
    ids=lambda reply: str(reply.status),
)
def test_what_holds_for_all_is_asked_once(bench: Asking, reply: Reply) -> None:
    bench.server.plan = lambda _call: reply
    engine = bench.engine()
    for second in range(200):
        with pytest.raises(ServiceError):
            bench.hear(engine, second)
    assert len(bench.server.calls) == 1
    assert failing(bench, bench.engine()).hint, "a new run asks again"
    assert len(bench.server.calls) == 2


def test_a_redirect_is_not_followed_and_named(bench: Asking) -> None:
    with FaultyService() as other:
        bench.server.plan = lambda _call: Reply(308, b"", {"Location": f"{other.url}/x"})
        error = failing(bench, bench.engine())
        assert other.calls == []
    assert "127.0.0.1" in error.hint


def test_nobody_at_home_is_a_network_fault(bench: Asking) -> None:
    engine = bench.engine(base_url="http://127.0.0.1:9/v1")
    error = failing(bench, engine)
    assert error.fault == "network"
    assert bench.waits == [1, 2, 4]


def test_one_that_is_slow_runs_out_of_time(bench: Asking) -> None:
    bench.server.plan = lambda _call: Reply(late=True)
    error = failing(bench, bench.engine(timeout_s=1, failures=1))
    assert isinstance(error, CircuitBreakerOpenError)
    assert len(bench.server.calls) == 1


def test_an_open_breaker_sends_nothing(bench: Asking) -> None:
    bench.server.plan = lambda _call: refused(500)
    engine = bench.engine(failures=4)
    failing(bench, engine)
    for _ in range(20):
        assert isinstance(failing(bench, engine), CircuitBreakerOpenError)
    assert len(bench.server.calls) == 4
    bench.server.plan = spoken
    bench.now += 30
    assert bench.hear(engine)


def test_a_server_that_restarts_is_waited_for(bench: Asking) -> None:
    bench.server.plan = lambda call: refused(503) if bench.now < 50 else spoken(call)
    assert bench.hear(bench.engine(failures=3, lapses=2))
    assert 50 <= bench.now < 70


def test_closing_ends_calls_that_wait_for_an_answer(bench: Asking) -> None:
    bench.server.plan = lambda _call: Reply(late=True)
    engine = bench.engine(timeout_s=600)
    ended: list[str] = []
    waiting = [
        threading.Thread(target=lambda: ended.append(failing(bench, engine).fault))
        for _ in range(3)
    ]
    for thread in waiting:
        thread.start()
    bench.server.wait_for_calls(1)
    before = time.monotonic()
    engine.close()
    for thread in waiting:
        thread.join(20)
    assert time.monotonic() - before < 5
    assert ended == ["closed"] * 3
    left = [each for each in threading.enumerate() if each.name.startswith("ask 127.0.0.1")]
    for thread in left:
        thread.join(20)
    assert not any(thread.is_alive() for thread in left), "their connections were ended"


def test_the_key_and_what_was_said_are_in_no_log(
    bench: Asking, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    bench.server.plan = first(refused(429), refused(500), refused(401))
    engine = bench.engine()
    failing(bench, engine)
    bench.server.plan = spoken
    bench.hear(bench.engine())
    shown = caplog.text + repr(engine) + engine.name + engine.fingerprint
    assert caplog.records
    assert KEY not in shown
    assert "canary" not in shown
    assert "word0" not in shown


def test_a_fault_in_every_fifth_answer_costs_nothing_with_the_policy(
    bench: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """20 % of all answers are faults: without retries a fifth of the chunks is lost."""
    chance = random.Random(20261125)
    faults = [
        refused(500),
        refused(503),
        refused(429, retry_after="1"),
        Reply(200, b'{"text":', cut=True),
    ]
    drawn = threading.Lock()

    def plan(call: Call) -> Reply:
        with drawn:
            faulty = chance.random() < 0.2
            return chance.choice(faults) if faulty else spoken(call)

    bench.server.plan = plan
    chunks = range(300)

    def succeeded(engine: EndpointTranscriber, hear: Callable[[int], object]) -> int:
        done = 0
        for second in chunks:
            try:
                hear(second)
                done += 1
            except ServiceError:
                continue
        return done

    with_policy = bench.engine()
    kept = succeeded(with_policy, lambda second: bench.hear(with_policy, second))
    calls = len(bench.server.calls)
    bare = bench.engine(failures=1000)
    monkeypatch.setattr(bare._service, "call", lambda attempt, **_how: attempt())
    lost = len(chunks) - succeeded(bare, lambda second: bench.hear(bare, second))
    assert 0.15 < lost / len(chunks) < 0.25
    failures = len(chunks) - kept
    assert failures <= 0.2 * lost, "at least 80 % fewer failures"
    assert kept / len(chunks) >= 0.99
    assert calls < 1.4 * len(chunks)


def test_a_service_that_drips_is_let_go_and_nothing_of_it_stays(bench: Asking) -> None:
    """Something always comes, so no time limit of a single read ends it; the call's own does."""
    bench.server.plan = lambda _call: Reply(drips=True)
    before = set(threading.enumerate())
    engine = bench.engine(timeout_s=1, failures=1)
    began = time.monotonic()
    failing(bench, engine)
    assert time.monotonic() - began < 10
    mine = [each for each in set(threading.enumerate()) - before if "ask" in each.name]
    assert len(mine) <= 1
    engine.close()
    for thread in mine:
        thread.join(20)
    assert not any(thread.is_alive() for thread in mine)
