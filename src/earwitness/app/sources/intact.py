"""Intact: whether the recordings of a session are still where they were, byte for byte."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from pathlib import Path, PurePath

from earwitness.core.session import Recording
from earwitness.media.digest import digest
from earwitness.store.holdings import Seen

_MOUNTS = frozenset(
    PurePath(path) for path in ("/", "/media", "/mnt", "/run/media", "/Volumes", "/net")
)


class Whereabouts(Enum):
    """What is known of a session's recordings."""

    THERE = "there"
    AWAY = "away"
    """Their disk is not there now: nobody can say."""
    GONE = "gone"


def whereabouts(recordings: Sequence[Recording], seen: Mapping[str, Sequence[Seen]]) -> Whereabouts:
    """Where a session's recordings are; they are gone only when all of them are.

    Those that lie in the store of artifacts are left out by the caller: nobody misses them. A
    session without recordings (imported from a text) misses none, either.
    """
    if not recordings:
        return Whereabouts.THERE
    found = {_one(recording, seen.get(recording.id, ())) for recording in recordings}
    return next(each for each in Whereabouts if each in found)


def _one(recording: Recording, places: Iterable[Seen]) -> Whereabouts:
    away = False
    for place in places:
        if is_at(recording, place):
            return Whereabouts.THERE
        away = away or is_unplugged(place.path)
    return Whereabouts.AWAY if away else Whereabouts.GONE


def is_at(recording: Recording, place: Seen) -> bool:
    """Whether the file still holds the recording's bytes.

    Size and time tell when nothing changed; else the bytes are hashed. An archive that changed
    is taken to hold its members still: unpacking all of it is too much for looking.
    """
    try:
        status = place.path.stat()
    except OSError:
        return False
    if (status.st_size, status.st_mtime_ns) == (place.size_bytes, place.mtime_ns):
        return True
    if place.is_archive:
        return True
    try:
        return status.st_size == recording.size_bytes and digest(place.path) == recording.id
    except OSError:
        return False


def is_unplugged(path: Path) -> bool:
    """Whether a path lies on a disk that is not there: nothing of it but the mount folder is.

    `/media/<user>/<disk>/...`, `/Volumes/<disk>/...`, a drive letter without a drive, and the like.
    """
    standing = next((each for each in path.parents if each.exists()), None)
    if standing is None:
        return True  # not even the drive
    if standing in _MOUNTS:
        return standing != path.parent
    if standing.parent not in _MOUNTS - {PurePath("/")} or standing.is_mount():
        return False
    # A folder where disks are mounted: of a user, or a disk's own while the disk is away.
    return standing != path.parent or not any(standing.iterdir())
