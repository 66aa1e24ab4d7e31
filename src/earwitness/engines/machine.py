"""The machine that engines compute on: its processors, and memory that runs out."""

from __future__ import annotations

import os
from typing import Final

_SAID: Final = (
    "out of memory",
    "insufficient memory",
    "alloc_failed",
    "bad_alloc",
    "bad allocation",
    "allocate memory",
    "failed to allocate",
    "unable to allocate",
    "attempting to allocate",
)
"""Parts of what CTranslate2, torch, ONNX Runtime, MLX, CUDA and the C++ libraries say."""


def cores() -> int:
    """Processors this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def threads(workers: int) -> int:
    """Threads for each of `workers` that compute at the same time."""
    return max(1, cores() // max(1, workers))


def out_of_memory(error: Exception) -> bool:
    """Whether an error means that memory ran out, on the GPU or beside it."""
    said = str(error).lower()
    named = isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"
    return named or any(part in said for part in _SAID)
