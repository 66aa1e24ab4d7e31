"""Cost page: what runs cost as one HTML file."""

from __future__ import annotations

from earwitness.app.reports import charts
from earwitness.app.reports.api import CostReport
from earwitness.app.reports.costs import Budget, Costs
from earwitness.app.reports.figures import NONE, UNKNOWN, length, share, size, sums
from earwitness.app.reports.page import page, paragraph, section, table, tiles


def cost_page(told: CostReport) -> str:
    """The whole file."""
    costs = told.costs
    saved = costs.savings
    body = [
        tiles(
            [
                ("in all", sums(costs.total, unknown=costs.unknown)),
                ("calls to services", str(sum(row.calls for row in costs.services))),
                ("taken from memory", share(saved.hits, saved.pieces)),
                ("results kept", size(costs.stored_bytes)),
            ]
        )
    ]
    if costs.budget is not None:
        body.append(_budget(costs.budget))
    body += [_services(costs), _machine(costs), _saved(costs)]
    if costs.sessions:
        body.append(_sessions(costs))
    if costs.quotas:
        body.append(_quotas(costs))
    if costs.prices:
        body.append(_prices(costs))
    return page("Cost", told.scope.label, told.made_at, body)


def _budget(budget: Budget) -> str:
    spent = min(100.0, float(budget.percent))
    colour = "s5" if budget.percent >= 80 else "s4"
    parts = [
        charts.Part(f"{budget.spent}", colour, spent, f"{budget.spent} spent"),
        charts.Part("left", "s9", 100 - spent, "left"),
    ]
    inside = [charts.stacked(parts, label="Share of the budget that is spent", height=26)]
    inside.append(paragraph(f"{budget.spent} of {budget.limit}, {budget.percent} %."))
    if budget.uncounted:
        inside.append(paragraph(f"Not counted, no rate of exchange: {sums(budget.uncounted)}."))
    if budget.unknown:
        inside.append(paragraph(f"{budget.unknown} calls have no known price; not counted."))
    title = (
        budget.alert[:1].upper() + budget.alert[1:] if budget.alert else f"Budget {budget.month}"
    )
    kind = "call bad" if budget.percent >= 100 else "call" if budget.alert else ""
    return section(title, *inside, kind=kind)


def _services(costs: Costs) -> str:
    if not costs.services:
        return section("Services", paragraph("No service was asked."))
    rows = [
        (
            row.service,
            row.model,
            row.operation,
            str(row.calls),
            str(row.attempts),
            str(row.unanswered),
            length(row.audio_ms),
            NONE if row.tokens_in is None else f"{row.tokens_in:,}",
            NONE if row.tokens_out is None else f"{row.tokens_out:,}",
            sums(row.cost, unknown=row.unknown),
        )
        for row in costs.services
    ]
    head = ["service", "model", "asked to", "calls", "sent", "unanswered"]
    head += ["sound", "tokens in", "out", "cost"]
    about = "The dearest first. A call that was never answered is counted, and not priced."
    return section("Services", table(head, rows, right=range(3, 10)), about=about)


def _machine(costs: Costs) -> str:
    rows = [
        (row.stage, length(row.cpu_ms), UNKNOWN if row.cost is None else str(row.cost))
        for row in costs.compute
        if row.cpu_ms
    ]
    if costs.gpu_ms is not None:
        gpu = UNKNOWN if costs.gpu_cost is None else str(costs.gpu_cost)
        rows.append(("GPUs", length(costs.gpu_ms), gpu))
    kept = UNKNOWN if costs.storage_cost is None else f"{costs.storage_cost} a month"
    rows.append((f"results kept, {size(costs.stored_bytes)}", NONE, kept))
    rated = any(row.cost is not None for row in costs.compute)
    about = (
        "Processor time by the rates that were said."
        if rated
        else "Nobody said what an hour costs: settings rate_cpu_hour, rate_gpu_hour, rate_gb_month."
    )
    return section("This machine", table(("what", "time", "cost"), rows, right=(1, 2)), about=about)


def _saved(costs: Costs) -> str:
    saved = costs.savings
    told = f"{saved.hits} of {saved.pieces} pieces were taken from memory"
    told += f" ({share(saved.hits, saved.pieces)}): " if saved.pieces else ": "
    told += f"{length(saved.work_ms)} of work"
    told += f", {length(saved.cpu_ms)} of processor time" if saved.cpu_ms else ""
    told += f" and {sums(saved.cost)}" if saved.cost else ""
    told += " not spent again."
    lost = saved.hits - saved.traced
    more = f" Of {lost} hits it is no longer known what making them cost." if lost else ""
    return section("What memory saved", paragraph(told + more))


def _sessions(costs: Costs) -> str:
    rows = [
        (title or NONE, session or "of sessions that are gone", sums(cost) if cost else UNKNOWN)
        for session, title, cost in costs.sessions[:40]
    ]
    months = [(month, sums(cost) if cost else UNKNOWN) for month, cost in costs.months]
    return section(
        "Services by session and by month",
        table(("session", "id", "cost"), rows, right=(2,)),
        table(("month", "cost"), months, right=(1,)),
    )


def _quotas(costs: Costs) -> str:
    rows = [
        (
            quota.service,
            f"{quota.counts.replace('_', ' ')} a {quota.period}",
            f"{quota.limit:,}",
            f"{used:,}",
            f"{max(0, quota.limit - used):,}",
            f"{quota.source}, {quota.seen}",
        )
        for quota, used in costs.quotas
    ]
    head = ("service", "free", "limit", "used", "left", "read in")
    about = "Only what this library asked is counted; whether an account is a free one, only the "
    about += "service knows."
    return section("Free tiers", table(head, rows, right=(2, 3, 4), wide=5), about=about)


def _prices(costs: Costs) -> str:
    rows = [
        (
            price.service,
            price.model,
            f"{price.amount} {price.currency} for {_unit(price.unit)}",
            f"{price.since}" if price.since.year > 1 else NONE,
            "yours" if price.own else f"{price.source}, {price.seen}",
        )
        for price in costs.prices
    ]
    head = ("service", "model", "price", "since", "read in")
    return section("Prices that were applied", table(head, rows, wide=4))


def _unit(unit: str) -> str:
    names = {
        "audio_minute": "a minute of sound",
        "audio_hour": "an hour of sound",
        "million_tokens_in": "a million tokens in",
        "million_tokens_out": "a million tokens out",
        "call": "a call",
    }
    return names.get(unit, unit)
