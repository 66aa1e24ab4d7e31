"""Enrolled voices on recordings nobody here made: known again, and nobody else taken for them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import av
import pytest

from earwitness.cli.failures import run

DATA = Path(os.environ.get("EARWITNESS_DATA") or Path(__file__).parents[3] / "shared" / "data")
CALL = DATA / "multi" / "aws_call40" / "mono_mix.wav"
OTHERS = (
    "multi/ami30s/dev00.wav",
    "multi/ami30s/trn00.wav",
    "single/jfk.flac",
    "single/libri/2412-153948-0000.flac",
    "single/lj/LJ001-0006.wav",
    "single/sonnet/p001.mp3",
    "dutch/watson_single.wav",
)
SCRIPTED = ["--transcriber", "scripted", "--language", "en", "--series", "Calls"]

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the folder of real recordings is absent")


def answer(capsys: pytest.CaptureFixture[str], *tokens: str) -> dict[str, object]:
    capsys.readouterr()
    assert run([*tokens, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert isinstance(told, dict)
    return told


def cut(source: Path, target: Path, start_s: float, end_s: float) -> Path:
    """Part of a recording as a file of its own."""
    with av.open(source) as old, av.open(target, "w") as new:
        heard = old.streams.audio[0]
        stream = new.add_stream("pcm_s16le", rate=heard.rate, layout="mono")
        resampler = av.AudioResampler("s16", "mono", heard.rate)
        for decoded in old.decode(heard):
            if decoded.time is None or not start_s <= decoded.time < end_s:
                continue
            for frame in resampler.resample(decoded):
                frame.pts = None
                new.mux(stream.encode(frame))
        new.mux(stream.encode(None))
    return target


def length_s(source: Path) -> float:
    with av.open(source) as recording:
        assert recording.duration is not None
        return recording.duration / av.time_base


def speakers(capsys: pytest.CaptureFixture[str], session: str) -> list[dict[str, object]]:
    found = answer(capsys, "speakers", "list", session)["speakers"]
    assert isinstance(found, list)
    return found


@pytest.fixture
def enrolled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[str, list[str]]:
    """The first half of a call, both of its voices enrolled under the order they talk in."""
    answer(capsys, "series", "add", "Calls")
    first = cut(CALL, tmp_path / "first.wav", 0.0, length_s(CALL) / 2)
    session = str(answer(capsys, "process", str(first), *SCRIPTED)["session"])
    voices = [str(row["voice"]) for row in speakers(capsys, session)]
    assert len(voices) == 2
    for voice, name in zip(voices, ("First", "Second"), strict=True):
        answer(capsys, "speakers", "name", session, voice, name)
        answer(capsys, "speakers", "enroll", session, voice)
    return session, voices


def near_channel(path: Path, span: dict[str, int]) -> int:
    """Which channel of the stereo call is louder in a span."""
    loud = [0.0, 0.0]
    with av.open(path) as recording:
        for frame in recording.decode(recording.streams.audio[0]):
            at_ms = 1000 * float(frame.time or 0)
            if span["start_ms"] <= at_ms < span["end_ms"]:
                sound = frame.to_ndarray().astype("float64")
                sound = sound.reshape(-1, 2).T if sound.shape[0] == 1 else sound
                for channel in (0, 1):
                    loud[channel] += float((sound[channel] ** 2).sum())
    return int(loud[1] > loud[0])


def test_the_second_half_names_both_rightly(
    enrolled: tuple[str, list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    half_s = length_s(CALL) / 2
    stereo = DATA / "multi" / "aws_call40" / "stereo.wav"
    session, _ = enrolled
    channel_of = {
        row["person"]: near_channel(stereo, row["sample"])  # type: ignore[arg-type]
        for row in speakers(capsys, session)
    }
    assert sorted(channel_of.values()) == [0, 1]
    second = cut(CALL, tmp_path / "second.wav", half_s, 2 * half_s)
    told = answer(capsys, "process", str(second), *SCRIPTED)
    found = speakers(capsys, str(told["session"]))
    assert {row["person"] for row in found} == {"First", "Second"}
    for row in found:
        assert isinstance(row["score"], float)
        assert row["score"] > 0.93
        assert row["by"] == "earwitness"
        sample = {
            edge: at_ms + round(1000 * half_s)
            for edge, at_ms in row["sample"].items()  # type: ignore[attr-defined]
        }
        assert near_channel(stereo, sample) == channel_of[row["person"]]
    folder = Path(str(told["output"]))
    assert "First: " in (folder / "transcript.txt").read_text()
    assert "Second: " in (folder / "transcript.txt").read_text()


def test_voices_of_other_recordings_stay_unknown(
    enrolled: tuple[str, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    for name in OTHERS:
        told = answer(capsys, "process", str(DATA / name), *SCRIPTED)
        assert told["recognised"] == [], name
        listed = answer(capsys, "speakers", "list", str(told["session"]))
        assert listed["questions"] == [], name
        assert {row["person"] for row in listed["speakers"]} == {None}  # type: ignore[attr-defined]


def test_who_was_forgotten_is_a_stranger(
    enrolled: tuple[str, list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = answer(capsys, "speakers", "forget", "First", "--series", "Calls", "--yes")
    assert told["prints"] == 1
    assert told["results"] == 2, "what the diarizer gave, and what was settled from it"
    assert told["complete"] is True
    half_s = length_s(CALL) / 2
    second = cut(CALL, tmp_path / "second.wav", half_s, 2 * half_s)
    session = str(answer(capsys, "process", str(second), *SCRIPTED)["session"])
    assert sorted(str(row["person"]) for row in speakers(capsys, session)) == ["None", "Second"]
    capsys.readouterr()
    assert run(["speakers", "enroll", enrolled[0], enrolled[1][0]]) == 10
