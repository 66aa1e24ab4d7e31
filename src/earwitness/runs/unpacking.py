"""Unpacking: a recording that is a member of an archive becomes a file while it is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from earwitness.core.errors import SourceNotFound
from earwitness.core.files import part_path, replace
from earwitness.core.session import Recording
from earwitness.core.source import Source
from earwitness.media.archive import unpack

UNPACKED: Final = "unpacked"


def bytes_of(recording: Recording, source: Source, folder: Path) -> Path:
    """The file a recording is read from; a member of an archive is unpacked into `folder`.

    Raises:
        SourceNotFound: The archive holds other bytes now.
        UnsupportedSource: The archive is damaged.
        DiskFull: No space.
    """
    if source.member is None:
        return source.path
    target = folder / UNPACKED
    if target.is_file():
        return target
    part = part_path(folder)
    try:
        if unpack(source.path, source.member, part) != recording.id:
            raise SourceNotFound(
                f"{source.path.name} holds something else now",
                hint="put the archive back where it was; or process the new one",
            )
        replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    return target
