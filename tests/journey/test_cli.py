"""A user's evening at the command line: process, continue, look, export, delete."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest
from tests.commands import answer, shown

from earwitness.cli.failures import run
from earwitness.runs.plan import OF_TRACKS, STAGES

SCRIPTED = ["--transcriber", "scripted", "--language", "en"]


def test_process_writes_every_format_and_says_so(
    tavern: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    formats = "json,txt,md,csv,srt,vtt,ass,stm,rttm"
    told = answer(capsys, "process", str(tavern), *SCRIPTED, "--formats", formats)
    assert told["outcome"] == {"kind": "done"}
    assert told["warnings"] == []
    folder = tmp_path / "output" / str(told["session"])
    assert told["output"] == str(folder)
    written = sorted(path.name for path in folder.iterdir())
    assert written == sorted(f"transcript.{suffix}" for suffix in formats.split(","))
    assert all((folder / name).stat().st_size for name in written)
    stages = told["stages"]
    assert isinstance(stages, dict)
    assert set(stages) == set(STAGES) - OF_TRACKS


def test_the_same_command_again_asks_no_engine(
    tavern: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = answer(capsys, "process", str(tavern), *SCRIPTED)
    again = answer(capsys, "process", str(tavern), *SCRIPTED)
    assert again["reused"] is True
    assert again["session"] == first["session"]
    changed = answer(capsys, "process", str(tavern), *SCRIPTED, "--speakers", "2")
    assert changed["reused"] is False
    assert changed["session"] == first["session"], "a new run of the same session"
    shown = answer(capsys, "sessions", "show", str(first["session"]))
    runs = shown["runs"]
    assert isinstance(runs, list)
    assert len(runs) == 2
    hits = {step["stage"]: step["hit"] for step in runs[0]["steps"] if step["chunk"] is None}
    assert hits["transcribe"] is True, "re-diarizing never touches transcription"
    assert hits["diarize"] is False


def test_from_stage_and_fresh_do_things_again(
    tavern: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = answer(capsys, "process", str(tavern), *SCRIPTED)
    for flags, again in (
        (["--from", "diarize"], {"diarize", "settle", "attribute"}),
        (["--fresh"], set(STAGES) - OF_TRACKS),
    ):
        answer(capsys, "process", str(tavern), *SCRIPTED, *flags)
        shown = answer(capsys, "sessions", "show", str(told["session"]))
        runs = shown["runs"]
        assert isinstance(runs, list)
        steps = runs[0]["steps"]
        done = {step["stage"] for step in steps if not step["hit"]}
        assert done & set(STAGES) == again


def test_speakers_are_honoured_exactly(tavern: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for count in (1, 2, 5):
        flags = ["--speakers", str(count), "--formats", "rttm"]
        told = answer(capsys, "process", str(tavern), *SCRIPTED, *flags)
        rttm = (Path(str(told["output"])) / "transcript.rttm").read_text(encoding="utf-8")
        assert len({line.split()[7] for line in rttm.splitlines()}) == count


def test_a_refused_language_gives_voices_without_text(
    tavern: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = ["--transcriber", "pocketsphinx", "--language", "nl", "--formats", "stm,rttm,txt"]
    told = answer(capsys, "process", str(tavern), *flags)
    outcome = told["outcome"]
    assert isinstance(outcome, dict)
    assert outcome["kind"] == "degraded"
    assert "earwitness models pull" in outcome["hint"]
    folder = Path(str(told["output"]))
    assert (folder / "transcript.stm").read_text(encoding="utf-8").strip("\n; ") == "" or all(
        line.startswith(";;") for line in (folder / "transcript.stm").read_text().splitlines()
    )
    assert "SPEAKER" in (folder / "transcript.rttm").read_text(encoding="utf-8")
    assert run(["process", str(tavern), *flags, "--strict", "--json"]) == 3


def test_several_files_are_several_sessions_or_one_together(
    tavern: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import av

    second = tmp_path / "second.wav"
    with av.open(str(tavern)) as source, av.open(str(second), "w") as target:
        stream = target.add_stream("pcm_s16le", rate=16_000, layout="mono")
        for frame in source.decode(audio=0):
            target.mux(stream.encode(frame))
            if frame.time and frame.time > 20:
                break
        target.mux(stream.encode(None))
    told = answer(
        capsys, "process", str(tavern), str(second), "--together", *SCRIPTED, "--title", "Night 1"
    )
    shown = answer(capsys, "sessions", "show", str(told["session"]))
    recordings = shown["recordings"]
    assert isinstance(recordings, list)
    assert [recording["name"] for recording in recordings] == ["tavern.flac", "second.wav"]
    capsys.readouterr()
    assert run(["process", str(tavern), str(second), *SCRIPTED]) == 0
    listed = answer(capsys, "sessions", "list")["sessions"]
    assert isinstance(listed, list)
    assert len(listed) == 3


def test_one_bad_file_of_several_does_not_stop_the_others(
    tavern: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "notes.wav"
    bad.write_text("this is no sound\n" * 50)
    assert run(["process", str(bad), str(tavern), *SCRIPTED]) == 5
    captured = capsys.readouterr()
    assert "notes.wav" in captured.err
    assert "✓" in captured.out


def test_export_and_delete(
    tavern: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = answer(capsys, "process", str(tavern), *SCRIPTED)
    session = str(told["session"])
    exported = answer(
        capsys, "export", session[:12], "--formats", "vtt", "--names", "--output", str(tmp_path)
    )
    files = exported["files"]
    assert isinstance(files, list)
    assert "<v S1>" in Path(files[0]).read_text(encoding="utf-8")
    assert run(["sessions", "delete", session]) == 2, "needs a yes when nobody can be asked"
    deleted = answer(capsys, "sessions", "delete", session, "--yes")
    assert deleted["deleted"] == session
    assert answer(capsys, "sessions", "list") == {"sessions": []}
    error = answer(capsys, "sessions", "show", session, code=10)["error"]
    assert isinstance(error, dict)
    assert error["kind"] == "NotFound"


@pytest.mark.parametrize(
    ("tokens", "code"),
    [
        (["process", "nothing-here.wav"], 4),
        (["process", "."], 5),
        (["process", "x.wav", "--transcriber", "dragon"], 2),
        (["process", "x.wav", "--language", "klingon"], 2),
        (["process", "x.wav", "--formats", "docx7"], 2),
        (["process", "x.wav", "--from", "translate"], 2),
        (["process", "x.wav", "--speakers", "0"], 2),
        (["process", "x.wav", "--playbook", "opera"], 2),
        (["process"], 2),
        (["process", "x.wav", "--no-such-flag"], 2),
        (["sing"], 2),
        (["export", "2020"], 10),
        (["models", "pull", "no-such-model"], 2),
        (["restore", "nothing-here.tar"], 4),
    ],
)
def test_errors_are_one_line_a_hint_and_a_code(
    tokens: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tokens) == code
    captured = capsys.readouterr()
    lines = captured.err.strip().splitlines()
    assert lines[0].startswith("error: ")
    assert lines[1].startswith("hint: ")
    assert len(lines) == 2
    assert "Traceback" not in captured.err + captured.out
    error = answer(capsys, *tokens, code=code)["error"]
    assert isinstance(error, dict)
    assert set(error) == {"kind", "message", "hint"}


def test_doctor_models_and_config_answer(capsys: pytest.CaptureFixture[str]) -> None:
    findings = answer(capsys, "doctor")["findings"]
    assert isinstance(findings, list)
    what = {finding["what"]: finding for finding in findings}
    assert what["detect silero"]["ok"]
    assert not what["transcribe faster-whisper"]["ok"]
    assert "models pull" in what["transcribe faster-whisper"]["hint"]
    assert "everything that is needed is there; " in shown(capsys, "doctor")
    models = answer(capsys, "models", "list")["models"]
    assert isinstance(models, list)
    assert "small" in {row["name"] for row in models}
    settings = answer(capsys, "config", "show", "--origin")["settings"]
    assert isinstance(settings, dict)
    assert settings["offline"] == {"value": "True", "origin": "environment"}
    for tokens in (["doctor"], ["models", "list"], ["config", "show"], ["sessions", "list"]):
        assert run(tokens) == 0
        assert capsys.readouterr().out.strip()


def test_backup_and_restore_carry_the_library(
    tavern: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = answer(capsys, "process", str(tavern), *SCRIPTED)
    answer(capsys, "backup", str(tmp_path / "library.tar"))
    other = ["--home", str(tmp_path / "other")]
    answer(capsys, "restore", str(tmp_path / "library.tar"), *other)
    again = answer(capsys, "process", str(tavern), *SCRIPTED, *other)
    assert again["reused"] is True
    assert again["session"] == told["session"]


def test_nothing_that_was_said_is_logged(
    tavern: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "script.json"
    words = [{"text": "xyzzycanary", "start_ms": 1_000, "end_ms": 1_600}]
    script.write_text(json.dumps({"words": words}))
    records: list[logging.LogRecord] = []

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record)

    listening = Listening()
    logging.getLogger().addHandler(listening)
    logging.getLogger().setLevel(logging.DEBUG)
    try:
        told = answer(capsys, "process", str(tavern), *SCRIPTED, "--model", str(script))
    finally:
        logging.getLogger().removeHandler(listening)
    text = (Path(str(told["output"])) / "transcript.txt").read_text(encoding="utf-8")
    assert "xyzzycanary" in text, "it was said, and it was written where it belongs"
    logged = "".join(record.getMessage() for record in records)
    logged += "".join(p.read_text() for p in (tmp_path / "home" / "logs").glob("*"))
    assert "xyzzycanary" not in logged


def test_the_program_itself_runs_and_a_closed_pipe_is_no_error(tavern: Path) -> None:
    command = [sys.executable, "-m", "earwitness", "process", str(tavern), *SCRIPTED]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "\x1b[" not in done.stdout + done.stderr, "no colours when not a terminal"
    helped = subprocess.run(
        f"{sys.executable} -m earwitness models list | head -n 1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert helped.stderr == ""
