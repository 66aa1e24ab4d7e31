"""Laying decoded frames on the time line: 16 kHz, 16 bit, gaps filled, nothing dropped."""

from __future__ import annotations

import errno
import hashlib
import os
from typing import BinaryIO, Final

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from earwitness.core.ports import RATE_HZ
from earwitness.media.levels import Levels

MAX_CHANNELS: Final = 8
LONGEST_S: Final = 48 * 3600
_GAP: Final = RATE_HZ * 25 // 1000
"""Samples by which a time stamp may run ahead before silence is put in: rounding, not a gap."""
_JUMP: Final = RATE_HZ
"""Samples by which a time stamp may lie behind before the clock counts as set back."""
_BLOCK: Final = RATE_HZ * 2
_SYNC_BYTES: Final = 1 << 26

Block = NDArray[np.int16]


class Basin:
    """Takes samples: writes them out, digests them and measures them, in one pass."""

    def __init__(self, file: BinaryIO, channels: int) -> None:
        self.channels = channels
        self.samples = 0
        self.levels = Levels(channels)
        self._file = file
        self._sha = hashlib.sha256()
        self._unsynced = 0
        self._waiting: list[Block] = []
        self._waiting_samples = 0

    def add(self, block: Block) -> None:
        """Take samples of shape (n, channels)."""
        self._waiting.append(block)
        self._waiting_samples += len(block)
        self.samples += len(block)
        if self.samples > LONGEST_S * RATE_HZ:
            raise OSError(errno.EFBIG, "longer than any recording")
        if self._waiting_samples >= _BLOCK:
            self._spill()

    def silence(self, samples: int) -> None:
        """Take so many samples of silence."""
        while samples > 0:
            some = min(samples, _BLOCK)
            self.add(np.zeros((some, self.channels), np.int16))
            samples -= some

    def close(self) -> str:
        """Bring everything to the disk.

        Returns:
            SHA-256 of all samples, 64 hex digits.
        """
        self._spill()
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._sha.hexdigest()

    def _spill(self) -> None:
        if not self._waiting:
            return
        block = np.ascontiguousarray(np.concatenate(self._waiting))
        self._waiting, self._waiting_samples = [], 0
        data = block.astype("<i2", copy=False).tobytes()
        self._file.write(data)
        self._sha.update(data)
        self.levels.add(block)
        self._unsynced += len(data)
        if self._unsynced >= _SYNC_BYTES:
            # One fsync of a whole evening at the end could look like a stall.
            self._file.flush()
            os.fsync(self._file.fileno())
            self._unsynced = 0


class Pour:
    """Resamples frames and lays each at its own time.

    A time stamp ahead of what has been written is a gap and is filled with silence; so is a late
    start. A time stamp behind it (a clock that runs slow, two takes joined) drops nothing: up to a
    second it is left to run, beyond that the clock counts as set back and the sound goes on.
    """

    def __init__(self, basin: Basin, origin: float, horizon: float | None) -> None:
        """Lay frames from `origin` seconds on.

        Args:
            basin: Takes the samples.
            origin: Time stamp of the start of the presentation, in seconds.
            horizon: No gap is filled beyond this time; None when the length is unknown.
        """
        self._basin = basin
        self._origin = origin
        self._horizon = horizon
        self._resampler: AudioResampler | None = None
        self._shape: tuple[str, str, int] = ("", "", 0)
        self._base = 0  # samples in the basin when the resampler began
        self._fed = 0  # samples given to the resampler since, at its own rate
        self._astray = False
        self.jumps = 0
        self.filled = 0

    def frame(self, frame: AudioFrame) -> None:
        """Lay one decoded frame."""
        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        if shape != self._shape:
            self.finish()
            self._shape = shape
        at = frame.time
        if at is not None:
            self._place(at - self._origin)
        if self._resampler is None:
            # Same number of channels: only an unknown layout could be refused, a mix never asked.
            self._resampler = AudioResampler("s16", frame.layout.name, RATE_HZ)
            self._base, self._fed = self._basin.samples, 0
        self._fed += frame.samples
        frame.pts = None
        for made in self._resampler.resample(frame):
            self._basin.add(_fit(made, self._basin.channels))

    def finish(self) -> None:
        """Get the last samples out of the resampler."""
        if self._resampler is not None:
            for made in self._resampler.resample(None):
                if made is not None:
                    self._basin.add(_fit(made, self._basin.channels))
        self._resampler = None

    def _place(self, at: float) -> None:
        written = self._basin.samples
        if self._resampler is not None:
            # More has been given to the resampler than it has given back yet.
            written = self._base + self._fed * RATE_HZ // self._shape[2]
        ahead = int(at * RATE_HZ) - written
        if ahead > _GAP and not self._plausible(at, ahead):
            # Believed neither now nor while it goes on; at the start it is a wrapped negative.
            self.jumps += not self._astray and written > 0
            self._astray = True
            return
        self._astray = False
        if ahead > _GAP:
            self.finish()
            self.filled += ahead if written else 0
            self._basin.silence(int(at * RATE_HZ) - self._basin.samples)
        elif ahead < -_JUMP:
            self.jumps += 1
            self._origin += ahead / RATE_HZ

    def _plausible(self, at: float, ahead: int) -> bool:
        """Whether a gap can be meant: a broken time stamp must not fill the disk with silence."""
        if self._horizon is None:
            return ahead <= 3600 * RATE_HZ
        return at <= self._horizon + 1


def _fit(frame: AudioFrame, channels: int) -> Block:
    """Samples of a packed s16 frame, shape (n, channels); other channel counts are mixed."""
    width = frame.layout.nb_channels
    block: Block = np.frombuffer(
        memoryview(frame.planes[0]), np.int16, frame.samples * width
    ).reshape(-1, width)
    if block.shape[1] == channels:
        return block
    mixed = np.rint(block.mean(axis=1, keepdims=True)).astype(np.int16)
    return np.repeat(mixed, channels, axis=1)


def kept_channels(channels: int) -> int:
    """How many channels are kept of so many: all up to 8, else one, the mix."""
    return channels if 1 <= channels <= MAX_CHANNELS else 1
