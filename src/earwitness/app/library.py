"""The library of the settings: its folder, its database, and its log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from earwitness.app.logs import log_to
from earwitness.app.settings import Settings
from earwitness.store.library import Library


@contextmanager
def open_library(settings: Settings) -> Iterator[Library]:
    """The library of these settings, with its log; closed at the end."""
    with Library.open(settings.home, database=database_of(settings)) as library:
        log_to(settings.home / "logs")
        yield library


def database_of(settings: Settings) -> str | None:
    """The address of the library's database; None: a file in the library's folder."""
    given = settings.database.get_secret_value().strip() if settings.database else ""
    return given or None
