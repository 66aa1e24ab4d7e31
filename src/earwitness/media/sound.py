"""Sound: the decoded samples of a session, read piece by piece from disk."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from earwitness.core.errors import CorruptStore, UsageError
from earwitness.core.ports import RATE_HZ
from earwitness.core.span import Span

_PER_MS: Final = RATE_HZ // 1000
_BLOCK_MS: Final = 60_000


@dataclass(frozen=True, slots=True)
class PcmFile:
    """The samples of one recording in a file.

    Attributes:
        path: Little-endian int16 at 16 kHz, channels interleaved.
        channels: In the file.
        samples: Per channel.
        tracks: Channels that hold clearly separate voices.
    """

    path: Path
    channels: int
    samples: int
    tracks: tuple[int, ...] = ()

    @property
    def duration_ms(self) -> int:
        """Length in milliseconds; a last part of one counts whole."""
        return -(-self.samples // _PER_MS)


class Sound:
    """The sound of a session: one or more reels, each beginning where the one before it ended.

    Implements the `Audio` port. Each read opens, seeks and closes, so that reads may run in any
    thread or forked process at once, and memory stays bounded by what is asked for.
    """

    def __init__(self, reels: Sequence[PcmFile]) -> None:
        """Put reels one after another.

        Raises:
            CorruptStore: A file is missing or shorter than its samples.
        """
        for reel in reels:
            require_whole(reel)
        self._reels = tuple(reels)
        self._ends_ms = tuple(accumulate(reel.duration_ms for reel in reels))
        shared = {reel.tracks for reel in reels}
        self._tracks = shared.pop() if len(shared) == 1 else ()

    @property
    def duration_ms(self) -> int:
        """Length of all reels together; 0 when they hold no samples."""
        return self._ends_ms[-1] if self._ends_ms else 0

    @property
    def tracks(self) -> tuple[int, ...]:
        """Tracks that hold clearly separate voices, when all reels agree on them."""
        return self._tracks

    def read(self, span: Span, track: int | None = None) -> bytes:
        """Samples of `span` as little-endian int16, mono: 32 bytes for each millisecond.

        Args:
            span: Cut at the end of the sound: what lies beyond is not returned.
            track: One of `tracks`, or None for the mean of all channels.

        Raises:
            UsageError: There is no such track.
            CorruptStore: The samples are gone from the disk.
        """
        if track is not None and track not in self._tracks:
            raise UsageError(f"there is no separate track {track}")
        pieces = bytearray()
        at_ms, end_ms = span.start_ms, min(span.end_ms, self.duration_ms)
        while at_ms < end_ms:
            index = bisect_right(self._ends_ms, at_ms)
            begins_ms = self._ends_ms[index - 1] if index else 0
            until_ms = min(end_ms, self._ends_ms[index], at_ms + _BLOCK_MS)
            part = Span(at_ms - begins_ms, until_ms - begins_ms)
            pieces += _read(self._reels[index], part, track)
            at_ms = until_ms
        return bytes(pieces)


def _read(reel: PcmFile, span: Span, track: int | None) -> bytes:
    width = reel.channels * 2
    try:
        with reel.path.open("rb", buffering=0) as file:
            file.seek(span.start_ms * _PER_MS * width)
            data = file.read(span.duration_ms * _PER_MS * width)
    except OSError as error:
        raise _gone(reel) from error
    whole = data[: len(data) // width * width]
    if reel.channels > 1:
        block = np.frombuffer(whole, "<i2").reshape(-1, reel.channels)
        # Rounding the mean keeps a mono recording that was copied to both sides as it was.
        mono = block[:, track] if track is not None else np.rint(block.mean(axis=1))
        whole = mono.astype("<i2").tobytes()
    # The last millisecond of a reel may be begun only.
    return whole.ljust(span.duration_ms * _PER_MS * 2, b"\0")


def read_mono(reel: PcmFile, first: int, count: int) -> NDArray[np.int16]:
    """Samples of a recording by their number, all channels as one; silence where it has none.

    Args:
        reel: The recording.
        first: Number of the first sample; may lie before its start.
        count: How many, also beyond its end.

    Raises:
        CorruptStore: The samples are gone from the disk.
    """
    made = np.zeros(count, np.int16)
    low, high = max(first, 0), min(first + count, reel.samples)
    if low >= high:
        return made
    width = reel.channels * 2
    try:
        with reel.path.open("rb", buffering=0) as file:
            file.seek(low * width)
            data = file.read((high - low) * width)
    except OSError as error:
        raise _gone(reel) from error
    block = np.frombuffer(data[: len(data) // width * width], "<i2").reshape(-1, reel.channels)
    # Rounding the mean keeps a mono recording that was copied to both sides as it was.
    mono = block[:, 0] if reel.channels == 1 else np.rint(block.mean(axis=1)).astype(np.int16)
    made[low - first : low - first + len(mono)] = mono
    return made


def require_whole(reel: PcmFile) -> None:
    """See that a recording's samples are on the disk.

    Raises:
        CorruptStore: They are missing or incomplete.
    """
    try:
        size = reel.path.stat().st_size
    except OSError as error:
        raise _gone(reel) from error
    if size < reel.samples * reel.channels * 2:
        raise _gone(reel)


def _gone(reel: PcmFile) -> CorruptStore:
    return CorruptStore(
        f"the decoded sound {reel.path.name} is gone or incomplete",
        hint="run the same command with --fresh to decode the recording again",
    )
