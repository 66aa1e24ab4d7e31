"""Committed bytes as files named by their SHA-256; checked whenever they are read."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from earwitness.core.errors import CorruptStore
from earwitness.core.files import disk_faults, part_owner, sync_folder, write_atomic

NAME = re.compile(r"[0-9a-f]{64}")


def digest_of(data: bytes) -> str:
    """SHA-256 as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


class Blobs:
    """The folder `blobs/`: `ab/<digest>`; knows nothing of the database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where the bytes of a digest lie."""
        return self.folder / digest[:2] / digest

    def write(self, data: bytes) -> str:
        """Keep bytes; a file that is there already and whole is left alone.

        Returns:
            Their digest.

        Raises:
            DiskFull: Nothing was left behind.
        """
        digest = digest_of(data)
        path = self.path(digest)
        with disk_faults("a result cannot be stored"):
            if not path.parent.is_dir():
                path.parent.mkdir(mode=0o700, exist_ok=True)
                sync_folder(self.folder)
            # Somebody may unlink it as unreferenced just now.
            with suppress(FileNotFoundError):
                if digest_of(path.read_bytes()) == digest:
                    return digest
        write_atomic(path, data)
        return digest

    def read(self, digest: str) -> bytes:
        """The bytes of a digest, verified.

        Raises:
            CorruptStore: They are gone, or not what was committed.
        """
        hint = "run `earwitness process` on the recording again with --fresh, or restore a backup"
        with disk_faults("a stored result cannot be read"):
            try:
                data = self.path(digest).read_bytes()
            except FileNotFoundError as error:
                raise CorruptStore(f"the stored result {digest[:12]} is gone", hint=hint) from error
        if digest_of(data) != digest:
            raise CorruptStore(f"the stored result {digest[:12]} is damaged", hint=hint)
        return data

    def remove(self, digest: str) -> int:
        """Unlink a blob; the caller holds the database's write lock.

        Returns:
            Bytes freed; 0 when it was not there.

        Raises:
            OSError: It is held open (Windows); the caller tries again later.
        """
        path = self.path(digest)
        try:
            size = path.stat().st_size
            path.unlink()
        except FileNotFoundError:
            return 0
        return size

    def digests(self) -> Iterator[str]:
        """Every blob that lies in the folder, referenced or not."""
        for path in self.folder.glob("??/*"):
            if NAME.fullmatch(path.name) and path.parent.name == path.name[:2]:
                yield path.name


def stale_parts(folder: Path, *, stale_seconds: float) -> Iterator[Path]:
    """Files in the making whose maker is gone, or that nobody touched for long.

    Args:
        folder: Looked through with everything below.
        stale_seconds: A file this old is stale even if some process has its maker's number.
    """
    import psutil

    for path in folder.rglob(".*.part"):
        owner = part_owner(path)
        if owner is None:
            continue
        try:
            age = time.time() - path.stat().st_mtime
        except FileNotFoundError:
            continue
        if age >= stale_seconds or not psutil.pid_exists(owner):
            yield path
