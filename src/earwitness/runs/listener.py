"""Listener: whoever wants to know how far a run is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

Listener = Callable[[str, float], None]
"""Told a stage's name and the share of it that is done, 0 to 1; called from any thread."""


@runtime_checkable
class ClipListener(Protocol):
    """A listener that wants to know, too, how many clips can be played already."""

    def clips(self, ready: int) -> None:
        """Told the number whenever a chunk's clips are cut; called from any thread."""
        ...
