"""GE2E voice embedding in numpy: mel powers of 1.6 s of speech become 256 numbers about the voice.

Wan, Wang, Papir, Moreno: "Generalized end-to-end loss for speaker verification" (ICASSP 2018), with
the weights of Resemblyzer 0.1.4 (see NOTICE), halved to 16 bit by `tools/convert_ge2e.py`.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

FRAMES: Final = 160
"""Mel frames of one window: 1.6 s."""
BANDS: Final = 40
SIZE: Final = 256
"""Numbers in one embedding."""
_LAYERS: Final = 3
_BATCH: Final = 128


class Ge2e:
    """The network, loaded; deterministic, keeps no state."""

    def __init__(self) -> None:
        """Load the weights that ship with the package."""
        self.digest, self._layers, self._output, self._output_bias = _weights()

    def embed(self, mels: Floats) -> Floats:
        """Embed windows.

        Args:
            mels: Mel powers, shape (windows, 160, 40).

        Returns:
            Unit vectors without negative numbers, shape (windows, 256).
        """
        found = np.zeros((len(mels), SIZE), np.float32)
        for start in range(0, len(mels), _BATCH):
            found[start : start + _BATCH] = self._embed(mels[start : start + _BATCH])
        return found

    def _embed(self, mels: Floats) -> Floats:
        steps = np.ascontiguousarray(mels.transpose(1, 0, 2), np.float32)
        for layer in self._layers:
            steps = _lstm(steps, *layer)
        raw = np.maximum(steps[-1] @ self._output + self._output_bias, 0.0)
        lengths = np.linalg.norm(raw, axis=1, keepdims=True)
        unit: Floats = raw / np.maximum(lengths, 1e-12)
        return unit


Layer = tuple[Floats, Floats]


@cache
def _weights() -> tuple[str, tuple[Layer, ...], Floats, Floats]:
    """Digest, layers and output, read once: a worker opens this engine for every run."""
    packed = files("earwitness.engines").joinpath("weights/ge2e.npz").read_bytes()
    with np.load(BytesIO(packed)) as arrays:
        weights = {name: arrays[name].astype(np.float32) for name in arrays.files}
    # sigmoid(x) = (1 + tanh(x / 2)) / 2: halving these rows lets one tanh serve all four gates
    halve = np.repeat(np.array([0.5, 0.5, 1.0, 0.5], np.float32), SIZE)
    layers = tuple(
        (
            # input and state side by side: one product per frame serves both
            np.concatenate([weights[f"input_{n}"].T, weights[f"recurrent_{n}"].T]) * halve,
            weights[f"bias_{n}"] * halve,
        )
        for n in range(_LAYERS)
    )
    digest = hashlib.sha256(packed).hexdigest()[:16]
    output = np.ascontiguousarray(weights["output"].T)
    for array in (*(each for layer in layers for each in layer), output, weights["output_bias"]):
        array.setflags(write=False)  # shared by all that open it
    return digest, layers, output, weights["output_bias"]


def _lstm(steps: Floats, weights: Floats, bias: Floats) -> Floats:
    """One layer over (frames, windows, features); gates: input, forget, cell, output."""
    frames, windows, features = steps.shape
    seen = np.zeros((windows, features + SIZE), np.float32)
    cell = np.zeros((windows, SIZE), np.float32)
    out = np.empty((frames, windows, SIZE), np.float32)
    for frame in range(frames):
        seen[:, :features] = steps[frame]
        gates = seen @ weights
        gates += bias
        np.tanh(gates, out=gates)
        enter, forget, fresh, leave = (gates[:, n * SIZE : (n + 1) * SIZE] for n in range(4))
        cell = (0.5 + 0.5 * forget) * cell + (0.5 + 0.5 * enter) * fresh
        out[frame] = seen[:, features:] = (0.5 + 0.5 * leave) * np.tanh(cell)
    return out
