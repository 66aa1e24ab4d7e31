"""Which Whisper model suits a machine: what is cached, what fits its memory, and what it costs."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import psutil

from earwitness.engines.machine import cores
from earwitness.engines.whisper_models import Located, ModelRow, list_models, locate


@dataclass(frozen=True, slots=True)
class Need:
    """What a model takes.

    Attributes:
        memory_mb: Of the process at its peak, 8 bits on a processor, two threads.
        gpu_mb: On a GPU, half precision.
        cpu_s: Processor time for one hour of speech, beam of five, with word times.
    """

    memory_mb: int
    gpu_mb: int
    cpu_s: int


NEEDS: Final = {
    "large-v3-turbo": Need(2_000, 3_200, 1_650),
    "large-v3": Need(3_900, 4_700, 3_800),
    "large-v2": Need(3_900, 4_700, 3_800),
    "large-v1": Need(3_900, 4_700, 3_800),
    "medium": Need(2_100, 3_100, 2_000),
    "small": Need(1_000, 2_000, 1_000),
    "base": Need(600, 1_700, 370),
    "tiny": Need(420, 1_600, 200),
}
"""Multilingual models, the best first; an English-only one is used when it is named. Decision 9
tells which of these figures were measured, with random weights of the published shapes."""

FETCHED_S: Final = 600
"""A model is fetched when an hour of speech takes it no longer than this here, so that even two
processors get `small`."""

CACHED_S: Final = 1_800
"""One that is here already may take half as long as the recording."""

SHARE: Final = 0.7
"""Of the memory a machine has, this much may be a model's."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What a model has to fit.

    Attributes:
        cores: Processors that this process may use.
        memory_mb: That the machine, or what it runs in, has.
        gpu: Models run on a GPU.
        gpu_mb: Its memory; None when it cannot be told.
    """

    cores: int
    memory_mb: int
    gpu: bool = False
    gpu_mb: int | None = None

    def __str__(self) -> str:
        """For people."""
        if self.gpu:
            return f"a GPU of {self.gpu_mb / 1000:.0f} GB" if self.gpu_mb else "a GPU"
        return f"{self.cores} processors and {self.memory_mb / 1000:.0f} GB"

    def holds(self, name: str) -> bool:
        """Whether a model fits its memory."""
        need = NEEDS[name]
        if self.gpu:
            return self.gpu_mb is None or need.gpu_mb <= SHARE * self.gpu_mb
        return need.memory_mb <= SHARE * self.memory_mb

    def hour_s(self, name: str) -> float:
        """About how long an hour of speech takes; nothing to speak of on a GPU."""
        return 0.0 if self.gpu else NEEDS[name].cpu_s / self.cores


@dataclass(frozen=True, slots=True)
class Fitting:
    """A model and why it is this one.

    Attributes:
        located: The model.
        why: For people; empty when it was named.
    """

    located: Located
    why: str


def choose(*, gpu: bool, cache: Path | None = None, machine: Machine | None = None) -> Fitting:
    """The model that is used when nobody names one; one that is here goes before fetching.

    The choice rests on what the machine has, not on what is free at the moment: the same request
    finds the same model tomorrow.

    Args:
        gpu: It will run on one.
        cache: The hub's cache folder; None: where the hub's own tools keep it.
        machine: None: this one.
    """
    here = machine or this_machine(gpu=gpu)
    models = {name: locate(name, cache=cache) for name in NEEDS}
    fitting = [name for name in NEEDS if here.holds(name)]
    cached = [name for name in fitting if models[name].path is not None]
    brisk = [name for name in cached if here.hour_s(name) <= CACHED_S]
    if brisk:
        why = f"the best of those on this machine for {here}"
        return Fitting(models[brisk[0]], why)
    if cached:
        name = min(cached, key=here.hour_s)
        return Fitting(models[name], f"the quickest of those on this machine, for {here}")
    name = next((name for name in fitting if here.hour_s(name) <= FETCHED_S), _least())
    return Fitting(models[name], f"the one to fetch for {here}: none that fits is on this machine")


def smaller_than(located: Located, *, cache: Path | None = None) -> tuple[Located, ...]:
    """Models on this machine that take less memory than one, the best first."""
    size_mb = located.size_mb or _weights_mb(located)
    known = (locate(name, cache=cache) for name in NEEDS)
    return tuple(
        each
        for each in known
        if each.path is not None and each.size_mb is not None and each.size_mb < size_mb
    )


def cached_models(*, cache: Path | None = None) -> tuple[ModelRow, ...]:
    """Whisper models that are on this machine."""
    return tuple(row for row in list_models(cache=cache) if row.cached)


def this_machine(*, gpu: bool) -> Machine:
    """What this machine has; memory as far as the container it runs in may use it."""
    memory = min(psutil.virtual_memory().total, _container_bytes() or 2**62)
    return Machine(cores(), memory // 10**6, gpu, _gpu_mb() if gpu else None)


def _least() -> str:
    return min(NEEDS, key=lambda name: NEEDS[name].memory_mb)


def _weights_mb(located: Located) -> int:
    """Of a model that has no published size; 0 when it is not here."""
    if located.path is None:
        return 0
    return -(-(located.path / "model.bin").stat().st_size // 10**6)


def _container_bytes() -> int | None:
    """The limit of the control group this process is in; None: there is none."""
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            text = Path(path).read_text(encoding="ascii").strip()
        except OSError:
            continue
        if text.isdecimal():
            return int(text)
    return None


@lru_cache(maxsize=1)
def _gpu_mb() -> int | None:
    """Memory of the smallest GPU, as the driver's own tool tells; None when it cannot."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return None
    command = [tool, "--query-gpu=memory.total", "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    mebibytes = [int(line) for line in done.stdout.split() if line.isdecimal()]
    return round(min(mebibytes) * 1.048576) if mebibytes else None
