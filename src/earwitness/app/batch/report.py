"""Batch report: what became of a batch, as Markdown; whole at any moment, also after a crash."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from earwitness.core.batch import BatchItem, BatchReport
from earwitness.core.files import disk_faults, write_atomic
from earwitness.core.span import lasting
from earwitness.exporters.md import escaped

NOT_YET: Final = "not yet"
_UNKNOWN: Final = "unknown"
_WORD_INSIDE: Final = re.compile(r"(?<=[^\W_])\\_(?=[^\W_])")
_LEFT: Final = {"waiting": "not begun", "working": "not through", "stopped": "stopped"}


def report_path(folder: Path, started_at: datetime) -> Path:
    """A name for a new report; an earlier one is never written over.

    Raises:
        StoreError: The folder cannot be made.
    """
    with disk_faults("the output folder cannot be made"):
        folder.mkdir(parents=True, exist_ok=True)
    stem = f"batch-{started_at.astimezone():%Y-%m-%d-%H%M%S}"
    path, number = folder / f"{stem}.md", 2
    while path.exists():
        path, number = folder / f"{stem}-{number}.md", number + 1
    return path


def write_report(report: BatchReport) -> None:
    """Write the report as it stands.

    Raises:
        DiskFull: No space; the report as it stood before is still there.
        StoreError: The folder cannot be written.
    """
    write_atomic(report.file, markdown(report).encode("utf-8"))


def markdown(report: BatchReport) -> str:
    """The whole document."""
    return "\n\n".join(_blocks(report)) + "\n"


def _blocks(report: BatchReport) -> Iterator[str]:
    yield "# Batch Report"
    yield _times(report)
    yield "## Summary"
    yield _summary(report)
    yield "## Successful"
    yield _table(
        ("Session", "Duration", "Processing Time", "Output"),
        [_successful(item, report.file.parent) for item in report.successful],
    )
    yield "## Failed"
    yield _table(("Session", "Error"), [(item.name, _error(item)) for item in report.failed])
    remarks = [(item.name, item.why) for item in report.successful if item.why]
    if remarks:
        yield "## Degraded"
        yield _table(("Session", "Remark"), remarks)
    if report.skipped or report.duplicates:
        yield "## Skipped"
        yield _table(("Session", "Reason", "Output"), _passed_over(report))
    if report.unfinished:
        yield "## Unfinished"
        yield "`earwitness batch --resume` with the same files goes on with these."
        yield _table(
            ("Session", "State"), [(item.name, _LEFT[item.state]) for item in report.unfinished]
        )


def _times(report: BatchReport) -> str:
    lines = [f"**Started:** {_moment(report.started_at)}"]
    if report.completed_at is None:
        lines.append(f"**Completed:** {NOT_YET}")
    else:
        spent = report.completed_at - report.started_at
        stopped = " (stopped)" if report.stopped and report.unfinished else ""
        lines.append(f"**Completed:** {_moment(report.completed_at)}{stopped}")
        lines.append(f"**Total Time:** {lasting(round(spent.total_seconds() * 1000))}")
    return "  \n".join(lines)


def _summary(report: BatchReport) -> str:
    degraded = sum(item.state == "degraded" for item in report.items)
    counts = {
        "Total Sessions": len(report.items),
        "Successful": len(report.successful),
        "Failed": len(report.failed),
        "Resumed from Checkpoint": len(report.resumed),
        "Degraded": degraded,
        "Skipped (finished earlier)": len(report.skipped),
        "Duplicates": len(report.duplicates),
        "Unfinished": len(report.unfinished),
    }
    always = 4
    return "\n".join(
        f"- {name}: {count}"
        for place, (name, count) in enumerate(counts.items())
        if count or place < always
    )


def _successful(item: BatchItem, folder: Path) -> tuple[str, ...]:
    return (item.name, _length(item.length_ms), _length(item.processing_ms), _output(item, folder))


def _passed_over(report: BatchReport) -> list[tuple[str, ...]]:
    folder = report.file.parent
    rows: list[tuple[str, ...]] = []
    rows += [(item.name, "finished earlier", _output(item, folder)) for item in report.skipped]
    same = {item.name: item for item in report.items}
    for item in report.duplicates:
        other = same.get(item.same_as or "")
        output = _output(other, folder) if other is not None else ""
        rows.append((item.name, f"same content as {item.same_as}", output))
    return rows


def _error(item: BatchItem) -> str:
    error = item.error
    return "" if error is None else f"{error.kind}: {error.message}"


def _length(ms: int | None) -> str:
    return _UNKNOWN if ms is None else lasting(ms)


def _output(item: BatchItem, folder: Path) -> str:
    """Where the session's files are, seen from the report."""
    if item.output is None:
        return ""
    inside = item.output.is_relative_to(folder)
    return (item.output.relative_to(folder) if inside else item.output).as_posix()


def _moment(moment: datetime) -> str:
    local = moment.astimezone()
    return f"{local:%Y-%m-%d %H:%M:%S} {local:%z}"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return "None."
    lines = [columns, ["---"] * len(columns), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    """Text that cannot break out of its cell; an underscore within a word is none of Markdown's."""
    return _WORD_INSIDE.sub("_", escaped(text)) or " "
