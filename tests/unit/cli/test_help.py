"""Help: in the order in which one works, and as wide as the terminal."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console
from tests.commands import shown

from earwitness.cli.commands import app


def test_verbs_stand_in_the_order_of_work(capsys: pytest.CaptureFixture[str]) -> None:
    told = shown(capsys, "--help")
    verbs = ("demo ", "process ", "understand ", "edit ", "export ", "--version")
    places = [told.index(f"│ {verb}") for verb in verbs]
    assert places == sorted(places)
    assert "Exit codes" in told
    sessions = shown(capsys, "sessions", "--help")
    assert sessions.index("│ list ") < sessions.index("│ show ") < sessions.index("│ delete ")
    assert "Exit codes" not in sessions, "they are told once"


def test_lines_of_the_source_flow_into_the_width() -> None:
    paper = Console(width=400, file=StringIO())
    app.help_print(["process"], console=paper)
    assert isinstance(paper.file, StringIO)
    told = paper.file.getvalue()
    assert told.startswith("Usage: earwitness process")
    assert "or a folder, zip or Audacity project with one file per speaker." in told
