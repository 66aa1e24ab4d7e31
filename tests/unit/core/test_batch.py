"""The report of a batch: what counts as what, and which exit code follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from earwitness.core.batch import BatchError, BatchItem, BatchReport, BatchState

BROKEN = BatchError("UnsupportedSource", "no sound", exit_code=5)


def item(state: BatchState, name: str = "x.wav") -> BatchItem:
    return BatchItem(
        Path(name),
        name,
        state,
        error=BROKEN if state == "failed" else None,
        same_as="y.wav" if state == "duplicate" else None,
    )


def report(*states: BatchState) -> BatchReport:
    now = datetime(2026, 11, 25, 20, tzinfo=UTC)
    return BatchReport(now, now, tuple(item(state) for state in states), Path("batch.md"))


def test_every_item_is_counted_once() -> None:
    states: tuple[BatchState, ...] = (
        "waiting",
        "working",
        "stopped",
        "done",
        "degraded",
        "failed",
        "skipped",
        "duplicate",
    )
    told = report(*states)
    groups = (told.successful, told.failed, told.skipped, told.duplicates, told.unfinished)
    assert [len(group) for group in groups] == [2, 1, 1, 1, 3]
    assert sum(map(len, groups)) == len(told.items)


def test_what_failed_although_it_was_resumed_is_no_success() -> None:
    told = report("done", "failed", "done")
    items = tuple(replace(each, resumed=True) for each in told.items[:2]) + told.items[2:]
    assert len(replace(told, items=items).resumed) == 1


@pytest.mark.parametrize(
    ("states", "stopped", "strict", "code"),
    [
        ((), False, False, 0),
        (("done", "skipped", "duplicate"), False, True, 0),
        (("done", "degraded"), False, False, 0),
        (("done", "degraded"), False, True, 3),
        (("degraded", "failed"), False, True, 5),
        (("done", "stopped", "failed"), True, False, 130),
        (("done", "failed"), True, False, 5),
        (("done",), True, False, 0),
    ],
)
def test_the_exit_code(
    states: tuple[BatchState, ...], stopped: bool, strict: bool, code: int
) -> None:
    assert replace(report(*states), stopped=stopped).exit_code(strict=strict) == code


def test_a_failure_has_a_reason_and_a_duplicate_another_item() -> None:
    for state in ("failed", "duplicate"):
        with pytest.raises(ValueError):
            BatchItem(Path("x"), "x", state)
    with pytest.raises(ValueError):
        BatchItem(Path("x"), "x", "done", error=BROKEN)
