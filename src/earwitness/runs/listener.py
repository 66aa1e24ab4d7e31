"""Listener: whoever wants to know how far a run is."""

from __future__ import annotations

from collections.abc import Callable

Listener = Callable[[str, float], None]
"""Told a stage's name and the share of it that is done, 0 to 1; called from any thread."""
