"""Prices: what services ask, as the program ships it and as the user says it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal, get_args

from earwitness.core.errors import UsageError
from earwitness.core.money import Money, Price, Unit, in_force, priced, read_amount
from earwitness.core.spending import Call, Spending
from earwitness.core.text_ports import PriceOf
from earwitness.engines.model_prices import listed_prices
from earwitness.store.library import Library

OWN: Final = "prices.toml"
"""In the library's folder."""

_UNITS: Final[dict[str, Unit]] = {unit: unit for unit in get_args(Unit)}
_SHIPPED_FIELDS: Final = frozenset(
    ("service", "model", "operation", "unit", "amount", "currency", "since", "source", "seen")
)


@dataclass(frozen=True, slots=True)
class Quota:
    """What a service gives for nothing, as far as is known.

    Attributes:
        service: Its host.
        operation: What is asked of it.
        counts: `calls` or `audio_seconds`.
        limit: So many in a period.
        period: `day` or `month`, by UTC.
        source: Where it was read.
        seen: When.
    """

    service: str
    operation: str
    counts: Literal["calls", "audio_seconds"]
    limit: int
    period: Literal["day", "month"]
    source: str
    seen: date


@dataclass(frozen=True, slots=True)
class Tariff:
    """All that is known of prices and quotas."""

    prices: tuple[Price, ...]
    quotas: tuple[Quota, ...]


def read_tariff(home: Path) -> Tariff:
    """What the program ships, and the user's own.

    Raises:
        UsageError: The user's file cannot be read, or says what makes no sense.
    """
    shipped = _read(
        files("earwitness.app.reports").joinpath("prices.toml").read_text("utf-8"), own=False
    )
    try:
        text = (home / OWN).read_text(encoding="utf-8")
    except FileNotFoundError:
        return shipped
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{OWN} cannot be read", hint="mend or remove it") from error
    mine = _read(text, own=True)
    said = {(quota.service, quota.operation, quota.counts, quota.period) for quota in mine.quotas}
    rest = tuple(
        quota
        for quota in shipped.quotas
        if (quota.service, quota.operation, quota.counts, quota.period) not in said
    )
    return Tariff((*shipped.prices, *mine.prices), (*mine.quotas, *rest))


def cost_of(spent: Spending, prices: Iterable[Price]) -> Money | None:
    """What a call cost: as it was noted then, else by prices that are known now; None: unknown."""
    if spent.micros is not None and spent.currency is not None:
        return Money(spent.micros, spent.currency)
    day = spent.at.astimezone(UTC).date()
    return priced(spent.call, day, prices_for(spent.call, day, prices))


def prices_for(call: Call, day: date, prices: Iterable[Price]) -> tuple[Price, ...]:
    """The prices that hold for a call: those in `prices`, else what lists of models say."""
    return in_force(call, day, prices) or listed_prices(call, day)


def price_list(home: Path) -> PriceOf:
    """What a call would cost today; the same prices that the ledger goes by.

    Raises:
        UsageError: The user's file cannot be read, or says what makes no sense.
    """
    prices, day = read_tariff(home).prices, datetime.now(UTC).date()
    return lambda call: priced(call, day, prices_for(call, day, prices))


def price_all(library: Library, run: str, prices: tuple[Price, ...]) -> None:
    """Say what a run's calls cost, by the prices of their day; what is unknown stays so."""
    unpriced = [spent for spent in library.calls(run=run) if spent.micros is None]
    costs = [(spent.n, cost_of(spent, prices)) for spent in unpriced]
    known = [(n, cost) for n, cost in costs if cost is not None]
    if known:
        library.price_calls(known)


def used(quota: Quota, calls: Iterable[Spending], now: datetime) -> int:
    """How much of a quota this library used in the period that `now` is in."""
    day = now.astimezone(UTC).date()
    first = day if quota.period == "day" else day.replace(day=1)
    mine = [
        spent.call
        for spent in calls
        if (spent.call.service, spent.call.operation) == (quota.service, quota.operation)
        and spent.at.astimezone(UTC).date() >= first
    ]
    if quota.counts == "calls":
        return sum(call.attempts for call in mine)
    return -(-sum(call.audio_ms or 0 for call in mine) // 1000)


def _read(text: str, *, own: bool) -> Tariff:
    try:
        told = tomllib.loads(text)
        if unknown := set(told) - {"price", "quota"}:
            raise ValueError(f"it holds {min(unknown)!r}; known are price and quota")
        return Tariff(
            tuple(_price(row, own=own) for row in _rows(told, "price")),
            tuple(_quota(row) for row in _rows(told, "quota")),
        )
    except ValueError as error:  # a TOML error is one, too
        raise UsageError(f"{OWN}: {error}", hint="docs/how-to-reports.md shows its form") from error


def _rows(told: dict[str, object], name: str) -> list[dict[str, object]]:
    rows = told.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError(f"{name} is a list of tables: [[{name}]]")
    return rows


def _price(row: dict[str, object], *, own: bool) -> Price:
    if unknown := set(row) - _SHIPPED_FIELDS - {"least_s"}:
        raise ValueError(f"a price has no field {min(unknown)!r}")
    unit = _UNITS.get(_text(row, "unit"))
    if unit is None:
        raise ValueError("a price's unit is one of " + ", ".join(_UNITS))
    least = row.get("least_s", 0)
    if type(least) is not int or least < 0:
        raise ValueError("least_s is a whole number of seconds")
    since = _day(row, "since", date.min if own else None)
    return Price(
        service=_text(row, "service").lower(),
        model=_text(row, "model"),
        operation=_text(row, "operation", "transcribe" if own else None),
        unit=unit,
        amount=read_amount(_text(row, "amount")),
        currency=_text(row, "currency"),
        since=since,
        source=_text(row, "source", "you" if own else None),
        seen=_day(row, "seen", since if own else None),
        least_ms=least * 1000,
        own=own,
    )


def _quota(row: dict[str, object]) -> Quota:
    counts, period, limit = _text(row, "counts"), _text(row, "period"), row.get("limit")
    if counts not in ("calls", "audio_seconds") or period not in ("day", "month"):
        raise ValueError("a quota counts calls or audio_seconds, by day or month")
    if type(limit) is not int or limit < 1:
        raise ValueError("a quota's limit is a whole number")
    return Quota(
        service=_text(row, "service").lower(),
        operation=_text(row, "operation", "transcribe"),
        counts="calls" if counts == "calls" else "audio_seconds",
        limit=limit,
        period="day" if period == "day" else "month",
        source=_text(row, "source", "you"),
        seen=_day(row, "seen", date.min),
    )


def _text(row: dict[str, object], name: str, default: str | None = None) -> str:
    value = row.get(name, default)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} is missing, or no text in quotes")
    return value.strip()


def _day(row: dict[str, object], name: str, default: date | None) -> date:
    value = row.get(name, default)
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ValueError(f"{name} is a day, such as 2026-11-01")  # noqa: TRY004 - the file's fault
    return value
