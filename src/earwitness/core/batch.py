"""Batch: many recordings worked through, each on its own, and the report of what became of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, Protocol

from earwitness.core.errors import DEGRADED_EXIT, Cancelled

BatchState = Literal[
    "waiting", "working", "done", "degraded", "failed", "skipped", "duplicate", "stopped"
]

SUCCESSFUL: Final[frozenset[BatchState]] = frozenset({"done", "degraded"})
UNFINISHED: Final[frozenset[BatchState]] = frozenset({"waiting", "working", "stopped"})


@dataclass(frozen=True, slots=True)
class BatchError:
    """Why a source gave nothing; neither text holds what was said.

    Attributes:
        kind: Class of the error, as in `earwitness.core.errors`.
        message: One line.
        hint: What to do about it.
        exit_code: Of that kind.
    """

    kind: str
    message: str
    hint: str = ""
    exit_code: int = 1


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One source of a batch, and what became of it.

    Attributes:
        source: The file, or the folder or archive with one file per speaker.
        name: What to call it; no other item of the batch is called so.
        state: `waiting` and `working` while the batch goes on. `skipped`: finished earlier;
            `duplicate`: the same bytes as another item; `stopped`: begun, and can be resumed.
        session: The session's id, once it is known.
        length_ms: Of the sound; None while it is not known.
        processing_ms: How long it was worked on; None while it was not.
        output: The session's folder; None while there is none.
        resumed: What an earlier, unfinished run had done was used.
        why: Of a degraded item: what is missing, and what was used instead.
        error: Of a failed item.
        same_as: Of a duplicate: the other item's name.
        tries: How often it was begun in this batch.
    """

    source: Path
    name: str
    state: BatchState = "waiting"
    session: str | None = None
    length_ms: int | None = None
    processing_ms: int | None = None
    output: Path | None = None
    resumed: bool = False
    why: str = ""
    error: BatchError | None = None
    same_as: str | None = None
    tries: int = 0

    def __post_init__(self) -> None:
        """Refuse a failure without a reason, and a duplicate of nothing."""
        if (self.state == "failed") != (self.error is not None):
            raise ValueError("an item that failed has an error, and no other has")
        if (self.state == "duplicate") != (self.same_as is not None):
            raise ValueError("a duplicate is the same as another item")


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What became of a batch, or of the part of it that is done.

    Attributes:
        started_at: With zone.
        completed_at: None while it goes on, and for ever when it was killed.
        items: In the order in which they were found.
        file: Where this is written, as Markdown.
        stopped: Somebody ended it before it was through.
    """

    started_at: datetime
    completed_at: datetime | None
    items: tuple[BatchItem, ...]
    file: Path
    stopped: bool = False

    @property
    def successful(self) -> tuple[BatchItem, ...]:
        """What has a record now: done and degraded."""
        return self._which(SUCCESSFUL)

    @property
    def failed(self) -> tuple[BatchItem, ...]:
        """What gave nothing."""
        return self._which({"failed"})

    @property
    def resumed(self) -> tuple[BatchItem, ...]:
        """Of the successful ones those that used what an unfinished run had done."""
        return tuple(item for item in self.successful if item.resumed)

    @property
    def skipped(self) -> tuple[BatchItem, ...]:
        """What had been finished earlier."""
        return self._which({"skipped"})

    @property
    def duplicates(self) -> tuple[BatchItem, ...]:
        """What holds the same bytes as another item."""
        return self._which({"duplicate"})

    @property
    def unfinished(self) -> tuple[BatchItem, ...]:
        """What was not begun, or is not through."""
        return self._which(UNFINISHED)

    def exit_code(self, *, strict: bool = False) -> int:
        """What the command ends with.

        130 when it was stopped with something left to do; else the code of the first item that
        failed; else 3 when something is degraded and `strict`; else 0.
        """
        if self.stopped and self.unfinished:
            return Cancelled.exit_code
        codes = (item.error.exit_code for item in self.failed if item.error is not None)
        worse = strict and any(item.state == "degraded" for item in self.items)
        return next(codes, DEGRADED_EXIT if worse else 0)

    def _which(self, states: Iterable[BatchState]) -> tuple[BatchItem, ...]:
        wanted = frozenset(states)
        return tuple(item for item in self.items if item.state in wanted)


class BatchOnlooker(Protocol):
    """Whoever wants to see how a batch goes on; called from one thread."""

    def changed(self, report: BatchReport) -> None:
        """Something began or ended."""
        ...

    def heard(self, name: str, stage: str, share: float) -> None:
        """An item's stage went on; `share` is 0 to 1."""
        ...
