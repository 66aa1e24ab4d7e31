"""Money adds up exactly, and what is unknown is never 0."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.money import (
    MICROS,
    Money,
    Price,
    in_force,
    money_of,
    priced,
    read_amount,
    share_of,
    total,
)
from earwitness.core.spending import Call

DAY = date(2026, 11, 25)
CALL = Call("api.example.com", "ear-1", "transcribe", answered=True, audio_ms=60_000)
PRICE = Price(
    "api.example.com",
    "ear-1",
    "transcribe",
    "audio_minute",
    Decimal("0.006"),
    "USD",
    date(2026, 1, 1),
    "its page",
    DAY,
)

amounts = st.builds(Money, st.integers(-(10**15), 10**15), st.sampled_from(["USD", "EUR", "JPY"]))
dollars = st.builds(Money, st.integers(0, 10**15), st.just("USD"))


@given(st.lists(amounts))
def test_sums_lose_nothing_and_mix_no_currencies(parts: list[Money]) -> None:
    sums = total(parts)
    assert len({each.currency for each in sums}) == len(sums)
    for each in sums:
        assert each.micros == sum(p.micros for p in parts if p.currency == each.currency)
    assert total([*parts, None]) == sums
    assert total(reversed(parts)) == sums


@given(dollars, dollars, dollars)
def test_adding_is_what_adding_is(a: Money, b: Money, c: Money) -> None:
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)


@given(
    st.decimals(0, 1000, places=6),
    st.lists(st.integers(0, 10**8), min_size=1, max_size=50),
)
def test_many_small_bills_are_one_large_bill_but_for_rounding(
    rate: Decimal, lengths: list[int]
) -> None:
    apart = sum(share_of(rate, each, 60_000, "USD").micros for each in lengths)
    whole = share_of(rate, sum(lengths), 60_000, "USD").micros
    assert abs(apart - whole) <= len(lengths)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_more_sound_never_costs_less(a: int, b: int) -> None:
    costs = [priced(replace(CALL, audio_ms=each), DAY, [PRICE]) for each in sorted((a, b))]
    assert costs[0] is not None
    assert costs[1] is not None
    assert costs[0].micros <= costs[1].micros


@given(amounts)
def test_what_is_shown_is_what_is_meant(money: Money) -> None:
    shown, currency = str(money).split(" ")
    assert currency == money.currency
    digits = len(shown.partition(".")[2])
    assert digits >= 2
    assert abs(Decimal(shown) - Decimal(money.micros) / MICROS) <= Decimal(10) ** -digits / 2


def test_no_floats_and_no_strange_currencies() -> None:
    with pytest.raises(ValueError, match="whole number"):
        Money(1.5, "USD")  # type: ignore[arg-type]
    for currency in ("usd", "US", "€", ""):
        with pytest.raises(ValueError, match="no currency"):
            Money(1, currency)
    with pytest.raises(ValueError, match="cannot be added"):
        Money(1, "USD") + Money(1, "EUR")
    for text in ("", "a lot", "-1", "NaN", "Infinity"):
        with pytest.raises(ValueError, match="no amount"):
            read_amount(text)
    with pytest.raises(ValueError, match="below zero"):
        replace(PRICE, amount=Decimal(-1))


def test_a_minute_costs_its_price() -> None:
    assert priced(CALL, DAY, [PRICE]) == Money(6_000, "USD")
    assert money_of(Decimal("0.0000005"), "USD") == Money(1, "USD")


@pytest.mark.parametrize(
    "call",
    [
        replace(CALL, model="ear-2"),
        replace(CALL, service="api.example.org"),
        replace(CALL, operation="chat"),
        replace(CALL, audio_ms=None),
        replace(CALL, answered=False),
    ],
    ids=["model", "service", "operation", "length", "answer"],
)
def test_what_is_not_known_has_no_price(call: Call) -> None:
    assert priced(call, DAY, [PRICE]) is None


def test_the_price_of_the_day_holds_and_the_users_own_goes_before() -> None:
    later = replace(PRICE, amount=Decimal("0.012"), since=date(2026, 11, 25))
    assert priced(CALL, date(2026, 11, 24), [PRICE, later]) == Money(6_000, "USD")
    assert priced(CALL, DAY, [later, PRICE]) == Money(12_000, "USD")
    assert priced(CALL, date(2025, 12, 31), [PRICE]) is None
    mine = replace(PRICE, amount=Decimal(0), since=date.min, own=True)
    assert priced(CALL, DAY, [PRICE, later, mine]) == Money(0, "USD")
    assert in_force(CALL, DAY, [PRICE, later, mine]) == (mine,)


def test_the_shortest_call_is_charged_for_more() -> None:
    short = replace(PRICE, least_ms=10_000)
    assert priced(replace(CALL, audio_ms=1_000), DAY, [short]) == Money(1_000, "USD")


def test_tokens_cost_both_ways_or_are_unknown() -> None:
    into = replace(PRICE, unit="million_tokens_in", amount=Decimal("0.15"))
    out = replace(PRICE, unit="million_tokens_out", amount=Decimal("0.60"))
    told = replace(CALL, audio_ms=None, tokens_in=2_000_000, tokens_out=500_000)
    assert priced(told, DAY, [into, out]) == Money(600_000, "USD")
    assert priced(replace(told, tokens_out=None), DAY, [into, out]) is None
