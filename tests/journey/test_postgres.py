"""The same evening with the library on a server: nobody has to do anything else, or hear of it."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

import pytest
from tests.commands import answer, shown
from tests.postgres import PostgresServer

SCRIPTED = ["--transcriber", "scripted", "--language", "en"]
PASSWORD = "xyzzyhush"


@pytest.fixture
def server(postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """The setting, with a password in it (this server asks nobody for one)."""
    address = postgres_server.unused().replace("postgres:@", f"postgres:{PASSWORD}@")
    monkeypatch.setenv("EARWITNESS_DATABASE", address)
    return address


def test_a_recording_becomes_a_corrected_record(
    server: str, tavern: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = answer(capsys, "process", str(tavern), *SCRIPTED)
    assert told["outcome"] == {"kind": "done"}
    assert not (tmp_path / "home" / "library.db").exists()
    session = str(told["session"])
    again = answer(capsys, "process", str(tavern), *SCRIPTED)
    assert (again["session"], again["reused"]) == (session, True)

    answer(capsys, "edit", "text", session, "1", "Nobody said that.")
    answer(capsys, "speakers", "name", session, "S1", "Ann")
    answer(capsys, "export", session)
    text = (Path(str(told["output"])) / "transcript.txt").read_text(encoding="utf-8")
    assert "Nobody said that." in text
    assert "Ann" in text
    answer(capsys, "edit", "undo", session, "1")
    assert answer(capsys, "sessions", "verify", session)["broken_at"] is None

    answer(capsys, "sessions", "rerun", session, "--with", "speakers=2")
    runs = answer(capsys, "sessions", "show", session)["runs"]
    assert isinstance(runs, list)
    assert len(runs) == 2

    gone = answer(capsys, "sessions", "delete", session, "--yes")
    assert "PostgreSQL" in str(gone["remains"]), "it says what it cannot reach"
    assert answer(capsys, "sessions", "list")["sessions"] == []
    assert not list((tmp_path / "home" / "blobs").glob("*/*"))


def test_a_library_moves_to_the_server_and_back(
    server: str,
    tavern: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    archive, home = tmp_path / "library.tar", ["--home", str(tmp_path / "file")]
    monkeypatch.delenv("EARWITNESS_DATABASE")
    told = answer(capsys, "process", str(tavern), *SCRIPTED, *home)
    answer(capsys, "edit", "text", str(told["session"]), "1", "Kept.", *home)
    answer(capsys, "backup", str(archive), *home)

    monkeypatch.setenv("EARWITNESS_DATABASE", server)
    answer(capsys, "restore", str(archive))
    again = answer(capsys, "process", str(tavern), *SCRIPTED)
    assert (again["session"], again["reused"]) == (told["session"], True)
    answer(capsys, "backup", str(tmp_path / "back.tar"))

    monkeypatch.delenv("EARWITNESS_DATABASE")
    back = ["--home", str(tmp_path / "back")]
    answer(capsys, "restore", str(tmp_path / "back.tar"), *back)
    edits = answer(capsys, "edit", "list", str(told["session"]), *back)
    assert "Kept." in json.dumps(edits)


def test_the_password_is_told_nobody(
    server: str,
    tavern: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    records: list[logging.LogRecord] = []

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record)

    listening = Listening()
    logging.getLogger().addHandler(listening)
    try:
        said = json.dumps(answer(capsys, "process", str(tavern), *SCRIPTED))
        said += shown(capsys, "config", "show", "--origin")
        findings = shown(capsys, "doctor")
        assert "PostgreSQL" in findings
        wrong = f"postgresql://zoe:{PASSWORD}@127.0.0.1:1/records"
        for address in (wrong, f"{wrong}?mood=good", wrong.replace("postgresql", "mysql")):
            monkeypatch.setenv("EARWITNESS_DATABASE", address)
            said += shown(capsys, "sessions", "list", code=8 if address == wrong else 2)
            said += shown(capsys, "doctor", code=1)
    finally:
        logging.getLogger().removeHandler(listening)
    said += findings + "".join(record.getMessage() for record in records)
    said += "".join(path.read_text() for path in (tmp_path / "home" / "logs").glob("*"))
    assert PASSWORD not in said
    assert os.environ["EARWITNESS_DATABASE"] not in said
