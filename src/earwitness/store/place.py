"""The home folder: where everything lies, who may see it, and whether a database may live there."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from earwitness.core.errors import StoreError
from earwitness.core.files import disk_faults

_NETWORK = re.compile(
    r"9p|afp|afs|beegfs|ceph|cifs|coda|davfs|gfs2?|glusterfs|gpfs|lustre|ncpfs|nfs[34]?|ocfs2|"
    r"orangefs|pvfs2|smb3|smbfs|fuse\.(davfs2|gcsfuse|glusterfs|rclone|s3fs|sshfs)"
)
_MOUNTS = Path("/proc/mounts")
_OCTAL = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Place:
    """Paths inside one home folder."""

    home: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.home / "library.db"

    @property
    def blobs(self) -> Path:
        """Committed bytes, as `ab/<digest>`."""
        return self.home / "blobs"

    @property
    def scratch(self) -> Path:
        """Decoded sound, one folder per recording."""
        return self.home / "scratch"

    @property
    def cache(self) -> Path:
        """Copies of results that lie in a store of artifacts."""
        return self.home / "cache"

    @property
    def backups(self) -> Path:
        """The database as it was before the last migration."""
        return self.home / "backups"

    @property
    def lock(self) -> Path:
        """Held while the schema is made or changed."""
        return self.home / "library.lock"

    def prepare(self, *, holds_database: bool = True) -> None:
        """Make the folders, for their owner only; refuse network folders for a database.

        Args:
            holds_database: The database is a file in here. Results alone may be on a network.

        Raises:
            StoreError: The folder cannot be made, or SQLite's log does not work there.
        """
        with disk_faults("the library's folder cannot be made"):
            for folder in (self.home, self.blobs, self.scratch):
                private_folder(folder)
        if not holds_database:
            return
        kind = filesystem(self.home)
        if is_network(kind):
            raise StoreError(
                f"the library's folder is on a network file system ({kind})",
                hint="choose a folder on a local disk with --home or EARWITNESS_HOME",
            )

    def free_bytes(self) -> int:
        """Space left for this user on the library's disk."""
        with disk_faults("the library's disk cannot be looked at"):
            return shutil.disk_usage(self.home).free


def private_folder(folder: Path) -> None:
    """Make a folder (and its parents) that others cannot look into; leave an existing one alone."""
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)


def is_network(kind: str | None) -> bool:
    """Whether a file system is shared between machines: they would not see each other's locks."""
    return kind is not None and _NETWORK.fullmatch(kind) is not None


def filesystem(path: Path, mounts: str | None = None) -> str | None:
    """Type of the file system a path lies on, as Linux calls it.

    Args:
        path: An existing path.
        mounts: Text in the form of `/proc/mounts`; None: this machine's.

    Returns:
        None where the system does not tell (not Linux).
    """
    if mounts is None:
        if not _MOUNTS.exists():
            return None
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    real = os.path.realpath(path)
    best, kind = "", None
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = _OCTAL.sub(lambda found: chr(int(found[1], 8)), fields[1])
        inside = real == point or real.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind
