"""How long each subtitle stands: its start is the first word's, its end is what readers need."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from earwitness.core.ports import ExportOptions
from earwitness.core.span import Span

_TURN_EDGE_MS: Final = 250
"""Voices that meet for no longer than this take turns; they do not speak together."""


@dataclass(frozen=True, slots=True)
class Timed:
    """A subtitle's words in time.

    Attributes:
        owner: The voice; subtitles of one voice never stand together.
        start_ms: When the first word begins.
        end_ms: When the last word ends.
        need_ms: How long a reader needs.
    """

    owner: str
    start_ms: int
    end_ms: int
    need_ms: int


def stand(drafts: Sequence[Timed], options: ExportOptions, sound_ends_ms: int | None) -> list[Span]:
    """When each subtitle stands, in the order given.

    A subtitle starts with its first word (subtitles of one voice that would start together start
    a millisecond apart). It ends with its last word, or later when reading takes longer and silence
    follows, or a gap before the next subtitle, whichever is first.

    Args:
        drafts: In any order; those of one voice in order of time.
        options: Shortest and longest time, and the gap.
        sound_ends_ms: No subtitle is lengthened beyond the sound; None when not known.
    """
    starts = _starts(drafts)
    every = sorted(starts)
    following = _next_of_owner(drafts, starts)
    spans = []
    for draft, start_ms, own_ms in zip(drafts, starts, following, strict=True):
        spoken_ms = max(draft.end_ms, start_ms + 1)
        end_ms = min(
            max(spoken_ms, start_ms + draft.need_ms),
            start_ms + options.cue_max_ms,
        )
        if sound_ends_ms is not None and end_ms > sound_ends_ms:
            end_ms = max(sound_ends_ms, min(end_ms, spoken_ms))
        if own_ms is not None:
            latest_ms = own_ms - options.gap_ms
            end_ms = min(end_ms, latest_ms if latest_ms > start_ms else own_ms)
        place = bisect_right(every, start_ms)
        if place < len(every):
            end_ms = _before_others(draft, Span(start_ms, end_ms), every[place], options)
        spans.append(Span(start_ms, end_ms))
    return spans


def _before_others(draft: Timed, span: Span, next_ms: int, options: ExportOptions) -> int:
    """The end that leaves a gap before the next subtitle, unless both voices really speak."""
    latest_ms = next_ms - options.gap_ms
    if span.end_ms <= latest_ms:
        return span.end_ms
    together_ms = draft.end_ms - next_ms
    readable = latest_ms >= span.start_ms + min(draft.need_ms, options.cue_max_ms)
    if latest_ms <= span.start_ms or (together_ms > _TURN_EDGE_MS and not readable):
        spoken_ms = max(draft.end_ms, next_ms)
        return min(span.end_ms, spoken_ms)
    return latest_ms


def _starts(drafts: Sequence[Timed]) -> list[int]:
    latest: dict[str, int] = {}
    starts = []
    for draft in drafts:
        start_ms = max(draft.start_ms, latest.get(draft.owner, -1) + 1)
        latest[draft.owner] = start_ms
        starts.append(start_ms)
    return starts


def _next_of_owner(drafts: Sequence[Timed], starts: Sequence[int]) -> list[int | None]:
    coming: dict[str, int] = {}
    found: list[int | None] = []
    for draft, start_ms in zip(reversed(drafts), reversed(starts), strict=True):
        found.append(coming.get(draft.owner))
        coming[draft.owner] = start_ms
    return found[::-1]
