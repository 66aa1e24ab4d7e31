"""An evening of correcting at the command line: look, correct, undo, run again, erase, verify."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path

import pytest
from tests.commands import answer, shown

SCRIPTED = ["--transcriber", "scripted", "--language", "en"]
FIRST = "nobody said these words before"


def rows(capsys: pytest.CaptureFixture[str], session: str, *more: str) -> list[dict[str, object]]:
    found = answer(capsys, "sessions", "lines", session, *more)["lines"]
    assert isinstance(found, list)
    return found


def fates(capsys: pytest.CaptureFixture[str], session: str) -> list[str]:
    edits = answer(capsys, "edit", "list", session)["edits"]
    assert isinstance(edits, list)
    return [edit["fate"]["kind"] for edit in edits]


@pytest.fixture
def session(tavern: Path, capsys: pytest.CaptureFixture[str]) -> str:
    return str(answer(capsys, "process", str(tavern), *SCRIPTED)["session"])


def test_an_evening_of_correcting(
    session: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "output" / session
    assert "no corrections yet" in shown(capsys, "edit", "list", session)
    lines = rows(capsys, session)
    some = rows(capsys, session, "--around", "00:00:30")
    assert some == [line for line in lines if line in some]
    assert 0 < len(some) < len(lines)
    assert re.search(r"^ *id +time +speaker", shown(capsys, "sessions", "lines", session))

    told = shown(capsys, "edit", "text", session, "3", FIRST, "--reason", "misheard")
    assert f"- {lines[3]['text']}\n" in told
    assert f"+ {FIRST}\n" in told
    assert f"earwitness export {session}" in told
    assert "S2 → S3" in shown(capsys, "edit", "voice", session, "4", "S3")
    assert "– → Ann" in shown(capsys, "edit", "person", session, "5", "Ann", "--by", "bea")
    assert "Ann → –" in shown(capsys, "edit", "person", session, "5", "-")
    assert "reads so already" in shown(capsys, "edit", "person", session, "5", "-")
    shown(capsys, "edit", "character", session, "0", "Game master")
    shown(capsys, "edit", "stance", session, "0", "ic")
    shown(capsys, "edit", "uncertain", session, "1")
    shown(capsys, "edit", "uncertain", session, "1", "no")
    assert " 7 " in shown(capsys, "edit", "split", session, "7", "1")
    after = rows(capsys, session)
    assert len(after) == len(lines) + 1
    new = next(line["id"] for line in after if line["id"] not in {x["id"] for x in lines})
    assert f"merge 7 and {new}" in shown(capsys, "edit", "merge", session, "7", str(new))
    at = f"{int(str(lines[2]['start_ms'])) / 1000 + 1.5:.1f}"
    shown(capsys, "edit", "split", session, "2", at)

    assert fates(capsys, session) == ["applied"] * 11
    table = shown(capsys, "edit", "list", session)
    assert "misheard" in table
    assert "bea" in table
    assert "undo of 1" in shown(capsys, "edit", "undo", session, "1")
    assert "undo of 12" in shown(capsys, "edit", "redo", session, "1")
    assert "undo of 11" in shown(capsys, "edit", "undo", session, "11")
    assert fates(capsys, session)[10:] == ["undone", "undone", "applied", "applied"]

    shown(capsys, "export", session, "--formats", "txt,csv")
    assert FIRST in (folder / "transcript.txt").read_text(encoding="utf-8")
    log = (folder / "overrides" / "overrides.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["seq"] for line in log] == list(range(1, 15))
    assert (folder / "overrides" / "overrides_index.json").is_file()
    verified = answer(capsys, "sessions", "verify", session)
    assert (verified["count"], verified["erased"], verified["broken_at"]) == (14, 0, None)
    assert "chain is whole" in shown(capsys, "sessions", "verify", session)

    assert "add --yes" in shown(capsys, "sessions", "erase", session, "1", code=2)
    erased = answer(capsys, "sessions", "erase", session, "1", "--yes")
    assert erased == {
        "erased": [1, 12, 13],
        "complete": True,
        "remains": "",
        "quoted_in": [],
        "notes": 0,
        "found_anew": True,
    }
    told = shown(capsys, "sessions", "erase", session, "3", "--yes")
    assert "erased 3\n" in told
    assert "the same words stand in 4" in told
    assert fates(capsys, session)[:4] == ["erased", "applied", "erased", "applied"]
    assert "erased" in shown(capsys, "edit", "list", session)
    assert answer(capsys, "sessions", "verify", session)["head"] == verified["head"]
    shown(capsys, "export", session, "--formats", "txt")
    for path in (folder / "transcript.txt", folder / "overrides" / "overrides.jsonl"):
        assert FIRST not in path.read_text(encoding="utf-8")


def test_edits_survive_a_run_with_another_number_of_voices(
    tavern: Path, session: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = rows(capsys, session)
    for seq, (field, value) in enumerate(
        [
            ("text", FIRST),
            ("person", "Ann"),
            ("voice", "S9"),
            ("stance", "OOC"),
            ("uncertain", "yes"),
        ]
    ):
        shown(capsys, "edit", field, session, str(seq + 2), value)
    told = answer(capsys, "process", str(tavern), *SCRIPTED, "--speakers", "2")
    assert (told["session"], told["reused"]) == (session, False)
    assert len(fates(capsys, session)) == 5
    applied = fates(capsys, session).count("applied")
    assert applied >= 3, "most of them find their words again"
    assert set(fates(capsys, session)) <= {"applied", "conflict", "orphan"}
    lost = 5 - applied
    warned = told["warnings"]
    assert isinstance(warned, list)
    assert bool(lost) == any("correction" in warning for warning in warned)
    again = rows(capsys, session)
    text = (tmp_path / "output" / session / "transcript.txt").read_text(encoding="utf-8")
    assert FIRST in text
    assert any(line["person"] == "Ann" for line in again)
    assert answer(capsys, "process", str(tavern), *SCRIPTED)["reused"] is True
    answer(capsys, "process", str(tavern), *SCRIPTED, "--from", "diarize")
    assert fates(capsys, session) == ["applied"] * 5
    for seq in range(5, 0, -1):
        shown(capsys, "edit", "undo", session, str(seq))
    assert rows(capsys, session) == lines, "undoing everything is the machine's version"


def test_a_batch_is_previewed_made_and_undone(
    session: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = rows(capsys, session)
    edits: list[dict[str, object]] = [
        {"utterance": 0, "field": "person", "value": "Ann"},
        {"utterance": 1, "field": "text", "value": FIRST, "was": lines[1]["text"]},
        {"utterance": 2, "field": "voice", "value": lines[2]["voice"]},
    ]
    bad = [*edits, {"utterance": 3, "field": "text", "value": "no", "was": "something else"}]
    file = tmp_path / "edits.json"
    file.write_text(json.dumps(bad), encoding="utf-8")
    told = shown(capsys, "edit", "apply", session, str(file), "--dry-run", code=11)
    assert "2 would be made, 1 would be refused; nothing was changed" in told
    preview = answer(capsys, "edit", "apply", session, str(file), "--dry-run", code=11)
    assert preview["refused"] == 1
    error = answer(capsys, "edit", "apply", session, str(file), code=11)["error"]
    assert isinstance(error, dict)
    assert (error["kind"], error["expected"]) == ("EditConflict", "something else")
    assert error["found"] == lines[3]["text"]
    assert fates(capsys, session) == []
    file.write_text(json.dumps(edits), encoding="utf-8")
    assert "✓" in shown(capsys, "edit", "apply", session, str(file), "--dry-run")
    assert f"edit undo {session} 1" in shown(capsys, "edit", "apply", session, str(file))
    assert fates(capsys, session) == ["applied", "applied"]
    shown(capsys, "edit", "undo", session, "2")
    assert rows(capsys, session) == lines


def test_a_lost_correction_is_listed_and_placed(
    tavern: Path, session: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown(capsys, "edit", "person", session, "1", "Ann")
    script = tmp_path / "script.json"
    words = [{"text": "entirely", "start_ms": 60_000, "end_ms": 60_500}]
    script.write_text(json.dumps({"words": words}), encoding="utf-8")
    answer(capsys, "process", str(tavern), *SCRIPTED, "--model", str(script))
    assert fates(capsys, session) == ["orphan"]
    told = shown(capsys, "edit", "list", session)
    assert "?" in told
    assert f"earwitness edit place {session} SEQ UTTERANCE" in told
    shown(capsys, "edit", "place", session, "1", "0")
    assert fates(capsys, session) == ["undone", "applied", "applied"]
    (line,) = rows(capsys, session)
    assert line["person"] == "Ann"


@pytest.mark.parametrize(
    ("tokens", "code"),
    [
        (["edit", "text", "SESSION", "99", "words"], 10),
        (["edit", "text", "SESSION", "0", " "], 2),
        (["edit", "voice", "SESSION", "0", "bob"], 2),
        (["edit", "stance", "SESSION", "0", "maybe"], 2),
        (["edit", "uncertain", "SESSION", "0", "perhaps"], 2),
        (["edit", "split", "SESSION", "0", "soon"], 2),
        (["edit", "text", "SESSION", "0", "x", "--revision", "abc-99"], 2),
        (["edit", "undo", "SESSION", "1"], 10),
        (["edit", "place", "SESSION", "1", "0"], 10),
        (["edit", "apply", "SESSION", "nothing-here.json"], 4),
        (["edit", "list", "2020"], 10),
        (["sessions", "verify", "2020"], 10),
        (["sessions", "erase", "SESSION", "1", "--yes"], 10),
        (["sessions", "lines", "SESSION", "--around", "noon"], 2),
    ],
)
def test_errors_are_one_line_a_hint_and_a_code(
    one_session: tuple[str, str],
    tokens: list[str],
    code: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    home, session = one_session
    spoken = [session if token == "SESSION" else token for token in tokens]
    told = shown(capsys, *spoken, "--home", home, code=code).strip().splitlines()
    assert told[0].startswith("error: ")
    assert told[1].startswith("hint: ")
    assert len(told) == 2


@pytest.fixture(scope="module")
def one_session(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A library with one session, for whoever changes nothing in it."""
    from earwitness.app.api import process

    base = tmp_path_factory.mktemp("one-session")
    tavern = Path(__file__).parent.parent.parent / "src" / "earwitness" / "examples" / "tavern.flac"
    done = process(
        tavern,
        transcriber="scripted",
        language="en",
        offline=True,
        home=base / "home",
        output=base / "output",
    )
    return str(base / "home"), done.session.id


def test_nothing_that_was_corrected_is_logged(
    session: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records: list[logging.LogRecord] = []

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record)

    listening = Listening()
    logging.getLogger().addHandler(listening)
    logging.getLogger().setLevel(logging.DEBUG)
    try:
        secret = "xyzzycanary"
        for field, value in (("text", secret), ("person", secret), ("character", secret)):
            shown(capsys, "edit", field, session, "0", value, "--by", secret, "--reason", secret)
        shown(capsys, "edit", "undo", session, "1", "--by", secret)
        shown(capsys, "edit", "list", session)
        shown(capsys, "sessions", "erase", session, "2", "--yes", "--by", secret)
        shown(capsys, "export", session)
    finally:
        logging.getLogger().removeHandler(listening)
    logged = "".join(record.getMessage() + str(record.args) for record in records)
    logged += "".join(p.read_text() for p in (tmp_path / "home" / "logs").glob("*"))
    assert secret not in logged
