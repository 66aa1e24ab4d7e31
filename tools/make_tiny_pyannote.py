"""Make a pyannote.audio diarization pipeline, tiny and honest, for tests.

    python tools/make_tiny_pyannote.py FOLDER

Needs pyannote.audio; the folder of this file must be importable where the pipeline is loaded, too,
for a checkpoint names the class of its model. It is no trained model: its segmentation hears a
"speaker" in each of two bands (below and above 2 kHz) wherever that band is loud, and its embedding
is the mean spectrum. Two hums far apart are so two voices, at known times, together or in turn.
The folder is laid out like speaker-diarization-community-1, with VBx clustering and its PLDA.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as nn
import yaml
from pyannote.audio import Model
from pyannote.audio.core.task import Problem, Resolution, Specifications

RATE_HZ = 16_000
FIELD, SHIFT = 991, 270
TAPS = 65
LOUD = 1e-4
SIZE = 16
FFT = 512


def filters() -> torch.Tensor:
    """The band below 2 kHz, and the one above, shape (2, 1, TAPS)."""
    at = np.arange(TAPS) - TAPS // 2
    low = np.sinc(2 * 2_000 / RATE_HZ * at) * np.hamming(TAPS)
    low /= low.sum()
    high = -low
    high[TAPS // 2] += 1
    return torch.tensor(np.stack([low, high])[:, None, :], dtype=torch.float32)


class Bands(Model):
    """Sound (batch, 1, samples) to a score for each set of speakers, every 270 samples."""

    def __init__(self, sample_rate: int = RATE_HZ, num_channels: int = 1, task: None = None):
        super().__init__(sample_rate, num_channels, task)
        self.filters = torch.nn.Parameter(filters(), requires_grad=False)

    @property
    def dimension(self) -> int:
        return 7

    def num_frames(self, num_samples: int) -> int:
        return (num_samples - FIELD) // SHIFT + 1

    def receptive_field_size(self, num_frames: int = 1) -> int:
        return FIELD + (num_frames - 1) * SHIFT

    def receptive_field_center(self, frame: int = 0) -> int:
        return FIELD // 2 + frame * SHIFT

    def forward(self, waveforms: torch.Tensor) -> torch.Tensor:
        bands = nn.conv1d(waveforms, self.filters, padding=TAPS // 2)
        power = nn.avg_pool1d(bands.square(), FIELD, SHIFT)
        low, high = (torch.log(power + 1e-10) - np.log(LOUD)).unbind(1)
        none, never = torch.zeros_like(low), torch.full_like(low, -1_000.0)
        # pyannote's order of sets: none, 1, 2, 3, 12, 13, 23; the third speaker never speaks
        scores = torch.stack([none, low, high, never, low + high, never, never], dim=-1)
        return nn.log_softmax(scores, dim=-1)


class Spectrum(Model):
    """Sound, and where to listen, to the shape of its mean spectrum."""

    def __init__(self, sample_rate: int = RATE_HZ, num_channels: int = 1, task: None = None):
        super().__init__(sample_rate, num_channels, task)
        self.scale = torch.nn.Parameter(torch.ones(SIZE), requires_grad=False)

    @property
    def dimension(self) -> int:
        return SIZE

    def forward(self, waveforms: torch.Tensor, weights: torch.Tensor | None = None) -> torch.Tensor:
        frames = waveforms[:, 0].unfold(-1, FFT, FFT // 2) * torch.hann_window(FFT)
        power = torch.fft.rfft(frames).abs().square()[..., : FFT // 2]
        if weights is None:
            weights = torch.ones(power.shape[:2])
        weights = nn.interpolate(weights[:, None], power.shape[1], mode="nearest")[:, 0]
        mean = (power * weights[..., None]).sum(1) / (weights.sum(1, keepdim=True) + 1e-9)
        levels = torch.log(mean.reshape(len(mean), SIZE, -1).mean(-1) + 1e-8)
        shape: torch.Tensor = (levels - levels.mean(1, keepdim=True)) * self.scale
        return shape


def checkpoint(model: Model, path: Path, specifications: Specifications) -> None:
    """Save a model as pyannote.audio and lightning do."""
    model.specifications = specifications
    saved: dict[str, object] = {
        "state_dict": model.state_dict(),
        "hyper_parameters": dict(model.hparams),
        "pytorch-lightning_version": "2.6.0",
    }
    model.on_save_checkpoint(saved)
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(saved, path)


def make(folder: Path) -> Path:
    """Write config.yaml, both models and the PLDA; returns the folder."""
    segmentation = Specifications(
        problem=Problem.MONO_LABEL_CLASSIFICATION,
        resolution=Resolution.FRAME,
        duration=10.0,
        classes=["one", "two", "three"],
        powerset_max_classes=2,
        permutation_invariant=True,
    )
    embedding = Specifications(
        problem=Problem.REPRESENTATION, resolution=Resolution.CHUNK, duration=5.0, classes=["one"]
    )
    checkpoint(Bands(), folder / "segmentation" / "pytorch_model.bin", segmentation)
    checkpoint(Spectrum(), folder / "embedding" / "pytorch_model.bin", embedding)
    (folder / "plda").mkdir(exist_ok=True)
    zeros, same = np.zeros(SIZE), np.eye(SIZE)
    np.savez(folder / "plda" / "xvec_transform.npz", mean1=zeros, mean2=zeros, lda=same)
    between = np.linspace(100, 10, SIZE)
    np.savez(folder / "plda" / "plda.npz", mu=zeros, tr=same * 5, psi=between)
    params = {
        "segmentation": "$model/segmentation",
        "segmentation_batch_size": 8,
        "embedding": "$model/embedding",
        "embedding_batch_size": 8,
        "embedding_exclude_overlap": True,
        "plda": "$model/plda",
        "clustering": "VBxClustering",
    }
    config = {
        "dependencies": {"pyannote.audio": "4.0.0"},
        "pipeline": {"name": "pyannote.audio.pipelines.SpeakerDiarization", "params": params},
        "params": {
            "clustering": {"threshold": 0.6, "Fa": 0.07, "Fb": 0.8},
            "segmentation": {"min_duration_off": 0.0},
        },
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    # The checkpoint names this module, which is called otherwise while it runs as a program.
    import make_tiny_pyannote

    for path in sorted(make_tiny_pyannote.make(parser.parse_args().folder).rglob("*.*")):
        print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
