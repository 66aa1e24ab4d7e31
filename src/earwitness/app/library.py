"""The library of the settings: its folder, its database, its bucket, and its log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import SecretStr

from earwitness.app.logs import log_to
from earwitness.app.settings import Settings
from earwitness.store.bucket import Bucket, read_bucket
from earwitness.store.library import Library


@contextmanager
def open_library(settings: Settings) -> Iterator[Library]:
    """The library of these settings, with its log; closed at the end."""
    with library_of(settings) as library:
        log_to(settings.home / "logs")
        yield library


def library_of(settings: Settings) -> Library:
    """The library of these settings without a log; whoever opens it closes it."""
    return Library.open(
        settings.home, database=database_of(settings), artifacts=artifacts_of(settings)
    )


def database_of(settings: Settings) -> str | None:
    """The address of the library's database; None: a file in the library's folder."""
    given = settings.database.get_secret_value().strip() if settings.database else ""
    return given or None


def artifacts_of(settings: Settings) -> Bucket | None:
    """The bucket of the library's artifacts; None: they lie in its folder.

    Raises:
        UsageError: The settings name no bucket that can be used.
    """
    given = (settings.artifacts or "").strip()
    if not given:
        return None
    return read_bucket(
        given,
        endpoint=settings.artifacts_endpoint or None,
        region=settings.artifacts_region or None,
        credentials=(
            _plain(settings.artifacts_key_id),
            _plain(settings.artifacts_secret),
            _plain(settings.artifacts_token),
        ),
        private=settings.artifacts_private,
        cache_bytes=settings.artifacts_cache_mb * 1_000_000,
    )


def _plain(secret: SecretStr | None) -> str | None:
    return (secret.get_secret_value().strip() or None) if secret else None
