"""A transcript from elsewhere at the command line: brought, corrected, heard again, put back."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.commands import answer, shown

SRT = (
    "1\n00:00:00,500 --> 00:00:08,000\nGM: Welcome back everyone.\n\n"
    "2\n00:00:13,000 --> 00:00:16,000\nANN: I open the door.\n\n"
    "3\n00:00:17,000 --> 00:00:20,000\nGM: Three men at the table.\n"
)


@pytest.fixture
def night(tmp_path: Path) -> Path:
    path = tmp_path / "night.srt"
    path.write_text(SRT)
    return path


def test_brought_corrected_and_taken_away(night: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = answer(capsys, "import", str(night), "--playbook", "tabletop")
    session = str(told["session"])
    assert told["engines"] == {
        "transcribe": "import srt (word times estimated)",
        "diarize": "import srt",
        "classify": "rules",
        "extract": "rules",
    }
    assert "night.srt  imported as srt" in shown(capsys, "sessions", "show", session)
    assert "imported as srt" in shown(capsys, "sessions", "history", session)
    assert "ANN" in shown(capsys, "speakers", "list", session)
    shown(capsys, "edit", "text", session, "1", "I kick the door in.")
    shown(capsys, "speakers", "name", session, "S2", "Ann Lee")
    shown(capsys, "sessions", "verify", session)
    shown(capsys, "export", session, "--formats", "txt,srt,rttm", "--names")
    lines = answer(capsys, "sessions", "lines", session)["lines"]
    assert isinstance(lines, list)
    assert (lines[1]["text"], lines[1]["person"]) == ("I kick the door in.", "Ann Lee")
    refused = shown(capsys, "sessions", "rerun", session, "--stage", "diarize", code=4)
    assert "no sound" in refused
    assert "--audio" in refused
    shown(capsys, "sessions", "delete", session, "--yes")
    assert "no sessions yet" in shown(capsys, "sessions", "list")


def test_voices_are_heard_again_under_the_text_that_was_brought(
    night: Path, tavern: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = answer(capsys, "import", str(night), "--audio", str(tavern))
    session = str(told["session"])
    again = answer(capsys, "sessions", "rerun", session, "--with", "diarizer=embedded")
    engines = again["engines"]
    assert isinstance(engines, dict)
    assert engines["transcribe"] == "import srt (word times estimated)"
    assert "import" not in engines["diarize"]
    lines = answer(capsys, "sessions", "lines", session)["lines"]
    assert isinstance(lines, list)
    assert " ".join(line["text"] for line in lines) == (
        "Welcome back everyone. I open the door. Three men at the table."
    )
    assert lines[0]["person"] == "GM"
    part = shown(capsys, "sessions", "rerun", session, "--span", "0:00-0:05", code=2)
    assert "pieces" in part
    runs = answer(capsys, "sessions", "history", session)["runs"]
    assert isinstance(runs, list)
    shown(capsys, "sessions", "put-back", session, str(runs[-1]["run"]))
    assert "ANN" in shown(capsys, "sessions", "lines", session)


def test_several_files_and_one_that_cannot_be_read(
    night: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.srt"
    broken.write_text("1\n")
    told = shown(capsys, "import", str(night), str(broken), code=5)
    assert "no subtitle with a time" in told
    assert "hint:" in told
    rows = answer(capsys, "sessions", "list")["sessions"]
    assert isinstance(rows, list)
    assert len(rows) == 1


def test_no_times_need_a_pace_and_are_degraded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Ann: shall we?\nBob: we shall\n")
    assert "--pace" in shown(capsys, "import", str(path), code=2)
    told = answer(capsys, "import", str(path), "--pace", "13", "--strict", code=3)
    assert "pace" in str(told["warnings"])


def test_one_recording_for_several_sessions_is_refused(
    night: Path, tavern: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = shown(capsys, "import", str(night), str(night), "--audio", str(tavern), code=2)
    assert "--together" in refused


def test_names_of_voices_without_words_are_no_lost_corrections(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "turns.rttm"
    path.write_text("SPEAKER night 1 0.5 2.0 <NA> <NA> Ann <NA> <NA>\n")
    told = answer(capsys, "import", str(path))
    assert told["warnings"] == []
    assert "Ann" in shown(capsys, "speakers", "list", str(told["session"]))
    edits = answer(capsys, "edit", "list", str(told["session"]))["edits"]
    assert isinstance(edits, list)
    assert [each["fate"] for each in edits] == [{"kind": "applied", "utterances": []}]
    assert "lost its place" not in shown(capsys, "edit", "list", str(told["session"]))
