"""Clip: which stretches become files of their own - one per utterance, or one per moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from earwitness.core.clip import Clip
from earwitness.core.moment import MOMENT_KINDS, Moment
from earwitness.core.span import Span
from earwitness.core.speech import Chunk, Segment, Turn
from earwitness.core.transcript import Utterance
from earwitness.stages.attribute import attribute

Stretch = tuple[Span, str | None, int | None]
"""When something was said, by which voice, and on which track."""

_SHARE: Final = 10
"""Numbers for each kind of moment; so many of one kind rarely begin in the same second."""


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
            span=_padded(said, padding_ms, end_ms),
            said=said,
            voice=voice,
            track=track,
        )
        for place, (said, voice, track) in enumerate(stretches)
    )


def clips_of_moments(
    moments: Iterable[Moment],
    lines: Iterable[Utterance],
    tracks: Mapping[str, int | None],
    *,
    padding_ms: int,
    end_ms: int,
) -> tuple[Clip, ...]:
    """One clip per moment, all lines that bear it out; the same moment always gives the same clip.

    Two moments of one kind on the same lines share theirs.

    Args:
        moments: In any order.
        lines: What was said.
        tracks: The separate track of each voice. What several tracks say is cut from the mix.
        padding_ms: Sound before and after what was said.
        end_ms: Of the session's sound.
    """
    said = {line.id: line for line in lines}
    found: dict[str, Clip] = {}
    known = set()
    for moment in sorted(moments, key=lambda each: (each.span.start_ms, each.span.end_ms)):
        if (moment.kind, moment.span) in known:
            continue
        known.add((moment.kind, moment.span))
        voices = [said[each].voice for each in moment.evidence if each in said]
        heard_on = {tracks.get(voice or "") for voice in voices}
        second, number = moment.span.start_ms // 1000, _SHARE * MOMENT_KINDS.index(moment.kind)
        while (id := f"{second:04d}-{number:03d}") in found:
            number += 1
        found[id] = Clip(
            id=id,
            span=_padded(moment.span, padding_ms, end_ms),
            said=moment.span,
            voice=voices[0] if voices else None,
            track=heard_on.pop() if len(heard_on) == 1 else None,
            kind=moment.kind,
        )
    return tuple(found.values())


def _padded(said: Span, padding_ms: int, end_ms: int) -> Span:
    start_ms = max(0, said.start_ms - padding_ms)
    return Span(start_ms, max(said.end_ms, min(end_ms, said.end_ms + padding_ms)))


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
