"""Bars: progress on a terminal, one line per stage, and one for what is fetched."""

from __future__ import annotations

import threading
from contextlib import suppress
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from earwitness.cli.progress import Pace, duration


class Bars:
    """A bar per stage under way, and the estimate of the rest under them."""

    def __init__(self) -> None:
        self._pace = Pace()
        self._lock = threading.Lock()
        self._tasks: dict[str, TaskID] = {}
        self._rich = Progress(
            TextColumn("{task.description:<12}"),
            BarColumn(bar_width=32, complete_style="cyan", finished_style="green"),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[left]}"),
            console=Console(stderr=True),
            transient=True,
        )

    def __call__(self, stage: str, share: float) -> None:
        """Move the stage's bar."""
        with self._lock, suppress(OSError):  # a terminal that is gone must not fail the work
            self._pace.hear(stage, share)
            if stage not in self._tasks:
                self._tasks[stage] = self._rich.add_task(stage, total=1.0, left="")
            left = self._pace.left_s
            rest = f"about {duration(left)} left" if left and share < 1 else ""
            if stage == "clip":
                self._rich.update(self._tasks[stage], completed=share)
            else:
                self._rich.update(self._tasks[stage], completed=share, left=rest)

    def clips(self, ready: int) -> None:
        """Tell it beside the bar of the clips."""
        with self._lock:
            if "clip" not in self._tasks:
                self._tasks["clip"] = self._rich.add_task("clip", total=1.0, left="")
            self._rich.update(self._tasks["clip"], left=f"clips: {ready} ready")

    def __enter__(self) -> Bars:
        """Begin to draw."""
        self._rich.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the screen clean."""
        with suppress(OSError):
            self._rich.stop()


class Download:
    """A bar with bytes, percent, speed and the time left."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rich = Progress(
            TextColumn("fetch model"),
            BarColumn(bar_width=32, complete_style="cyan", finished_style="green"),
            TextColumn("{task.percentage:>3.0f} %"),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._rich.add_task("fetch model", total=None)

    def hear(self, done: int, whole: int) -> None:
        """Told bytes, from any thread; `whole` is 0 as long as it is not known."""
        with self._lock, suppress(OSError):
            self._rich.update(self._task, completed=done, total=whole or None)

    def __enter__(self) -> Download:
        """Begin to draw."""
        self._rich.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the screen clean."""
        with suppress(OSError):
            self._rich.stop()
