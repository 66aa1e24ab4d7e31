"""A whole run with an optional engine that is named: its result is what the record holds."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from earwitness.app.request import Request, read_request
from earwitness.app.running.process import process
from earwitness.app.settings import read_settings
from earwitness.store.library import Library


def asked(tavern: Path, *, own: dict[str, str], **flags: str | None) -> Request:
    request = read_request((tavern,), read_settings(**flags))
    options = replace(request.options, own=tuple(own.items()))
    return replace(request, options=options)


@pytest.mark.engine("sherpa_onnx", "onnx")
def test_sherpa_tells_the_voices_of_a_run_apart(
    tavern: Path, tmp_path: Path, sherpa_models: tuple[Path, Path]
) -> None:
    segmentation, embedding = map(str, sherpa_models)
    own = {"segmentation": segmentation, "embedding": embedding}
    flags = {"diarizer": "sherpa", "transcriber": "scripted", "language": "en"}
    with Library.open(tmp_path / "home") as library:
        done = process(library, asked(tavern, own=own, **flags))
    assert dict(done.record.engines)["diarize"].startswith("sherpa-onnx 2.")
    assert done.outcome.kind == "done"
    assert {turn.voice for turn in done.record.turns} >= {"S1"}


@pytest.mark.engine("pyannote.audio")
def test_pyannote_tells_the_voices_of_a_run_apart(
    tavern: Path, tmp_path: Path, pipeline: Path
) -> None:
    own = {"model": str(pipeline), "device": "cpu"}
    flags = {"diarizer": "pyannote", "transcriber": "scripted", "language": "en"}
    with Library.open(tmp_path / "home") as library:
        done = process(library, asked(tavern, own=own, **flags))
    assert dict(done.record.engines)["diarize"].startswith("pyannote.audio 4.")
    assert done.outcome.kind == "done"
    assert {turn.voice for turn in done.record.turns} >= {"S1"}


@pytest.mark.engine("onnx_asr", "onnx")
def test_onnx_asr_hears_the_words_of_a_run(tavern: Path, tmp_path: Path) -> None:
    folder = import_module("make_tiny_onnx_asr").make(tmp_path / "tiny", "tdt")
    flags = {"transcriber": "onnx-asr", "model": str(folder), "language": "en", "device": "cpu"}
    with Library.open(tmp_path / "home") as library:
        done = process(library, asked(tavern, own={"kind": "nemo-conformer-tdt"}, **flags))
    assert dict(done.record.engines)["transcribe"].startswith("onnx-asr 0.12")
    assert done.outcome.kind == "done"
    words = [word.text for line in done.record.transcript.utterances for word in line.words]
    assert set(words) <= {"lower", "low", "high", "er"}
    assert words
