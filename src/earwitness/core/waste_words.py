"""Waste in words: how the categories are called, counted and asked about, everywhere alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from earwitness.core.waste import Category, Work


@dataclass(frozen=True, slots=True)
class Words:
    """How one category is spoken of.

    Attributes:
        one: Of one.
        many: Of several, or none.
        about: What it means.
        deleted: Of several that were deleted together; empty: each has a line of its own.
        deleted_one: The same, of one.
    """

    one: str
    many: str
    about: str
    deleted: str = ""
    deleted_one: str = ""

    def count(self, number: int) -> str:
        """`3 orphaned sessions`."""
        return f"{number:,} {self.one if number == 1 else self.many}"

    def count_deleted(self, number: int) -> str:
        """`2 checkpoints`."""
        return f"{number:,} {self.deleted_one if number == 1 else self.deleted}"


WORDS: Final[dict[Category, Words]] = {
    "orphaned": Words("orphaned session", "orphaned sessions", "the recording is gone"),
    "stale": Words(
        "stale checkpoint",
        "stale checkpoints",
        "a run that stopped long ago",
        "checkpoints",
        "checkpoint",
    ),
    "incomplete": Words(
        "incomplete session", "incomplete sessions", "stopped lately; can be continued"
    ),
    "failed": Words("failed session", "failed sessions", "there is no result"),
    "duplicates": Words("duplicate session", "duplicate sessions", "the same recording once more"),
    "sound": Words(
        "piece of decoded sound",
        "pieces of decoded sound",
        "not needed any more",
        "pieces of decoded sound",
        "piece of decoded sound",
    ),
    "blobs": Words(
        "unreferenced result",
        "unreferenced results",
        "needed by no session",
        "unreferenced results",
        "unreferenced result",
    ),
    "leftovers": Words(
        "leftover file",
        "leftover files",
        "what crashes left behind",
        "leftover files",
        "leftover file",
    ),
}


def tell_work(work: Work) -> str:
    """`12 corrections and 1 enrolled voice`."""
    parts = []
    if work.corrections:
        parts.append(f"{work.corrections:,} correction{'s' * (work.corrections != 1)}")
    if work.prints:
        parts.append(f"{work.prints:,} enrolled voice{'s' * (work.prints != 1)}")
    return " and ".join(parts)
