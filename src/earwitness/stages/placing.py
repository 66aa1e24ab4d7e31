"""Placing: lines of a source whose times are missing, contradictory or out of order get times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from earwitness.core.errors import UsageError
from earwitness.core.imported import Flaw, FlawKind, Passage, counted
from earwitness.core.span import Span

SLOW: Final = 10.0
"""Characters per second of a slow speaker: how long a line may last whose end nobody wrote down."""

LEAST_MS: Final = 300
"""So long is any line whose length is estimated, where there is room."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A passage and its time, in order of time."""

    passage: Passage
    span: Span


def place(
    passages: Sequence[Passage], pace: float | None = None
) -> tuple[list[Placed], tuple[Flaw, ...]]:
    """Give every passage a span.

    What the source says is kept. A line without an end lasts as long as a slow speaker needs, at
    most until the next line. A line without any time stands behind the one in front of it in the
    file, in the gap before the next one where there is a gap.

    Args:
        passages: In the source's order.
        pace: Characters per second, for sources without any times.

    Raises:
        UsageError: No passage has a time, and no pace was given.
    """
    flaws: Counter[FlawKind] = Counter()
    if all(passage.start_ms is None for passage in passages):
        placed = _paced(passages, pace)
        return placed, ((Flaw("paced", len(placed)),) if placed else ())
    ordered = _sorted(_with_starts(passages), flaws)
    following, waiting = _following(ordered), _waiting(ordered)
    placed = []
    for number, passage in enumerate(ordered):
        next_ms = following[number]
        if passage.start_ms is None:
            flaws["no_time"] += 1
            before = placed[-1].span if placed else None
            placed.append(Placed(passage, _between(passage, before, next_ms, waiting[number])))
        else:
            placed.append(Placed(passage, _timed(passage, passage.start_ms, next_ms, flaws)))
    placed.sort(key=lambda each: each.span.start_ms)
    return placed, counted(flaws)


def _paced(passages: Sequence[Passage], pace: float | None) -> list[Placed]:
    if pace is None:
        raise UsageError(
            "this transcript has no times",
            hint="--pace 13 lays it out at 13 characters per second, about as fast as people talk",
        )
    if not 1 <= pace <= 100:
        raise UsageError("people say 1 to 100 characters per second", hint="--pace 13")
    placed, chars = [], 0
    for passage in passages:
        start_ms = round(chars * 1000 / pace)
        chars += max(1, len(passage.text))
        end_ms = max(start_ms + 1, round(chars * 1000 / pace))
        placed.append(Placed(passage, Span(start_ms, end_ms)))
        chars += 1
    return placed


def _with_starts(passages: Sequence[Passage]) -> list[Passage]:
    """A line that says only when it ends began a slow speaker's time earlier."""
    found = []
    for passage in passages:
        if passage.start_ms is None and passage.end_ms is not None:
            start_ms = max(0, passage.end_ms - _slow_ms(passage.text))
            found.append(replace(passage, start_ms=start_ms))
        else:
            found.append(passage)
    return found


def _sorted(passages: list[Passage], flaws: Counter[FlawKind]) -> list[Passage]:
    """In order of time; what has none stays behind the line in front of it."""
    keys, latest_ms, anchor_ms = [], 0, 0
    for passage in passages:
        if passage.start_ms is not None:
            anchor_ms = passage.start_ms
            flaws["disorder"] += anchor_ms < latest_ms
            latest_ms = max(latest_ms, anchor_ms)
        keys.append(anchor_ms)
    order = sorted(range(len(passages)), key=keys.__getitem__)
    return [passages[number] for number in order]


def _following(passages: list[Passage]) -> list[int | None]:
    """When the next line with a time begins, for each."""
    found: list[int | None] = []
    next_ms: int | None = None
    for passage in reversed(passages):
        found.append(next_ms)
        next_ms = passage.start_ms if passage.start_ms is not None else next_ms
    return found[::-1]


def _waiting(passages: list[Passage]) -> list[int]:
    """Characters of each line without a time and of those behind it, up to the next time."""
    found: list[int] = []
    chars = 0
    for passage in reversed(passages):
        chars = chars + len(passage.text) if passage.start_ms is None else 0
        found.append(chars)
    return found[::-1]


def _timed(passage: Passage, start_ms: int, next_ms: int | None, flaws: Counter[FlawKind]) -> Span:
    end_ms = passage.end_ms
    if end_ms is not None and end_ms > start_ms:
        return Span(start_ms, end_ms)
    if end_ms is None:
        flaws["end_guessed"] += 1
    else:
        flaws["no_length" if end_ms == start_ms else "end_first"] += 1
    last_ms = start_ms + _slow_ms(passage.text)
    if next_ms is not None and next_ms > start_ms:
        last_ms = min(last_ms, next_ms)
    return Span(start_ms, last_ms)


def _between(passage: Passage, before: Span | None, next_ms: int | None, waiting: int) -> Span:
    """A place behind the line in front; several in one gap share it by characters."""
    start_ms = before.end_ms if before else 0
    wanted_ms = _slow_ms(passage.text)
    if next_ms is None:
        return Span(start_ms, start_ms + wanted_ms)
    gap_ms = next_ms - start_ms
    if gap_ms < 1:
        floor_ms = before.start_ms if before else 0
        start_ms = max(floor_ms, min(start_ms, next_ms))
        return Span(start_ms, start_ms + wanted_ms)
    share_ms = max(1, gap_ms * len(passage.text) // waiting)
    return Span(start_ms, start_ms + min(wanted_ms, share_ms))


def _slow_ms(text: str) -> int:
    return max(LEAST_MS, round(len(text) * 1000 / SLOW))
