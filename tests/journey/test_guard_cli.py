"""The machine doubts words: hidden in every file, shown when asked for, and by a person's word."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import earwitness
from earwitness.cli.failures import run

LOOP = "round and round "
REAL = "the door falls shut"


@pytest.fixture
def scene(tavern: Path, tmp_path: Path) -> Path:
    """The shipped scene, where it may be moved away."""
    return Path(shutil.copy(tavern, tmp_path / "scene.flac"))


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """Words on the tavern scene's first chunk: four real ones, then a loop."""
    words = (REAL + " " + LOOP * 20).split()
    told = [
        {"text": text, "start_ms": 1_000 + n * 60, "end_ms": 1_060 + n * 60, "confidence": 0.9}
        for n, text in enumerate(words)
    ]
    path = tmp_path / "script.json"
    path.write_text(json.dumps({"words": told, "language": "en"}))
    return path


@pytest.fixture
def session(scene: Path, script: Path) -> str:
    done = earwitness.process(
        scene, transcriber="scripted", model=str(script), language="en", formats="json,txt,srt"
    )
    return done.session.id


def ask(capsys: pytest.CaptureFixture[str], *tokens: str) -> dict[str, object]:
    capsys.readouterr()
    assert run([*tokens, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert isinstance(told, dict)
    return told


def loops(tmp_path: Path, session: str, suffix: str = "txt") -> int:
    text = (tmp_path / "output" / session / f"transcript.{suffix}").read_text("utf-8")
    return text.count("round") // 2


def doubted_line(capsys: pytest.CaptureFixture[str], session: str) -> tuple[str, str]:
    """The id of the doubted line, and the only reason in it."""
    lines = ask(capsys, "sessions", "lines", session)["lines"]
    assert isinstance(lines, list)
    ((number, reason),) = {
        (str(line["id"]), part["doubt"]) for line in lines for part in line["doubted"]
    }
    return number, reason


def test_doubted_words_are_hidden_shown_vouched_for_and_hidden_again(
    session: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert loops(tmp_path, session) == loops(tmp_path, session, "srt") == 1
    (speaker,) = [each for each in earwitness.speakers(session)[0] if each.words]
    assert speaker.words == 4 + 3, "who talks how much counts what people read"
    record = earwitness.record(session)
    whole = sum(len(line.words) for line in record.transcript.utterances)
    assert whole == 4 + 60, "nothing is deleted"
    warning = next(told for told in record.warnings if "doubted" in told)
    assert warning.startswith("57 words are doubted and hidden: 57 repeated in a loop")
    assert ask(capsys, "sessions", "show", session)["doubted"] == {"loop": 57}
    assert run(["sessions", "show", session]) == 0
    assert "57 words are doubted" in capsys.readouterr().out

    assert run(["export", session, "--formats", "txt,srt", "--show-doubted"]) == 0
    assert loops(tmp_path, session) == loops(tmp_path, session, "srt") == 20

    number, reason = doubted_line(capsys, session)
    assert reason == "loop"
    assert run(["sessions", "lines", session]) == 0
    assert "[loop: round and round" in " ".join(capsys.readouterr().out.split())
    assert run(["edit", "uncertain", session, number, "no"]) == 0
    assert run(["export", session, "--formats", "txt,srt"]) == 0
    assert loops(tmp_path, session) == loops(tmp_path, session, "srt") == 20
    assert not [told for told in earwitness.record(session).warnings if "doubted" in told]

    assert run(["edit", "undo", session, "1"]) == 0
    assert run(["export", session, "--formats", "txt"]) == 0
    assert loops(tmp_path, session) == 1


def test_a_persons_word_survives_a_new_run(
    session: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number, _ = doubted_line(capsys, session)
    assert run(["edit", "uncertain", session, number, "no"]) == 0
    redone = earwitness.rerun(session, stage="transcribe")
    assert {step.stage for step in redone.steps if step.stage == "guard"}
    assert loops(tmp_path, session) == 20
    assert ask(capsys, "sessions", "show", session)["doubted"] == {}


def test_the_guard_can_be_done_again_alone_and_without_the_sound(
    session: str, scene: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.unlink()
    redone = earwitness.rerun(session, stage="guard")
    done = {step.stage for step in redone.steps if not step.hit} - {"report"}
    assert done <= {"guard", "attribute"}
    assert "guard" in done
    assert ask(capsys, "sessions", "show", session)["doubted"] == {"loop": 57}


def test_a_session_of_before_the_guard_is_done_again_without_the_sound(
    session: str, scene: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(tmp_path / "home" / "library.db")) as library, library:
        library.execute("DELETE FROM step WHERE stage IN ('crosstalk', 'guard')")
    scene.unlink()
    redone = earwitness.rerun(session, stage="settle")
    assert {"crosstalk", "guard", "settle"} <= {step.stage for step in redone.steps}
    assert ask(capsys, "sessions", "show", session)["doubted"] == {"loop": 57}


def test_process_itself_can_show_doubted_words(
    session: str, scene: Path, script: Path, tmp_path: Path
) -> None:
    command = ["process", str(scene), "--transcriber", "scripted", "--model", str(script)]
    command += ["--language", "en", "--formats", "txt"]
    assert run([*command, "--show-doubted"]) == 0
    assert loops(tmp_path, session) == 20
    assert run(command) == 0
    assert loops(tmp_path, session) == 1


def test_a_json_that_is_imported_keeps_what_is_doubted(session: str, tmp_path: Path) -> None:
    before = earwitness.record(session)
    path = tmp_path / "output" / session / "transcript.json"
    brought = earwitness.import_transcript(path, home=tmp_path / "other")
    after = earwitness.record(brought.session.id, home=tmp_path / "other")
    assert after.transcript == before.transcript
    assert sorted(after.warnings) == sorted(before.warnings)
