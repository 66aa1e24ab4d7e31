"""Money: whole millionths of a currency, prices, and what a call cost; never a float."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final, Literal

from earwitness.core.spending import Call

MICROS: Final = 1_000_000
"""Millionths in one unit of a currency: a second of sound costs a few of them."""

Unit = Literal["audio_minute", "audio_hour", "million_tokens_in", "million_tokens_out", "call"]

AUDIO_MS: Final[dict[Unit, int]] = {"audio_minute": 60_000, "audio_hour": 3_600_000}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount.

    Attributes:
        micros: Millionths; may be negative in differences.
        currency: ISO 4217, such as `USD`.
    """

    micros: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse what is no amount."""
        if type(self.micros) is not int:
            raise ValueError("money is a whole number of millionths")
        if not (len(self.currency) == 3 and self.currency.isascii() and self.currency.isupper()):
            raise ValueError(f"{self.currency!r} is no currency")

    def __add__(self, other: Money) -> Money:
        """The sum of two amounts of one currency."""
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be added")
        return Money(self.micros + other.micros, self.currency)

    def __str__(self) -> str:
        """As people read it: at least two digits behind the point, small amounts with more.

        Example:
            >>> str(Money(1_500_000, "USD")), str(Money(6_120, "USD")), str(Money(0, "EUR"))
            ('1.50 USD', '0.0061 USD', '0.00 EUR')
        """
        amount = Decimal(self.micros) / MICROS
        size = abs(self.micros)
        digits = 2 if size >= MICROS or not size else 4 if size >= 1_000 else 6
        return f"{amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)} {self.currency}"


@dataclass(frozen=True, slots=True)
class Price:
    """What a service asks for one unit, from a day on.

    Attributes:
        service: Its host, such as `api.openai.com`.
        model: Its own name for the model.
        operation: What is asked of it, such as `transcribe`.
        unit: What is counted.
        amount: For one unit, in the currency.
        currency: ISO 4217.
        since: The first day it is taken for.
        source: Where it was read, for people.
        seen: When it was read there.
        least_ms: Sound that a call is charged for at least.
        own: The user said it; it goes before what the program ships.
    """

    service: str
    model: str
    operation: str
    unit: Unit
    amount: Decimal
    currency: str
    since: date
    source: str
    seen: date
    least_ms: int = 0
    own: bool = False

    def __post_init__(self) -> None:
        """Refuse a price that is none."""
        if not self.amount.is_finite() or self.amount < 0:
            raise ValueError("a price is a number, not below zero")
        Money(0, self.currency)


def read_amount(text: str) -> Decimal:
    """A decimal number that somebody wrote.

    Raises:
        ValueError: It is no number, or below zero.
    """
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"{text!r} is no amount") from None
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{text!r} is no amount")
    return amount


def money_of(amount: Decimal, currency: str) -> Money:
    """An amount in whole millionths, halves upwards."""
    return Money(int((amount * MICROS).to_integral_value(ROUND_HALF_UP)), currency)


def share_of(rate: Decimal, quantity: int, per: int, currency: str) -> Money:
    """What `quantity` costs where `per` of it cost `rate`."""
    return money_of(rate * quantity / per, currency)


def total(amounts: Iterable[Money | None]) -> tuple[Money, ...]:
    """One sum per currency, the largest first; what is unknown is left out."""
    sums: dict[str, int] = {}
    for each in amounts:
        if each is not None:
            sums[each.currency] = sums.get(each.currency, 0) + each.micros
    found = (Money(micros, currency) for currency, micros in sums.items())
    return tuple(sorted(found, key=lambda each: (-each.micros, each.currency)))


def priced(call: Call, day: date, prices: Iterable[Price]) -> Money | None:
    """What a call cost.

    Args:
        call: What was asked. One that was not answered has no known price, unless tokens were
            counted: what came back was of no use, and is paid.
        day: When.
        prices: All that are known.

    Returns:
        None where a price, or what it is counted by, is not known: never 0 for unknown.
    """
    held = in_force(call, day, prices)
    if not held or not (call.answered or call.tokens_in):
        return None
    costs = [_cost(call, price) for price in held]
    known = [cost for cost in costs if cost is not None]
    if len(known) < len(costs) or len({cost.currency for cost in known}) != 1:
        return None
    return sum(known[1:], known[0])


def in_force(call: Call, day: date, prices: Iterable[Price]) -> tuple[Price, ...]:
    """The newest price of each unit that holds for a call on a day; the user's own go before."""
    asked = (call.service, call.model, call.operation)
    mine = [
        price
        for price in prices
        if (price.service, price.model, price.operation) == asked and price.since <= day
    ]
    if any(price.own for price in mine):
        mine = [price for price in mine if price.own]
    newest: dict[Unit, Price] = {}
    for price in sorted(mine, key=lambda each: each.since):
        newest[price.unit] = price
    return tuple(newest.values())


def _cost(call: Call, price: Price) -> Money | None:
    if price.unit in AUDIO_MS:
        if call.audio_ms is None:
            return None
        billed_ms = max(call.audio_ms, price.least_ms)
        return share_of(price.amount, billed_ms, AUDIO_MS[price.unit], price.currency)
    if price.unit == "call":
        return money_of(price.amount, price.currency)
    tokens = call.tokens_in if price.unit == "million_tokens_in" else call.tokens_out
    if tokens is None:
        return None
    return share_of(price.amount, tokens, 1_000_000, price.currency)
