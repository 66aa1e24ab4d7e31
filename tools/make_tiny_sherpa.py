"""Make the two ONNX models that sherpa-onnx diarizes with, tiny and honest, for tests.

    python tools/make_tiny_sherpa.py FOLDER

Needs numpy and onnx. They are no trained models: the segmentation hears a "speaker" in each of two
bands (below and above 2 kHz) wherever that band is loud, and the embedding is the mean spectrum.
Two hums far apart are so two voices, at known times, together or in turn. Real speech means
nothing to them. Their inputs, outputs and metadata are those of the published models.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

RATE_HZ = 16_000
WINDOW = 10 * RATE_HZ
FIELD, SHIFT = 991, 270
"""Receptive field and step of the published segmentation model, in samples."""
TAPS = 65
LOUD = 1e-4
"""Mean square of a band from which on it counts as speech: -40 dB of full scale."""
BANDS = 80
SIZE = 16


def low_pass(edge_hz: float) -> NDArray[np.float32]:
    """A windowed sinc."""
    at = np.arange(TAPS) - TAPS // 2
    taps = np.sinc(2 * edge_hz / RATE_HZ * at) * np.hamming(TAPS)
    made: NDArray[np.float32] = (taps / taps.sum()).astype(np.float32)
    return made


def filters() -> NDArray[np.float32]:
    """The band below 2 kHz, and the one above, shape (2, 1, TAPS)."""
    low = low_pass(2_000)
    high = -low
    high[TAPS // 2] += 1
    return np.stack([low, high])[:, None, :]


def classes() -> NDArray[np.float32]:
    """Which bands each of 7 sets of at most two of three speakers holds, shape (2, 7).

    Sets in pyannote's order: none, 1, 2, 3, 12, 13, 23. The third speaker never speaks.
    """
    held = np.zeros((2, 7), np.float32)
    held[0, [1, 4]] = 1
    held[1, [2, 4]] = 1
    return held


def segmentation(path: Path) -> None:
    """Sound (batch, 1, samples) to a score for each set of speakers, every 270 samples."""
    constants = {
        "filters": filters(),
        "tiny": np.array(1e-10, np.float32),
        "loud": np.array(np.log(LOUD), np.float32),
        "classes": classes(),
        "never": np.array([0, 0, 0, -1_000, 0, -1_000, -1_000], np.float32),
    }
    nodes = [
        helper.make_node("Conv", ["x", "filters"], ["bands"], pads=[TAPS // 2, TAPS // 2]),
        helper.make_node("Mul", ["bands", "bands"], ["squares"]),
        helper.make_node(
            "AveragePool", ["squares"], ["power"], kernel_shape=[FIELD], strides=[SHIFT]
        ),
        helper.make_node("Add", ["power", "tiny"], ["some"]),
        helper.make_node("Log", ["some"], ["level"]),
        helper.make_node("Sub", ["level", "loud"], ["above"]),
        helper.make_node("Transpose", ["above"], ["frames"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["frames", "classes"], ["held"]),
        helper.make_node("Add", ["held", "never"], ["y"]),
    ]
    metadata = {
        "num_speakers": 3,
        "powerset_max_classes": 2,
        "num_classes": 7,
        "sample_rate": RATE_HZ,
        "window_size": WINDOW,
        "receptive_field_size": FIELD,
        "receptive_field_shift": SHIFT,
        "model_type": "pyannote-segmentation-3.0",
        "version": 1,
    }
    save(path, nodes, constants, metadata, x=["N", 1, "T"], y=["N", "frames", 7])


def embedding(path: Path) -> None:
    """Mel spectrum (batch, frames, 80) to the mean level of 16 neighbourhoods of bands."""
    pool = np.zeros((BANDS, SIZE), np.float32)
    for band in range(BANDS):
        pool[band, band * SIZE // BANDS] = SIZE / BANDS
    constants = {"pool": pool, "axes": np.array([1], np.int64)}
    nodes = [
        helper.make_node("ReduceMean", ["x", "axes"], ["mean"], keepdims=0),
        helper.make_node("MatMul", ["mean", "pool"], ["pooled"]),
        helper.make_node("MeanVarianceNormalization", ["pooled"], ["y"], axes=[1]),
    ]
    metadata = {
        "framework": "wespeaker",
        "language": "en",
        "url": "",
        "comment": "for tests",
        "sample_rate": RATE_HZ,
        "output_dim": SIZE,
        "normalize_samples": 1,
        "feature_normalize_type": "",
    }
    save(path, nodes, constants, metadata, x=["N", "frames", BANDS], y=["N", SIZE])


def save(
    path: Path,
    nodes: list[onnx.NodeProto],
    constants: dict[str, NDArray[np.generic]],
    metadata: dict[str, object],
    *,
    x: list[object],
    y: list[object],
) -> None:
    """Write one model with one input and one output."""
    graph = helper.make_graph(
        nodes,
        path.stem,
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, x)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, y)],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    helper.set_model_props(model, {name: str(value) for name, value in metadata.items()})
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def make(folder: Path) -> tuple[Path, Path]:
    """Write both models; returns where they are."""
    folder.mkdir(parents=True, exist_ok=True)
    one, other = folder / "segmentation.onnx", folder / "embedding.onnx"
    segmentation(one)
    embedding(other)
    return one, other


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    for path in make(parser.parse_args().folder):
        print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
