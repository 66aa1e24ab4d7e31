"""Help: in the order in which one works, and as wide as the terminal."""

from __future__ import annotations

import pytest
from tests.commands import shown


def test_verbs_stand_in_the_order_of_work(capsys: pytest.CaptureFixture[str]) -> None:
    told = shown(capsys, "--help")
    verbs = ("demo ", "process ", "understand ", "edit ", "export ", "--version")
    places = [told.index(f"│ {verb}") for verb in verbs]
    assert places == sorted(places)
    assert "Exit codes" in told
    sessions = shown(capsys, "sessions", "--help")
    assert sessions.index("│ list ") < sessions.index("│ show ") < sessions.index("│ delete ")
    assert "Exit codes" not in sessions, "they are told once"


def test_lines_of_the_source_flow_into_the_width(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    told = shown(capsys, "process", "--help")
    assert told.startswith("Usage: earwitness process")
    assert "or a folder, zip or Audacity project with one file per speaker." in told
