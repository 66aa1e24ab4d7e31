"""Source: where a recording's bytes are - a file, or a member of an archive."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Source:
    """Where bytes are read from.

    Attributes:
        path: A file.
        member: Its member's name inside it, when the file is an archive; never used as a path.
        shown: The name as people should read it; empty: as it is.
    """

    path: Path
    member: str | None = None
    shown: str = ""

    @property
    def name(self) -> str:
        """What the file is called, for showing."""
        name = self.shown or (self.path.name if self.member is None else self.member)
        return name.rpartition("/")[2]
