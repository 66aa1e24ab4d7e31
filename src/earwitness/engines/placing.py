"""Placing: what a transcriber heard, as words in session time that keep the rules of a segment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from earwitness.core.span import Span
from earwitness.core.speech import Chunk, Segment, Word
from earwitness.engines import spreading

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
    """One segment of what was found, or none: in order, inside the chunk, and all of it.

    A word far from all detected speech is kept: whether it was said is the guard's to judge.

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
        if not text:
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
    if not words:
        return []
    speech = [part for span in chunk.speech if (part := span & chunk.span)]
    spans = spreading.spread([len(word) + 1 for word in words], speech)
    placed = (span.shift(-chunk.span.start_ms) for span in spans)
    return [
        Found(word, span.start_ms / 1000, span.end_ms / 1000, confidence)
        for word, span in zip(words, placed, strict=True)
    ]


def _confidence(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 3)
