"""pyannote.audio, for real: its library and torch, on a tiny pipeline made here."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from earwitness.core.errors import EngineError, EngineUnavailable
from earwitness.core.ports import Diarizer, EngineOptions
from earwitness.engines.pyannote import PyannoteFactory

pytestmark = pytest.mark.engine("pyannote.audio")

HERE = b", params: {segmentation: $model/s, embedding: $model/e, plda: $model/p}}"
Opens = Callable[..., Diarizer]
Hums = Callable[[str], Any]
TALK = ".1 l4 .1 h4 .1 b3 .1 l5 .2 h6 .1"


def options(folder: Path, **own: str) -> EngineOptions:
    said = {"model": str(folder)} | own
    return EngineOptions(offline=True, own=tuple(said.items()))


@pytest.fixture
def copy(pipeline: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(pipeline, tmp_path / "copy"))


def test_its_name_tells_version_pipeline_and_device(pyannote_opens: Opens) -> None:
    name = pyannote_opens().name
    assert name.startswith("pyannote.audio 4.")
    assert name.endswith("(tiny, cpu)")


def test_telemetry_is_off(pyannote_opens: Opens, hums: Hums) -> None:
    pyannote_opens()
    from pyannote.audio.telemetry import metrics

    assert not metrics.is_metrics_enabled()
    assert os.environ["PYANNOTE_METRICS_ENABLED"] == "false"


@pytest.mark.parametrize(
    "lost",
    ["segmentation/pytorch_model.bin", "embedding/pytorch_model.bin", "plda/plda.npz"],
)
def test_a_pipeline_that_is_not_whole_is_refused(copy: Path, lost: str) -> None:
    (copy / lost).unlink()
    with pytest.raises(EngineUnavailable, match="cannot be loaded") as caught:
        PyannoteFactory().open(options(copy))
    assert caught.value.hint
    assert str(copy.parent) not in str(caught.value)


@pytest.mark.parametrize(
    ("file", "body"),
    [
        ("segmentation/pytorch_model.bin", b"no weights"),
        ("plda/plda.npz", b"no archive"),
        ("config.yaml", b"pipeline: [no, such, thing]"),
        ("config.yaml", b"{"),
        ("config.yaml", b"pipeline: {name: no.such.Pipeline" + HERE),
        ("config.yaml", b"dependencies: {pyannote.audio: 99.0.0}\npipeline: {name: a.B" + HERE),
    ],
)
def test_broken_files_are_said_to_be_broken(copy: Path, file: str, body: bytes) -> None:
    (copy / file).write_bytes(body)
    with pytest.raises(EngineUnavailable, match="cannot be loaded") as caught:
        PyannoteFactory().open(options(copy))
    assert caught.value.hint


def test_models_that_lie_elsewhere_are_not_fetched_behind_our_back(copy: Path) -> None:
    config = copy / "config.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("$model/segmentation", "pyannote/segmentation-3.0"), "utf-8")
    with pytest.raises(EngineUnavailable, match="segmentation model from elsewhere") as caught:
        PyannoteFactory().open(options(copy))
    assert "community-1" in caught.value.hint


def test_other_weights_are_another_fingerprint(copy: Path, pyannote_opens: Opens) -> None:
    before = PyannoteFactory().open(options(copy, device="cpu")).fingerprint
    assert before == pyannote_opens().fingerprint
    config = copy / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("0.07", "0.08"), encoding="utf-8")
    assert PyannoteFactory().open(options(copy, device="cpu")).fingerprint != before


def test_a_gpu_that_is_not_there_is_not_replaced_silently(pipeline: Path) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    with pytest.raises(EngineUnavailable, match="no device cuda") as caught:
        PyannoteFactory().open(options(pipeline, device="cuda"))
    assert "pyannote.device=cpu" in caught.value.hint


def test_out_of_memory_is_told_with_what_helps(pyannote_opens: Opens, hums: Hums) -> None:
    import torch

    engine: Any = pyannote_opens()
    score = hums(TALK)

    def full(*_: object) -> None:
        raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")

    handle = engine._pipeline._segmentation.model.register_forward_pre_hook(full)
    with pytest.raises(EngineError, match="out of memory") as caught:
        engine.diarize(score.audio, score.speech, None)
    assert "pyannote.batch=1" in caught.value.hint
    handle.remove()
    assert engine.diarize(score.audio, score.speech, None).voices == ("S1", "S2")


def test_looks_can_be_computed_one_by_one(pyannote_opens: Opens, hums: Hums) -> None:
    score = hums(TALK)
    single = pyannote_opens(batch="1").diarize(score.audio, score.speech, None)
    many = pyannote_opens().diarize(score.audio, score.speech, None)
    assert single.turns == many.turns
