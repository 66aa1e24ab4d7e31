"""A campaign's evenings at the command line: name, enrol, recognise, ask, forget."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from tests.commands import answer, shown

SCRIPTED = ["--transcriber", "scripted", "--language", "en"]
SECRET = "Xyzzyplugh"


def voices(capsys: pytest.CaptureFixture[str], session: str) -> dict[str, dict[str, object]]:
    found = answer(capsys, "speakers", "list", session)["speakers"]
    assert isinstance(found, list)
    return {row["voice"]: row for row in found}


def test_name_preview_undo_and_every_file(
    tavern: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session = str(answer(capsys, "process", str(tavern), *SCRIPTED)["session"])
    before = voices(capsys, session)
    assert len(before) == 4
    for row in before.values():
        sample = row["sample"]
        assert isinstance(sample, dict)
        assert 0 < sample["end_ms"] - sample["start_ms"] <= 8_000
        assert isinstance(row["talk_ms"], int)
        assert row["talk_ms"] > 1_000
        assert row["person"] is None
    preview = shown(capsys, "speakers", "name", session, "S1", "Ann Lee", "--dry-run")
    assert "Ann Lee  in 7 lines" in preview
    assert "nothing was changed" in preview
    told = shown(capsys, "speakers", "name", session, "S1", "Ann Lee", "--reason", "her laugh")
    assert "✓ 1  all lines  person of S1: – → Ann Lee" in told
    folder = tmp_path / "output" / session
    every = "json,txt,md,csv,srt,vtt,ass,stm,rttm"
    answer(capsys, "export", session, "--names", "--formats", every)
    for suffix in every.split(","):
        text = (folder / f"transcript.{suffix}").read_text(encoding="utf-8")
        assert "Ann Lee" in text or "Ann_Lee" in text, suffix
    assert "Ann Lee" in shown(capsys, "speakers", "list", session)
    assert "her laugh" in shown(capsys, "edit", "list", session)
    answer(capsys, "edit", "undo", session, "1")
    assert voices(capsys, session) == before
    answer(capsys, "export", session, "--formats", "txt")
    assert "Ann Lee" not in (folder / "transcript.txt").read_text(encoding="utf-8")
    assert "there is no voice" in shown(capsys, "speakers", "name", session, "S9", "Z", code=10)
    told = shown(capsys, "speakers", "merge", session, "S2", "S3")
    assert "S3 is merged into S2" in told
    assert set(voices(capsys, session)) == {"S1", "S2", "S4"}


def test_an_evening_is_known_again(
    tavern: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    assert "no series yet" in shown(capsys, "series", "list")
    shown(capsys, "series", "add", "Tavern nights", "--playbook", "tabletop", "--language", "en")
    person = ["series", "person", "tavern nights", SECRET]
    shown(capsys, *person, "--role", "dm", "--character", "Innkeeper", "--alias", "Xy")
    series = ["--series", "Tavern nights"]
    first = answer(capsys, "process", str(tavern), "--transcriber", "scripted", *series)
    session = str(first["session"])
    assert first["recognised"] == []
    listed = answer(capsys, "sessions", "show", session)
    assert (listed["playbook"], listed["language"]) == ("tabletop", "en")
    assert "has no name yet" in shown(capsys, "speakers", "enroll", session, "S1", code=2)
    shown(capsys, "speakers", "name", session, "S1", "xy")
    assert voices(capsys, session)["S1"]["person"] == SECRET
    told = shown(capsys, "speakers", "enroll", session, "S1")
    assert f"{SECRET} is known in Tavern nights" in told
    assert "new in the cast" not in told
    later = tmp_path / "later.flac"
    later.write_bytes(tavern.read_bytes() + b"\0")  # the same voices in other bytes
    again = answer(capsys, "process", str(later), *SCRIPTED, *series)
    assert again["session"] != session
    assert [row["person"] for row in again["recognised"]] == [SECRET]  # type: ignore[attr-defined]
    other = str(again["session"])
    assert "recognised 1.00" in shown(capsys, "speakers", "list", other)
    assert f"{SECRET}: " in (tmp_path / "output" / other / "transcript.txt").read_text()
    seq = str(voices(capsys, other)["S1"]["seq"])
    shown(capsys, "edit", "undo", other, seq)
    assert answer(capsys, "speakers", "assign", other)["named"] == [], "taken back is taken back"
    assert f"S1  may be {SECRET}" in shown(capsys, "speakers", "list", other)
    assert "1" in shown(capsys, "series", "show", "tavern nights")
    assert "needs a yes" in shown(capsys, "speakers", "forget", "Xy", *series, code=2)
    gone = answer(capsys, "speakers", "forget", "Xy", *series, "--yes")
    assert (gone["prints"], gone["complete"]) == (1, True)
    assert "forgotten" in shown(capsys, "series", "show", "tavern nights")
    assert "has no print" in shown(capsys, "speakers", "enroll", session, "S1", code=10)
    assert SECRET not in caplog.text


def test_a_cast_goes_out_and_comes_in_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mapping = {
        "campaign": "broken_seekers",
        "mappings": {
            "speaker_embedding_001": {"name": "Alice", "character": "Elara", "role": "player"},
            "speaker_embedding_003": {"name": "Charlie", "character": None, "role": "dm"},
        },
    }
    file = tmp_path / "speaker_mapping.json"
    file.write_text(json.dumps(mapping), encoding="utf-8")
    shown(capsys, "series", "import", str(file))
    shown(capsys, "series", "set", "broken_seekers", "--term", "Elara", "--term", "Eldermoor")
    shown(capsys, "series", "set", "broken_seekers", "--without", "ELARA", "--speakers", "3")
    told = answer(capsys, "series", "show", "Broken_Seekers")
    assert (told["vocabulary"], told["speakers"]) == (["Eldermoor"], 3)
    view = shown(capsys, "series", "show", "broken_seekers")
    for word in ("Alice", "Elara", "player", "Charlie", "dm", "Eldermoor"):
        assert word in view
    shown(capsys, "series", "export", "broken_seekers", str(tmp_path / "out.json"))
    out = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert out.pop("schema") == "earwitness/speaker-mapping@1"
    assert out == mapping
    shown(capsys, "series", "person", "broken_seekers", "Charlie", "--remove")
    assert len(answer(capsys, "series", "show", "broken_seekers")["cast"]) == 1  # type: ignore[arg-type]
    file.write_text('{"campaign": "c", "mappings": {"k": {"name": "A"}}}', encoding="utf-8")
    assert "mapping 1" in shown(capsys, "series", "import", str(file), code=2)
    assert shown(capsys, "series", "import", str(tmp_path / "none.json"), code=4)
    shown(capsys, "series", "delete", "broken_seekers", "--yes")
    assert answer(capsys, "series", "list")["series"] == []
