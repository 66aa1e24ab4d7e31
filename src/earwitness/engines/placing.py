"""Placing: what a transcriber heard, as words in session time that keep the rules of a segment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from earwitness.core.span import Span
from earwitness.core.speech import Chunk, Segment, Word

ASTRAY_MS: Final = 500
"""A word this far from all detected speech was not said."""
SHORTEST_MS: Final = 20


@dataclass(frozen=True, slots=True)
class Found:
    """A word as a library gives it.

    Attributes:
        text: Maybe with white space around it.
        start_s: From the start of the chunk.
        end_s: Likewise.
        confidence: 0 to 1, or None.
        glued: No space stands before it.
    """

    text: str
    start_s: float
    end_s: float
    confidence: float | None
    glued: bool = False


def segment(found: Iterable[Found], chunk: Chunk, language: str | None) -> tuple[Segment, ...]:
    """One segment of what was found, or none: in order, inside the chunk, none where nobody spoke.

    Args:
        found: In order.
        chunk: What was listened to.
        language: What was heard, or None.
    """
    words: list[Word] = []
    earliest_ms = chunk.span.start_ms
    for one in found:
        text = " ".join(one.text.replace("\ufffd", "").split())
        start_ms = chunk.span.start_ms + round(one.start_s * 1000)
        start_ms = min(max(start_ms, earliest_ms), chunk.span.end_ms - 1)
        end_ms = max(chunk.span.start_ms + round(one.end_s * 1000), start_ms + SHORTEST_MS)
        span = Span(start_ms, min(end_ms, chunk.span.end_ms))
        if not text or all(span.gap_ms(speech) >= ASTRAY_MS for speech in chunk.speech):
            continue
        confidence = None if one.confidence is None else _confidence(one.confidence)
        words.append(Word(text, span, confidence, one.glued and bool(words)))
        earliest_ms = start_ms
    if not words:
        return ()
    whole = Span(words[0].span.start_ms, max(word.span.end_ms for word in words))
    return (Segment(whole, tuple(words), language, chunk.track),)


def spread(text: str, chunk: Chunk, confidence: float | None) -> list[Found]:
    """Words of a text without times, laid along the detected speech by their letters.

    An estimate, and a poor one where the talk is not even; no confidence in times is claimed.
    """
    words = text.split()
    heard = [part for span in chunk.speech if (part := span & chunk.span)]
    letters = sum(len(word) + 1 for word in words)
    spoken_ms = sum(span.duration_ms for span in heard)
    found, before = [], 0
    for word in words:
        start_ms = _moment(heard, spoken_ms * before // letters)
        before += len(word) + 1
        end_ms = _moment(heard, spoken_ms * before // letters)
        origin_ms = chunk.span.start_ms
        found.append(
            Found(word, (start_ms - origin_ms) / 1000, (end_ms - origin_ms) / 1000, confidence)
        )
    return found


def _moment(heard: Sequence[Span], after_ms: int) -> int:
    """The session time at which so much was spoken."""
    for span in heard:
        if after_ms <= span.duration_ms:
            return span.start_ms + after_ms
        after_ms -= span.duration_ms
    return heard[-1].end_ms


def _confidence(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 3)
