"""Unpacking: a recording that is in an archive, or far away, becomes a file while it is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from earwitness.core.errors import SourceNotFound
from earwitness.core.files import part_path, replace
from earwitness.core.ledger import Ledger
from earwitness.core.ports import Tick, silent_tick
from earwitness.core.session import Recording
from earwitness.core.source import Source
from earwitness.media.archive import unpack

UNPACKED: Final = "unpacked"


def bytes_of(
    recording: Recording,
    source: Source,
    folder: Path,
    ledger: Ledger,
    tick: Tick = silent_tick,
) -> Path:
    """The file a recording is read from.

    A member of an archive is unpacked into `folder`; what is not on this machine is fetched there.

    Raises:
        SourceNotFound: The archive holds other bytes now.
        UnsupportedSource: The archive is damaged.
        ArtifactsUnavailable: It is to be fetched from a store that is away.
        DiskFull: No space.
    """
    target = folder / UNPACKED
    if source.path.is_file() and source.member is None:
        return source.path
    if target.is_file():
        return target
    if not source.path.is_file() and ledger.fetch_original(recording.id, target, tick):
        return target
    if source.member is None:
        return source.path  # whoever reads it says that it is gone
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
