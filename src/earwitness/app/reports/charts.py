"""Charts: small SVG pictures as text; colours come from the page's style, every value has a tip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from earwitness.app.reports.figures import length as written

WIDTH = 880
LABEL = 96
"""Room for names at the left."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar.

    Attributes:
        name: Of the stage.
        colour: A class of the page's style.
        value: In milliseconds.
        tip: What is shown when one points at it.
    """

    name: str
    colour: str
    value: float
    tip: str


@dataclass(frozen=True, slots=True)
class Column:
    """One bar among several.

    Attributes:
        label: Below it.
        parts: From below.
        faint: It stands for something that cannot be compared with the others.
    """

    label: str
    parts: tuple[Part, ...]
    faint: bool = False


def stacked(parts: Sequence[Part], *, label: str, height: int = 34) -> str:
    """One bar from left to right, its parts by their share."""
    whole = sum(part.value for part in parts) or 1.0
    x, drawn = 0.0, []
    for part in parts:
        width = WIDTH * part.value / whole
        if width < 0.4:
            continue
        drawn.append(_rect(x, 0, width, height, part))
        if width > 8 * len(part.name) + 44:
            told = f"{part.name} {100 * part.value / whole:.0f} %"
            drawn.append(_text(x + width / 2, height / 2 + 4, told, "in", "middle"))
        x += width
    return _svg(WIDTH, height, label, drawn)


def lanes(rows: Sequence[tuple[str, str, float, float, str]], *, whole: float, label: str) -> str:
    """Bars below each other on one clock: name, colour, beginning, length, tip; in milliseconds."""
    step, top = 24, 8
    height = top + step * len(rows) + 26
    scale = (WIDTH - LABEL - 60) / (whole or 1.0)
    drawn = []
    for tick in ticks(whole, 6):
        x = LABEL + tick * scale
        drawn.append(_line(x, top - 4, x, height - 22))
        drawn.append(_text(x, height - 8, _clock(tick, whole), "axis", "middle"))
    for number, (name, colour, start, length, tip) in enumerate(rows):
        y = top + number * step
        drawn.append(_text(LABEL - 10, y + 14, name, "name", "end"))
        part = Part(name, colour, length, tip)
        drawn.append(
            _rect(LABEL + start * scale, y + 3, max(1.5, length * scale), 15, part, kind="round")
        )
        end = LABEL + (start + length) * scale
        drawn.append(_text(end + 6, y + 14, written(round(length)), "axis", "start"))
    return _svg(WIDTH, height, label, drawn)


def columns(bars: Sequence[Column], *, label: str, unit: str, limit: float | None = None) -> str:
    """Bars beside each other; what is higher than `limit` is cut off and marked."""
    left, top, height, bottom = 56, 22, 210, 30
    sums = [sum(part.value for part in bar.parts) for bar in bars]
    most = min(max(sums, default=1.0), limit or float("inf")) or 1.0
    most *= 1.06
    slot = (WIDTH - left) / max(1, len(bars))
    width = min(44.0, slot * 0.72)
    drawn = [_text(0, 11, unit, "axis", "start")]
    for tick in ticks(most, 5):
        y = top + height - height * tick / most
        drawn.append(_line(left, y, WIDTH, y))
        drawn.append(_text(left - 8, y + 4, f"{tick:g}", "axis", "end"))
    every = max(1, round(len(bars) / 10))
    for number, (bar, whole) in enumerate(zip(bars, sums, strict=True)):
        x, y = left + slot * number + (slot - width) / 2, float(top + height)
        for part in bar.parts:
            tall = height * min(part.value, most) / most
            tall = min(tall, y - top)
            y -= tall
            if tall > 0.2:
                drawn.append(_rect(x, y, width, tall, part, kind="faint" if bar.faint else ""))
        if whole > most:
            drawn.append(_text(x + width / 2, top - 4, f"↑{whole:.0f}", "axis", "middle"))
        if number % every == 0:
            at = x + width / 2
            drawn.append(_text(at, top + height + 18, bar.label, "axis", "middle"))
    return _svg(WIDTH, top + height + bottom, label, drawn)


def ticks(most: float, count: int) -> list[float]:
    """Round numbers from 0 up to `most`, about so many.

    Example:
        >>> ticks(10, 5), ticks(0.9, 3)
        ([0, 2, 4, 6, 8, 10], [0, 0.5])
    """
    if most <= 0:
        return [0]
    rough = most / count
    power = 1.0
    while power > rough:
        power /= 10
    while power * 10 <= rough:
        power *= 10
    step = next(power * each for each in (1, 2, 5, 10) if power * each >= rough * 0.999)
    return [round(step * each, 10) for each in range(int(most / step + 1e-9) + 1)]


def _clock(ms: float, whole: float) -> str:
    if whole < 1_000:
        return f"{ms / 1000:g} s"
    if whole < 120_000:
        return f"{ms / 1000:.1f} s" if ms % 1000 or whole < 3_000 else f"{ms / 1000:.0f} s"
    return f"{ms / 60_000:.1f} min"


def _svg(width: int, height: float, label: str, drawn: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height:.0f}" role="img" aria-label="{escape(label)}">'
        + "".join(drawn)
        + "</svg>"
    )


def _rect(x: float, y: float, width: float, height: float, part: Part, *, kind: str = "") -> str:
    corner = ' rx="3"' if kind == "round" else ""
    colour = f"{part.colour} faint" if kind == "faint" else part.colour
    return (
        f'<rect class="{colour}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
        f"{corner}><title>{escape(part.tip)}</title></rect>"
    )


def _text(x: float, y: float, told: str, kind: str, anchor: str) -> str:
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(told)}</text>'
    )


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="grid" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'
