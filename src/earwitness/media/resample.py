"""Values between samples: windowed-sinc interpolation, for reading a track on another clock."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

TAPS: Final = 32
PHASES: Final = 1024
_BETA: Final = 8.0
_BAND: Final = 0.97
"""Share of the band that passes; clocks differ too little for anything to fold back."""

Samples = NDArray[np.int16]
Floats = NDArray[np.float32]


@cache
def _table() -> Floats:
    """Shape (TAPS, PHASES + 1): weights of the neighbours, by the distance from the sample before.

    A Kaiser-windowed sinc (Kaiser and Schafer, "On the use of the I0-sinh window", 1980).
    """
    phase = np.arange(PHASES + 1) / PHASES
    distance = np.arange(TAPS)[:, None] - (TAPS // 2 - 1) - phase[None, :]
    inside = np.clip(1.0 - (distance / (TAPS / 2)) ** 2, 0.0, None)
    window = np.i0(_BETA * np.sqrt(inside)) / np.i0(_BETA)
    weights = _BAND * np.sinc(_BAND * distance) * window
    return np.ascontiguousarray(weights / weights.sum(axis=0), np.float32)


def margin() -> tuple[int, int]:
    """How many samples before and after a position its value is made of."""
    return TAPS // 2 - 1, TAPS // 2


def interpolate(samples: Samples, at: NDArray[np.float64]) -> Floats:
    """Values between samples.

    Args:
        samples: Shape (n,).
        at: Positions in `samples`; each keeps its `margin` from both ends.

    Returns:
        Shape of `at`.
    """
    whole = np.floor(at)
    # A linear step between two phases keeps the error of the table below that of 16 bits.
    fine = (at - whole) * PHASES
    phase = fine.astype(np.int32)
    rest = (fine - phase).astype(np.float32)
    first = whole.astype(np.int64) - (TAPS // 2 - 1)
    source = samples.astype(np.float32)
    made = np.zeros(len(at), np.float32)
    table = _table()
    for tap in range(TAPS):
        low = table[tap].take(phase)
        low += (table[tap].take(phase + 1) - low) * rest
        low *= source.take(first + tap)
        made += low
    return made
