"""Frame levels of every channel, and whether channels hold clearly separate voices."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

FRAME: Final = 480
"""Samples per frame: 30 ms at 16 kHz."""
SILENT_DB: Final = -80.0
"""Below this nothing was recorded: digital silence, dither, one-bit noise."""
_PRESENT_DB: Final = 10.0
"""So far above its own background, a channel holds a sound."""
_DOMINANT_DB: Final = 12.0
_BLEED_DB: Final = 15.0
"""Another's voice that stands out this far would be transcribed twice."""
_CLEAR_SHARE: Final = 0.7
_QUIET_SHARE: Final = 0.5
_FAIR_SHARE: Final = 0.03
_FAIR_FRAMES: Final = 33


@dataclass(slots=True)
class Levels:
    """Gathers the level of each 30 ms frame of each channel, in dB below full scale.

    The signal is differenced first: rumble and mains hum are common to all channels of a desk and
    would hide who speaks.
    """

    channels: int
    _rest: NDArray[np.int16] = field(init=False)
    _frames: list[NDArray[np.float32]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with no samples waiting."""
        self._rest = np.empty((0, self.channels), np.int16)

    def add(self, block: NDArray[np.int16]) -> None:
        """Take the next samples, shape (n, channels)."""
        if self.channels == 1:
            return
        waiting = np.concatenate((self._rest, block))
        whole = len(waiting) // FRAME
        self._rest = waiting[whole * FRAME :]
        frames = waiting[: whole * FRAME].reshape(whole, FRAME, self.channels)
        steps = np.diff(frames.astype(np.float32), axis=1)
        power = np.einsum("fsc,fsc->fc", steps, steps) / ((FRAME - 1) * 32_768.0**2)
        self._frames.append((10 * np.log10(power + 1e-12)).astype(np.float32))

    def tracks(self) -> tuple[int, ...]:
        """Channels that hold clearly separate voices, see `separate_tracks`."""
        return separate_tracks(np.concatenate(self._frames)) if self._frames else ()


def separate_tracks(levels: NDArray[np.float32]) -> tuple[int, ...]:
    """Which channels hold clearly separate voices.

    Each channel is measured against its own background (its 10th percentile), so that gains and
    hiss may differ. Where anything sounds, one channel must stand out from all others nearly
    always while the others mostly keep to their background, and at least two channels must do so
    for a fair share of the time. One voice per microphone passes; music, a mix, mono copied to
    both sides, one side empty, or microphones in one room that hear each other do not.

    Args:
        levels: Shape (frames, channels), dB.

    Returns:
        Channels that are not digital silence, or none when they are not clearly separate.
    """
    if not len(levels):
        return ()
    live = np.flatnonzero(np.percentile(levels, 99, axis=0) > SILENT_DB)
    if len(live) < 2:
        return ()
    heard = np.maximum(levels[:, live], SILENT_DB)
    excess = heard - np.percentile(heard, 10, axis=0)
    ranked = np.sort(excess, axis=1)
    active = ranked[:, -1] > _PRESENT_DB
    alone = active & (ranked[:, -1] - ranked[:, -2] > _DOMINANT_DB)
    share = np.bincount(excess.argmax(axis=1)[alone], minlength=len(live))
    total = int(active.sum())
    fair = (share >= _FAIR_FRAMES) & (share >= _FAIR_SHARE * total)
    clear = alone.sum() >= _CLEAR_SHARE * total
    if not clear or fair.sum() < 2 or (ranked[alone, -2] < _BLEED_DB).mean() < _QUIET_SHARE:
        return ()
    return tuple(int(channel) for channel in live)
