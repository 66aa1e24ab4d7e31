"""Mel powers and cepstra of 16 kHz sound: what the voice embedding and the timbre statistics see.

Frames of 25 ms every 10 ms, Hann window, centred: frame `n` has its middle at `10 n` ms.
The 40 mel bands are those of Slaney's Auditory Toolbox (1998), as librosa makes them by default.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

RATE_HZ: Final = 16_000
FRAME: Final = 400
HOP: Final = 160
BANDS: Final = 40
CEPSTRA: Final = 20
"""Coefficients kept, the first of which (loudness) is then dropped."""
_FLOOR: Final = 1e-7
_BLOCK: Final = 3_000


def mel_powers(samples: Floats) -> Floats:
    """Mel powers of sound in -1..1.

    Args:
        samples: Shape (n,).

    Returns:
        Shape (1 + n // 160, 40).
    """
    padded = np.pad(samples.astype(np.float32), FRAME // 2)
    if len(padded) < FRAME:
        return np.zeros((0, BANDS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::HOP]
    bank, window = _bank(), _hann()
    found = np.empty((len(frames), BANDS), np.float32)
    for start in range(0, len(frames), _BLOCK):
        spectrum = np.fft.rfft(frames[start : start + _BLOCK] * window, axis=1)
        power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
        found[start : start + _BLOCK] = power @ bank
    return found


def cepstra(mels: Floats) -> Floats:
    """Mel-frequency cepstral coefficients 1 to 19 of each frame, shape (frames, 19)."""
    found: Floats = np.log(mels + _FLOOR) @ _cosines()
    return found


@lru_cache(maxsize=1)
def _hann() -> Floats:
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)).astype(np.float32)


@lru_cache(maxsize=1)
def _cosines() -> Floats:
    order = np.arange(1, CEPSTRA)[None, :]
    place = (np.arange(BANDS) + 0.5)[:, None]
    waves = np.cos(np.pi / BANDS * place * order) * np.sqrt(2 / BANDS)
    cosines: Floats = waves.astype(np.float32)
    return cosines


@lru_cache(maxsize=1)
def _bank() -> Floats:
    """Triangles of equal area, shape (201, 40)."""
    edges = _mel_to_hz(np.linspace(0.0, _hz_to_mel(RATE_HZ / 2), BANDS + 2))
    bins = np.arange(FRAME // 2 + 1) * RATE_HZ / FRAME
    rise = (bins[:, None] - edges[None, :-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[None, 2:] - bins[:, None]) / (edges[2:] - edges[1:-1])
    triangles = np.maximum(0.0, np.minimum(rise, fall))
    bank: Floats = (triangles * (2.0 / (edges[2:] - edges[:-2]))).astype(np.float32)
    return bank


# Slaney's scale: linear up to 1 kHz (15 mel), then logarithmic with 27 steps per factor 6.4
_STEP: Final = np.log(6.4) / 27.0


def _hz_to_mel(hz: float) -> float:
    return hz / 1000.0 * 15.0 if hz < 1000.0 else 15.0 + float(np.log(hz / 1000.0) / _STEP)


def _mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    upper = 1000.0 * np.exp(_STEP * (mel - 15.0))
    hz: NDArray[np.float64] = np.where(mel < 15.0, mel * 1000.0 / 15.0, upper)
    return hz
