"""Converts the GE2E voice encoder of the Resemblyzer 0.1.4 wheel to the arrays Earwitness ships.

    pip download --no-deps Resemblyzer==0.1.4
    pip install torch==2.13.0 numpy
    python tools/convert_ge2e.py Resemblyzer-0.1.4-py3-none-any.whl

Writes the weights (half precision) and golden vectors: what the original network, in full precision
and with torch, answers to input that anyone can make again. A test holds our numpy network to them.
torch is needed here only, never to run Earwitness.
"""

from __future__ import annotations

import argparse
import io
import zipfile
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parent.parent
WEIGHTS = ROOT / "src" / "earwitness" / "engines" / "weights" / "ge2e.npz"
GOLDEN = ROOT / "tests" / "unit" / "engines" / "ge2e_golden.npz"
MEMBER = "resemblyzer/pretrained.pt"
LAYERS, HIDDEN, BANDS = 3, 256, 40


def golden_input() -> np.ndarray:
    """Six windows of 160 frames of 40 mel powers over five orders of magnitude, without a seed."""
    window, frame, band = np.meshgrid(np.arange(6), np.arange(160), np.arange(BANDS), indexing="ij")
    wave = np.sin(0.31 * (window + 1) * frame + 0.17 * band) + np.cos(0.05 * frame * (band + 1))
    return np.power(10.0, 1.2 * wave - 2.0 - 0.03 * band).astype(np.float32)


def original(state: dict[str, torch.Tensor], mels: np.ndarray) -> np.ndarray:
    """Embeddings by the network as it was published: LSTM, linear, ReLU, unit length."""
    lstm = torch.nn.LSTM(BANDS, HIDDEN, LAYERS, batch_first=True)
    linear = torch.nn.Linear(HIDDEN, HIDDEN)
    lstm.load_state_dict({k[5:]: v for k, v in state.items() if k.startswith("lstm.")})
    linear.load_state_dict({k[7:]: v for k, v in state.items() if k.startswith("linear.")})
    with torch.no_grad():
        _, (hidden, _) = lstm(torch.from_numpy(mels))
        raw = torch.relu(linear(hidden[-1]))
        return (raw / raw.norm(dim=1, keepdim=True)).numpy()


def halved(state: dict[str, torch.Tensor]) -> dict[str, np.ndarray]:
    """The arrays we ship: per layer input and recurrent weights and the sum of both biases."""
    arrays: dict[str, np.ndarray] = {}
    for layer in range(LAYERS):
        arrays[f"input_{layer}"] = state[f"lstm.weight_ih_l{layer}"].numpy()
        arrays[f"recurrent_{layer}"] = state[f"lstm.weight_hh_l{layer}"].numpy()
        bias = state[f"lstm.bias_ih_l{layer}"] + state[f"lstm.bias_hh_l{layer}"]
        arrays[f"bias_{layer}"] = bias.numpy()
    arrays["output"] = state["linear.weight"].numpy()
    arrays["output_bias"] = state["linear.bias"].numpy()
    return {name: array.astype(np.float16) for name, array in arrays.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheel", type=Path, help="Resemblyzer-0.1.4-py3-none-any.whl")
    wheel = parser.parse_args().wheel
    with zipfile.ZipFile(wheel) as archive:
        checkpoint = torch.load(io.BytesIO(archive.read(MEMBER)), "cpu", weights_only=True)
    state = checkpoint["model_state"]
    WEIGHTS.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(WEIGHTS, **halved(state))
    mels = golden_input()
    np.savez_compressed(GOLDEN, mels=mels, embeddings=original(state, mels))
    print(f"{WEIGHTS.name}: {WEIGHTS.stat().st_size} bytes; {GOLDEN.name}: {len(mels)} windows")


if __name__ == "__main__":
    main()
