"""sherpa-onnx, for real: its library, in its child process, on two tiny models made here."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from earwitness.core.errors import EngineError, EngineUnavailable
from earwitness.core.ports import Diarizer, EngineOptions
from earwitness.engines.sherpa import SherpaFactory

pytestmark = pytest.mark.engine("sherpa_onnx", "onnx")

Opens = Callable[..., Diarizer]
Hums = Callable[[str], Any]
TALK = "l4 .1 h4 .1 b3 .1 l5 .2 h6 .1"


def options(sherpa_models: tuple[Path, Path], **own: str) -> EngineOptions:
    said = {"segmentation": str(sherpa_models[0]), "embedding": str(sherpa_models[1])} | own
    return EngineOptions(offline=True, own=tuple(said.items()))


def test_its_name_tells_version_model_and_device(sherpa_opens: Opens) -> None:
    assert sherpa_opens().name.startswith("sherpa-onnx 2.")
    assert sherpa_opens().name.endswith("(embedding, cpu)")


def test_a_model_without_metadata_ends_the_child_only(sherpa_models: tuple[Path, Path]) -> None:
    swapped = (sherpa_models[1], sherpa_models[0])
    with pytest.raises(EngineUnavailable, match="not the models") as caught:
        SherpaFactory().open(options(swapped))
    assert "speaker-segmentation-models" in caught.value.hint


def test_a_broken_file_is_said_to_be_one(sherpa_models: tuple[Path, Path], tmp_path: Path) -> None:
    broken = tmp_path / "secret-name.onnx"
    broken.write_bytes(b"no model at all" * 100)
    with pytest.raises(EngineUnavailable, match="not the models") as caught:
        SherpaFactory().open(options((broken, sherpa_models[1])))
    assert str(tmp_path) not in str(caught.value) + caught.value.hint


def test_other_weights_are_another_fingerprint(
    sherpa_models: tuple[Path, Path], tmp_path: Path, sherpa_opens: Opens
) -> None:
    copy = tmp_path / "embedding.onnx"
    shutil.copyfile(sherpa_models[1], copy)
    same = SherpaFactory().open(options((sherpa_models[0], copy)))
    same.close()
    assert same.fingerprint == sherpa_opens().fingerprint
    assert sherpa_opens(threshold="0.4").fingerprint != sherpa_opens().fingerprint


def test_a_killed_child_is_an_error_and_the_next_recording_gets_a_fresh_one(
    sherpa_opens: Opens, hums: Hums
) -> None:
    engine: Any = sherpa_opens()
    score = hums(TALK)
    engine._child._process.kill()
    with pytest.raises(EngineError, match="ended with status"):
        engine.diarize(score.audio, score.speech, None)
    assert engine.diarize(score.audio, score.speech, None).voices == ("S1", "S2")


def test_it_tells_what_its_child_spent(sherpa_opens: Opens, hums: Hums) -> None:
    engine: Any = sherpa_opens()
    score = hums(TALK)
    engine.diarize(score.audio, score.speech, None)
    assert engine.cpu_ms > 0


def test_a_gpu_is_not_used_silently(sherpa_models: tuple[Path, Path]) -> None:
    ready = SherpaFactory().ready(options(sherpa_models, device="cuda"))
    assert not ready.ok
    assert "processor only" in ready.why
    assert "sherpa.device=cpu" in ready.hint
