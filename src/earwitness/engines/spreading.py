"""Spreading: words whose times nobody told share the speech that lies between those of the others.

For engines that give the text of a stretch of sound and not the time of each word. Such times are
estimates: a word gets the more time the longer it is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

from earwitness.core.span import Span


def spread(weights: Sequence[int], spans: Sequence[Span]) -> list[Span]:
    """Give each weight its share of the time in `spans`.

    Args:
        weights: At least 1 each, such as the length of a word.
        spans: Disjoint, in order of time, at least one.

    Returns:
        One span per weight, in order; with more weights than milliseconds some share one. A span
        may reach over the gap between two of `spans`.
    """
    whole, room_ms = sum(weights), sum(span.duration_ms for span in spans)
    edges = [room_ms * done // whole for done in accumulate(weights, initial=0)]
    return [
        Span(begin, max(begin + 1, _at(spans, right, after=False)))
        for left, right in pairwise(edges)
        for begin in (min(_at(spans, left, after=True), spans[-1].end_ms - 1),)
    ]


def fill(
    known: Sequence[tuple[int, int] | None],
    weights: Sequence[int],
    speech: Sequence[Span],
    length_ms: int,
) -> list[Span]:
    """Spans in order of time for words of which some have one.

    Args:
        known: Begin and end of each word; begins never fall; None: not known.
        weights: Of each word, as `spread` takes them.
        speech: Where speech was detected, disjoint and in order.
        length_ms: All lies in `[0, length_ms)`.
    """
    spans: list[Span] = []
    place = 0
    while place < len(known):
        told = known[place]
        if told is not None:
            begin_ms = min(told[0], length_ms - 1)
            spans.append(Span(begin_ms, min(max(told[1], begin_ms + 1), length_ms)))
            place += 1
            continue
        after = next((i for i in range(place, len(known)) if known[i] is not None), len(known))
        following = known[after] if after < len(known) else None
        until_ms = length_ms if following is None else following[0]
        since_ms = min(spans[-1].end_ms, until_ms) if spans else 0
        spans += _between(since_ms, until_ms, weights[place:after], speech, length_ms)
        place = after
    return spans


def _between(
    since_ms: int, until_ms: int, weights: Sequence[int], speech: Sequence[Span], length_ms: int
) -> list[Span]:
    if since_ms >= until_ms:  # no room: they share a moment
        begin_ms = min(until_ms, length_ms - 1)
        return [Span(begin_ms, begin_ms + 1)] * len(weights)
    room = Span(since_ms, until_ms)
    inside = [part for each in speech if (part := each & room)] or [room]
    return spread(weights, inside)


def _at(spans: Sequence[Span], offset_ms: int, *, after: bool) -> int:
    """Where in time an offset into the spans is; at a joint, after it or before it."""
    for span in spans:
        if offset_ms < span.duration_ms or (offset_ms == span.duration_ms and not after):
            return span.start_ms + offset_ms
        offset_ms -= span.duration_ms
    return spans[-1].end_ms
