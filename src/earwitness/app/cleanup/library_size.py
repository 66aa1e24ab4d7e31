"""Library size: what the database, and what belongs to it, takes on the disk."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from earwitness.store.holdings import Heap, heap_of
from earwitness.store.place import Place


def footprint(home: Path, pending: Iterable[Heap] = ()) -> int:
    """Bytes of the database, its log files and older copies, and of what deletions left to do."""
    place = Place(home.expanduser().absolute())
    size = older_copies(home) + sum(heap_of(heap.path).size_bytes for heap in pending)
    for suffix in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            size += place.database.with_name(place.database.name + suffix).stat().st_size
    return size


def older_copies(home: Path) -> int:
    """Bytes of the database as it was before migrations; deleting a session removes them."""
    return heap_of(Place(home.expanduser().absolute()).backups).size_bytes
