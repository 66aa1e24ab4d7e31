"""Opening the library of the settings, with its log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from earwitness.app.logs import log_to
from earwitness.app.settings import Settings
from earwitness.store.library import Library


@contextmanager
def open_library(settings: Settings) -> Iterator[Library]:
    """The library of these settings, with its log; closed at the end."""
    with Library.open(settings.home) as library:
        log_to(settings.home / "logs")
        yield library
