"""Reports on the terminal: 80 columns, one thing after another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from earwitness.app.reports.figures import NONE, UNKNOWN, length, share, size, sums, times
from earwitness.cli.answer import console, say
from earwitness.cli.report import show_advice

if TYPE_CHECKING:
    from earwitness.app.reports.api import CostReport, Performance
    from earwitness.app.reports.costs import Budget, Costs
    from earwitness.app.reports.performance import RunUse, StageUse

BAR = 22
NEWEST = 10


def show_performance(told: Performance) -> None:
    """The whole report."""
    screen = console()
    if not told.runs:
        say("no runs yet: earwitness process FILE")
        return
    count = f"{len(told.runs)} run{'s' if len(told.runs) != 1 else ''}"
    screen.print(f"[bold]Performance[/]  {told.scope.label}[dim], {count}[/]")
    say()
    show_advice(told.advice)
    say()
    _stages(told.stages)
    say()
    _runs(told.runs)
    _expected(told.runs)


def show_cost(told: CostReport) -> None:
    """The whole report."""
    costs = told.costs
    screen = console()
    screen.print(f"[bold]Cost[/]  {told.scope.label}   ", end="")
    screen.print(f"[bold]{sums(costs.total, unknown=costs.unknown)}[/]")
    if costs.budget is not None:
        _budget(costs.budget)
    say()
    _services(costs)
    _compute(costs)
    _savings(costs)
    for quota, spent in costs.quotas:
        left = max(0, quota.limit - spent)
        screen.print(
            f"  {quota.service}: {left:,} of {quota.limit:,} {quota.counts.replace('_', ' ')} "
            f"left this {quota.period} on its free tier, as far as this library knows"
        )


def bar(part: int, whole: int, width: int = BAR) -> str:
    """A bar of eighths."""
    eighths = round(8 * width * part / whole) if whole else 0
    full, rest = divmod(min(eighths, 8 * width), 8)
    return "█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")


def _stages(stages: Sequence[StageUse]) -> None:
    whole = sum(stage.critical_ms for stage in stages)
    rows = [
        (
            stage.name,
            bar(stage.critical_ms, whole),
            share(stage.critical_ms, whole),
            length(stage.wall_ms),
            length(stage.cpu_ms),
            size(stage.peak_bytes),
            f"{stage.hits}/{stage.pieces}" if stage.pieces else NONE,
        )
        for stage in stages
    ]
    head = ("stage", "waited for", "", "took", "CPU", "memory", "hits")
    _table(head, rows, right=(2, 3, 4, 5, 6), coloured=1)


def _runs(runs: Sequence[RunUse]) -> None:
    rows = [
        (
            f"{run.run.started_at:%m-%d %H:%M}",
            run.title[:17],
            length(run.sound_ms),
            length(run.wall_ms),
            times(run.speed),
            length(run.cpu_ms),
            size(run.peak_bytes),
            "" if run.fresh else "hits",
        )
        for run in reversed(runs[-NEWEST:])
    ]
    head = ("run", "session", "sound", "wall", "speed", "CPU", "memory", "")
    _table(head, rows, right=(2, 3, 4, 5, 6))
    if len(runs) > NEWEST:
        say(f"  and {len(runs) - NEWEST} older ones")


def _expected(runs: Sequence[RunUse]) -> None:
    pairs = [
        (run, run.expected, run.wall_ms)
        for run in runs[-NEWEST:]
        if run.expected is not None and run.expected.wall_ms is not None and run.wall_ms is not None
    ]
    if not pairs:
        return
    say()
    rows = [
        (
            f"{run.run.started_at:%m-%d %H:%M}",
            length(expected.wall_ms),
            length(actual),
            f"{100 * (actual - (expected.wall_ms or 0)) / max(1, expected.wall_ms or 0):+.0f} %",
            expected.basis,
        )
        for run, expected, actual in reversed(pairs)
    ]
    _table(("run", "expected", "was", "off by", "expected by"), rows, right=(1, 2, 3))


def _budget(budget: Budget) -> None:
    colour = "red" if budget.percent >= 100 else "yellow" if budget.percent >= 80 else "green"
    screen = console()
    drawn = bar(min(100, budget.percent), 100, 30)
    screen.print(
        f"budget {budget.month}  [{colour}]{drawn:<30}[/] {budget.percent} % of {budget.limit}"
    )
    if budget.alert:
        screen.print(f"[{colour}]! {budget.alert}[/]")
    if budget.uncounted:
        say(f"  not counted, no rate of exchange: {sums(budget.uncounted)}")
    if budget.unknown:
        say(f"  {budget.unknown} calls have no known price, and are not counted")


def _services(costs: Costs) -> None:
    if not costs.services:
        say("no service was asked")
        say()
        return
    rows = [
        (
            f"{row.service} {row.model}",
            str(row.calls),
            str(row.attempts),
            str(row.unanswered) if row.unanswered else NONE,
            length(row.audio_ms),
            NONE if row.tokens_in is None else f"{row.tokens_in:,}/{row.tokens_out or 0:,}",
            sums(row.cost, unknown=row.unknown),
        )
        for row in costs.services
    ]
    head = ("service", "calls", "sent", "failed", "sound", "tokens", "cost")
    _table(head, rows, right=(1, 2, 3, 4, 5, 6))
    if costs.unknown:
        say("  unknown: no price is known; say one in prices.toml (docs/how-to-reports.md)")
    say()


def _compute(costs: Costs) -> None:
    rated = any(row.cost for row in costs.compute)
    rows = [
        (row.stage, length(row.cpu_ms), UNKNOWN if row.cost is None else str(row.cost))
        for row in costs.compute
        if row.cpu_ms
    ]
    if rows:
        _table(("this machine", "CPU", "cost"), rows, right=(1, 2))
        if not rated:
            say("  unknown: nobody said what an hour costs (settings rate_cpu_hour, rate_gpu_hour)")
        say()
    kept = UNKNOWN if costs.storage_cost is None else str(costs.storage_cost)
    rate = " (setting rate_gb_month)" if costs.storage_cost is None else ""
    say(f"results kept  {size(costs.stored_bytes)}, {kept} a month{rate}")


def _savings(costs: Costs) -> None:
    saved = costs.savings
    if not saved.pieces:
        return
    say(
        f"from memory   {saved.hits} of {saved.pieces} pieces ({share(saved.hits, saved.pieces)}): "
        f"{length(saved.work_ms)} of work"
        + (f", {sums(saved.cost)}" if saved.cost else "")
        + " not spent again"
    )


def _table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: Sequence[int] = (),
    coloured: int | None = None,
) -> None:
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for index, column in enumerate(head):
        style = "cyan" if index == coloured else ""
        justify = "right" if index in right else "left"
        drawn.add_column(column, justify=justify, no_wrap=True, style=style)  # type: ignore[arg-type]
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))
    console().print(drawn)
