"""Meter: what this process and its children take of the machine, between two moments.

One look at memory costs a millisecond or more on a machine with many processes, so looks are
rationed: every half second, and at the end of a piece that saw none, but never more of them than
`RATION` of the time allows. A piece so short that no look fell into it gets the last one before.
"""

from __future__ import annotations

import hashlib
import os
import platform
import threading
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final

import psutil

from earwitness.core.usage import Machine, Taken
from earwitness.media.disk import Traffic, of_process
from earwitness.runs.gpus import Gpus

EVERY_S: Final = 0.5

RATION: Final = 0.004
"""Share of elapsed time that looks may take of one core."""

AT_ONCE_S: Final = 0.02
"""What they may take at the beginning."""


@dataclass(slots=True)
class _Opened:
    """A window's beginning."""

    at_s: float
    area: float
    busy: float
    peak_bytes: int = 0
    looks: int = 0


@dataclass(frozen=True, slots=True)
class Window:
    """What was seen between two moments.

    Attributes:
        peak_bytes: Largest resident memory.
        mean_bytes: Its mean.
        gpu_percent: How busy the GPUs were; None without any.
    """

    peak_bytes: int
    mean_bytes: int
    gpu_percent: int | None


@dataclass(frozen=True, slots=True)
class _Counters:
    """What a process and its children spent so far."""

    cpu_s: float
    disk: Traffic


@dataclass(slots=True)
class _Whole:
    """Of all looks together."""

    began_s: float = field(default_factory=time.monotonic)
    peak_bytes: int = 0
    gpu_peak_bytes: int = 0
    spent_s: float = 0.0


class Meter:
    """Looks at memory and GPUs while runs work; a context manager."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._gpus = Gpus()
        self._open: dict[object, _Opened] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="meter", daemon=True)
        self._whole = _Whole()
        self._before = _counters(self._process)
        self._size = 0
        self._percent: int | None = None
        self._last_s = self._whole.began_s
        self._area = self._busy = 0.0

    def __enter__(self) -> Meter:
        """Begin to look."""
        self._look()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop looking."""
        self._ended.set()
        self._thread.join()

    def begin(self) -> object:
        """Open a window; give the returned mark to `end`."""
        mark = object()
        with self._lock:
            self._lay(time.monotonic())
            self._open[mark] = _Opened(self._last_s, self._area, self._busy, self._size)
        return mark

    def end(self, mark: object) -> Window:
        """Close a window; what was seen in it, or last before it."""
        if not self._open[mark].looks and self._affordable():
            self._look()
        with self._lock:
            self._lay(time.monotonic())
            opened = self._open.pop(mark)
            passed_s = self._last_s - opened.at_s
            if not passed_s:
                return Window(opened.peak_bytes, self._size, self._percent)
            mean = round((self._area - opened.area) / passed_s)
            busy = round((self._busy - opened.busy) / passed_s)
            return Window(opened.peak_bytes, mean, None if self._percent is None else busy)

    def taken(self) -> Taken:
        """All that was taken since the meter was made."""
        self._look()
        now = _counters(self._process)
        disk = now.disk.since(self._before.disk)
        with self._lock:
            passed_s = time.monotonic() - self._whole.began_s
            some_gpu = self._percent is not None
            return Taken(
                wall_ms=round(passed_s * 1000),
                cpu_ms=max(0, round((now.cpu_s - self._before.cpu_s) * 1000)),
                peak_bytes=self._whole.peak_bytes,
                mean_bytes=round(self._area / passed_s) if passed_s else self._size,
                gpu_ms=round(self._busy * 10) if some_gpu else None,
                gpu_peak_bytes=self._whole.gpu_peak_bytes if some_gpu else None,
                read_bytes=disk.read_bytes,
                written_bytes=disk.written_bytes,
                meter_ms=round(self._whole.spent_s * 1000),
            )

    def machine(self) -> Machine:
        """What it runs on."""
        cores = usable_cores()
        names = f"{platform.node()} {platform.machine()} {cores} {self._gpus.names}"
        return Machine(
            hashlib.sha256(names.encode()).hexdigest()[:12],
            cores,
            int(psutil.virtual_memory().total),
            ", ".join(self._gpus.names) or None,
        )

    def _affordable(self) -> bool:
        passed_s = time.monotonic() - self._whole.began_s
        return self._whole.spent_s < AT_ONCE_S + RATION * passed_s

    def _watch(self) -> None:
        while not self._ended.wait(EVERY_S):
            if self._affordable():
                self._look()

    def _look(self) -> None:
        """See how large everything is now."""
        began_s = time.thread_time()
        size = tree_bytes(self._process)
        load = self._gpus.load()
        spent_s = time.thread_time() - began_s
        with self._lock:
            self._lay(time.monotonic())
            self._size = size
            whole = self._whole
            whole.spent_s += spent_s
            whole.peak_bytes = max(whole.peak_bytes, size)
            if load is not None:
                self._percent = load.percent
                whole.gpu_peak_bytes = max(whole.gpu_peak_bytes, load.used_bytes)
            for opened in self._open.values():
                opened.peak_bytes = max(opened.peak_bytes, size)
                opened.looks += 1

    def _lay(self, now_s: float) -> None:
        """Count the time since the last moment at what was last seen."""
        passed_s = now_s - self._last_s
        self._area += self._size * passed_s
        self._busy += (self._percent or 0) * passed_s
        self._last_s = now_s


def usable_cores() -> int:
    """Processors this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def tree_bytes(process: psutil.Process) -> int:
    """Resident bytes of a process and all its children; what is gone meanwhile counts 0."""
    total: int = process.memory_info().rss
    for child in process.children(recursive=True):
        try:
            total += child.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def _counters(process: psutil.Process) -> _Counters:
    """Of a process and its children: those that have ended count in its own counters (Linux)."""
    times = process.cpu_times()
    cpu_s = sum(times[:4])
    disk = of_process()
    read, written = disk.read_bytes, disk.written_bytes
    for child in process.children(recursive=True):
        try:
            cpu_s += sum(child.cpu_times()[:4])
            if read is not None and written is not None:
                told = child.io_counters()
                read, written = read + told.read_bytes, written + told.write_bytes
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return _Counters(cpu_s, Traffic(read, written))
