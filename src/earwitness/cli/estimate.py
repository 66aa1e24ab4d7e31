"""`process --estimate-only`: what a run will take, and by what that is known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from earwitness.app.reports.figures import UNKNOWN, length, size
from earwitness.cli.answer import console, say, say_json, warn
from earwitness.cli.options import Common

if TYPE_CHECKING:
    from earwitness.app.reports.estimate_api import Expected
    from earwitness.app.wishing import Wishes


def estimate_each(groups: list[list[Path]], wishes: Wishes, common: Common) -> int:
    """Tell of every group what it will take."""
    from earwitness.app.reports.estimate_api import estimate

    for group in groups:
        found = estimate(group, **wishes)
        if common.json:
            say_json({"source": str(group[0]), **expected_json(found)})
        else:
            _tell(group[0], found)
    return 0


def expected_json(found: Expected) -> dict[str, object]:
    """As programs read it."""
    told = found.estimate
    return {
        "finished": found.finished,
        "sound_ms": told.sound_ms,
        "wall_ms": told.wall_ms,
        "low_ms": told.low_ms,
        "high_ms": told.high_ms,
        "cpu_ms": told.cpu_ms,
        "disk_bytes": told.disk_bytes,
        "cost": told.money and {"micros": told.money.micros, "currency": told.money.currency},
        "basis": told.basis or None,
        "alerts": list(found.alerts),
    }


def _tell(file: Path, found: Expected) -> None:
    told = found.estimate
    screen = console()
    screen.print("[bold]", end="")
    screen.print(file.name, markup=False, style="bold", end="")
    screen.print(f"  {length(told.sound_ms)} of sound" if told.sound_ms else "  length unknown")
    if found.finished:
        say("  finished already: nothing has to be done; --fresh would take:")
    between = ""
    if told.low_ms is not None and told.high_ms is not None and told.low_ms < told.high_ms:
        between = f"  ({length(told.low_ms)} to {length(told.high_ms)})"
    rows = (
        ("time", _or_unknown(told.wall_ms, length) + between),
        ("CPU", _or_unknown(told.cpu_ms, length)),
        ("disk", _or_unknown(told.disk_bytes, size) + " while it works"),
        ("cost", str(told.money) if told.money else UNKNOWN),
        ("known by", told.basis or "nothing: no run of this engine here yet, and none measured"),
    )
    for name, value in rows:
        screen.print(f"  [dim]{name:<9}[/] {value}")
    for alert in found.alerts:
        warn(alert)


def _or_unknown(value: int | None, shown: Callable[[int], str]) -> str:
    return UNKNOWN if value is None else shown(value)
