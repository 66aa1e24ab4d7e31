"""Beside: the sound of tracks that lie side by side, each on its own clock, read piece by piece."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from earwitness.core.errors import UsageError
from earwitness.core.ports import RATE_HZ
from earwitness.core.sound import BILLION, Place
from earwitness.core.span import Span
from earwitness.media.resample import Samples, interpolate, margin
from earwitness.media.sound import PcmFile, read_mono, require_whole

_PER_MS: Final = RATE_HZ // 1000
_BLOCK: Final = RATE_HZ
"""Samples that are worked on at a time."""


class SideBySide:
    """The sound of a session whose recordings are tracks.

    Implements the `Audio` port. Reads open, seek and close, as those of `Sound` do; a track is
    silent before it begins and after it ends. The mix is the recording of everybody where there is
    one, else the sum of all tracks, held inside 16 bits.
    """

    def __init__(self, reels: Sequence[PcmFile], places: Sequence[Place]) -> None:
        """Lay reels beside each other.

        Args:
            reels: One per track.
            places: Where each of them lies.

        Raises:
            CorruptStore: A file is missing or shorter than its samples.
        """
        for reel in reels:
            require_whole(reel)
        self._laid = {place.track: (reel, place) for reel, place in zip(reels, places, strict=True)}

    @property
    def duration_ms(self) -> int:
        """From the start of the first track to the end of the last."""
        return max((place.end_ms(reel.samples) for reel, place in self._laid.values()), default=0)

    @property
    def tracks(self) -> tuple[int, ...]:
        """All but the mix."""
        return tuple(track for track, (_, place) in self._laid.items() if not place.is_mix)

    def read(self, span: Span, track: int | None = None) -> bytes:
        """Samples of `span` as little-endian int16, mono: 32 bytes for each millisecond.

        Args:
            span: In the session's time; cut at its end.
            track: One of `tracks`, or None for the mix.

        Raises:
            UsageError: There is no such track.
            CorruptStore: The samples are gone from the disk.
        """
        if track is not None and track not in self.tracks:
            raise UsageError(f"there is no separate track {track}")
        end_ms = min(span.end_ms, self.duration_ms)
        first, end = span.start_ms * _PER_MS, end_ms * _PER_MS
        pieces = bytearray()
        for start in range(first, end, _BLOCK):
            count = min(_BLOCK, end - start)
            block = self._mix(start, count) if track is None else self._own(track, start, count)
            pieces += block.astype("<i2", copy=False).tobytes()
        return bytes(pieces)

    def _own(self, track: int, start: int, count: int) -> Samples:
        reel, place = self._laid[track]
        return read_placed(reel, place, start, count)

    def _mix(self, start: int, count: int) -> Samples:
        whole = [track for track, (_, place) in self._laid.items() if place.is_mix]
        if whole:
            return self._own(whole[0], start, count)
        total = np.zeros(count, np.int32)
        for track in self._laid:
            total += self._own(track, start, count)
        return np.clip(total, -32_768, 32_767).astype(np.int16)


def read_placed(reel: PcmFile, place: Place, start: int, count: int) -> Samples:
    """Samples of a track on the session's clock.

    Every sample depends on its own place in the session alone, so that a stretch reads the same
    whole or in pieces.

    Args:
        reel: The track's own samples.
        place: Where it lies.
        start: First sample of the session's clock at 16 kHz.
        count: How many.
    """
    if place.drift_ppb == 0:
        return read_mono(reel, start - round(place.offset_us * _PER_MS / 1000), count)
    before, after = margin()
    at = _own_clock(place, start, count)
    low, high = math.floor(at[0]) - before, math.floor(at[-1]) + after + 1
    if high <= 0 or low >= reel.samples:
        return np.zeros(count, np.int16)
    made = interpolate(read_mono(reel, low, high - low), at - low)
    return np.clip(np.rint(made), -32_768, 32_767).astype(np.int16)


def _own_clock(place: Place, start: int, count: int) -> NDArray[np.float64]:
    since = np.arange(start, start + count) - place.offset_us * _PER_MS / 1000
    return np.asarray(since * (1.0 + place.drift_ppb / BILLION), np.float64)
