"""Playbooks on the command line, and a session under one's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.commands import answer, shown


def test_an_own_playbook_is_made_checked_and_used(
    tavern: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = answer(capsys, "playbooks", "new", "our-table", "--extends", "tabletop")
    toml = Path(str(made["folder"])) / "playbook.toml"
    toml.write_text(toml.read_text() + 'language = "en"\n')
    assert "our-table" in shown(capsys, "playbooks", "validate", "our-table")
    listed = answer(capsys, "playbooks", "list")["playbooks"]
    assert isinstance(listed, list)
    assert [each["name"] for each in listed] == [
        "meeting", "tabletop", "therapy", "screen", "our-table",
    ]  # fmt: skip
    told = answer(
        capsys, "process", str(tavern), "--transcriber", "scripted", "--playbook", "our-table"
    )
    shown_session = answer(capsys, "sessions", "show", str(told["session"]))
    assert "our-table" in str(shown_session)
    answer(capsys, "sessions", "rerun", str(told["session"]), "--stage", "diarize")


def test_people_see_what_a_playbook_expects(capsys: pytest.CaptureFixture[str]) -> None:
    told = shown(capsys, "playbooks", "show", "therapy")
    for part in ("nothing leaves this machine", "therapist", "soap", "Subjective", "classify_one"):
        assert part in told
    assert "DM only" in shown(capsys, "playbooks", "show", "tabletop")
    assert "tabletop" in shown(capsys, "playbooks", "list")


def test_a_mistake_is_named_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    made = answer(capsys, "playbooks", "new", "mine")
    (Path(str(made["folder"])) / "playbook.toml").write_text("form = 1\nabout = 3\n")
    assert "mine/playbook.toml: about" in shown(capsys, "playbooks", "validate", "mine", code=2)
    assert "meeting, tabletop" in shown(capsys, "process", "x.wav", "--playbook", "no", code=2)
