"""Costs: what services and this machine cost, what memory saved, and how the budget stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from earwitness.app.reports.performance import RunUse, measured
from earwitness.app.reports.prices import Quota, Tariff, cost_of, prices_for, read_tariff, used
from earwitness.app.settings import Settings
from earwitness.core.money import Money, Price, share_of, total
from earwitness.core.run import Step
from earwitness.core.spending import Spending
from earwitness.runs.plan import NEEDS, OF_WORDS
from earwitness.store.library import Library

HOUR_MS: Final = 3_600_000
ALERTS: Final = (80, 100)
"""Percent of a budget at which a person is told."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What the user says this machine costs; None: not said, and then not counted.

    Attributes:
        currency: Of the rates and the budget.
        cpu_hour: For an hour of one processor.
        gpu_hour: For an hour in which GPUs were busy.
        gb_month: For 10^9 bytes kept for a month.
        budget_month: For a month, services and this machine together.
    """

    currency: str = "USD"
    cpu_hour: Decimal | None = None
    gpu_hour: Decimal | None = None
    gb_month: Decimal | None = None
    budget_month: Decimal | None = None

    @classmethod
    def of(cls, settings: Settings) -> Rates:
        """What the settings say."""
        return cls(
            settings.currency,
            settings.rate_cpu_hour,
            settings.rate_gpu_hour,
            settings.rate_gb_month,
            settings.budget_month,
        )


NO_RATES: Final = Rates()


@dataclass(frozen=True, slots=True)
class Service:
    """Calls of one kind.

    Attributes:
        service: Host.
        model: Its model.
        operation: What was asked.
        calls: Number of them.
        attempts: Requests that were sent for them.
        unanswered: Calls that were never answered.
        audio_ms: Sound sent; None when none was.
        tokens_in: None when the service did not say.
        tokens_out: None when the service did not say.
        cost: Per currency; what is known of it.
        unknown: Answered calls whose price is not known.
    """

    service: str
    model: str
    operation: str
    calls: int
    attempts: int
    unanswered: int
    audio_ms: int | None
    tokens_in: int | None
    tokens_out: int | None
    cost: tuple[Money, ...]
    unknown: int


@dataclass(frozen=True, slots=True)
class Compute:
    """What a stage took of this machine.

    Attributes:
        stage: Its name.
        cpu_ms: Processor time; None when not known.
        cost: By the rate; None without one.
    """

    stage: str
    cpu_ms: int | None
    cost: Money | None


@dataclass(frozen=True, slots=True)
class Savings:
    """What taking results from memory saved, by what they cost when they were made.

    Attributes:
        pieces: Pieces of work that were wanted.
        hits: Of them, taken from memory.
        traced: Hits whose making is still in the ledger; only these are counted below.
        work_ms: Time their making took.
        cpu_ms: Processor time their making took, as far as known by piece.
        cost: What services asked for making them.
    """

    pieces: int
    hits: int
    traced: int
    work_ms: int
    cpu_ms: int
    cost: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class Budget:
    """How a month's budget stands.

    Attributes:
        month: `2026-11`.
        limit: The budget.
        spent: Of it, in its currency.
        percent: Spent of the limit, rounded down.
        uncounted: What was spent in other currencies.
        unknown: Answered calls whose price is not known.
    """

    month: str
    limit: Money
    spent: Money
    percent: int
    uncounted: tuple[Money, ...]
    unknown: int

    @property
    def alert(self) -> str:
        """One line when a person should know; empty below 80 %."""
        if self.percent < ALERTS[0]:
            return ""
        how = "is used up" if self.percent >= ALERTS[1] else "is nearly used up"
        return f"the budget of {self.month} {how}: {self.percent} % ({self.spent} of {self.limit})"


@dataclass(frozen=True, slots=True)
class Costs:
    """All of it.

    Attributes:
        services: The dearest first.
        compute: The dearest first.
        gpu_ms: Time in which GPUs were busy; None when not known.
        gpu_cost: By the rate; None without one.
        stored_bytes: Results that are kept now.
        storage_cost: For a month of them by the rate; None without one.
        total: Services and this machine, per currency; storage apart.
        unknown: Answered calls whose price is not known.
        sessions: Cost of services per session with its title, the dearest first; the last may be
            of sessions that were deleted, without an id.
        months: Cost of services per month.
        savings: Of hits.
        budget: Of this month, or the one asked for; None without one.
        quotas: Each with how much of it is used.
        prices: Those that were applied.
        rates: As said.
    """

    services: tuple[Service, ...]
    compute: tuple[Compute, ...]
    gpu_ms: int | None
    gpu_cost: Money | None
    stored_bytes: int
    storage_cost: Money | None
    total: tuple[Money, ...]
    unknown: int
    sessions: tuple[tuple[str, str, tuple[Money, ...]], ...]
    months: tuple[tuple[str, tuple[Money, ...]], ...]
    savings: Savings
    budget: Budget | None
    quotas: tuple[tuple[Quota, int], ...]
    prices: tuple[Price, ...]
    rates: Rates


def reckon(
    library: Library,
    runs: Sequence[RunUse],
    calls: Sequence[Spending],
    *,
    tariff: Tariff,
    rates: Rates,
    month: datetime,
) -> Costs:
    """Costs of these runs and calls; the budget is that of the month."""
    costs = {spent.n: cost_of(spent, tariff.prices) for spent in calls}
    services = _services(calls, costs)
    compute = _compute(runs, rates)
    gpu_ms = _known(run.gpu_ms for run in runs)
    gpu = _rated(rates.gpu_hour, gpu_ms, rates)
    stored = library.stored_bytes()
    month_rate = rates.gb_month
    storage = None if month_rate is None else share_of(month_rate, stored, 10**9, rates.currency)
    asked = {(spent.call.service, spent.call.operation) for spent in calls}
    now = datetime.now(UTC)
    recent = library.calls(since=first_of(now))
    return Costs(
        services=services,
        compute=compute,
        gpu_ms=gpu_ms,
        gpu_cost=gpu,
        stored_bytes=stored,
        storage_cost=storage,
        total=total([*costs.values(), *(each.cost for each in compute), gpu]),
        unknown=sum(each.unknown for each in services),
        sessions=_sessions(runs, calls, costs),
        months=_months(calls, costs),
        savings=_savings(library, runs, tariff),
        budget=budget_of(library, tariff, rates, month),
        quotas=tuple(
            (quota, used(quota, recent, now))
            for quota in tariff.quotas
            if (quota.service, quota.operation) in asked
        ),
        prices=tuple(
            dict.fromkeys(
                price
                for spent in calls
                for price in prices_for(spent.call, spent.at.date(), tariff.prices)
            )
        ),
        rates=rates,
    )


def budget_of(library: Library, tariff: Tariff, rates: Rates, month: datetime) -> Budget | None:
    """How the budget of a month stands; None when there is none."""
    if rates.budget_month is None:
        return None
    since, until = first_of(month), first_after(month)
    calls = library.calls(since=since, until=until)
    runs = measured(library, since=since, until=until) if _rates_compute(rates) else ()
    costs = [cost_of(spent, tariff.prices) for spent in calls]
    gpu = _rated(rates.gpu_hour, _known(run.gpu_ms for run in runs), rates)
    sums = total([*costs, *(each.cost for each in _compute(runs, rates)), gpu])
    spent = next((each for each in sums if each.currency == rates.currency), None)
    limit = share_of(rates.budget_month, 1, 1, rates.currency)
    paid = spent or Money(0, rates.currency)
    return Budget(
        month=f"{month:%Y-%m}",
        limit=limit,
        spent=paid,
        percent=100 * paid.micros // limit.micros if limit.micros else 100,
        uncounted=tuple(each for each in sums if each.currency != rates.currency),
        unknown=sum(
            cost is None and spent.call.answered for spent, cost in zip(calls, costs, strict=True)
        ),
    )


def alerts(library: Library, rates: Rates) -> tuple[str, ...]:
    """A line when this month's budget is nearly used up, or is."""
    if rates.budget_month is None:
        return ()
    budget = budget_of(library, read_tariff(library.home), rates, datetime.now(UTC))
    return (budget.alert,) if budget and budget.alert else ()


def first_of(moment: datetime) -> datetime:
    """The beginning of its month, UTC."""
    return datetime(moment.year, moment.month, 1, tzinfo=UTC)


def first_after(moment: datetime) -> datetime:
    """The beginning of the month after, UTC."""
    year, month = divmod(moment.year * 12 + moment.month, 12)
    return datetime(year, month + 1, 1, tzinfo=UTC)


def _services(calls: Sequence[Spending], costs: Mapping[int, Money | None]) -> tuple[Service, ...]:
    kinds: dict[tuple[str, str, str], list[Spending]] = {}
    for spent in calls:
        call = spent.call
        kinds.setdefault((call.service, call.model, call.operation), []).append(spent)
    rows = [
        Service(
            *kind,
            calls=len(mine),
            attempts=sum(spent.call.attempts for spent in mine),
            unanswered=sum(not spent.call.answered for spent in mine),
            audio_ms=_known(spent.call.audio_ms for spent in mine),
            tokens_in=_known(spent.call.tokens_in for spent in mine),
            tokens_out=_known(spent.call.tokens_out for spent in mine),
            cost=total(costs[spent.n] for spent in mine),
            unknown=sum(costs[spent.n] is None and spent.call.answered for spent in mine),
        )
        for kind, mine in kinds.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-sum(m.micros for m in row.cost), row.service)))


def _compute(runs: Iterable[RunUse], rates: Rates) -> tuple[Compute, ...]:
    spent: dict[str, list[int | None]] = {}
    for run in runs:
        for stage in run.stages:
            if stage.name in NEEDS:
                spent.setdefault(stage.name, []).append(stage.cpu_ms)
        inside = _known(stage.cpu_ms for stage in run.stages)
        if run.cpu_ms is not None:
            spent.setdefault("the rest", []).append(max(0, run.cpu_ms - (inside or 0)))
    sums = {name: _known(parts) for name, parts in spent.items()}
    rows = [Compute(name, ms, _rated(rates.cpu_hour, ms, rates)) for name, ms in sums.items()]
    return tuple(sorted(rows, key=lambda row: -(row.cpu_ms or 0)))


def _rated(rate: Decimal | None, ms: int | None, rates: Rates) -> Money | None:
    return None if rate is None or ms is None else share_of(rate, ms, HOUR_MS, rates.currency)


def _rates_compute(rates: Rates) -> bool:
    return rates.cpu_hour is not None or rates.gpu_hour is not None


def _sessions(
    runs: Sequence[RunUse], calls: Sequence[Spending], costs: Mapping[int, Money | None]
) -> tuple[tuple[str, str, tuple[Money, ...]], ...]:
    known = {run.run.id: (run.run.session, run.title) for run in runs}
    sums: dict[tuple[str, str], list[Money | None]] = {}
    for spent in calls:
        sums.setdefault(known.get(spent.run or "", ("", "")), []).append(costs[spent.n])
    rows = [(session, title, total(each)) for (session, title), each in sums.items()]
    return tuple(sorted(rows, key=lambda row: -sum(money.micros for money in row[2])))


def _months(
    calls: Sequence[Spending], costs: Mapping[int, Money | None]
) -> tuple[tuple[str, tuple[Money, ...]], ...]:
    sums: dict[str, list[Money | None]] = {}
    for spent in calls:
        sums.setdefault(f"{spent.at.astimezone(UTC):%Y-%m}", []).append(costs[spent.n])
    return tuple((month, total(each)) for month, each in sorted(sums.items()))


def _savings(library: Library, runs: Sequence[RunUse], tariff: Tariff) -> Savings:
    counted = {*NEEDS, *OF_WORDS}
    steps = [step for run in runs for step in library.steps(run.run.id) if step.stage in counted]
    chunked = {(step.run, step.stage) for step in steps if step.chunk is not None}
    pieces = [
        step
        for step in steps
        if step.digest and (step.chunk is not None or (step.run, step.stage) not in chunked)
    ]
    hits = [step for step in pieces if step.hit]
    # Others may have made the same of something else: nothing, for example.
    makers: dict[tuple[str, str | None], Step] = {}
    for step in library.makers(sorted({step.digest for step in hits if step.digest})):
        for known_by in (step.key, step.digest):
            makers.setdefault((step.stage, known_by), step)
    found = (makers.get((s.stage, s.key)) or makers.get((s.stage, s.digest)) for s in hits)
    traced = [made for made in found if made is not None]
    calls = [spent for run in {made.run for made in traced} for spent in library.calls(run=run)]
    costs: dict[tuple[str | None, str, int | None, datetime], list[Money | None]] = {}
    for spent in calls:
        place = (spent.run, spent.stage, spent.chunk, spent.at)
        costs.setdefault(place, []).append(cost_of(spent, tariff.prices))
    places = [(made.run, made.stage, made.chunk, made.started_at) for made in traced]
    saved = [cost for place in places for cost in costs.get(place, [])]
    return Savings(
        pieces=len(pieces),
        hits=len(hits),
        traced=len(traced),
        work_ms=sum(made.wall_ms for made in traced),
        cpu_ms=sum(made.cpu_ms or 0 for made in traced),
        cost=total(saved),
    )


def _known(parts: Iterable[int | None]) -> int | None:
    known = [part for part in parts if part is not None]
    return sum(known) if known else None
