"""Reel, Place and Listening: what is known of each decoded recording, and of the session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from earwitness.core.ports import RATE_HZ

LaidBy = Literal["reference", "sound", "said", "declared", "assumed"]
"""Why a track lies where it lies: the others are laid against it; its sound agrees with theirs;
the user said so; its list or project says so; nothing tells, so all are taken to begin at once."""

BILLION: Final = 1_000_000_000


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
class Place:
    """Where a track lies in the session's time.

    A moment `t` of the session is the moment `(t - offset) * (1 + drift)` of the track's own clock.

    Attributes:
        track: Its place among the session's recordings: the number that turns and words carry.
        offset_us: Session time of its first sample, in microseconds; never below 0.
        drift_ppb: How much its clock runs fast against the session's, in parts per billion.
        is_mix: It holds everybody, and is no speaker's.
        by: Why it lies there.
        confidence: 0 to 1, how sure the sound was of it; None where the sound says nothing.
    """

    track: int
    offset_us: int = 0
    drift_ppb: int = 0
    is_mix: bool = False
    by: LaidBy = "assumed"
    confidence: float | None = None

    def __post_init__(self) -> None:
        """Refuse a place before the session's start, and a clock nobody builds."""
        if self.track < 0 or self.offset_us < 0:
            raise ValueError("a track lies inside its session")
        if abs(self.drift_ppb) > BILLION // 100:
            raise ValueError("a clock that runs wrong by more than a hundredth is broken")

    def end_ms(self, samples: int) -> int:
        """Session time at which so many samples end; a last part of a millisecond counts whole."""
        own_us = samples * 1_000_000 // RATE_HZ
        return -(-(self.offset_us + own_us * BILLION // (BILLION + self.drift_ppb)) // 1000)


@dataclass(frozen=True, slots=True)
class Reels:
    """The recordings of a session of tracks, decoded and not yet laid beside each other.

    Attributes:
        reels: One per recording that could be decoded.
        tracks: The place of each among the session's recordings.
    """

    reels: tuple[Reel, ...]
    tracks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Listening:
    """The sound of a session.

    Attributes:
        reels: One after another, or side by side.
        places: One per reel when they lie side by side; empty when they follow one another.
        notices: What a person should know about how they were laid, a line each.
    """

    reels: tuple[Reel, ...]
    places: tuple[Place, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def duration_ms(self) -> int:
        """Length of all reels together."""
        if self.places:
            return max(place.end_ms(reel.samples) for reel, place in self._laid)
        return sum(reel.duration_ms for reel in self.reels)

    @property
    def tracks(self) -> tuple[int, ...]:
        """Separate tracks: of reels side by side each one, else what every reel has."""
        if self.places:
            return tuple(place.track for place in self.places if not place.is_mix)
        first = self.reels[0].tracks
        return first if all(reel.tracks == first for reel in self.reels) else ()

    def heard_on(self, track: int | None) -> str | None:
        """All that the sound of one track depends on, beside the time that is read.

        Returns:
            None where it depends on everything: the mix, and reels one after another.
        """
        for reel, place in self._laid:
            if place.track == track:
                return f"{reel.digest} {place.offset_us} {place.drift_ppb}"
        return None

    @property
    def _laid(self) -> tuple[tuple[Reel, Place], ...]:
        return tuple(zip(self.reels, self.places, strict=True)) if self.places else ()
