"""Spreading: words get times where their source has times for whole lines only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.text import text_pieces


def spread(text: str, span: Span) -> tuple[Word, ...]:
    """The words of a text, each with a share of the span as large as its share of characters.

    Such times are estimates: none of the words has a confidence. Where more words than
    milliseconds are said, several share one.

    Example:
        >>> [(w.text, w.span.start_ms, w.span.end_ms) for w in spread("so be it", Span(0, 600))]
        [('so', 0, 200), ('be', 200, 400), ('it', 400, 600)]
    """
    pieces = text_pieces(text)
    total = sum(len(piece.text) for piece in pieces)
    words = []
    before = 0
    for piece in pieces:
        after = before + len(piece.text)
        start_ms = span.start_ms + span.duration_ms * before // total
        start_ms = min(start_ms, span.end_ms - 1)
        end_ms = max(start_ms + 1, span.start_ms + span.duration_ms * after // total)
        words.append(Word(piece.text, Span(start_ms, end_ms), None, piece.glued))
        before = after
    return tuple(words)


def in_order(words: Iterable[Word]) -> tuple[Word, ...]:
    """The words in the order given, none beginning before the one in front of it."""
    done: list[Word] = []
    at_ms = 0
    for word in words:
        at_ms = max(at_ms, word.span.start_ms)
        end_ms = max(word.span.end_ms, at_ms + 1)
        span = Span(at_ms, end_ms)
        done.append(word if span == word.span else replace(word, span=span))
    return tuple(done)
