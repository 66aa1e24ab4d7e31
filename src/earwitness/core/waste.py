"""Waste: what a library holds that nobody may need any more, and what was done about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

Category = Literal[
    "orphaned", "stale", "incomplete", "failed", "duplicates", "sound", "blobs", "leftovers"
]

CATEGORIES: Final[tuple[Category, ...]] = (
    "orphaned",
    "stale",
    "incomplete",
    "failed",
    "duplicates",
    "sound",
    "blobs",
    "leftovers",
)
"""In the order in which they are looked at and asked about."""

Held = Literal["", "work", "recent", "playbook"]
"""Why something is found, but not taken without asking: it holds people's work; it can still be
continued; it was made under another playbook, maybe on purpose. Empty: nothing speaks for it."""


@dataclass(frozen=True, slots=True)
class Work:
    """What people did to a session by hand; it cannot be made again.

    Attributes:
        corrections: Corrections and names, in force or taken back, that people gave.
        prints: Voices that were enrolled from it, so that later sessions know them.
    """

    corrections: int = 0
    prints: int = 0

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.corrections or self.prints)


NO_WORK: Final = Work()


@dataclass(frozen=True, slots=True)
class Waste:
    """One thing that was found.

    Attributes:
        category: What is wrong with it.
        name: The session's id; of a file its path inside the home or output folder.
        size_bytes: What its removal gives back, when everything before it in the list is gone.
        created_at: When it was made.
        active_at: When anything last happened to it.
        why: One line: how far it came, what it doubles, what it is. Names nobody.
        session: The session it belongs to; None for files of none.
        run: The unfinished run, where only that is given up; the session stays.
        recording: Whose decoded sound it is.
        path: The file or folder it is.
        keys: Results that go with it, where only a run is given up.
        sounds: Recordings whose decoded sound goes with it, where the session stays.
        work: What people did to it.
        held: Why it is not taken without asking.
        has_transcript: People can read it; deleting it takes that away.
        title: What people call the session; for showing to its owner, never for reports.
        keep: Of duplicates: the session that is kept instead.
    """

    category: Category
    name: str
    size_bytes: int
    created_at: datetime
    active_at: datetime
    why: str
    session: str | None = None
    run: str | None = None
    recording: str | None = None
    work: Work = NO_WORK
    held: Held = ""
    has_transcript: bool = False
    title: str = ""
    keep: str | None = None
    path: Path | None = None
    keys: tuple[str, ...] = ()
    sounds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Audit:
    """What a library holds that nobody may need any more; looking changed nothing.

    Attributes:
        at: When, UTC.
        sessions: How many were looked at.
        waste: In the order of the categories; in each the oldest first.
        working: Sessions that are worked on right now; they are never waste.
        away: Sessions whose recording is on a disk that is not there now.
        folders: Folders in the output folder whose session is gone, with their sizes; they are
            the user's to delete.
        damaged: Sessions of which a stored result is missing.
        pending_bytes: Of sessions deleted earlier, still on the disk; whoever opens the library to
            write removes them.
    """

    at: datetime
    sessions: int
    waste: tuple[Waste, ...] = ()
    working: tuple[str, ...] = ()
    away: tuple[str, ...] = ()
    folders: tuple[tuple[Path, int], ...] = ()
    damaged: tuple[str, ...] = ()
    pending_bytes: int = 0

    def of(self, category: Category) -> tuple[Waste, ...]:
        """What was found of one category."""
        return tuple(each for each in self.waste if each.category == category)

    @property
    def size_bytes(self) -> int:
        """What the removal of everything would give back."""
        return size_of(self.waste)


@dataclass(frozen=True, slots=True)
class Removed:
    """One thing that was removed.

    Attributes:
        waste: What it was.
        freed_bytes: What the disk gave back.
    """

    waste: Waste
    freed_bytes: int


@dataclass(frozen=True, slots=True)
class Kept:
    """One thing that was found and stays.

    Attributes:
        waste: What it is.
        why: `user declined`, or what speaks against its removal.
    """

    waste: Waste
    why: str


@dataclass(frozen=True, slots=True)
class Cleanup:
    """What a cleanup did, or in a dry run would do.

    Attributes:
        audit: What was found before.
        dry_run: Nothing was removed.
        removed: In order.
        kept: In order.
        besides_bytes: What the database, its older copies and the rest of earlier deletions gave
            back; negative when the database grew.
        report: Where the report was written.
    """

    audit: Audit
    dry_run: bool
    removed: tuple[Removed, ...] = ()
    kept: tuple[Kept, ...] = ()
    besides_bytes: int = 0
    report: Path | None = None

    @property
    def freed_bytes(self) -> int:
        """What the disk gave back in all."""
        return sum(each.freed_bytes for each in self.removed) + self.besides_bytes


def size_of(waste: Iterable[Waste]) -> int:
    """What the removal of all these gives back."""
    return sum(each.size_bytes for each in waste)


def shown_size(size_bytes: int) -> str:
    """A size as people read it: `250 MB`, `1.5 MB`, `12 kB`, `87 bytes`.

    >>> [shown_size(each) for each in (1_234_000_000, 250_400_000, 1_540_000, 12_300, 87)]
    ['1.2 GB', '250 MB', '1.5 MB', '12 kB', '87 bytes']
    """
    if size_bytes < 0:
        return f"-{shown_size(-size_bytes)}"
    if size_bytes >= 1_000_000_000:
        return f"{size_bytes / 1e9:.1f} GB"
    if size_bytes >= 9_950_000:
        return f"{size_bytes / 1e6:.0f} MB"
    if size_bytes >= 99_500:
        return f"{size_bytes / 1e6:.1f} MB"
    return f"{size_bytes / 1e3:.0f} kB" if size_bytes >= 1_000 else f"{size_bytes} bytes"
