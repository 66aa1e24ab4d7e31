"""Report page: performance as one HTML file that anybody can open, offline, for years."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Final

from earwitness.app.reports import charts
from earwitness.app.reports.api import Performance
from earwitness.app.reports.figures import NONE, length, share, size, times
from earwitness.app.reports.page import code, legend, page, paragraph, section, table, tiles
from earwitness.app.reports.performance import OPENING, RunUse, StageUse, together

ORDER: Final[tuple[str, ...]] = (
    "transcribe",
    "diarize",
    "decode",
    "detect",
    "guard",
    "attribute",
    OPENING,
    "align",
    "crosstalk",
)
"""Stages with a colour of their own; all others share the last."""

MOST_BARS: Final = 60
CUT: Final = 3.0
"""A run that took so many times the median for an hour of sound is cut off in the picture."""


def performance_page(told: Performance) -> str:
    """The whole file."""
    count = f"{len(told.runs)} run{'s' if len(told.runs) != 1 else ''}"
    about = count if told.scope.label == "all runs" else f"{told.scope.label}, {count}"
    if not told.runs:
        empty = section("Nothing yet", paragraph("There are no runs in this library to tell of."))
        return page("Performance", about, told.made_at, [empty])
    body = [
        _tiles(told.runs),
        *_advice(told),
        _stages(told.stages),
        *_timeline(told.runs),
        *_trends(told.runs),
        *_expected(told.runs),
        _runs(told.runs),
        _how(told.runs),
    ]
    return page("Performance", about, told.made_at, body)


def colour(stage: str) -> str:
    """The class of a stage's colour, the same on every picture."""
    return f"s{ORDER.index(stage)}" if stage in ORDER else "s9"


def _tiles(runs: Sequence[RunUse]) -> str:
    timed = [run for run in runs if run.sound_ms and run.wall_ms and run.fresh]
    sound = sum(run.sound_ms or 0 for run in timed)
    wall = sum(run.wall_ms or 0 for run in timed)
    pieces = sum(stage.pieces for run in runs for stage in run.stages)
    hits = sum(stage.hits for run in runs for stage in run.stages)
    peak = max((run.peak_bytes for run in runs if run.peak_bytes is not None), default=None)
    known = [run.cpu_ms for run in runs if run.cpu_ms is not None]
    spent = [run.wall_ms for run in runs if run.wall_ms is not None]
    return tiles(
        [
            ("runs", str(len(runs))),
            ("time they took", length(sum(spent)) if spent else NONE),
            ("speed, real time", times(sound / wall if wall else None)),
            ("processor time", length(sum(known)) if known else NONE),
            ("most memory", size(peak)),
            ("taken from memory", share(hits, pieces)),
        ]
    )


def _advice(told: Performance) -> list[str]:
    drawn = []
    for number, each in enumerate(told.advice):
        inside = [paragraph(each.what[:1].upper() + each.what[1:] + ".")]
        inside.append(paragraph(each.do[:1].upper() + each.do[1:] + "."))
        if each.option:
            inside.append(code(f"earwitness process … {each.option}"))
            inside.append(paragraph(f"Setting: {each.setting}", "soft small"))
        title = "The bottleneck, and what to change" if number == 0 else "Also"
        drawn.append(section(title, *inside, kind="call"))
    return drawn


def _stages(stages: Sequence[StageUse]) -> str:
    whole = sum(stage.critical_ms for stage in stages)
    parts = [
        charts.Part(
            stage.name,
            colour(stage.name),
            stage.critical_ms,
            f"{stage.name}: {length(stage.critical_ms)}, {share(stage.critical_ms, whole)}",
        )
        for stage in stages
    ]
    rows = [
        (
            stage.name,
            share(stage.critical_ms, whole),
            length(stage.critical_ms),
            length(stage.wall_ms),
            length(stage.cpu_ms),
            size(stage.peak_bytes),
            size(stage.mean_bytes),
            size(stage.read_bytes),
            size(stage.written_bytes),
            f"{stage.hits} of {stage.pieces}" if stage.pieces else NONE,
        )
        for stage in stages
    ]
    head = ["stage", "share", "waited for", "took", "CPU"]
    head += ["peak memory", "mean", "read", "written", "from memory"]
    return section(
        "Where the time went",
        charts.stacked(parts, label="Share of the time in which everything waited for a stage"),
        table(head, rows, right=range(1, 10)),
        about="Stages work side by side. The bar counts a stage only while everything else had to "
        "wait for it; these parts add up to the whole.",
    )


def _timeline(runs: Sequence[RunUse]) -> list[str]:
    fresh = [run for run in runs if run.fresh] or list(runs)
    run = fresh[-1]
    if not run.spans:
        return []
    whole = max(start + long for _, start, long in run.spans)
    rows = [
        (name, colour(name), float(start), float(long), f"{name}: {length(long)}")
        for name, start, long in run.spans
    ]
    about = f"{run.title or run.run.session}, {run.run.started_at:%Y-%m-%d %H:%M} UTC"
    if run.sound_ms:
        about += f", {length(run.sound_ms)} of sound"
    if run.workers and run.machine:
        about += f", --workers {run.workers} on {run.machine.cores} processors"
    picture = charts.lanes(rows, whole=whole, label="When each stage of the newest run worked")
    return [section("The newest run, on a clock", picture, about=about)]


def _trends(runs: Sequence[RunUse]) -> list[str]:
    timed = [run for run in runs if run.sound_ms and run.wall_ms][-MOST_BARS:]
    if len(timed) < 2:
        return []
    label = _label(timed)
    bars = [_per_hour(run, label) for run in timed]
    sums = [sum(part.value for part in bar.parts) for bar in bars if not bar.faint]
    limit = CUT * median(sums) if sums else None
    least = sum(stage.critical_ms for run in timed for stage in run.stages) / 200
    seen = [stage.name for stage in together(timed) if stage.critical_ms > least]
    named = [name for name in ORDER if name in seen]
    colours = [(colour(name), name) for name in named]
    colours.append(("s9", "others"))
    memory = [
        charts.Column(
            run.run.started_at.strftime(label),
            (
                charts.Part(
                    "memory", "s2", run.peak_bytes / 1e6, f"{_which(run)}: {size(run.peak_bytes)}"
                ),
            ),
        )
        for run in timed
        if run.peak_bytes is not None
    ]
    inside = [
        charts.columns(
            bars,
            label="Minutes that each run took for an hour of sound",
            unit="minutes for an hour of sound",
            limit=limit,
        ),
        legend(colours),
    ]
    if len(memory) > 1:
        inside.append(charts.columns(memory, label="Most memory", unit="most memory, MB"))
    faint = " Faint bars took most of their work from memory." if any(b.faint for b in bars) else ""
    cut = " Very short recordings pay for starting; what is cut off says how high it is."
    return [
        section(
            "Run by run",
            *inside,
            about="Oldest at the left." + faint + (cut if limit and max(sums) > limit else ""),
        )
    ]


def _label(runs: Sequence[RunUse]) -> str:
    """How a run's moment is written: days, or hours where all are of one day."""
    return "%H:%M" if len({run.run.started_at.date() for run in runs}) == 1 else "%m-%d"


def _per_hour(run: RunUse, label: str) -> charts.Column:
    assert run.sound_ms
    parts = []
    for stage in sorted(run.stages, key=lambda each: _place(each.name)):
        minutes = stage.critical_ms * 60 / run.sound_ms
        tip = f"{_which(run)}, {stage.name}: {length(stage.critical_ms)}, {minutes:.1f} min an hour"
        parts.append(charts.Part(stage.name, colour(stage.name), minutes, tip))
    return charts.Column(run.run.started_at.strftime(label), tuple(parts), faint=not run.fresh)


def _place(name: str) -> int:
    return ORDER.index(name) if name in ORDER else len(ORDER)


def _which(run: RunUse) -> str:
    return f"{run.title or run.run.session} {run.run.started_at:%m-%d %H:%M}"


def _expected(runs: Sequence[RunUse]) -> list[str]:
    rows = []
    for run in reversed(runs):
        expected, actual = run.expected, run.wall_ms
        if expected is None or expected.wall_ms is None or actual is None:
            continue
        off = 100 * (actual - expected.wall_ms) / max(1, expected.wall_ms)
        between = f"{length(expected.low_ms)} to {length(expected.high_ms)}"
        rows.append(
            (
                f"{run.run.started_at:%Y-%m-%d %H:%M}",
                run.title or run.run.session,
                length(expected.wall_ms),
                between if expected.low_ms is not None else NONE,
                length(actual),
                f"{off:+.0f} %",
                expected.basis,
            )
        )
    if not rows:
        return []
    head = ("run", "session", "expected", "between", "was", "off by", "expected by")
    return [section("What was expected", table(head, rows[:30], right=(2, 3, 4, 5), wide=6))]


def _runs(runs: Sequence[RunUse]) -> str:
    rows = [
        (
            f"{run.run.started_at:%Y-%m-%d %H:%M}",
            run.title or run.run.session,
            run.run.outcome.kind if run.run.outcome else "unfinished",
            length(run.sound_ms),
            length(run.wall_ms),
            times(run.speed),
            length(run.cpu_ms),
            size(run.peak_bytes),
            size(run.read_bytes),
            size(run.written_bytes),
            (run.transcriber or NONE) + (f", --workers {run.workers}" if run.workers else ""),
        )
        for run in reversed(runs)
    ]
    head = ["began (UTC)", "session", "outcome", "sound", "took", "speed"]
    head += ["CPU", "most memory", "read", "written", "transcriber"]
    return section("All runs", table(head, rows, right=range(3, 10), wide=10))


def _how(runs: Sequence[RunUse]) -> str:
    spent = sum(run.meter_ms or 0 for run in runs)
    wall = sum(run.wall_ms or 0 for run in runs if run.meter_ms is not None)
    told = (
        "Memory is that of the whole process with its children, seen twice a second. A stage's "
        "disk bytes are those of its own threads and of a decoder of its own; what engines read "
        "in threads or processes that serve all pieces counts in the run alone. What the system's "
        "cache gave was not read from a disk."
    )
    cost = f" Measuring took {100 * spent / wall:.2f} % of the time." if wall else ""
    return section("How it was measured", paragraph(told + cost, "soft small"))
