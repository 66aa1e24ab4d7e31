"""`report performance|cost`: where time and money went, for the terminal, programs and a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from earwitness.cli.answer import console, say, say_json
from earwitness.cli.options import Common
from earwitness.core.files import disk_faults, write_atomic

if TYPE_CHECKING:
    from earwitness.app.reports.advice import Advice


def performance(
    *,
    session: str | None = None,
    month: str | None = None,
    html: Path | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Say where the time and memory of runs went, and which setting to change.

    Args:
        session: Only this one: its id, or the beginning of it.
        month: Only runs that began in it, such as 2026-11 (UTC).
        html: Write one page that needs nothing else into this file, too.
    """
    from earwitness.app.reports.api import report_performance
    from earwitness.app.reports.as_json import performance_json
    from earwitness.cli.report_screen import show_performance

    told = report_performance(session=session, month=month, home=common.home)
    if html is not None:
        from earwitness.app.reports.performance_page import performance_page

        _write(html, performance_page(told))
    if common.json:
        say_json(performance_json(told))
    elif html is not None:
        say(str(html))
    else:
        show_performance(told)
    return 0


def cost(
    *,
    session: str | None = None,
    month: str | None = None,
    html: Path | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Say what services and this machine cost, what memory saved, and how the budget stands.

    A price that is not known is unknown, never 0.

    Args:
        session: Only this one: its id, or the beginning of it.
        month: Only what was asked for in it, such as 2026-11 (UTC); the budget is then its own.
        html: Write one page that needs nothing else into this file, too.
    """
    from earwitness.app.reports.api import report_cost
    from earwitness.app.reports.as_json import cost_json
    from earwitness.cli.report_screen import show_cost

    told = report_cost(session=session, month=month, home=common.home)
    if html is not None:
        from earwitness.app.reports.cost_page import cost_page

        _write(html, cost_page(told))
    if common.json:
        say_json(cost_json(told))
    elif html is not None:
        say(str(html))
    else:
        show_cost(told)
    return 0


def show_advice(advice: tuple[Advice, ...]) -> None:
    """What to change, with the option that changes it."""
    screen = console()
    for each in advice:
        screen.print(f"[bold yellow]→[/] {each.what}", soft_wrap=False)
        screen.print(f"  {each.do}", soft_wrap=False)
        if each.option:
            screen.print(f"  [bold cyan]{each.option}[/]   [dim](setting {each.setting})[/]")


def _write(path: Path, text: str) -> None:
    with disk_faults("the report cannot be written"):
        write_atomic(path, text.encode("utf-8"))
