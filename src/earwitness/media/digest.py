"""The identity of a recording: SHA-256 of its bytes, read piece by piece."""

from __future__ import annotations

import hashlib
from pathlib import Path

from earwitness.media.source import require_file


def digest(path: Path) -> str:
    """SHA-256 of the file's bytes, 64 hex digits; memory stays bounded.

    Raises:
        SourceNotFound: There is nothing at `path`.
        UnsupportedSource: It is not a readable, non-empty file.
    """
    require_file(path)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
