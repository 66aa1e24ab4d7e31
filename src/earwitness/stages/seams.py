"""Seams: words of overlapping chunks become one sequence, none lost and none doubled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice, product
from typing import Final

from earwitness.core.span import Span
from earwitness.core.speech import Chunk, Segment, Word
from earwitness.core.text import fold_text

LONELY_MS: Final = 150
"""A word heard on one side only counts as much as one that the sides time so far apart."""
BLUR_MS: Final = 60
"""How far off the edge of an overlap may be for a word that only one side could hear whole."""

Heard = tuple[Chunk, tuple[Segment, ...]]
Pair = tuple[int, int]


def merge(heard: Iterable[Heard]) -> tuple[Segment, ...]:
    """Join what was heard in all chunks.

    Where two chunks of a track overlap, the words both heard are matched by text and time, and
    the earlier chunk's words give way to the later one's after the match nearest to the middle:
    a word at the edge of a chunk is the least certain. Without a match they give way between two
    words, where the fewest are left out.

    Args:
        heard: Chunks with their segments, in any order.

    Returns:
        Segments of all tracks in order of time.
    """
    by_track: dict[int | None, list[Heard]] = {}
    for one in sorted(heard, key=lambda one: (one[0].span, one[0].index)):
        by_track.setdefault(one[0].track, []).append(one)
    joined = [segment for pieces in by_track.values() for segment in _joined(pieces)]
    return tuple(sorted(joined, key=lambda s: (s.span, -1 if s.track is None else s.track)))


def _joined(pieces: list[Heard]) -> list[Segment]:
    """All segments of one track."""
    kept: list[tuple[Segment, ...]] = []
    before: Span | None = None
    for chunk, segments in pieces:
        fresh = segments
        if before and (overlap := before & chunk.span):
            kept[-1], fresh = _sewn(kept[-1], segments, overlap)
        kept.append(fresh)
        before = chunk.span
    return [segment for segments in kept for segment in segments]


def _sewn(
    left: tuple[Segment, ...], right: tuple[Segment, ...], overlap: Span
) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """Both sides of a seam without the words that the other side gives."""
    early = [word for segment in left for word in segment.words]
    late = [word for segment in right for word in segment.words]
    first = next((i for i, w in enumerate(early) if w.span.end_ms > overlap.start_ms), len(early))
    count = sum(word.span.start_ms < overlap.end_ms for word in late)
    stay, skip = _change_over(early[first:], late[:count], overlap)
    head, tail = early[: first + stay], late[skip:]
    if head and tail:
        head[-1], tail[0] = _in_order(head[-1], tail[0])
    dropped = [None] * (len(early) - len(head)), [None] * skip
    return _refilled(left, [*head, *dropped[0]]), _refilled(right, [*dropped[1], *tail])


def _change_over(early: Sequence[Word], late: Sequence[Word], overlap: Span) -> Pair:
    """How many of `early` stay, and how many of `late` are skipped."""

    def off_middle(pair: Pair) -> int:
        both = early[pair[0]].span.middle_ms + late[pair[1]].span.middle_ms
        return abs(both // 2 - overlap.middle_ms)

    if pairs := _matched(early, late, overlap):
        one, other = min(pairs, key=off_middle)
        return one + 1, other + 1
    return _between(early, late, overlap)


def _matched(early: Sequence[Word], late: Sequence[Word], overlap: Span) -> tuple[Pair, ...]:
    """Which words are the same, by the cheapest alignment (edit distance over text and time).

    A match costs the time between the two; a word on one side only costs the more, the deeper it
    lies where the other side should have heard it.
    """
    alone_early = [_lonely(word.span.start_ms - overlap.start_ms) for word in early]
    alone_late = [_lonely(overlap.end_ms - word.span.end_ms) for word in late]
    best: dict[Pair, tuple[int, tuple[Pair, ...]]] = {(0, 0): (0, ())}
    for i, j in product(range(len(early) + 1), range(len(late) + 1)):
        ways = [best[0, 0]] if i == j == 0 else []
        if i and j and _same(early[i - 1], late[j - 1]):
            apart = abs(early[i - 1].span.middle_ms - late[j - 1].span.middle_ms)
            cost, pairs = best[i - 1, j - 1]
            ways.append((cost + apart, (*pairs, (i - 1, j - 1))))
        if i:
            cost, pairs = best[i - 1, j]
            ways.append((cost + alone_early[i - 1], pairs))
        if j:
            cost, pairs = best[i, j - 1]
            ways.append((cost + alone_late[j - 1], pairs))
        best[i, j] = min(ways, key=lambda way: way[0])
    return best[len(early), len(late)][1]


def _lonely(depth_ms: int) -> int:
    return min(LONELY_MS, max(0, depth_ms) + BLUR_MS)


def _same(one: Word, other: Word) -> bool:
    return one.text == other.text or fold_text(one.text) == fold_text(other.text) != ""


def _between(early: Sequence[Word], late: Sequence[Word], overlap: Span) -> Pair:
    """Where the fewest words are left out; of several such places the one nearest the middle."""

    def price(pair: Pair) -> tuple[int, int]:
        stay, skip = pair
        last_ms = early[stay - 1].span.end_ms if stay else overlap.start_ms
        next_ms = late[skip].span.start_ms if skip < len(late) else overlap.end_ms
        lost = len(early) - stay + skip
        return lost, abs((last_ms + next_ms) // 2 - overlap.middle_ms)

    possible = [
        (stay, skip)
        for stay, skip in product(range(len(early) + 1), range(len(late) + 1))
        if stay == 0 or skip == len(late) or not _clash(early[stay - 1].span, late[skip].span)
    ]
    return min(possible, key=price)


def _clash(one: Span, other: Span) -> bool:
    """Whether the two are one sound heard twice, or in the wrong order."""
    shorter_ms = min(one.duration_ms, other.duration_ms)
    return other.middle_ms <= one.middle_ms or 2 * one.overlap_ms(other) > shorter_ms


def _in_order(one: Word, other: Word) -> tuple[Word, Word]:
    """The two without time in common: they meet in the middle of what both cover."""
    if one.span.end_ms <= other.span.start_ms:
        return one, other
    start_ms, end_ms = sorted((one.span.end_ms, other.span.start_ms))
    meet_ms = max((start_ms + end_ms) // 2, one.span.start_ms + 1)
    return (
        replace(one, span=Span(one.span.start_ms, meet_ms)),
        replace(other, span=Span(meet_ms, max(other.span.end_ms, meet_ms + 1))),
    )


def _refilled(segments: tuple[Segment, ...], words: list[Word | None]) -> tuple[Segment, ...]:
    """Segments with new words, one for one; those that are None fall away."""
    rest = iter(words)
    made: list[Segment] = []
    for segment in segments:
        inside = tuple(word for word in islice(rest, len(segment.words)) if word)
        if inside == segment.words:
            made.append(segment)
        elif inside:
            span = inside[0].span | inside[-1].span
            made.append(replace(segment, span=span, words=inside))
    return tuple(made)
