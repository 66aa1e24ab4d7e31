"""Reel and Listening: what decoding found out about each recording, and about the whole session."""

from __future__ import annotations

from dataclasses import dataclass

from earwitness.core.ports import RATE_HZ


@dataclass(frozen=True, slots=True)
class Reel:
    """One recording, decoded to 16 kHz samples in a file of its own.

    Attributes:
        recording: The recording's id.
        digest: SHA-256 of the samples.
        samples: Per channel.
        channels: Interleaved in the file.
        tracks: Channels that hold clearly separate voices; empty when only the mix is meaningful.
        declared_ms: Length the container claims; None when it claims none.
        damage: What is missing or broken, in one line; None when nothing is.
        notices: What else a person should know, a line each.
    """

    recording: str
    digest: str
    samples: int
    channels: int
    tracks: tuple[int, ...]
    declared_ms: int | None = None
    damage: str | None = None
    notices: tuple[str, ...] = ()

    @property
    def duration_ms(self) -> int:
        """Decoded length in milliseconds; a last part of one counts whole."""
        return -(-self.samples * 1000 // RATE_HZ)


@dataclass(frozen=True, slots=True)
class Listening:
    """The sound of a session: its reels, one after another."""

    reels: tuple[Reel, ...]

    @property
    def duration_ms(self) -> int:
        """Length of all reels together."""
        return sum(reel.duration_ms for reel in self.reels)

    @property
    def tracks(self) -> tuple[int, ...]:
        """Separate tracks, when every reel has the same ones."""
        first = self.reels[0].tracks
        return first if all(reel.tracks == first for reel in self.reels) else ()
