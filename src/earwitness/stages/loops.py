"""Loops: the same words again and again, as an engine that has lost its way writes them.

People repeat themselves, too, and children and crowds do so for long. In 155,000 words of games,
meetings, calls and consultations one word came at most nine times in a row, two words three times,
three or more twice. So a loop is what goes on far longer, or what goes on long and has another
reason to be doubted: faster than anyone speaks, or improbable to the engine itself.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from typing import Final

from earwitness.core.speech import Word
from earwitness.core.text import fold_text, join_words

LONGEST: Final = 12
"""Words in the longest phrase whose repetition is sought."""

SURE: Final = {1: 20, 2: 12}
SURE_OTHERWISE: Final = 8
"""So many times in a row is a loop whatever the sound; by the words in the phrase."""

SUSPECT: Final = {1: 10, 2: 6}
SUSPECT_OTHERWISE: Final = 4
"""So many times in a row is a loop with another reason."""

HURRIED_MS: Final = 110
"""Nobody says words one after another in less than this each; whoever counts fast needs 150."""

UNLIKELY: Final = 0.35
"""Words whose mean confidence lies below this are improbable."""

PACKED: Final = 2.5
"""Text that zlib packs better repeats itself (after Radford et al., 2022, who take 2.4). Real text
in stretches of 80 words stays below 2.4."""

STRETCH: Final = 100
"""Words that are packed together at most: longer text always packs better."""

GRAM: Final = 4
"""In packed text a word is repeated when it stands in a run of so many that stood there before."""


def looping(words: Sequence[Word]) -> frozenset[int]:
    """Places of the words that only repeat what stands before them; first sayings stay.

    Args:
        words: Of one track, in order of time.
    """
    keys = [fold_text(word.text) or word.text for word in words]
    found: set[int] = set()
    for first, last, size in _runs(keys):
        times = (last - first) // size
        if times >= SURE.get(size, SURE_OTHERWISE) or (
            times >= SUSPECT.get(size, SUSPECT_OTHERWISE) and _improbable(words[first:last])
        ):
            found.update(range(first + size, last))
    return frozenset(found)


def packed(words: Sequence[Word]) -> frozenset[int]:
    """Places of repeated words in one segment that packs too well; its repetitions may differ."""
    found: set[int] = set()
    for start in range(0, len(words), STRETCH // 2):
        part = words[start : start + STRETCH]
        said = join_words(part).encode()
        if len(part) >= 4 * GRAM and len(said) > PACKED * len(zlib.compress(said)):
            found.update(start + place for place in _repeated(part))
    return frozenset(found)


def _runs(keys: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Stretches `[first, last)` that hold a phrase of `size` words at least twice in a row."""
    for size in range(1, LONGEST + 1):
        same = 0
        for at in range(len(keys) - size + 1):
            if at + size < len(keys) and keys[at] == keys[at + size]:
                same += 1
                continue
            if same >= size and _smallest(keys[at - same : at - same + size]):
                yield at - same, at + size, size
            same = 0


def _smallest(phrase: Sequence[str]) -> bool:
    """Whether a phrase is not itself a shorter one repeated."""
    size = len(phrase)
    return not any(
        size % part == 0 and list(phrase) == list(phrase[:part]) * (size // part)
        for part in range(1, size)
    )


def _improbable(words: Sequence[Word]) -> bool:
    length_ms = max(word.span.end_ms for word in words) - words[0].span.start_ms
    known = [word.confidence for word in words if word.confidence is not None]
    return length_ms < HURRIED_MS * len(words) or (
        2 * len(known) > len(words) and sum(known) < UNLIKELY * len(known)
    )


def _repeated(words: Sequence[Word]) -> set[int]:
    keys = [fold_text(word.text) for word in words]
    known: set[tuple[str, ...]] = set()
    found: set[int] = set()
    for at in range(len(keys) - GRAM + 1):
        gram = tuple(keys[at : at + GRAM])
        if gram in known:
            found.update(range(at, at + GRAM))
        known.add(gram)
    return found
