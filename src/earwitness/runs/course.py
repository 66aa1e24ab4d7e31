"""Course: how far a whole run is, from how far each of its stages is."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Final

WEIGHTS: Final = {
    "decode": 1.0,
    "detect": 2.0,
    "diarize": 5.0,
    "transcribe": 90.0,
    "clip": 1.0,
    "attribute": 1.0,
}
"""Rounded shares of elapsed time with the embedded engines (`make bench`), for the estimate."""


class Course:
    """Shares of stages put together; never falls. Thread-safe.

    Args:
        stages: Those that are to be done; what weighs nothing among them takes no time worth
            telling.
    """

    def __init__(self, stages: Iterable[str] = WEIGHTS) -> None:
        self._weights = {name: WEIGHTS[name] for name in stages if name in WEIGHTS}
        self._shares: dict[str, float] = {}
        self._share = 0.0
        self._lock = threading.Lock()

    def hear(self, stage: str, share: float) -> None:
        """Told how far a stage is, 0 to 1."""
        if stage not in self._weights:
            return
        with self._lock:
            self._shares[stage] = max(share, self._shares.get(stage, 0.0))
            done = sum(self._weights[name] * part for name, part in self._shares.items())
            self._share = max(self._share, min(1.0, done / sum(self._weights.values())))

    @property
    def share(self) -> float:
        """Of everything, 0 to 1."""
        return self._share
