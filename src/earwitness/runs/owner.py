"""Owner: this process as one that holds jobs, and whether another one still lives."""

from __future__ import annotations

import platform
import uuid
from functools import cache
from pathlib import Path
from typing import Final

import psutil

from earwitness.core.queue import Owner

_SAME_START_MS: Final = 5_000
"""How far the start of one process may move when the system's clock is set."""


def this_owner() -> Owner:
    """This process."""
    return owner_of(psutil.Process().pid)


def owner_of(pid: int) -> Owner:
    """A process of this machine.

    Raises:
        psutil.NoSuchProcess: It has ended.
    """
    return Owner(machine(), pid, round(psutil.Process(pid).create_time() * 1000))


def is_gone(owner: Owner) -> bool:
    """Whether a process of this machine has ended; False for others, which nobody here can see."""
    if owner.machine != machine():
        return False
    try:
        process = psutil.Process(owner.pid)
        started_ms: int = round(process.create_time() * 1000)
        ended: bool = process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False
    return ended or abs(started_ms - owner.started_ms) > _SAME_START_MS


@cache
def machine() -> str:
    """This machine since its last start: the scope in which a process id means something."""
    name = "-".join(platform.node().split()) or "unnamed"
    boot, space = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")
    try:
        # Containers share the kernel's id and may share a name, but count processes apart.
        return f"{name}/{boot.read_text().strip()[:8]}/{space.stat().st_ino}"
    except OSError:
        return f"{name}/{uuid.getnode():x}"
