"""Clipbook: files and their manifest - readable at any time, nothing cut twice, bounded writing."""

from __future__ import annotations

import io
import json
import threading
import wave
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.clip import CLIP_FORMATS, Clip, ClipFormat, ClipWish, Manifest
from earwitness.core.errors import EngineError
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.transcript import Utterance
from earwitness.media.clip import encoded
from earwitness.runs import clipbook
from earwitness.runs.clip_manifest import (
    read_manifest,
    remove_clips,
    with_speakers,
    write_manifest,
)
from earwitness.runs.clipbook import Clipbook
from earwitness.stages.clip import numbered

WAV = ClipWish("wav", 0)


@dataclass
class Tone:
    """Sound whose samples are their own numbers; counts how often it is read."""

    duration_ms: int = 60_000
    tracks: tuple[int, ...] = ()
    reads: int = 0

    def read(self, span: Span, track: int | None = None) -> bytes:
        del track
        self.reads += 1
        numbers = np.arange(span.start_ms * 16, min(span.end_ms, self.duration_ms) * 16)
        return (numbers % 20_000).astype("<i2").tobytes()


def clips(chunk: int, *times: tuple[int, int], voice: str | None = "S1") -> tuple[Clip, ...]:
    stretches = [(Span(*each), voice, None) for each in times]
    return numbered(chunk, stretches, padding_ms=0, end_ms=60_000)


def told(folder: Path) -> dict[str, object]:
    found = json.loads((folder / "clips" / "manifest.json").read_text())
    assert isinstance(found, dict)
    return found


def test_manifest_has_the_shape_people_were_promised(tmp_path: Path) -> None:
    with Clipbook(tmp_path, "night", WAV) as book:
        assert told(tmp_path) | {"clips": []} == {
            "session_id": "night",
            "status": "in_progress",
            "total_clips": None,
            "format": "wav",
            "padding": 0,
            "of": "lines",
            "clips": [],
        }
        book.cut(3, clips(3, (1_250, 4_100)), Tone())
        book.flush()
        assert told(tmp_path)["total_clips"] is None
        book.end("complete")
    found = told(tmp_path)
    assert found["status"] == "complete"
    assert found["total_clips"] == 1
    assert found["clips"] == [
        {
            "id": "0003-000",
            "file": "0003-000_00-00-01.250.wav",
            "speaker": "S1",
            "start": 1.25,
            "end": 4.1,
            "status": "ready",
        }
    ]


def test_wav_is_the_very_sound(tmp_path: Path) -> None:
    sound = Tone()
    with Clipbook(tmp_path, "night", WAV) as book:
        (clip,) = clips(0, (500, 1_733))
        book.cut(0, [clip], sound)
    with wave.open(str(book.folder / clip.file("wav"))) as file:
        assert file.getframerate() == 16_000
        assert file.readframes(file.getnframes()) == sound.read(clip.span)


@pytest.mark.parametrize("how", CLIP_FORMATS)
def test_every_format_decodes_to_its_length_and_energy(how: ClipFormat) -> None:
    at = np.arange(16_000 * 2) / 16_000
    sound = (8_000 * np.sin(2 * np.pi * 440 * at)).astype("<i2")
    with av.open(io.BytesIO(encoded(sound.tobytes(), how)), "r") as file:
        rate = file.streams.audio[0].rate
        heard = np.concatenate(
            [
                np.atleast_2d(frame.to_ndarray())[0].astype(np.float64)
                / (1 if frame.format.name.startswith("flt") else 32_768)
                for frame in file.decode(audio=0)
            ]
        )
    assert len(heard) / rate == pytest.approx(2.0, abs=0.07)
    loud = float(np.sqrt(np.mean(heard**2)))
    assert loud == pytest.approx(8_000 / 32_768 / np.sqrt(2), rel=0.05)


def test_nothing_is_no_sound() -> None:
    with pytest.raises(EngineError, match="no sound"):
        encoded(b"", "wav")


def test_one_bad_clip_fails_and_the_rest_go_on(tmp_path: Path) -> None:
    good, bad, beyond = clips(0, (0, 900), (1_000, 1_900), (70_000, 71_000))
    (tmp_path / "clips" / bad.file("wav")).mkdir(parents=True)
    with Clipbook(tmp_path, "night", WAV) as book:
        assert book.cut(0, [good, bad, beyond], Tone()) == (1, 2)
        manifest = book.end("complete")
    assert [row.status for row in manifest.clips] == ["ready", "failed", "failed"]
    assert (manifest.ready, manifest.failed) == (1, 2)


def test_an_empty_chunk_gives_no_clip_and_no_error(tmp_path: Path) -> None:
    with Clipbook(tmp_path, "night", WAV) as book:
        assert book.cut(0, (), Tone()) == (0, 0)
        assert book.end("complete").clips == ()
    assert told(tmp_path)["total_clips"] == 0


def test_a_second_book_cuts_only_what_is_missing(tmp_path: Path) -> None:
    wanted = clips(0, (0, 900), (1_000, 1_900), (2_000, 2_500))
    with Clipbook(tmp_path, "night", WAV) as book:
        book.cut(0, wanted, Tone())
    assert told(tmp_path)["status"] == "in_progress", "nobody said that all is done"
    (book.folder / wanted[1].file("wav")).unlink()
    sound = Tone()
    with Clipbook(tmp_path, "night", WAV) as again:
        assert [row.id for row in again.manifest.clips] == ["0000-000", "0000-002"]
        again.cut(0, wanted, sound)
        assert len(again.end("complete").clips) == 3
    assert sound.reads == 1
    assert len(list(book.folder.iterdir())) == 4


def test_another_cut_takes_the_old_files_away(tmp_path: Path) -> None:
    with Clipbook(tmp_path, "night", WAV) as book:
        book.cut(0, clips(0, (0, 900), (1_000, 1_900)), Tone())
        book.cut(1, clips(1, (10_000, 11_000)), Tone())
        book.end("complete")
    mine = book.folder / "mine.txt"
    mine.write_text("of the user")
    with Clipbook(tmp_path, "night", WAV) as again:
        again.cut(0, clips(0, (0, 1_900)), Tone())
        again.end("complete", chunks=[0])
    assert {path.name for path in book.folder.iterdir()} == {
        "0000-000_00-00-00.000.wav",
        "manifest.json",
        "mine.txt",
    }
    with Clipbook(tmp_path, "night", ClipWish("opus", 0)) as other:
        other.cut(0, clips(0, (0, 1_900)), Tone())
        other.end("complete", chunks=[0])
    assert [path.name for path in book.folder.glob("0*")] == ["0000-000_00-00-00.000.opus"]


def test_a_failed_run_says_so_and_its_clips_still_play(tmp_path: Path) -> None:
    with Clipbook(tmp_path, "night", WAV) as book:
        book.cut(0, clips(0, (0, 900)), Tone())
        book.end("failed")
    found = told(tmp_path)
    assert (found["status"], found["total_clips"]) == ("failed", None)
    with wave.open(str(next(book.folder.glob("*.wav")))) as file:
        assert file.getnframes() == 900 * 16


def test_readers_never_see_half_a_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipbook, "EVERY_S", 0.0)
    monkeypatch.setattr(clipbook, "_REST", 0)
    ended = threading.Event()
    lengths: list[int] = []

    def read() -> None:
        while not ended.is_set() or len(lengths) < 1_000:
            lengths.append(len(json.loads((tmp_path / "clips/manifest.json").read_text())["clips"]))

    with Clipbook(tmp_path, "night", ClipWish("wav", 0)) as book:
        reader = threading.Thread(target=read)
        reader.start()
        for chunk in range(100):
            start_ms = chunk * 500
            book.cut(chunk, clips(chunk, (start_ms, start_ms + 20)), Tone())
        book.end("complete")
        ended.set()
        reader.join()
    assert len(lengths) >= 1_000
    assert lengths == sorted(lengths), "it only grows"
    assert told(tmp_path)["total_clips"] == 100


def test_writing_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    really = write_manifest

    def count(folder: Path, manifest: Manifest) -> None:
        written.append(len(manifest.clips))
        really(folder, manifest)

    monkeypatch.setattr(clipbook, "write_manifest", count)
    monkeypatch.setattr(clipbook, "EVERY_S", 3_600.0)
    with Clipbook(tmp_path, "night", WAV) as book:
        for chunk in range(50):
            book.cut(chunk, clips(chunk, (chunk * 100, chunk * 100 + 50)), Tone())
    assert written == [0, 50], "at the beginning and at the end"


def test_a_book_that_was_given_up_writes_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clipbook, "EVERY_S", 3_600.0)
    with Clipbook(tmp_path, "night", WAV) as lost:
        with Clipbook(tmp_path, "night", WAV) as other:
            other.cut(0, clips(0, (0, 900)), Tone())
            other.end("complete")
        lost.cut(1, clips(1, (1_000, 1_900)), Tone())
        lost.abandon()
        lost.cut(2, clips(2, (2_000, 2_900)), Tone())
    assert told(tmp_path)["status"] == "complete"
    assert told(tmp_path)["total_clips"] == 1


def test_names_are_revised_without_cutting(tmp_path: Path) -> None:
    with Clipbook(tmp_path, "night", WAV) as book:
        book.cut(0, clips(0, (0, 900), (1_000, 3_000), (4_000, 4_500)), Tone())
        manifest = book.end("complete")
    ann = line(0, 0, 900, person="Ann")
    first, second = line(1, 1_000, 2_400, voice="S2"), line(2, 2_400, 3_000, voice="S3")
    named = with_speakers(manifest, [ann, first, second])
    assert [row.speaker for row in named.clips] == ["Ann", "S2", "S1"]
    assert [row.file for row in named.clips] == [row.file for row in manifest.clips]


def test_at_once_on_two_tracks_the_closest_line_names_the_clip(tmp_path: Path) -> None:
    with Clipbook(tmp_path, "night", WAV) as book:
        book.cut(0, clips(0, (1_000, 2_000)), Tone())
        manifest = book.end("complete")
    long = line(0, 0, 9_000, voice="S1")
    short = line(1, 1_000, 2_000, voice="S2")
    assert [row.speaker for row in with_speakers(manifest, [long, short]).clips] == ["S2"]


def line(
    number: int, start_ms: int, end_ms: int, *, voice: str = "S1", person: str | None = None
) -> Utterance:
    span = Span(start_ms, end_ms)
    return Utterance(number, span, (Word("w", span),), voice, person)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"session_id": 1, "status": "complete", "format": "wav", "padding": 0, "clips": []}',
        '{"session_id": "n", "status": "done", "format": "wav", "padding": 0, "clips": []}',
        '{"session_id": "n", "status": "complete", "format": "wav", "padding": 0, "clips": [1]}',
        '{"session_id": "n", "status": "complete", "format": "wav", "padding": 0, "clips": '
        '[{"id": "../x", "file": "../x_1.wav", "speaker": null, "start": 0, "end": 1,'
        ' "status": "ready"}]}',
    ],
)
def test_what_is_no_manifest_of_ours_is_none_and_deletes_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "manifest.json").write_text(text)
    assert read_manifest(tmp_path) is None
    assert remove_clips(tmp_path) == 0
    assert (tmp_path / "clips" / "manifest.json").exists()


def test_removing_leaves_what_is_not_ours(tmp_path: Path) -> None:
    with Clipbook(tmp_path, "night", WAV) as book:
        book.cut(0, clips(0, (0, 900)), Tone())
        book.end("complete")
    size = sum(path.stat().st_size for path in book.folder.iterdir())
    (book.folder / "mine.txt").write_text("of the user")
    assert remove_clips(tmp_path) == size
    assert [path.name for path in book.folder.iterdir()] == ["mine.txt"]
    assert remove_clips(tmp_path) == 0


@given(
    start_ms=st.integers(0, 200_000_000), place=st.integers(0, 5_000), chunk=st.integers(0, 20_000)
)
def test_names_of_files_hold_ordinal_and_time(start_ms: int, place: int, chunk: int) -> None:
    span = Span(start_ms, start_ms + 1)
    clip = Clip(f"{chunk:04d}-{place:03d}", span, span, voice="S1")
    name = clip.file("opus")
    day, minute, rest = name.partition("_")[2].removesuffix(".opus").split("-")
    second, ms = rest.split(".")
    read = ((int(day) * 60 + int(minute)) * 60 + int(second)) * 1000 + int(ms)
    assert read == start_ms
    assert clip.chunk == chunk
