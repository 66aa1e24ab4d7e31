"""Retry: the table of kinds, the delays, and what a service asks for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.errors import Fault, ServiceError
from earwitness.core.retry import (
    ASKED_CAP_S,
    JITTER,
    POLICY,
    Patience,
    backoff_s,
    delay_s,
    read_retry_after,
)

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def delays(fault: Fault, **more: float) -> list[float]:
    found: list[float] = []
    while (
        delay := delay_s(ServiceError("x", fault=fault, **more), len(found), 0.5)  # type: ignore[arg-type]
    ) is not None:
        found.append(delay)
    return found


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("network", [1, 2, 4]),
        ("server", [1, 2, 4]),
        ("rate_limit", [4, 8, 16, 32, 60]),
        ("answer", [1]),
        ("quota", []),
        ("auth", []),
        ("client", []),
        ("open", []),
        ("closed", []),
    ],
)
def test_each_kind_has_its_retries_and_delays(fault: Fault, expected: list[float]) -> None:
    assert delays(fault) == expected


def test_delays_double_up_to_a_cap() -> None:
    assert [backoff_s(Patience(6), tried) for tried in range(6)] == [1, 2, 4, 8, 8, 8]
    assert backoff_s(Patience(1), 1_000) == 8


def test_every_kind_of_failure_is_in_the_table() -> None:
    assert set(POLICY) == set(Fault.__args__)  # type: ignore[attr-defined]


def test_a_service_that_names_a_time_is_given_it_up_to_a_cap() -> None:
    assert delays("rate_limit", retry_after_s=20.0) == [20, 20, 20, 32, 60]
    assert delays("server", retry_after_s=86_400.0) == [ASKED_CAP_S] * 3


def test_a_refusal_for_good_is_not_retried() -> None:
    assert delay_s(ServiceError("x", fault="network", final=True), 0, 0.5) is None


@given(st.sampled_from(["network", "rate_limit", "server"]), st.integers(0, 4), st.floats(0, 1))
def test_chance_moves_a_delay_by_a_fifth_and_never_over_the_cap(
    fault: Fault, tried: int, chance: float
) -> None:
    error = ServiceError("x", fault=fault)
    middle, drawn = delay_s(error, tried, 0.5), delay_s(error, tried, chance)
    assert (middle is None) == (drawn is None)
    if middle is not None and drawn is not None:
        assert abs(drawn - middle) <= JITTER * middle + 1e-9
        assert 0 < drawn <= POLICY[fault].cap_s


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("20", 20.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("Wed, 25 Nov 2026 12:00:30 GMT", 30.0),
        ("Wed, 25 Nov 2026 11:00:00 GMT", 0.0),
        ("Wed, 25 Nov 2026 12:00:30 -0000", 30.0),
        ("-3", None),
        ("nan", None),
        ("inf", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str | None, seconds: float | None) -> None:
    assert read_retry_after(text, NOON) == seconds


@given(st.text())
def test_retry_after_never_breaks(text: str) -> None:
    asked = read_retry_after(text, NOON)
    assert asked is None or asked >= 0
