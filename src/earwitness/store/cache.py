"""Cache: copies of results near at hand, in bounded room; those unused for longest give way."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from earwitness.core.errors import StoreError
from earwitness.core.files import write_atomic
from earwitness.store.blobs import NAME, digest_of
from earwitness.store.place import private_folder

AFTER_TRIM: Final = 0.9
"""Share of the room that is used after copies gave way: they do not give way at every write."""

log = logging.getLogger(__name__)


class Cache:
    """The folder `cache/`: `ab/<digest>`. Nothing is lost with it; it never raises.

    Args:
        folder: Made when it is needed.
        limit_bytes: Of all copies together. Several processes together may pass it by what they
            wrote since they last looked.
    """

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self.folder = folder
        self.limit_bytes = limit_bytes
        self._lock = threading.Lock()
        self._used_bytes: int | None = None

    def path(self, digest: str) -> Path:
        """Where a copy lies, if it does."""
        return self.folder / digest[:2] / digest

    def read(self, digest: str) -> bytes | None:
        """The bytes of a digest, verified; None when there is no whole copy."""
        path = self.path(digest)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        if digest_of(data) != digest:
            log.warning("a copy in the cache was damaged, and is fetched again")
            self.drop(digest)
            return None
        with suppress(OSError):
            os.utime(path)  # it was used now: others give way before it
        return data

    def keep(self, digest: str, data: bytes) -> None:
        """Keep a copy, if there is room; a full disk is no fault."""
        if len(data) > self.limit_bytes:
            return
        path = self.path(digest)
        try:
            private_folder(self.folder)
            private_folder(path.parent)
            write_atomic(path, data)
        except (OSError, StoreError) as error:
            log.warning("no copy is kept near at hand: %s", type(error).__name__)
            return
        with self._lock:
            if self._used_bytes is None:
                self._used_bytes = sum(size for _, size, _ in self._copies())
            else:
                self._used_bytes += len(data)
            if self._used_bytes > self.limit_bytes:
                self._used_bytes = self._trim()

    def drop(self, digest: str) -> int:
        """Unlink a copy; returns bytes freed."""
        path = self.path(digest)
        try:
            size = path.stat().st_size
            path.unlink()
        except OSError:
            return 0
        return size

    def digests(self) -> Iterator[str]:
        """Every copy that lies here."""
        for path in self.folder.glob("??/*"):
            if NAME.fullmatch(path.name):
                yield path.name

    def _copies(self) -> Iterator[tuple[int, int, Path]]:
        """When each was last used, its size and its path."""
        for digest in self.digests():
            path = self.path(digest)
            with suppress(OSError):
                stat = path.stat()
                yield stat.st_mtime_ns, stat.st_size, path

    def _trim(self) -> int:
        """Unlink what was not used for longest; returns bytes that are left."""
        copies = sorted(self._copies())
        used = sum(size for _, size, _ in copies)
        for _, size, path in copies:
            if used <= self.limit_bytes * AFTER_TRIM:
                break
            with suppress(OSError):
                path.unlink()
                used -= size
        return used
