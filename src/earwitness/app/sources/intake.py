"""Intake: files become recordings of the library, each hashed and looked into once."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from earwitness.core.errors import DiskFull, UnsupportedSource, UsageError
from earwitness.core.files import part_path
from earwitness.core.files import replace as put_in_place
from earwitness.core.ports import RATE_HZ
from earwitness.core.session import Recording, Session
from earwitness.core.source import Source
from earwitness.media.archive import unpack
from earwitness.media.digest import digest
from earwitness.media.pour import kept_channels
from earwitness.media.probe import Probe, probe
from earwitness.media.source import require_file
from earwitness.runs.unpacking import UNPACKED
from earwitness.store.library import Library

_BYTES_PER_MS = RATE_HZ // 1000 * 2
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken in.

    Attributes:
        recordings: In the order given.
        sources: Where each is read from.
        held_at: When the first one that knows it was made, with zone.
        twice: Places, in what was given, of tracks that hold the same bytes as an earlier one.
    """

    recordings: tuple[Recording, ...]
    sources: tuple[Source, ...]
    held_at: datetime | None
    twice: frozenset[int] = frozenset()


def take_in(library: Library, sources: tuple[Source, ...], *, tracks: bool = False) -> Taken:
    """Know every file by its bytes, and see that there is room to work on them.

    Args:
        library: Keeps what is found.
        sources: Files, or members of archives.
        tracks: They lie side by side. Then one that cannot be read is taken in as it is (decoding
            says what is wrong with it, and the others stand), and one given twice is left out.

    Raises:
        SourceNotFound: A file is missing.
        UnsupportedSource: A file holds no audio that can be read.
        UsageError: The same bytes are given twice.
        DiskFull: The decoded sound would not fit.
    """
    recordings: list[Recording] = []
    kept: list[Source] = []
    twice: set[int] = set()
    held_at: datetime | None = None
    needed_bytes = 0
    for place, source in enumerate(sources):
        recording, made_at, length_ms = _take(library, source, damaged=tracks)
        if any(recording.id == other.id for other in recordings):
            if not tracks:
                raise UsageError(
                    f"{source.name} holds the same bytes as another file given",
                    hint="name it once",
                )
            twice.add(place)
            continue
        held_at = held_at or made_at
        recordings.append(recording)
        kept.append(source)
        needed_bytes += _BYTES_PER_MS * length_ms * kept_channels(recording.channels)
        needed_bytes += recording.size_bytes if source.member else 0
    if needed_bytes > library.free_bytes():
        raise DiskFull(
            f"about {_amount(needed_bytes)} are needed while this is worked on, "
            f"and {_amount(library.free_bytes())} are free",
            hint="free some space, or choose another --home",
        )
    return Taken(tuple(recordings), tuple(kept), held_at, frozenset(twice))


def _amount(size_bytes: int) -> str:
    """Rounded up."""
    if size_bytes < 10**9:
        return f"{-(-size_bytes // 10**6)} MB"
    return f"{size_bytes / 1e9:.1f} GB"


def new_session_id(held_at: datetime | None) -> str:
    """Date and random suffix; the title is no part of it."""
    day = (held_at or datetime.now(UTC)).date().isoformat()
    return f"{day}-" + "".join(secrets.choice(_ALPHABET) for _ in range(6))


def find_session(
    library: Library, recordings: tuple[Recording, ...], playbook: str, *, tracks: bool = False
) -> Session | None:
    """The newest session of exactly these recordings, laid alike, under this playbook.

    One that was imported is found only when there is no other: what is heard in its recording is
    another result beside the text that was brought.
    """
    found = library.sessions_of(tuple(recording.id for recording in recordings))
    mine = [
        session
        for session in found
        if session.playbook == playbook and bool(session.tracks) == tracks
    ]
    return min(mine, key=lambda session: bool(session.documents), default=None)


def _take(
    library: Library, source: Source, *, damaged: bool
) -> tuple[Recording, datetime | None, int]:
    """A recording, when it says it was made, and how long it is said to be (0: not known)."""
    path = source.path
    if source.member is not None or not damaged:
        require_file(path)
    with suppress(OSError):
        stat = path.stat()
        known = (
            library.known_recording(path, stat.st_size, stat.st_mtime_ns)
            if source.member is None
            else library.known_member(source, stat.st_size, stat.st_mtime_ns)
        )
        if known is not None:
            return known, None, known.duration_ms or 0
    if source.member is not None:
        return _take_member(library, source, damaged=damaged)
    found = _probe(path, source, damaged=damaged)
    stat = path.stat()
    identity = digest(path) if stat.st_size else hashlib.sha256().hexdigest()
    recording = _recording(identity, source.name, stat.st_size, found)
    if found is not None:
        library.remember_source(recording, path.resolve(), stat.st_size, stat.st_mtime_ns)
    return recording, found.created_at if found else None, (found and found.duration_ms) or 0


def _take_member(
    library: Library, source: Source, *, damaged: bool
) -> tuple[Recording, datetime | None, int]:
    """A member of an archive: unpacked once, and kept until it is decoded."""
    stat = source.path.stat()
    part = part_path(library.home / "scratch")
    try:
        identity = unpack(source.path, source.member or "", part)
        size = part.stat().st_size
        found = _probe(part, source, damaged=damaged)
        recording = _recording(identity, source.name, size, found)
        library.remember_member(recording, source, stat.st_size, stat.st_mtime_ns)
        put_in_place(part, library.scratch(identity) / UNPACKED)
    finally:
        part.unlink(missing_ok=True)
    return recording, found.created_at if found else None, (found and found.duration_ms) or 0


def _probe(path: Path, source: Source, *, damaged: bool) -> Probe | None:
    """What the container says; None when it cannot be read and that is for decoding to tell.

    Raises:
        SourceNotFound: There is nothing.
        UnsupportedSource: It holds no audio that can be read.
    """
    try:
        return probe(path)
    except UnsupportedSource as error:
        if damaged and path.is_file():
            return None
        raise UnsupportedSource(
            str(error).replace(path.name, source.name), hint=error.hint
        ) from error


def _recording(identity: str, name: str, size_bytes: int, found: Probe | None) -> Recording:
    """The recording; one that could not be read counts as one channel of our own rate."""
    return Recording(
        id=identity,
        name=name,
        size_bytes=size_bytes,
        duration_ms=None,
        channels=found.channels if found else 1,
        rate_hz=found.rate_hz if found else RATE_HZ,
    )
