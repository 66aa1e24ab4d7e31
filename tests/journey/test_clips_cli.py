"""Clips from the command line: while the run works, afterwards, with names, and gone again."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import numpy as np
import pytest
from tests.commands import answer, shown

import earwitness
from earwitness.cli.progress import progress

PROCESS = ("--transcriber", "scripted", "--language", "en", "--formats", "json")


@pytest.fixture
def clipped(tavern: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """The scene with its clips."""
    more = ("--clips", "all", "--clip-format", "wav", "--clip-padding", "0")
    return answer(capsys, "process", str(tavern), *PROCESS, *more)


def manifest_of(told: dict[str, object]) -> dict[str, object]:
    found = json.loads((Path(str(told["output"])) / "clips" / "manifest.json").read_text())
    assert isinstance(found, dict)
    return found


def rows_of(told: dict[str, object]) -> list[dict[str, object]]:
    rows = manifest_of(told)["clips"]
    assert isinstance(rows, list)
    return rows


def test_clips_hold_the_sound_they_say(clipped: dict[str, object], tavern: Path) -> None:
    """Decoded again and compared: every sample is the recording's own."""
    from earwitness.media.decode import decode
    from earwitness.media.sound import PcmFile, Sound

    folder = Path(str(clipped["output"]))
    done = decode(tavern, folder / "again")
    sound = Sound([PcmFile(done.pcm, done.channels, done.samples)])
    rows = rows_of(clipped)
    assert clipped["clips"] == {
        "session": clipped["session"],
        "folder": str(folder / "clips"),
        "status": "complete",
        "ready": len(rows),
        "failed": 0,
        "format": "wav",
        "of": "lines",
    }
    assert len(rows) == manifest_of(clipped)["total_clips"]
    for row in rows:
        span = earwitness.Span(
            round(float(str(row["start"])) * 1000), round(float(str(row["end"])) * 1000)
        )
        with wave.open(str(folder / "clips" / str(row["file"]))) as file:
            samples = file.readframes(file.getnframes())
        assert samples == sound.read(span)
        assert np.frombuffer(samples, "<i2").any(), "not silence"


def test_speakers_are_the_record_s_and_follow_names(
    clipped: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    session = str(clipped["session"])
    before = rows_of(clipped)
    lines = earwitness.record(session).transcript.utterances
    assert {row["speaker"] for row in before} == {line.speaker for line in lines}
    files = {path: path.stat().st_mtime_ns for path in clip_files(clipped)}
    shown(capsys, "speakers", "name", session, "S1", "Ann")
    shown(capsys, "export", session, "--formats", "json")
    after = rows_of(clipped)
    assert [row["speaker"] for row in after] == [
        "Ann" if row["speaker"] == "S1" else row["speaker"] for row in before
    ]
    assert {path: path.stat().st_mtime_ns for path in clip_files(clipped)} == files
    assert not any("ann" in path.name.lower() for path in files)


def clip_files(told: dict[str, object]) -> list[Path]:
    return sorted((Path(str(told["output"])) / "clips").glob("*.wav"))


def test_the_same_command_again_cuts_nothing(
    clipped: dict[str, object], tavern: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {path: path.stat().st_mtime_ns for path in clip_files(clipped)}
    more = ("--clips", "all", "--clip-format", "wav", "--clip-padding", "0")
    again = answer(capsys, "process", str(tavern), *PROCESS, *more)
    assert again["reused"] is True
    assert {path: path.stat().st_mtime_ns for path in clip_files(again)} == files


def test_clips_can_be_wanted_later_and_in_another_format(
    tavern: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = answer(capsys, "process", str(tavern), *PROCESS)
    session = str(done["session"])
    assert done["clips"] is None
    assert not (Path(str(done["output"])) / "clips").exists()
    later = answer(capsys, "process", str(tavern), *PROCESS, "--clips", "all")
    assert later["reused"] is True
    rows = rows_of(later)
    lines = earwitness.record(session).transcript.utterances
    assert [row["speaker"] for row in rows] == [line.speaker for line in lines]
    other = answer(capsys, "sessions", "clips", session, "--clip-format", "opus")
    assert other["ready"] == len(lines)
    names = [path.suffix for path in Path(str(other["folder"])).iterdir()]
    assert sorted(set(names)) == [".json", ".opus"]
    assert f"{len(lines)} clips ready" in shown(capsys, "sessions", "show", session)


def test_a_rerun_brings_its_clips(
    clipped: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    session = str(clipped["session"])
    voices = answer(
        capsys,
        "sessions",
        "rerun",
        session,
        "--with",
        "speakers=2",
        "--formats",
        "json",
        "--clips",
        "all",
        "--clip-format",
        "wav",
        "--clip-padding",
        "0",
    )
    assert {row["speaker"] for row in rows_of(voices)} <= {"S1", "S2", "S3", "S4"}
    lines = earwitness.record(session).transcript.utterances
    assert [row["speaker"] for row in rows_of(voices)] == [line.speaker for line in lines]
    assert len(clip_files(voices)) == len(lines), "those of the four voices are gone"


def test_deleting_a_session_deletes_its_clips(
    clipped: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(str(clipped["output"]))
    size = sum(path.stat().st_size for path in (folder / "clips").iterdir())
    gone = answer(capsys, "sessions", "delete", str(clipped["session"]), "--yes")
    assert not (folder / "clips").exists()
    assert (folder / "transcript.json").exists(), "exports are the user's"
    freed = gone["freed_bytes"]
    assert isinstance(freed, int)
    assert freed > size


def test_a_run_that_fails_marks_its_manifest(tavern: Path, tmp_path: Path) -> None:
    with pytest.raises(earwitness.EarwitnessError):
        earwitness.process(
            tavern,
            transcriber="scripted",
            model=str(tmp_path / "none.json"),
            language="en",
            clips="all",
        )
    (folder,) = (tmp_path / "output").iterdir()
    found = json.loads((folder / "clips" / "manifest.json").read_text())
    assert (found["status"], found["total_clips"], found["clips"]) == ("failed", None, [])


def test_each_chunk_is_an_event_and_following_tells_the_end(
    clipped: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    from earwitness.app.library import open_library
    from earwitness.app.settings import read_settings

    session = str(clipped["session"])
    with open_library(read_settings()) as library:
        told = [e for e in library.events(session) if e.stage == "clip"]
    assert {e.type for e in told} == {"stage.started", "chunk.done", "stage.finished"}
    assert len([e for e in told if e.type == "chunk.done"]) > 5
    assert answer(capsys, "sessions", "follow", session)["state"] == "done"
    seen = shown(capsys, "sessions", "follow", session)
    assert seen == f"✓ done: earwitness sessions show {session} tells more\n"


def test_progress_counts_clips(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("earwitness.cli.progress.QUIET_S", 0.0)
    monkeypatch.setattr("earwitness.cli.progress.LINE_EVERY_S", 0.0)
    with progress(quiet=False) as listener:
        listener.clips(15)
        listener("transcribe", 0.5)
    assert "clips: 15 ready" in capsys.readouterr().err


def test_a_pipeline_of_ones_own_cuts_chunk_by_chunk(tmp_path: Path) -> None:
    """The public surface alone."""

    class Silence:
        duration_ms = 10_000
        tracks: tuple[int, ...] = ()

        def read(self, span: earwitness.Span, track: int | None = None) -> bytes:
            del track
            return bytes(32 * span.duration_ms)

    span = earwitness.Span(1_000, 2_000)
    clip = earwitness.Clip("0000-000", span, span, "S1")
    with earwitness.Clipbook(tmp_path, "mine", earwitness.ClipWish("wav", 0)) as book:
        assert book.cut(0, [clip], Silence()) == (1, 0)
        book.end("complete")
    assert (tmp_path / "clips" / clip.file("wav")).stat().st_size == 32_000 + 44
