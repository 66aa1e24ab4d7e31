"""Files that are whole or absent: atomic writing, and disk faults as errors of our tree."""

from __future__ import annotations

import errno
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from earwitness.core.errors import DiskFull, EarwitnessError, StoreError

_NO_ROOM = frozenset(
    getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG") if hasattr(errno, name)
)
_PART = re.compile(r"\.[0-9a-f]{16}\.(\d+)\.part")
_REPLACE_TRIES = 6


@contextmanager
def disk_faults(what: str) -> Iterator[None]:
    """Turn the operating system's faults into ours.

    Args:
        what: What could not be done, for the message: `the library cannot be written`.

    Raises:
        DiskFull: No space, over quota, or past the largest file allowed.
        StoreError: Anything else the operating system refused.
    """
    try:
        yield
    except EarwitnessError:
        raise  # SourceNotFound is an OSError, too, and has been told already.
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise DiskFull(
                f"{what}: no space left",
                hint="free some space and give the same command again; what was done is kept",
            ) from error
        raise StoreError(
            f"{what}: {error.strerror or type(error).__name__}",
            hint="check that the folder exists and may be written to",
        ) from error


def part_path(folder: Path) -> Path:
    """A fresh name for a file in the making; it tells which process makes it."""
    return folder / f".{secrets.token_hex(8)}.{os.getpid()}.part"


def part_owner(path: Path) -> int | None:
    """The process that was making this file, or None when it is no file in the making."""
    found = _PART.fullmatch(path.name)
    return int(found[1]) if found else None


def write_atomic(path: Path, data: bytes) -> None:
    """Write a whole file: a reader sees the old bytes or the new ones, never a part of them.

    The bytes are on the disk when this returns, on POSIX so is the name. Nothing is left behind
    when it fails. The folder must exist.

    Raises:
        DiskFull: The file was not written; an older one of that name is untouched.
        StoreError: The operating system refused for another reason.
    """
    part = part_path(path.parent)
    with disk_faults(f"{path.name} cannot be written"):
        try:
            with part.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            replace(part, path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def replace(part: Path, path: Path) -> None:
    """Give a finished file its name.

    On Windows a virus scanner or a reader may hold either for a moment, so it is tried again.
    """
    for attempt in range(_REPLACE_TRIES):
        try:
            part.replace(path)
        except PermissionError:
            if os.name != "nt" or attempt == _REPLACE_TRIES - 1:
                raise
            time.sleep(0.02 * 2**attempt)
        else:
            return


def sync_folder(folder: Path) -> None:
    """Bring names in a folder to the disk; Windows does that by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
