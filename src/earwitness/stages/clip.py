"""Clip: which stretches of a chunk become files of their own - one per utterance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from earwitness.core.clip import Clip
from earwitness.core.span import Span
from earwitness.core.speech import Chunk, Segment, Turn
from earwitness.stages.attribute import attribute

Stretch = tuple[Span, str | None, int | None]
"""When something was said, by which voice, and on which track."""


def clips_of_chunk(
    chunk: Chunk,
    chunks: Sequence[Chunk],
    segments: Iterable[Segment],
    turns: tuple[Turn, ...],
    *,
    padding_ms: int,
    end_ms: int,
) -> tuple[Clip, ...]:
    """One clip per utterance of a chunk; none where nothing was said.

    Args:
        chunk: Which chunk.
        chunks: All of the session: where two overlap, each keeps its half.
        segments: What was heard in it.
        turns: Who holds the floor, in the whole session.
        padding_ms: Sound before and after what was said.
        end_ms: Of the session's sound.
    """
    own = _own(chunk, chunks)
    inside = tuple(cut for segment in segments if (cut := _inside(segment, own)) is not None)
    said = attribute(inside, turns).utterances
    stretches = [(each.span, each.voice, chunk.track) for each in said]
    return numbered(chunk.index, stretches, padding_ms=padding_ms, end_ms=end_ms)


def numbered(
    chunk: int, stretches: Iterable[Stretch], *, padding_ms: int, end_ms: int
) -> tuple[Clip, ...]:
    """Clips of one chunk with their ordinals, padded as far as there is sound."""
    return tuple(
        Clip(
            id=f"{chunk:04d}-{place:03d}",
            span=Span(
                max(0, said.start_ms - padding_ms),
                max(said.end_ms, min(end_ms, said.end_ms + padding_ms)),
            ),
            said=said,
            voice=voice,
            track=track,
        )
        for place, (said, voice, track) in enumerate(stretches)
    )


def _own(chunk: Chunk, chunks: Sequence[Chunk]) -> Span:
    """What of a chunk is no other's: an overlap is shared in its middle."""
    start_ms, end_ms = chunk.span.start_ms, chunk.span.end_ms
    for other in chunks:
        if other.index == chunk.index or other.track != chunk.track:
            continue
        common = chunk.span & other.span
        if common is None:
            continue
        if other.span.start_ms <= chunk.span.start_ms:
            start_ms = max(start_ms, common.middle_ms)
        else:
            end_ms = min(end_ms, common.middle_ms)
    return Span(start_ms, max(end_ms, start_ms + 1))


def _inside(segment: Segment, own: Span) -> Segment | None:
    words = tuple(w for w in segment.words if own.start_ms <= w.span.middle_ms < own.end_ms)
    if not words:
        return None
    if words == segment.words:
        return segment
    span = words[0].span | max(words, key=lambda word: word.span.end_ms).span
    return replace(segment, span=span, words=words)
