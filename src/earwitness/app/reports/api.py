"""Reports as verbs: performance and cost of a session, a month or everything."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from earwitness.app.library import open_library
from earwitness.app.reports.advice import Advice, advise
from earwitness.app.reports.costs import Costs, Rates, first_after, first_of, reckon
from earwitness.app.reports.performance import RunUse, StageUse, bottleneck, measured, together
from earwitness.app.reports.prices import read_tariff
from earwitness.app.settings import read_settings
from earwitness.app.wishing import AnyPath
from earwitness.core.errors import UsageError
from earwitness.store.library import Library


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is about.

    Attributes:
        label: For people.
        session: One session; None: all.
        since: Runs that began then or later, UTC; None: any.
        until: Runs that began before, UTC; None: any.
    """

    label: str
    session: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Performance:
    """Where the time went.

    Attributes:
        scope: What it is about.
        made_at: When it was made, UTC.
        runs: The oldest first.
        stages: All runs put together.
        bottleneck: The stage of the fresh runs that everything waited for longest.
        advice: What to change, the most worthwhile first.
    """

    scope: Scope
    made_at: datetime
    runs: tuple[RunUse, ...]
    stages: tuple[StageUse, ...]
    bottleneck: StageUse | None
    advice: tuple[Advice, ...]


@dataclass(frozen=True, slots=True)
class CostReport:
    """What it cost.

    Attributes:
        scope: What it is about.
        made_at: When it was made, UTC.
        runs: The oldest first.
        costs: All of it.
    """

    scope: Scope
    made_at: datetime
    runs: tuple[RunUse, ...]
    costs: Costs


def report_performance(
    *, session: str | None = None, month: str | None = None, home: AnyPath | None = None
) -> Performance:
    """Where the time and memory of runs went, and what to change.

    Args:
        session: Only this one, by its id or the beginning of it.
        month: Only runs that began in it, such as `2026-11` (UTC).
        home: The library's folder.

    Raises:
        NotFound: There is no such session.
        UsageError: That is no month.
    """
    with open_library(read_settings(home=home)) as library:
        scope = _scope(library, session, month)
        runs = measured(library, session=scope.session, since=scope.since, until=scope.until)
    fresh = [run for run in runs if run.fresh] or list(runs)
    return Performance(
        scope,
        datetime.now(UTC),
        runs,
        together(runs),
        bottleneck(together(fresh)),
        advise(runs),
    )


def report_cost(
    *, session: str | None = None, month: str | None = None, home: AnyPath | None = None
) -> CostReport:
    """What runs cost, and what memory saved.

    Args:
        session: Only this one, by its id or the beginning of it.
        month: Only what was asked for in it, such as `2026-11` (UTC).
        home: The library's folder.

    Raises:
        NotFound: There is no such session.
        UsageError: That is no month, or `prices.toml` cannot be read.
    """
    settings = read_settings(home=home)
    with open_library(settings) as library:
        scope = _scope(library, session, month)
        runs = measured(library, session=scope.session, since=scope.since, until=scope.until)
        calls = library.calls(since=scope.since, until=scope.until)
        if scope.session is not None:
            mine = {run.run.id for run in runs}
            calls = tuple(spent for spent in calls if spent.run in mine)
        costs = reckon(
            library,
            runs,
            calls,
            tariff=read_tariff(library.home),
            rates=Rates.of(settings),
            month=scope.since or datetime.now(UTC),
        )
        return CostReport(scope, datetime.now(UTC), runs, costs)


def _scope(library: Library, session: str | None, month: str | None) -> Scope:
    if session is not None and month is not None:
        raise UsageError("a report is about a session or a month", hint="say one of them")
    if session is not None:
        found = library.resolve(session)
        return Scope(f"session {found}", session=found)
    if month is None:
        return Scope("all runs")
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", month) or month.startswith("0000"):
        raise UsageError(f"{month!r} is no month", hint="--month 2026-11")
    first = first_of(datetime(int(month[:4]), int(month[5:]), 1, tzinfo=UTC))
    return Scope(month, since=first, until=first_after(first))
