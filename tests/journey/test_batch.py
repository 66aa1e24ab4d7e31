"""A folder of recordings at the command line: good, broken, double, and more to come."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.commands import answer, shown
from tests.recordings import piece

import earwitness
from earwitness.cli.failures import run

SCRIPTED = ["--transcriber", "scripted", "--language", "en", "--formats", "json,txt"]
needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="no such signals")


@pytest.fixture
def folder(tavern: Path, tmp_path: Path) -> Path:
    """Three good recordings of three formats, one broken, one there twice, and other files."""
    into = tmp_path / "recordings"
    for start_s, name in ((0, "night1.m4a"), (6, "night2.mp3"), (12, "sub/night2.wav")):
        piece(tavern, into / name, start_s)
    (into / "broken.ogg").write_text("this is no sound\n" * 50)
    shutil.copy(into / "night1.m4a", into / "sub" / "copy of it.m4a")
    (into / "notes.txt").write_text("bring the map")
    return into


def states(told: dict[str, object]) -> dict[str, str]:
    items = told["items"]
    assert isinstance(items, list)
    return {item["name"]: item["state"] for item in items}


def counts(told: dict[str, object]) -> dict[str, int]:
    found = told["counts"]
    assert isinstance(found, dict)
    return {name: count for name, count in found.items() if count}


def sessions(capsys: pytest.CaptureFixture[str]) -> int:
    listed = answer(capsys, "sessions", "list")["sessions"]
    assert isinstance(listed, list)
    return len(listed)


def test_good_broken_and_double_ones_are_told_apart_and_resuming_does_nothing_twice(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["batch", "--input-dir", str(folder), "--recursive", *SCRIPTED]
    command += ["--output-dir", str(tmp_path / "processed"), "--parallel", "2"]
    told = answer(capsys, *command, code=5)
    assert states(told) == {
        "broken.ogg": "failed",
        "night1.m4a": "done",
        "night2.mp3": "done",
        "sub/copy of it.m4a": "duplicate",
        "sub/night2.wav": "done",
    }
    assert counts(told) == {"total": 5, "successful": 3, "failed": 1, "duplicates": 1}
    report = Path(str(told["report"]))
    assert report.parent == tmp_path / "processed"
    text = report.read_text(encoding="utf-8")
    assert "| broken.ogg | UnsupportedSource: broken.ogg: " in text
    assert "- Total Sessions: 5\n- Successful: 3\n- Failed: 1\n- Resumed from Checkpoint: 0" in text
    for item in told["items"]:  # type: ignore[attr-defined]
        if item["state"] == "done":
            assert (Path(item["output"]) / "transcript.txt").is_file()
            assert f"| {item['name']} | 6s | " in text

    again = answer(capsys, *command, "--resume", code=5)
    assert counts(again) == {"total": 5, "failed": 1, "skipped": 3, "duplicates": 1}
    assert again["report"] != told["report"]
    assert sessions(capsys) == 3
    afresh = answer(capsys, *command, code=5)
    assert counts(afresh) == counts(told)
    assert sessions(capsys) == 6, "without --resume all sessions are new"


def test_files_and_folders_together_each_once(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = [str(folder / "night1.m4a"), str(folder / "sub" / "night2.wav")]
    told = answer(capsys, "batch", "--files", *named, *SCRIPTED)
    assert states(told) == dict.fromkeys(named, "done")
    (folder / "broken.ogg").unlink()
    both = ["--files", *named, "--input-dir", str(folder), "--resume"]
    told = answer(capsys, "batch", *both, *SCRIPTED)
    assert list(states(told).values()) == ["skipped", "skipped", "done"]
    gone = answer(capsys, "batch", "--files", str(tmp_path / "gone.wav"), *SCRIPTED, code=4)
    assert counts(gone) == {"total": 1, "failed": 1}


@pytest.mark.parametrize(
    ("tokens", "code"),
    [
        (["--input-dir", "empty"], 4),
        (["--input-dir", "gone"], 4),
        (["--input-dir", "file.wav"], 5),
        ([], 2),
        (["--files", "file.wav", "--watch"], 2),
        (["--input-dir", "empty", "--parallel", "0"], 2),
        (["--input-dir", "empty", "--resume", "--fresh"], 2),
        (["--input-dir", "empty", "--transcriber", "dragon"], 2),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_written(
    tokens: list[str],
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty" / "deeper").mkdir(parents=True)
    (tmp_path / "file.wav").write_bytes(b"x")
    text = shown(capsys, "batch", *tokens, code=code)
    assert text.startswith("error: ")
    assert "hint: " in text or code == 2
    assert not (tmp_path / "output").exists()


KILLER = """
import os
from earwitness.engines.scripted import ScriptedFactory, ScriptedTranscriber

class Killer(ScriptedTranscriber):
    def transcribe(self, audio, chunk, language):
        if audio.duration_ms > 8_000:
            os._exit(42)
        return super().transcribe(audio, chunk, language)

class Factory(ScriptedFactory):
    name = "killer"
    def open(self, options):
        return Killer(None)
"""


def test_a_recording_whose_engine_kills_its_process_takes_no_other_with_it(
    tavern: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    plugin = tmp_path / "plugin"
    (plugin / "killer-1.0.dist-info").mkdir(parents=True)
    info = plugin / "killer-1.0.dist-info"
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: killer\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[earwitness.transcribe]\nkiller = killer:Factory\n")
    (plugin / "killer.py").write_text(KILLER)
    path = os.pathsep.join(filter(None, [str(plugin), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("PYTHONPATH", path)
    monkeypatch.syspath_prepend(str(plugin))
    into = tmp_path / "recordings"
    piece(tavern, into / "a deadly.wav", 0, seconds=10)
    for number in range(3):
        piece(tavern, into / f"b{number}.wav", 6.0 * number)
    told = answer(
        capsys,
        *("batch", "--input-dir", str(into), "--parallel", "2"),
        *("--transcriber", "killer", "--language", "en"),
        code=7,
    )
    assert list(states(told).values()) == ["failed", "done", "done", "done"]
    deadly = told["items"][0]  # type: ignore[index]
    assert deadly["error"]["kind"] == "EngineError"
    assert deadly["tries"] == 3


def test_names_that_break_tables_and_terminals_do_not(
    tavern: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    into = tmp_path / "recordings"
    piece(tavern, into / "a.wav")
    (into / "a.wav").rename(into / "a|b\n\x1b[31mc.wav")
    text = shown(capsys, "batch", "--input-dir", str(into), *SCRIPTED)
    (report,) = (tmp_path / "output").glob("batch-*.md")
    (row,) = [line for line in report.read_text().splitlines() if line.startswith("| a")]
    assert row.replace("\\|", "").count("|") == 5
    assert "1 successful" in text
    assert run(["batch", "--input-dir", str(into), *SCRIPTED, "--resume"]) == 0
    assert "\x1b[31m" not in capsys.readouterr().err


def test_the_same_in_python(folder: Path, tmp_path: Path) -> None:
    heard: list[tuple[str, str]] = []
    seen: list[int] = []

    class Onlooker:
        def changed(self, report: earwitness.BatchReport) -> None:
            seen.append(len(report.unfinished))

        def heard(self, name: str, stage: str, share: float) -> None:
            assert 0 <= share <= 1
            heard.append((name, stage))

    report = earwitness.process_batch(
        input_dir=folder,
        output_dir=tmp_path / "out",
        transcriber="scripted",
        language="en",
        onlooker=Onlooker(),
    )
    assert [item.name for item in report.successful] == ["night1.m4a", "night2.mp3"]
    assert [item.name for item in report.failed] == ["broken.ogg"]
    assert report.exit_code() == 5
    assert report.file.is_file()
    assert seen[-1] == 0
    assert max(seen) == 3
    assert {name for name, _ in heard} == {"broken.ogg", "night1.m4a", "night2.mp3"}


def told_of(report: Path) -> str:
    return report.read_text(encoding="utf-8") if report.is_file() else ""


@needs_signals
def test_a_watched_folder_is_worked_off_as_it_fills_until_ctrl_c(
    tavern: Path, tmp_path: Path
) -> None:
    into, out = tmp_path / "in", tmp_path / "out"
    first = piece(tavern, tmp_path / "first.wav").read_bytes()
    into.mkdir()
    (into / "slow.wav").write_bytes(first[: len(first) // 2])
    command = [sys.executable, "-m", "earwitness", "batch", "--watch", "--settle", "3"]
    command += ["--input-dir", str(into), "--output-dir", str(out), *SCRIPTED, "--json"]
    pause = threading.Event()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watching:
        for byte in range(4):  # it is still being copied
            pause.wait(0.5)
            with (into / "slow.wav").open("ab") as file:
                file.write(first[len(first) // 2 + byte :][:1])
        assert not list(out.glob("*/transcript.txt")), "it was begun while it was being copied"
        with (into / "slow.wav").open("ab") as file:
            file.write(first[len(first) // 2 + 4 :])
        piece(tavern, tmp_path / "later.mp3", 6).rename(into / "later.mp3")
        while len(list(out.glob("*/transcript.txt"))) < 2:
            assert watching.poll() is None
            pause.wait(0.1)
        (report,) = out.glob("batch-*.md")
        while "Successful: 2" not in told_of(report):
            assert watching.poll() is None
            pause.wait(0.1)
        watching.send_signal(signal.SIGINT)
        told = json.loads(watching.communicate(timeout=240)[0])
    assert watching.returncode == 0
    assert sorted(states(told).items()) == [("later.mp3", "done"), ("slow.wav", "done")]
    assert all(item["length_ms"] > 5_500 for item in told["items"]), "whole, not in part"
    assert "**Total Time:**" in told_of(report)
