"""Transcripts from lines of text, as tests of words need them."""

from __future__ import annotations

from collections.abc import Iterable

from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.transcript import Transcript, Utterance

WORD_MS = 300


def line(number: int, text: str, voice: str | None, start_ms: int) -> Utterance:
    """One utterance; each written word takes 300 ms."""
    words = tuple(
        Word(word, Span(start_ms + WORD_MS * n, start_ms + WORD_MS * (n + 1)))
        for n, word in enumerate(text.split())
    )
    return Utterance(number, words[0].span | words[-1].span, words, voice)


def spoken(lines: Iterable[tuple[str | None, str]]) -> Transcript:
    """A transcript of lines, each with its voice, one after the other."""
    made: list[Utterance] = []
    at_ms = 0
    for number, (voice, text) in enumerate(lines):
        made.append(line(number, text, voice, at_ms))
        at_ms = made[-1].span.end_ms
    return Transcript(tuple(made))
