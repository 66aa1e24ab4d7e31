"""Library size: what the database and its older copies take on the disk."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from earwitness.store.holdings import heap_of
from earwitness.store.place import Place


def footprint(home: Path, *, backups_only: bool = False) -> int:
    """Bytes of the database, its log files and its older copies."""
    place = Place(home.expanduser().absolute())
    if backups_only:
        return heap_of(place.backups).size_bytes
    size = heap_of(place.backups).size_bytes
    for suffix in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            size += place.database.with_name(place.database.name + suffix).stat().st_size
    return size
