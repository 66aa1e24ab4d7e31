"""Leftovers: files that crashes left, here and in the output folder, and folders of nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from earwitness.app.settings import Settings
from earwitness.core.waste import Waste
from earwitness.store.blobs import stale_parts
from earwitness.store.holdings import Heap, Holdings, heap_of

_SESSION = re.compile(r"\d{4}-\d{2}-\d{2}-[a-z0-9]{6}")
_STALE_SECONDS = 3_600.0


def leftovers_in(holdings: Holdings, settings: Settings, before: datetime) -> Iterator[Waste]:
    """Files in the making whose maker is gone, and sound of recordings nobody knows.

    Args:
        holdings: What the library holds.
        settings: Where it and the output folder are.
        before: Sound that was written later may belong to a recording that is just being added.
    """
    for heap in holdings.parts:
        yield _leftover(heap, settings.home, "a file that was never finished")
    for heap in holdings.unknown:
        if heap.active_at <= before:
            yield _leftover(heap, settings.home, "decoded sound of no recording")
    for folder in session_folders(settings.output):
        for path in stale_parts(folder, stale_seconds=_STALE_SECONDS):
            yield _leftover(heap_of(path), settings.output, "a file that was never finished")


def folders_of_nobody(holdings: Holdings, output: Path) -> tuple[tuple[Path, int], ...]:
    """Session folders in the output folder whose session is not in the library."""
    known = {held.session.id for held in holdings.held}
    folders = (folder for folder in session_folders(output) if folder.name not in known)
    return tuple((folder, heap_of(folder).size_bytes) for folder in folders)


def session_folders(output: Path) -> list[Path]:
    """Folders that are named like a session, in order."""
    if not output.is_dir():
        return []
    return sorted(each for each in output.iterdir() if _SESSION.fullmatch(each.name))


def _leftover(heap: Heap, base: Path, why: str) -> Waste:
    base = base.expanduser().absolute()
    inside = heap.path.is_relative_to(base)
    return Waste(
        category="leftovers",
        name=str(heap.path.relative_to(base)) if inside else heap.path.name,
        size_bytes=heap.size_bytes,
        created_at=heap.active_at,
        active_at=heap.active_at,
        why=why,
        path=heap.path,
    )
