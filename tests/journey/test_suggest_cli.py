"""Lines with two voices at the command line: found, shown, cut by a person, and never by itself."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from tests.commands import answer

import earwitness
from earwitness.cli.failures import run

SCRIPTED = ["--transcriber", "scripted", "--language", "en"]


def shown(capsys: pytest.CaptureFixture[str], *tokens: str, code: int = 0) -> str:
    capsys.readouterr()
    assert run([*tokens]) == code
    captured = capsys.readouterr()
    assert "Traceback" not in captured.out + captured.err
    return captured.out + captured.err


def lines(capsys: pytest.CaptureFixture[str], session: str) -> list[dict[str, object]]:
    found = answer(capsys, "sessions", "lines", session)["lines"]
    assert isinstance(found, list)
    return found


def test_two_voices_in_one_line_are_suggested_and_cut_on_request(
    tavern: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session = str(answer(capsys, "process", str(tavern), *SCRIPTED)["session"])
    assert "no line seems to hold two voices" in shown(capsys, "sessions", "suggest", session)
    before = lines(capsys, session)
    at = next(
        n
        for n, (one, other) in enumerate(pairwise(before))
        if one["voice"] != other["voice"]
        and min(len(str(each["text"]).split()) for each in (one, other)) > 2
    )
    one, other = before[at], before[at + 1]
    answer(capsys, "edit", "voice", session, str(other["id"]), str(one["voice"]))
    answer(capsys, "edit", "merge", session, str(one["id"]), str(other["id"]))
    mixed = lines(capsys, session)

    edits = tmp_path / "cuts.json"
    told = answer(capsys, "sessions", "suggest", session, "--to", str(edits))
    found = told["suggestions"]
    assert isinstance(found, list)
    (only,) = found
    assert only["utterance"] == one["id"]
    assert (only["left"], only["right"]) == (one["voice"], other["voice"])
    assert only["text"] == [one["text"], other["text"]]
    page = shown(capsys, "sessions", "suggest", session, "--to", str(edits))
    assert f"earwitness edit split {session} {one['id']} {only['words']}" in page
    assert "nothing was changed" in page
    assert lines(capsys, session) == mixed

    assert "0 would be refused" in shown(capsys, "edit", "apply", session, str(edits), "--dry-run")
    answer(capsys, "edit", "apply", session, str(edits))
    after = lines(capsys, session)
    assert [(x["voice"], x["text"]) for x in after] == [(x["voice"], x["text"]) for x in before]
    assert answer(capsys, "sessions", "suggest", session)["suggestions"] == []


def test_edits_of_a_line_changed_since_are_refused(
    tavern: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session = str(answer(capsys, "process", str(tavern), *SCRIPTED)["session"])
    first, second = lines(capsys, session)[:2]
    answer(capsys, "edit", "voice", session, str(second["id"]), str(first["voice"]))
    answer(capsys, "edit", "merge", session, str(first["id"]), str(second["id"]))
    edits = tmp_path / "cuts.json"
    assert len(earwitness.suggest(session).found) == 1
    answer(capsys, "sessions", "suggest", session, "--to", str(edits))
    answer(capsys, "edit", "voice", session, str(first["id"]), "S9")
    answer(capsys, "edit", "apply", session, str(edits), code=11)
    assert earwitness.suggest(session).found == ()


def test_a_session_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert "no session" in shown(capsys, "sessions", "suggest", "2020", code=10)
