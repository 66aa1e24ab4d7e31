"""Disk: bytes that a thread or process itself read from disks and wrote to them, where told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

_THREAD: Final = Path("/proc/thread-self/io")
_PROCESS: Final = Path("/proc/self/io")


@dataclass(frozen=True, slots=True)
class Traffic:
    """Bytes between memory and disks; what the system's cache gave is not among them.

    Attributes:
        read_bytes: Read; None where the system does not tell.
        written_bytes: Written; None where the system does not tell.
    """

    read_bytes: int | None = None
    written_bytes: int | None = None

    def since(self, before: Traffic) -> Traffic:
        """What was added after `before`."""
        return Traffic(
            _added(before.read_bytes, self.read_bytes),
            _added(before.written_bytes, self.written_bytes),
        )


UNKNOWN: Final = Traffic()


def of_thread() -> Traffic:
    """Of the calling thread alone, so far; only Linux tells."""
    return _read(_THREAD)


def of_process() -> Traffic:
    """Of this process and of its children that have ended, so far; only Linux tells."""
    return _read(_PROCESS)


def _read(path: Path) -> Traffic:
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError:
        return Traffic()
    told = dict(line.split(b": ", 1) for line in lines if b": " in line)
    read, written = told.get(b"read_bytes"), told.get(b"write_bytes")
    return Traffic(int(read) if read else None, int(written) if written else None)


def _added(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else max(0, after - before)
