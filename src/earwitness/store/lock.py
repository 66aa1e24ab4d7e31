"""A lock between processes that goes away with the process that holds it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from earwitness.core.errors import StoreError
from earwitness.core.files import disk_faults

_POLL_SECONDS = 0.05

if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


@contextmanager
def locked(path: Path, *, wait_seconds: float = 120.0) -> Iterator[None]:
    """Hold the lock file `path`; waits for another holder, thread or process.

    The file stays: removing it would let two processes hold two different files of one name.

    Raises:
        StoreError: Someone else held it all the time.
    """
    with disk_faults("the library's lock cannot be made"):
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        until = time.monotonic() + wait_seconds
        while not _try_lock(handle):
            if time.monotonic() > until:
                raise StoreError(
                    "another process is changing the library's form",
                    hint="wait until it has finished, then try again",
                )
            time.sleep(_POLL_SECONDS)
        yield
    finally:
        os.close(handle)
