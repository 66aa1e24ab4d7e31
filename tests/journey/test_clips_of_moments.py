"""Clips of moments: cut where moments were found, again after corrections, and gone with them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import wave
from pathlib import Path

import pytest
from tests.commands import answer, shown

import earwitness

SPOKEN = {
    1_000: "I promise you we will find your father my friend.",
    30_000: "That is a natural twenty!",
    36_000: "Do you want to go on?",
    75_000: "We have decided to leave at dawn for the old tower.",
}
"""What is heard in the scene, by the time at which it begins."""

WORD_MS = 120


def script(folder: Path) -> Path:
    words = [
        {"text": word, "start_ms": at + n * WORD_MS, "end_ms": at + n * WORD_MS + 100}
        for at, said in SPOKEN.items()
        for n, word in enumerate(said.split())
    ]
    path = folder / "script.json"
    path.write_text(json.dumps({"words": words, "language": "en"}))
    return path


@pytest.fixture
def command(tavern: Path, tmp_path: Path) -> tuple[str, ...]:
    """The scene's voices, with words that hold moments."""
    return (
        *("process", str(tavern), "--playbook", "tabletop", "--transcriber", "scripted"),
        *("--model", str(script(tmp_path)), "--language", "en", "--formats", "json"),
        *("--clips", "moments", "--clip-format", "wav"),
    )


@pytest.fixture
def clipped(command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    return answer(capsys, *command)


def manifest_of(told: dict[str, object]) -> dict[str, object]:
    found = json.loads((Path(str(told["output"])) / "clips" / "manifest.json").read_text())
    assert isinstance(found, dict)
    return found


def rows_of(told: dict[str, object]) -> list[dict[str, object]]:
    rows = manifest_of(told)["clips"]
    assert isinstance(rows, list)
    return rows


def times_of(told: dict[str, object]) -> dict[str, int]:
    files = (Path(str(told["output"])) / "clips").glob("*.wav")
    return {path.name: path.stat().st_mtime_ns for path in files}


def test_every_moment_has_its_clip_and_nothing_else_has(clipped: dict[str, object]) -> None:
    record = earwitness.record(str(clipped["session"]))
    assert {moment.kind for moment in record.moments} >= {"promise", "critical_hit", "decision"}
    manifest = manifest_of(clipped)
    assert (manifest["status"], manifest["of"], manifest["padding"]) == ("complete", "moments", 1.0)
    rows = rows_of(clipped)
    assert manifest["total_clips"] == len(rows)
    assert set(times_of(clipped)) == {str(row["file"]) for row in rows}
    lines = {line.id: line for line in record.transcript.utterances}
    told = {(row["kind"], row["speaker"], row["start"], row["end"]) for row in rows}
    assert told == {
        (
            moment.kind,
            lines[moment.evidence[0]].speaker,
            max(0, moment.span.start_ms - 1_000) / 1000,
            (moment.span.end_ms + 1_000) / 1000,
        )
        for moment in record.moments
    }
    for row in rows:
        assert str(row["kind"]) in str(row["file"])
        with wave.open(str(Path(str(clipped["output"])) / "clips" / str(row["file"]))) as file:
            seconds = file.getnframes() / file.getframerate()
        assert seconds == pytest.approx(float(str(row["end"])) - float(str(row["start"])))


def test_the_same_command_again_cuts_nothing(
    clipped: dict[str, object], command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    before = times_of(clipped)
    again = answer(capsys, *command)
    assert again["reused"] is True
    assert again["clips"] == clipped["clips"]
    assert times_of(again) == before


def test_corrections_cut_what_has_changed_and_take_away_what_is_gone(
    clipped: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    session, before = str(clipped["session"]), times_of(clipped)
    lines = earwitness.record(session).transcript.utterances
    (promise,) = [line for line in lines if "promise" in line.text]
    (asked,) = [line for line in lines if "go on" in line.text]
    shown(capsys, "edit", "text", session, str(promise.id), "We will find your father my friend.")
    shown(capsys, "edit", "text", session, str(asked.id), "I promise you we will go on together.")
    shown(capsys, "edit", "stance", session, str(asked.id), "IC")
    answer(capsys, "sessions", "clips", session, "--of", "moments", "--clip-format", "wav")
    after = times_of(clipped)
    gone, new = before.keys() - after.keys(), after.keys() - before.keys()
    assert len(gone) == 1
    assert all("_promise." in file for file in (*gone, *new))
    assert len(new) == 1
    assert {file: after[file] for file in before.keys() & after.keys()} == {
        file: before[file] for file in before.keys() & after.keys()
    }
    assert {str(row["file"]) for row in rows_of(clipped)} == set(after)


def test_people_are_told_and_deleting_counts_them(
    clipped: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    session = str(clipped["session"])
    assert "clips of moments ready" in shown(capsys, "sessions", "show", session)
    folder = Path(str(clipped["output"])) / "clips"
    size = sum(path.stat().st_size for path in folder.iterdir())
    gone = answer(capsys, "sessions", "delete", session, "--yes")
    assert not folder.exists()
    freed = gone["freed_bytes"]
    assert isinstance(freed, int)
    assert freed > size


def test_moments_and_lines_take_each_other_s_place(
    clipped: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    session, moments = str(clipped["session"]), times_of(clipped)
    lines = answer(capsys, "sessions", "clips", session, "--clip-format", "wav")
    assert lines["of"] == "lines"
    assert not moments.keys() & times_of(clipped).keys()
    assert all("kind" not in row for row in rows_of(clipped))
    answer(capsys, "sessions", "clips", session, "--of", "moments", "--clip-format", "wav")
    assert times_of(clipped).keys() == moments.keys()


def test_nothing_but_lines_and_moments_is_cut(
    clipped: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    told = shown(capsys, "sessions", "clips", str(clipped["session"]), "--of", "songs", code=2)
    assert "of lines and of moments" in told


def test_a_killed_run_goes_on_and_doubles_nothing(command: tuple[str, ...], tmp_path: Path) -> None:
    """Killed as soon as one clip is there; the library knows of the folder by then."""
    process = [sys.executable, "-m", "earwitness", *command, "--json"]
    with subprocess.Popen(process, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as started:
        pause = threading.Event()
        while not list((tmp_path / "output").glob("*/clips/*.wav")):
            assert started.poll() is None, "it ended before a clip was ready"
            pause.wait(0.002)
        os.kill(started.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    (folder,) = (tmp_path / "output").glob("*/clips")
    session = folder.parent.name
    ((known, _),) = earwitness.clips(session)
    assert known == folder.parent
    left = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.wav")}
    ready = {
        row["file"]
        for row in json.loads((folder / "manifest.json").read_text())["clips"]
        if row["status"] == "ready"
    }
    again = subprocess.run(process, capture_output=True, text=True, check=True)
    assert json.loads(again.stdout)["session"] == session
    told = json.loads((folder / "manifest.json").read_text())
    files = [row["file"] for row in told["clips"]]
    assert (told["status"], told["total_clips"]) == ("complete", len(set(files)))
    assert {path.name for path in folder.iterdir()} == {*files, "manifest.json"}
    assert all((folder / file).stat().st_mtime_ns == left[file] for file in ready)
