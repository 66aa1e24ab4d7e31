"""Recording, Track, Document, Session: what was heard or written, and the sitting of both."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

_SHA256 = re.compile(r"[0-9a-f]{64}")
_SESSION_ID = re.compile(r"\d{4}-\d{2}-\d{2}-[a-z0-9]{6}")


@dataclass(frozen=True, slots=True)
class Recording:
    """One immutable media file, known by its bytes.

    Attributes:
        id: SHA-256 of the bytes, 64 hex digits.
        name: The file's name when it was added, for showing; never used as a path.
        size_bytes: Of the file.
        duration_ms: Decoded length; None until it has been decoded.
        channels: Of the audio stream.
        rate_hz: Sampling rate of the audio stream.
    """

    id: str
    name: str
    size_bytes: int
    duration_ms: int | None
    channels: int
    rate_hz: int

    def __post_init__(self) -> None:
        """Refuse ids that are not a SHA-256 and impossible shapes."""
        if not _SHA256.fullmatch(self.id):
            raise ValueError("a recording's id is the SHA-256 of its bytes")
        if self.channels < 1 or self.rate_hz < 1 or self.size_bytes < 0:
            raise ValueError("a recording has at least one channel and a sampling rate")


@dataclass(frozen=True, slots=True)
class Track:
    """What is said of a recording that lies beside the others of its session.

    Attributes:
        person: Whose microphone it is, as its file's name or a list says; None: nobody says.
        offset_ms: Session time at which it begins; None: nobody says, the sound may tell.
        is_mix: It holds everybody: what the tracks are laid against, and no speaker. None: its name
            may say so, its sound decides.
        said: The offset is the user's word; it holds whatever the sound says.
    """

    person: str | None = None
    offset_ms: int | None = None
    is_mix: bool | None = False
    said: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """One transcript file that was made elsewhere, known by its bytes.

    Attributes:
        id: SHA-256 of the bytes, 64 hex digits.
        name: The file's name when it was imported, for showing; never used as a path.
        size_bytes: Of the file.
        format: The importer that read it.
        part: Which recording of the file, when it speaks of several; else empty.
    """

    id: str
    name: str
    size_bytes: int
    format: str
    part: str = ""

    def __post_init__(self) -> None:
        """Refuse ids that are not a SHA-256, and documents of no format."""
        if not _SHA256.fullmatch(self.id):
            raise ValueError("a document's id is the SHA-256 of its bytes")
        if not self.format or self.size_bytes < 0:
            raise ValueError("a document has a format and a size")


@dataclass(frozen=True, slots=True)
class Session:
    """One sitting: recordings one after another or side by side, and what is known about them.

    A session that was imported may have documents instead of recordings; it has no sound then.

    Attributes:
        id: Date plus random suffix (`2026-11-20-k3f9qz`); never the title.
        title: What people call it; may be empty.
        playbook: `meeting`, `tabletop`, `therapy` or `screen`.
        language: ISO 639-1 code the user gave, or None for automatic.
        recordings: In order of time.
        held_at: When it took place, with zone; None when unknown.
        local_only: No audio and no text may leave this machine.
        documents: Transcripts made elsewhere that it was imported from.
        tracks: One per recording when they lie side by side, one speaker each; empty when they
            follow one another.
    """

    id: str
    title: str
    playbook: str
    language: str | None
    recordings: tuple[Recording, ...]
    held_at: datetime | None = None
    local_only: bool = False
    documents: tuple[Document, ...] = ()
    tracks: tuple[Track, ...] = ()

    def __post_init__(self) -> None:
        """Refuse ids of another shape, empty sessions and times without a zone."""
        if not _SESSION_ID.fullmatch(self.id):
            raise ValueError(f"not a session id: {self.id!r}")
        if not self.recordings and not self.documents:
            raise ValueError("a session has at least one recording, or a document")
        if self.held_at is not None and self.held_at.tzinfo is None:
            raise ValueError("held_at has a zone")
        if self.tracks and len(self.tracks) != len(self.recordings):
            raise ValueError("either all recordings of a session are tracks, or none")
        if self.tracks and all(track.is_mix for track in self.tracks):
            raise ValueError("a session of tracks has a speaker's track")

    @property
    def length_ms(self) -> int | None:
        """How long it is, as far as its recordings' lengths are known; None: of none it is."""
        known = [one.duration_ms for one in self.recordings if one.duration_ms is not None]
        if not known:
            return None
        return max(known) if self.tracks else sum(known)
