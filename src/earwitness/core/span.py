"""Span: a half-open stretch of session time in whole milliseconds, with its algebra."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_CLOCK = re.compile(r"(?:(?:(\d+):)?([0-5]?\d):)?(\d+)(?:[.,](\d{1,3}))?")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Time `[start_ms, end_ms)` in milliseconds from session start; never empty.

    Raises:
        ValueError: If a bound is negative or the span would be empty.
        TypeError: If a bound is not an int: floats live only inside engines.
    """

    start_ms: int
    end_ms: int

    def __post_init__(self) -> None:
        """Refuse floats, negative times and empty spans."""
        if type(self.start_ms) is not int or type(self.end_ms) is not int:
            raise TypeError("a span is two whole numbers of milliseconds")
        if not 0 <= self.start_ms < self.end_ms:
            raise ValueError(f"not a span: [{self.start_ms}, {self.end_ms})")

    @property
    def duration_ms(self) -> int:
        """Length in milliseconds, at least 1."""
        return self.end_ms - self.start_ms

    @property
    def middle_ms(self) -> int:
        """The millisecond halfway, rounded down; always inside the span."""
        return (self.start_ms + self.end_ms) // 2

    def __and__(self, other: Span) -> Span | None:
        """What both cover, or None when they do not meet."""
        start, end = max(self.start_ms, other.start_ms), min(self.end_ms, other.end_ms)
        return Span(start, end) if start < end else None

    def __or__(self, other: Span) -> Span:
        """The smallest span that covers both (and any gap between them)."""
        return Span(min(self.start_ms, other.start_ms), max(self.end_ms, other.end_ms))

    def __contains__(self, other: Span | int) -> bool:
        """Whether a moment, or the whole of another span, lies inside."""
        if isinstance(other, Span):
            return self.start_ms <= other.start_ms and other.end_ms <= self.end_ms
        return self.start_ms <= other < self.end_ms

    def shift(self, by_ms: int) -> Span:
        """The same length, moved by `by_ms` (may be negative)."""
        return Span(self.start_ms + by_ms, self.end_ms + by_ms)

    def overlap_ms(self, other: Span) -> int:
        """Milliseconds both cover; 0 when they do not meet."""
        return max(0, min(self.end_ms, other.end_ms) - max(self.start_ms, other.start_ms))

    def gap_ms(self, other: Span) -> int:
        """Milliseconds between the two; 0 when they touch or meet."""
        return max(0, other.start_ms - self.end_ms, self.start_ms - other.end_ms)


def union(spans: list[Span], *, gap_ms: int = 0) -> list[Span]:
    """Join spans that meet, touch, or lie at most `gap_ms` apart.

    Args:
        spans: In any order.
        gap_ms: The widest gap that is bridged, in milliseconds.

    Returns:
        Disjoint spans in order of time.
    """
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start_ms - joined[-1].end_ms <= gap_ms:
            joined[-1] |= span
        else:
            joined.append(span)
    return joined


def without(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """What is left of spans where others are taken out.

    Args:
        spans: Disjoint, in order of time.
        others: Disjoint, in order of time.
    """
    left: list[Span] = []
    cuts = list(others)
    place = 0
    for span in spans:
        start_ms = span.start_ms
        while place < len(cuts) and cuts[place].end_ms <= start_ms:
            place += 1
        at = place
        while at < len(cuts) and cuts[at].start_ms < span.end_ms:
            if start_ms < cuts[at].start_ms:
                left.append(Span(start_ms, cuts[at].start_ms))
            start_ms = max(start_ms, cuts[at].end_ms)
            at += 1
        if start_ms < span.end_ms:
            left.append(Span(start_ms, span.end_ms))
    return left


def timestamp(ms: int, *, separator: str | None = None) -> str:
    """Write a time as `HH:MM:SS`, or `HH:MM:SS<separator>mmm` when one is given.

    Example:
        >>> timestamp(5_042), timestamp(5_042, separator=",")
        ('00:00:05', '00:00:05,042')
    """
    seconds, millis = divmod(ms, 1000)
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return clock if separator is None else f"{clock}{separator}{millis:03d}"


def lasting(ms: int) -> str:
    """Write how long something lasts, as people say it.

    Example:
        >>> lasting(45_000), lasting(185_000), lasting(8_100_000)
        ('45s', '3m 05s', '2h 15m')
    """
    seconds = (ms + 500) // 1000
    if seconds < 60:
        return f"{seconds}s"
    if seconds < 3600:
        return f"{seconds // 60}m {seconds % 60:02d}s"
    return f"{seconds // 3600}h {seconds // 60 % 60:02d}m"


def read_timestamp(text: str) -> int:
    """A time as people write it - `HH:MM:SS`, `MM:SS` or seconds, with or without milliseconds.

    Returns:
        Milliseconds from session start.

    Raises:
        ValueError: If it is none of these.

    Example:
        >>> read_timestamp("00:12:05"), read_timestamp("12:05.5"), read_timestamp("725")
        (725000, 725500, 725000)
    """
    found = _CLOCK.fullmatch(text.strip())
    if found is None or (found[2] is not None and int(found[3]) > 59):
        raise ValueError("a time is written HH:MM:SS, MM:SS or as seconds")
    hours, minutes, seconds, fraction = found.groups(default="0")
    whole_s = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    return whole_s * 1000 + int(fraction.ljust(3, "0"))
