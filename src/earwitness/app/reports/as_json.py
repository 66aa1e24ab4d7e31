"""Reports as JSON: `earwitness/performance@1`, `earwitness/cost@1` (docs/reference/reports.md)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from earwitness.core.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from earwitness.app.reports.api import CostReport, Performance, Scope
    from earwitness.app.reports.performance import RunUse, StageUse

Json = dict[str, object]


def performance_json(told: Performance) -> Json:
    """Where the time went."""
    return {
        "schema": "earwitness/performance@1",
        "scope": _scope(told.scope),
        "made_at": told.made_at.isoformat(),
        "bottleneck": told.bottleneck.name if told.bottleneck else None,
        "advice": [asdict(each) for each in told.advice],
        "stages": [_stage(each) for each in told.stages],
        "runs": [_run(each) for each in told.runs],
    }


def cost_json(told: CostReport) -> Json:
    """What it cost; money as whole millionths of its currency."""
    costs = told.costs
    budget = costs.budget
    return {
        "schema": "earwitness/cost@1",
        "scope": _scope(told.scope),
        "made_at": told.made_at.isoformat(),
        "total": _amounts(costs.total),
        "unknown_calls": costs.unknown,
        "services": [
            {
                "service": row.service,
                "model": row.model,
                "operation": row.operation,
                "calls": row.calls,
                "attempts": row.attempts,
                "unanswered": row.unanswered,
                "audio_ms": row.audio_ms,
                "tokens_in": row.tokens_in,
                "tokens_out": row.tokens_out,
                "cost": _amounts(row.cost),
                "unknown_calls": row.unknown,
            }
            for row in costs.services
        ],
        "compute": [
            {"stage": row.stage, "cpu_ms": row.cpu_ms, "cost": _amount(row.cost)}
            for row in costs.compute
        ],
        "gpu": {"busy_ms": costs.gpu_ms, "cost": _amount(costs.gpu_cost)},
        "storage": {"bytes": costs.stored_bytes, "cost_month": _amount(costs.storage_cost)},
        "sessions": [
            {"session": session or None, "title": title, "cost": _amounts(cost)}
            for session, title, cost in costs.sessions
        ],
        "months": [{"month": month, "cost": _amounts(cost)} for month, cost in costs.months],
        "savings": {
            **{
                name: getattr(costs.savings, name)
                for name in ("pieces", "hits", "traced", "work_ms", "cpu_ms")
            },
            "cost": _amounts(costs.savings.cost),
        },
        "budget": budget
        and {
            "month": budget.month,
            "limit": _amount(budget.limit),
            "spent": _amount(budget.spent),
            "percent": budget.percent,
            "alert": budget.alert or None,
            "uncounted": _amounts(budget.uncounted),
            "unknown_calls": budget.unknown,
        },
        "quotas": [
            {
                "service": quota.service,
                "operation": quota.operation,
                "counts": quota.counts,
                "period": quota.period,
                "limit": quota.limit,
                "used": used,
                "left": max(0, quota.limit - used),
            }
            for quota, used in costs.quotas
        ],
        "prices": [
            {
                "service": price.service,
                "model": price.model,
                "operation": price.operation,
                "unit": price.unit,
                "amount": str(price.amount),
                "currency": price.currency,
                "since": price.since.isoformat(),
                "source": price.source,
                "seen": price.seen.isoformat(),
                "own": price.own,
            }
            for price in costs.prices
        ],
    }


def _run(run: RunUse) -> Json:
    expected = run.expected
    machine = run.machine
    return {
        "run": run.run.id,
        "session": run.run.session,
        "title": run.title,
        "started_at": run.run.started_at.isoformat(),
        "outcome": run.run.outcome.kind if run.run.outcome else None,
        "sound_ms": run.sound_ms,
        "wall_ms": run.wall_ms,
        "cpu_ms": run.cpu_ms,
        "peak_bytes": run.peak_bytes,
        "mean_bytes": run.mean_bytes,
        "gpu_ms": run.gpu_ms,
        "read_bytes": run.read_bytes,
        "written_bytes": run.written_bytes,
        "meter_ms": run.meter_ms,
        "workers": run.workers,
        "transcriber": run.transcriber,
        "machine": machine
        and {
            "id": machine.id,
            "cores": machine.cores,
            "memory_bytes": machine.memory_bytes,
            "gpu": machine.gpu,
        },
        "expected": expected
        and {
            "basis": expected.basis,
            "wall_ms": expected.wall_ms,
            "low_ms": expected.low_ms,
            "high_ms": expected.high_ms,
            "cpu_ms": expected.cpu_ms,
            "disk_bytes": expected.disk_bytes,
            "cost": _amount(expected.money),
        },
        "stages": [_stage(each) for each in run.stages],
    }


def _stage(stage: StageUse) -> Json:
    return asdict(stage)


def _scope(scope: Scope) -> Json:
    return {
        "session": scope.session,
        "since": scope.since.isoformat() if scope.since else None,
        "until": scope.until.isoformat() if scope.until else None,
    }


def _amount(money: Money | None) -> Json | None:
    return None if money is None else {"micros": money.micros, "currency": money.currency}


def _amounts(amounts: Sequence[Money]) -> list[Json]:
    return [{"micros": each.micros, "currency": each.currency} for each in amounts]
