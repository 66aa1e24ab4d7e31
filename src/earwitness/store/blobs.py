"""Blobs: committed bytes named by their SHA-256, checked whenever they are read; here, files."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from earwitness.core.errors import CorruptStore
from earwitness.core.files import disk_faults, part_owner, sync_folder, write_atomic

NAME = re.compile(r"[0-9a-f]{64}")


def digest_of(data: bytes) -> str:
    """SHA-256 as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class Laid:
    """Bytes that were laid down, and that a row is still to name.

    Attributes:
        digest: Their SHA-256.
        size_bytes: Of them.
        object: What the store of artifacts calls them; None: they lie in the home folder.
        at: When, in seconds since 1970.
    """

    digest: str
    size_bytes: int
    object: str | None = None
    at: float = field(default_factory=time.time, compare=False)


class Blobs(Protocol):
    """Where committed bytes lie; `store.remote` keeps this, too."""

    def lay(self, data: bytes, *, here: bool = False) -> Laid:
        """Keep bytes until a row names them.

        Args:
            data: Any.
            here: They must not leave this machine.

        Raises:
            DiskFull: Nothing was left behind.
        """
        ...

    def assure(self, laid: Laid, data: bytes) -> None:
        """See that bytes which a row names now are really there.

        Called inside the transaction that names them, so nobody takes them away afterwards.
        """
        ...

    def take_back(self, laid: Laid) -> None:
        """Give up what was laid outside of the home folder, if no row names it."""
        ...

    def read(self, digest: str) -> bytes:
        """The bytes of a digest, verified.

        Raises:
            CorruptStore: They are gone, or not what was committed.
            ArtifactsUnavailable: They cannot be had just now.
        """
        ...

    def warm(self, digests: list[str]) -> None:
        """Have these near before a transaction reads them."""
        ...

    def digests(self) -> Iterator[str]:
        """Every digest of which bytes lie here, referenced or not."""
        ...


class FolderBlobs:
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

    def lay(self, data: bytes, *, here: bool = False) -> Laid:
        """Keep bytes as a file; `here` plays no part."""
        del here
        return Laid(self.write(data), len(data))

    def assure(self, laid: Laid, data: bytes) -> None:
        """Write them again if they are gone.

        Another process unlinked them as unreferenced a moment ago; it cannot again.
        """
        if not self.path(laid.digest).exists():
            self.write(data)

    def take_back(self, laid: Laid) -> None:
        """Nothing: files are for `reclaim`."""

    def warm(self, digests: list[str]) -> None:
        """Nothing: they are near."""

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
