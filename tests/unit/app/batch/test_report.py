"""The report: its shape, human times, and names that cannot break it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from earwitness.app.batch.report import markdown, report_path
from earwitness.core.batch import BatchError, BatchItem, BatchReport

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def done(name: str) -> BatchItem:
    return BatchItem(
        Path(name),
        name,
        "done",
        session="2026-11-25-abcdef",
        length_ms=3 * 3_600_000,
        processing_ms=185_000,
        output=Path("out/2026-11-25-abcdef"),
    )


def report(*items: BatchItem) -> BatchReport:
    ended = NOON + timedelta(hours=2, minutes=15)
    return BatchReport(NOON, ended, items, Path("out/batch.md"))


def rows(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("|")]


def test_the_shape() -> None:
    broken = BatchItem(
        Path("b.wav"),
        "b.wav",
        "failed",
        error=BatchError("UnsupportedSource", "b.wav: no audio", "hint"),
    )
    resumed = replace(done("c.ogg"), resumed=True)
    twin = BatchItem(Path("d.wav"), "d.wav", "duplicate", same_as="a.mp3")
    text = markdown(report(done("session_1.mp3"), broken, resumed, twin))
    lines = text.splitlines()
    assert lines[0] == "# Batch Report"
    assert "**Started:** 2026-11-25" in text
    assert "**Completed:** 2026-11-25" in text
    assert "**Total Time:** 2h 15m" in text
    for line in (
        "- Total Sessions: 4",
        "- Successful: 2",
        "- Failed: 1",
        "- Resumed from Checkpoint: 1",
        "- Duplicates: 1",
        "| Session | Duration | Processing Time | Output |",
        "| session_1.mp3 | 3h 00m | 3m 05s | 2026-11-25-abcdef |",
        "| Session | Error |",
        "| b.wav | UnsupportedSource: b.wav: no audio |",
    ):
        assert line in lines, line


def test_what_is_not_over_says_so() -> None:
    waiting = BatchItem(Path("e.wav"), "e.wav")
    text = markdown(replace(report(done("a.mp3"), waiting), completed_at=None))
    assert "**Completed:** not yet" in text
    assert "Total Time" not in text
    assert "- Unfinished: 1" in text
    assert "| e.wav | not begun |" in text
    assert "None." in markdown(report())


def test_lengths_that_are_not_known_are_not_made_up() -> None:
    text = markdown(report(replace(done("a.mp3"), length_ms=None)))
    assert "| a.mp3 | unknown | 3m 05s |" in text


def test_hostile_names_stay_in_their_cells() -> None:
    name = "a|b\nc `d` <img src=x> [e](f) \udcff\x07.wav"
    (header, rule, row) = rows(markdown(report(done(name))))
    assert row.replace("\\|", "").count("|") == header.count("|") == rule.count("|")
    assert "<img" not in row.replace("\\<", "")
    assert "](f" not in row.replace("\\]", "")
    row.encode("utf-8")


@given(st.text())
def test_any_name_is_one_row_of_four_cells(name: str) -> None:
    text = markdown(report(done("x"), done(name or "y")))
    assert len(rows(text)) == 4
    assert all(row.replace("\\\\", "").replace("\\|", "").count("|") == 5 for row in rows(text))


def test_an_earlier_report_is_not_written_over(tmp_path: Path) -> None:
    first = report_path(tmp_path / "new", NOON)
    first.touch()
    second = report_path(tmp_path / "new", NOON)
    assert first != second
    assert first.parent == second.parent == tmp_path / "new"
