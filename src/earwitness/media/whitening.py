"""Whitened sound: every moment and every pitch as loud as any other, so that a faint voice counts.

A voice that leaks into another microphone lies 20 dB and more below that one's own. In frames of
32 ms each bin keeps its phase alone (the phase transform of Knapp and Carter, "The generalized
correlation method for estimation of time delay", 1976, done frame by frame): where the microphone's
own voice pauses, the leak is all there is, and counts as much as the voice did.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from earwitness.core.ports import RATE_HZ

SLOW_HZ: Final = RATE_HZ // 2
"""Rate of whitened sound."""
FRAME: Final = 512
HOP: Final = FRAME // 2
_LOW, _HIGH = 150 * FRAME // RATE_HZ, 3_600 * FRAME // RATE_HZ
_FLOOR: Final = 40.0
"""Magnitudes below this, in 16-bit steps summed over a frame, are dither and stay small."""

Floats = NDArray[np.float32]


def whiten(samples: NDArray[np.int16], *, loud_db: float | None = None) -> Floats:
    """Whitened sound at `SLOW_HZ`, in time with `samples` at 16 kHz.

    Args:
        samples: Shape (n,).
        loud_db: Only frames at most so far below the loudest one are kept; None: all.

    Returns:
        Shape (n // 2,).
    """
    count = max(1, -(-(len(samples) + HOP) // HOP))
    padded = np.zeros((count + 1) * HOP, np.float32)
    padded[HOP : HOP + len(samples)] = samples
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::HOP]
    window = np.sin(np.pi * (np.arange(FRAME, dtype=np.float32) + 0.5) / FRAME).astype(np.float32)
    spectra = np.fft.rfft(frames * window, axis=1)[:, : FRAME // 4 + 1].astype(np.complex64)
    spectra[:, :_LOW] = 0
    spectra[:, _HIGH:] = 0
    size = np.abs(spectra)
    if loud_db is not None:
        power = (size**2).sum(axis=1)
        spectra[power < power.max() * 10 ** (-loud_db / 10)] = 0
    spectra /= np.maximum(size, _FLOOR)
    slow = np.fft.irfft(spectra, FRAME // 2, axis=1).astype(np.float32) * window[::2]
    half = HOP // 2
    made = np.zeros((len(slow) + 1, half), np.float32)
    made[:-1] += slow[:, :half]
    made[1:] += slow[:, half:]
    return made.reshape(-1)[half : half + len(samples) // 2]
