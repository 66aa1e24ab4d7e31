"""Intake: files become recordings of the library, each hashed and looked into once."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path

from earwitness.core.errors import DiskFull, UsageError
from earwitness.core.ports import RATE_HZ
from earwitness.core.session import Recording, Session
from earwitness.media.digest import digest
from earwitness.media.pour import kept_channels
from earwitness.media.probe import probe
from earwitness.media.source import require_file
from earwitness.store.library import Library

_BYTES_PER_MS = RATE_HZ // 1000 * 2
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def take_in(
    library: Library, paths: tuple[Path, ...]
) -> tuple[tuple[Recording, ...], datetime | None]:
    """Know every file by its bytes, and see that there is room to work on them.

    Returns:
        The recordings in the order given, and when the first one says it was made.

    Raises:
        SourceNotFound: A file is missing.
        UnsupportedSource: A file holds no audio that can be read.
        UsageError: The same bytes are given twice.
        DiskFull: The decoded sound would not fit.
    """
    recordings: list[Recording] = []
    held_at: datetime | None = None
    needed_bytes = 0
    for path in paths:
        recording, made_at, length_ms = _take(library, path)
        if any(recording.id == other.id for other in recordings):
            raise UsageError(
                f"{path.name} holds the same bytes as another file given", hint="name it once"
            )
        held_at = held_at or made_at
        recordings.append(recording)
        needed_bytes += _BYTES_PER_MS * length_ms * kept_channels(recording.channels)
    if needed_bytes > library.free_bytes():
        raise DiskFull(
            f"about {needed_bytes / 1e9:.1f} GB are needed while this is worked on, "
            f"and {library.free_bytes() / 1e9:.1f} GB are free",
            hint="free some space, or choose another --home",
        )
    return tuple(recordings), held_at


def new_session_id(held_at: datetime | None) -> str:
    """Date and random suffix; the title is no part of it."""
    day = (held_at or datetime.now(UTC)).date().isoformat()
    return f"{day}-" + "".join(secrets.choice(_ALPHABET) for _ in range(6))


def find_session(
    library: Library, recordings: tuple[Recording, ...], playbook: str
) -> Session | None:
    """The newest session of exactly these recordings under this playbook.

    One that was imported is found only when there is no other: what is heard in its recording is
    another result beside the text that was brought.
    """
    found = library.sessions_of(tuple(recording.id for recording in recordings))
    mine = [session for session in found if session.playbook == playbook]
    return min(mine, key=lambda session: bool(session.documents), default=None)


def _take(library: Library, path: Path) -> tuple[Recording, datetime | None, int]:
    """A recording, when it says it was made, and how long it is said to be (0: not known)."""
    require_file(path)
    stat = path.stat()
    known = library.known_recording(path, stat.st_size, stat.st_mtime_ns)
    if known is not None:
        return known, None, known.duration_ms or 0
    found = probe(path)
    recording = Recording(
        id=digest(path),
        name=path.name,
        size_bytes=stat.st_size,
        duration_ms=None,
        channels=found.channels,
        rate_hz=found.rate_hz,
    )
    library.remember_source(recording, path.resolve(), stat.st_size, stat.st_mtime_ns)
    return recording, found.created_at, found.duration_ms or 0
