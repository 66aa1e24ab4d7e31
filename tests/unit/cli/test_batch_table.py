"""The live table: fits its terminal, shows every state, and takes any name."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from earwitness.cli.batch_table import BatchTable, onlooker
from earwitness.cli.progress import Pace
from earwitness.core.batch import BatchError, BatchItem, BatchReport

ITEMS = (
    BatchItem(
        Path("a"), "night one.m4a", "done", session="2026-11-25-abcdef", processing_ms=65_000
    ),
    BatchItem(Path("b"), "b.wav", "failed", error=BatchError("UnsupportedSource", "b: no audio")),
    BatchItem(Path("c"), "a very long name " * 8, "working"),
    BatchItem(Path("d"), "copy.m4a", "duplicate", same_as="night one.m4a"),
    BatchItem(Path("e"), "e.wav", "skipped", session="2026-11-25-ghijkm"),
    BatchItem(Path("f"), "f\x1b[31m\n.wav", "waiting"),
)


def report(items: tuple[BatchItem, ...]) -> BatchReport:
    return BatchReport(datetime.now(UTC), None, items, Path("batch.md"))


def drawn(items: tuple[BatchItem, ...], *, width: int, height: int = 24) -> list[str]:
    screen = Console(file=io.StringIO(), width=width, height=height, force_terminal=False)
    table = BatchTable(screen)
    table.changed(report(items))
    for item in items:
        table.heard(item.name, "transcribe", 0.5)
    screen.print(table.draw())
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue().splitlines()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_every_state_has_its_line_and_no_line_is_too_long(width: int) -> None:
    lines = drawn(ITEMS, width=width)
    assert max(map(len, lines)) <= width
    text = "\n".join(lines)
    for told in ("✓", "✗", "2026-11-25-abcdef", "1m 05s", "UnsupportedSource", "waiting", "same"):
        assert told in text
    assert "transcribe" in text
    pace = Pace()
    pace.hear("transcribe", 0.5)
    assert f"{pace.share:.0%}" in text, "of everything that is to be done of it"
    assert "\x1b" not in text
    assert len(lines) == len(ITEMS) + 3
    assert "4 of 6, 1 failed" in lines[-1]


def test_what_does_not_fit_is_counted_and_what_goes_on_is_seen() -> None:
    items = tuple(BatchItem(Path("x"), f"{n}.wav", "waiting") for n in range(300))
    items = (*items[:200], replace(items[200], state="working"), *items[201:])
    lines = drawn(items, width=80, height=24)
    assert len(lines) <= 24
    text = "\n".join(lines)
    assert "200.wav" in text
    assert "more" in text


def test_lines_elsewhere_tell_each_end_once(capsys: pytest.CaptureFixture[str]) -> None:
    with onlooker(quiet=False) as shown:
        waiting = tuple(
            BatchItem(each.source, each.name) if each.state != "working" else each for each in ITEMS
        )
        for items in (waiting, ITEMS, ITEMS):
            shown.changed(report(items))
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "[4/6] night one.m4a: done in 1m 05s, 2026-11-25-abcdef",
        "[4/6] b.wav: failed, UnsupportedSource: no audio",
        "[4/6] copy.m4a: duplicate, same content as night one.m4a",
        "[4/6] e.wav: skipped, 2026-11-25-ghijkm (earlier)",
    ]


def test_quiet_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    with onlooker(quiet=True) as shown:
        shown.changed(report(ITEMS))
        shown.heard("b.wav", "decode", 0.1)
    assert capsys.readouterr() == ("", "")
