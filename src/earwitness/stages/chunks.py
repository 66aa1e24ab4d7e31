"""Chunks: where a track's speech is cut so that an engine can take it piece by piece."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from earwitness.core.ports import Chunking
from earwitness.core.span import Span
from earwitness.core.speech import Chunk, Speech

FULL_ENOUGH: Final = 2 / 3
"""From this share of the target on, a chunk ends at the longest pause it meets. The slack lets
two cuts of nearly the same speech find each other again after a difference."""


Piece = tuple[Span, ...]
"""Speech that one chunk holds, before padding; never empty."""


def chunks(speech: Iterable[Speech], chunking: Chunking, duration_ms: int) -> tuple[Chunk, ...]:
    """Cut speech into chunks, on each track by itself.

    A chunk ends at every pause longer than `join_gap_ms`; a longer run of speech is cut at its
    longest pauses, and where there is none in `limit_ms`, in the middle of speech, with overlap.
    What is cut depends on the speech between two long pauses alone, so that a change elsewhere
    leaves a chunk as it was.

    Args:
        speech: From the detector, one per track (or one for the mix).
        chunking: What the engine likes.
        duration_ms: Length of the session; nothing reaches beyond it.

    Returns:
        Chunks of all tracks in order of their start, numbered from 0. On one track only chunks
        that were cut in speech overlap, and only with their neighbours.
    """
    cut = [
        (span, one.track, piece)
        for one in speech
        for span, piece in _padded(
            _pieces(one, chunking, duration_ms), chunking.pad_ms, duration_ms
        )
    ]
    cut.sort(key=lambda made: (made[0], -1 if made[1] is None else made[1]))
    return tuple(Chunk(index, *made) for index, made in enumerate(cut))


def _pieces(speech: Speech, chunking: Chunking, duration_ms: int) -> list[Piece]:
    if duration_ms <= 0:
        return []
    session = Span(0, duration_ms)
    inside = [part for span in speech.spans if (part := span & session)]
    pieces: list[Piece] = []
    for run in _runs(inside, chunking.join_gap_ms):
        pieces += _cut(run, chunking)
    return pieces


def _runs(spans: list[Span], gap_ms: int) -> list[list[Span]]:
    """Speech between two pauses longer than `gap_ms`."""
    runs: list[list[Span]] = []
    for span in spans:
        if runs and runs[-1][-1].gap_ms(span) <= gap_ms:
            runs[-1].append(span)
        else:
            runs.append([span])
    return runs


def _cut(run: list[Span], chunking: Chunking) -> list[Piece]:
    """One run of speech in pieces that keep room for their padding within the limit."""
    limit_ms = max(chunking.limit_ms - 2 * chunking.pad_ms, 1)
    # Less than half, so that a piece meets its neighbours only.
    overlap_ms = min(chunking.overlap_ms, (limit_ms - 1) // 2)
    target_ms = min(chunking.target_ms, limit_ms)
    pieces: list[Piece] = []
    rest = run
    while (count := _first_piece(rest, target_ms, limit_ms)) < len(rest):
        if count:
            pieces.append(tuple(rest[:count]))
            rest = rest[count:]
        else:
            cut_ms = rest[0].start_ms + limit_ms
            pieces.append((Span(rest[0].start_ms, cut_ms),))
            rest = [Span(cut_ms - overlap_ms, rest[0].end_ms), *rest[1:]]
    return [*pieces, tuple(rest)]


def _first_piece(rest: list[Span], target_ms: int, limit_ms: int) -> int:
    """How many spans make the next piece; 0 when not even one fits."""
    lengths = [span.end_ms - rest[0].start_ms for span in rest]
    if lengths[-1] <= target_ms:
        return len(rest)
    full_ms = target_ms * FULL_ENOUGH
    for low_ms, high_ms in ((full_ms, target_ms), (target_ms, limit_ms), (0, full_ms)):
        pauses = [
            (rest[i].gap_ms(rest[i + 1]), i + 1)
            for i in range(len(rest) - 1)
            if low_ms < lengths[i] <= high_ms
        ]
        if pauses:
            return max(pauses)[1]
    return len(rest) if lengths[-1] <= limit_ms else 0


def _padded(pieces: list[Piece], pad_ms: int, duration_ms: int) -> Iterator[tuple[Span, Piece]]:
    """Each piece with sound around it: at most up to the middle of the pause to its neighbour."""
    starts = [piece[0].start_ms for piece in pieces]
    ends = [piece[-1].end_ms for piece in pieces]
    for index, piece in enumerate(pieces):
        before = after = pad_ms
        if index > 0:
            before = min(pad_ms, max(0, starts[index] - ends[index - 1]) // 2)
        if index + 1 < len(pieces):
            after = min(pad_ms, max(0, starts[index + 1] - ends[index]) // 2)
        yield (
            Span(max(0, starts[index] - before), min(duration_ms, ends[index] + after)),
            piece,
        )
