"""Doubt: which words are hidden from readers, why, and how many; a person's word overrules it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from typing import Final

from earwitness.core.speech import Doubt, Word
from earwitness.core.transcript import Transcript, Utterance

REASONS: Final[dict[Doubt, str]] = {
    "silence": "where nobody spoke",
    "loop": "repeated in a loop",
    "stock": "a stock phrase",
    "leak": "another track's voice",
}
"""Each reason for people."""


_HIDDEN: Final = " doubted and hidden: "


def is_hidden(utterance: Utterance, word: Word) -> bool:
    """Whether readers are not shown a word: it is doubted, and nobody vouches for its line."""
    return word.doubt is not None and utterance.uncertain


def vouched(words: Iterable[Word]) -> tuple[Word, ...]:
    """The words without doubts: a person says that they were said."""
    return tuple(replace(word, doubt=None) if word.doubt else word for word in words)


def without_doubted(transcript: Transcript) -> Transcript:
    """What readers are shown: no doubted words, and no utterance of such words alone.

    An utterance whose first or last words are hidden covers what is left of it.
    """
    if not any(word.doubt for line in transcript.utterances for word in line.words):
        return transcript
    lines = sorted(
        (shown for line in transcript.utterances if (shown := _shown(line)) is not None),
        key=lambda line: (line.span.start_ms, line.id),
    )
    left = {line.id for line in lines}
    labels = tuple(label for label in transcript.labels if label.utterance in left)
    return Transcript(tuple(lines), labels)


def _shown(line: Utterance) -> Utterance | None:
    words = tuple(word for word in line.words if not is_hidden(line, word))
    if len(words) == len(line.words):
        return line
    if not words:
        return None
    span = line.span
    if words[0] is not line.words[0] or words[-1] is not line.words[-1]:
        span = words[0].span
        for word in words[1:]:
            span |= word.span
    return replace(line, words=words, span=span)


def count_hidden(utterances: Iterable[Utterance]) -> dict[Doubt, int]:
    """How many words are hidden, by reason; reasons without any are left out."""
    found = Counter(
        word.doubt
        for line in utterances
        for word in line.words
        if word.doubt is not None and is_hidden(line, word)
    )
    return {reason: found[reason] for reason in REASONS if found[reason]}


def told(counts: dict[Doubt, int]) -> str:
    """The counts in one line, or nothing when there are none.

    Example:
        >>> told({"silence": 1, "loop": 11})
        '12 words are doubted and hidden: 1 where nobody spoke, 11 repeated in a loop'
    """
    if not counts:
        return ""
    whole = sum(counts.values())
    why = ", ".join(f"{count} {REASONS[reason]}" for reason, count in counts.items())
    return f"{whole} word{'s are' if whole > 1 else ' is'}{_HIDDEN}{why}"


def tells_doubts(line: str) -> bool:
    """Whether a warning is one of `told`: it holds for the moment it was told in."""
    return _HIDDEN in line


def stretches(utterance: Utterance) -> Iterator[tuple[Doubt | None, tuple[Word, ...]]]:
    """The words of a line in runs of one reason; None: not hidden."""

    def reason(word: Word) -> Doubt | None:
        return word.doubt if is_hidden(utterance, word) else None

    for doubt, words in groupby(utterance.words, key=reason):
        yield doubt, tuple(words)
