"""Figures: numbers of a report as people read them; what is not known says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from earwitness.core.money import Money

UNKNOWN: Final = "unknown"
NONE: Final = "–"


def length(ms: int | None) -> str:
    """`0.42 s`, `45.0 s`, `3m 05s` or `2h 15m`.

    Example:
        >>> length(420), length(45_000), length(185_000), length(8_100_000), length(None)
        ('0.42 s', '45.0 s', '3m 05s', '2h 15m', '–')
    """
    if ms is None:
        return NONE
    seconds = ms / 1000
    if seconds < 59.95:
        return f"{seconds:.2f} s" if seconds < 9.995 else f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02d}s"
    return f"{whole // 3600}h {whole // 60 % 60:02d}m"


def size(count: int | None) -> str:
    """`0 B`, `512 B`, `1.2 MB`, `3.4 GB`."""
    if count is None:
        return NONE
    value = float(count)
    for unit in ("B", "kB", "MB"):
        if value < 999.5:
            return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def times(value: float | None) -> str:
    """How many times real time."""
    return NONE if value is None else f"{value:.1f}×"


def sums(amounts: Sequence[Money], *, unknown: int = 0) -> str:
    """Sums per currency; `unknown` when something has no known price."""
    told = [str(each) for each in amounts]
    if unknown:
        told.append(UNKNOWN)
    return " + ".join(told) or NONE


def share(part: int, whole: int) -> str:
    """In percent."""
    return f"{100 * part / whole:.0f} %" if whole else NONE
