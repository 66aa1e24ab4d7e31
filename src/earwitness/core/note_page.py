"""Note page: a note with all that stands around it when it is written out for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from earwitness.core.note import Note
from earwitness.core.session import Session


@dataclass(frozen=True, slots=True)
class NotePage:
    """What an exporter of notes may write.

    Attributes:
        session: Whose.
        note: What it says, with the lines it cites.
        version: 1, 2, 3, ... of its form.
        made_at: When, with zone.
        clinical: It is a draft until a clinician has read, corrected and signed it.
        warnings: What its readers must know, in the order in which it matters.
    """

    session: Session
    note: Note
    version: int
    made_at: datetime
    clinical: bool = False
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse versions that are none, and a time without zone."""
        if self.version < 1:
            raise ValueError(f"not a version: {self.version}")
        if self.made_at.tzinfo is None:
            raise ValueError("made_at has a zone")


@runtime_checkable
class NoteExporter(Protocol):
    """Writes a note in one format; every sentence with what it cites."""

    suffix: str
    """Of its files, without the dot."""

    def export(self, page: NotePage) -> bytes:
        """The whole file."""
        ...
