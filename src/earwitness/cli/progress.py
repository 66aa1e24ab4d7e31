"""Progress: what is being done, how far it is, and how long it will still take."""

from __future__ import annotations

import math
import sys
import threading
import time
from types import TracebackType
from typing import Protocol

from earwitness.core.span import lasting
from earwitness.runs.course import Course

QUIET_S = 2.0
"""Nothing is shown of work that ends before this."""

LINE_EVERY_S = 5.0


class Progress(Protocol):
    """A listener that shows what it is told; a context manager."""

    def __call__(self, stage: str, share: float) -> None:
        """Told how far a stage is."""
        ...

    def clips(self, ready: int) -> None:
        """Told how many clips can be played already."""
        ...

    def __enter__(self) -> Progress:
        """Begin to show."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the screen as it was."""
        ...


def progress(*, quiet: bool) -> Progress:
    """Bars on a terminal, plain lines elsewhere, nothing when `quiet`; on standard error."""
    if quiet:
        return _Told()
    if sys.stderr.isatty():
        from earwitness.cli.bars import Bars

        return Bars()
    return _Lines()


class Pace:
    """Shares of the stages put together, and the time the rest will take."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._course = Course()

    def hear(self, stage: str, share: float) -> None:
        """Told how far a stage is."""
        self._course.hear(stage, share)

    @property
    def elapsed_s(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._began

    @property
    def share(self) -> float:
        """Of everything, 0 to 1."""
        return self._course.share

    @property
    def left_s(self) -> float | None:
        """Estimated; None while there is too little to go by."""
        if self.share < 0.03 or self.elapsed_s < QUIET_S:
            return None
        return self.elapsed_s * (1 - self.share) / self.share


def duration(seconds: float) -> str:
    """`45s`, `3m 05s` or `2h 15m`.

    Example:
        >>> duration(45), duration(185), duration(8100)
        ('45s', '3m 05s', '2h 15m')
    """
    return lasting(round(seconds * 1000))


class _Told:
    """Shows nothing."""

    def __call__(self, stage: str, share: float) -> None:
        """Not shown."""

    def clips(self, ready: int) -> None:
        """Not shown."""

    def __enter__(self) -> _Told:
        """Nothing to begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing to end."""


class _Lines(_Told):
    """A line every few seconds, for logs and pipes."""

    def __init__(self) -> None:
        self._pace = Pace()
        self._last_s = 0.0
        self._clips = ""
        self._lock = threading.Lock()

    def clips(self, ready: int) -> None:
        """The next line tells it, too."""
        self._clips = f", clips: {ready} ready"

    def __call__(self, stage: str, share: float) -> None:
        """Write a line when the last one is old enough."""
        with self._lock:
            self._pace.hear(stage, share)
            now_s = self._pace.elapsed_s
            if now_s < QUIET_S or now_s - self._last_s < LINE_EVERY_S:
                return
            self._last_s = now_s
            left = self._pace.left_s
            rest = f", about {duration(left)} left" if left is not None else ""
            try:
                whole = f"{self._pace.share:.0%} of all{rest}{self._clips}"
                sys.stderr.write(f"{stage} {share:.0%} ({whole})\n")
                sys.stderr.flush()
            except OSError:
                # Nobody reads it any more, or its disk is full: that must not fail the work.
                self._last_s = math.inf
