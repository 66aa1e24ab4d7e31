"""Anchor: finds the words a correction is about, by id, time and what was read there.

In this order; the first that answers decides:

1. **same**: the utterance of that id with exactly that span.
2. **quote**: the words that were read there, side by side, with bounds within `TOLERANCE_MS`: all
   of one utterance, or part of one (a re-run merged it with others), or across several (a re-run
   split it). The nearest in time counts, if no other is about as near.
3. **twin**: one utterance whose bounds lie within the tolerance and that shares most of the span.
   Of several, the one with exactly that span.
4. **cover**: the words whose middle lies inside the span, of voices that say some of what was read
   there. They must cover half of it.

For twin and cover a quarter of the words that were read there must still be among them (where
that is known): a re-run may hear some words otherwise, but not all of them.

A voice says one thing at a time: its utterances are read one after another. Where two speak at
once and nothing tells them apart, or nothing fits, there is no home: the correction is an orphan.
Guessing a place is worse than asking for one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from earwitness.core.draft import Draft, Home, Run, whole
from earwitness.core.fate import Orphan
from earwitness.core.line import Line, occurrences, read_line
from earwitness.core.override import Target
from earwitness.core.span import Span
from earwitness.core.text import text_pieces
from earwitness.core.transcript import Utterance

TOLERANCE_MS = 250
"""How far a re-run may move a boundary: 200 ms, and a frame or two."""

KIN = 4
"""One word in so many must be the same for words to count as those that were read there."""

LONG = 12
"""A text of so many letters is not heard twice within the same second."""

GONE = Orphan("nothing of it is heard at this time any more")
OTHER_WORDS = Orphan("other words are heard at this time now")
TOO_MANY = Orphan("several speak at this time; it cannot be told whom it is about")


def find_home(draft: Draft, target: Target, readings: Iterable[str] = ()) -> Home | Orphan:
    """The words a correction is about.

    Args:
        draft: The transcript as it is now.
        target: Id, span and (where known) text at the time of the correction.
        readings: What else may stand there, e.g. the text that is wanted.
    """
    same = draft.get(target.utterance)
    if same is not None and same.span == target.span:
        return (whole(same),)
    texts = {text for text in (target.text, *readings) if text is not None}
    near = draft.near(_widened(target.span))
    quotes = sorted((_keys(text) for text in texts), key=lambda keys: (-len(keys), keys))
    return (
        _verbatim(near, target, texts)
        or _quote(near, target, quotes)
        or _twin(near, target.span, quotes)
        or _cover(near, target.span, quotes)
    )


def _keys(text: str) -> list[str]:
    return [piece.key for piece in text_pieces(text)]


def _line(strand: list[Utterance]) -> Line:
    return read_line(tuple(whole(utterance) for utterance in strand))


def _read(home: Home) -> list[str]:
    return [piece.key for piece in read_line(home).pieces]


def _widened(span: Span) -> Span:
    return Span(max(0, span.start_ms - TOLERANCE_MS), span.end_ms + TOLERANCE_MS)


def _slack_ms(span: Span) -> int:
    """How far a bound of this span may have moved; half of a short one at most."""
    return min(TOLERANCE_MS, span.duration_ms // 2)


def _is_twin(other: Span, span: Span) -> bool:
    """Whether both bounds lie within the slack, and both share most of what either covers."""
    slack_ms = _slack_ms(span)
    return (
        abs(other.start_ms - span.start_ms) <= slack_ms
        and abs(other.end_ms - span.end_ms) <= slack_ms
        and _is_most(other, span)
    )


def _is_near(heard: Span, span: Span) -> bool:
    """Whether words may have been heard at that time before: both bounds within the tolerance."""
    return (
        abs(heard.start_ms - span.start_ms) <= TOLERANCE_MS
        and abs(heard.end_ms - span.end_ms) <= TOLERANCE_MS
        and 2 * heard.overlap_ms(span) >= heard.duration_ms
    )


def _is_most(left: Span, right: Span) -> bool:
    """Whether what both share is at least half of what either covers."""
    return 2 * left.overlap_ms(right) >= (left | right).duration_ms


def _is_kin(read: Sequence[str], quotes: Sequence[Sequence[str]]) -> bool:
    """Whether enough of what was read is still there; yes where it is not known."""
    for quote in quotes:
        common = (Counter(read) & Counter(quote)).total()
        if common * KIN >= len(quote):
            return True
    return not quotes


def _verbatim(near: list[Utterance], target: Target, texts: set[str]) -> Home | None:
    """The short way to the most common quote: one long utterance, letter for letter the same.

    Not where a longer text may stand, which could hold this one.
    """
    text = target.text
    if text is None or len(text) < max(LONG, *map(len, texts)):
        return None
    found = [each for each in near if _is_most(each.span, target.span) and each.text == text]
    return (whole(found[0]),) if len(found) == 1 else None


def _quote(near: list[Utterance], target: Target, quotes: list[list[str]]) -> Home | Orphan | None:
    strands, span = [(each, _line(each)) for each in _strands(near)], target.span
    for quote in quotes:
        found = {}
        for strand, line in strands:
            for home in _passages(strand, line, quote):
                heard = home[0].span | home[-1].span
                if _is_near(heard, span):
                    far_ms = abs(heard.start_ms - span.start_ms) + abs(heard.end_ms - span.end_ms)
                    found[far_ms, home[0].utterance.id, home[0].first] = home
        if found:
            return _nearest(found, target.utterance)
    return None


def _nearest(found: dict[tuple[int, int, int], Home], utterance: int) -> Home | Orphan:
    """The passage nearest in time, if no other is about as near.

    One that stands exactly where it stood needs no such distance, unless its rival has the id.
    """
    best, *others = sorted(found)
    rivals = [other for other in others if other[0] - best[0] <= TOLERANCE_MS]
    exact = best[0] == 0 and all(far_ms > 0 and number != utterance for far_ms, number, _ in rivals)
    return found[best] if exact or not rivals else TOO_MANY


def _twin(near: list[Utterance], span: Span, quotes: list[list[str]]) -> Home | Orphan | None:
    twins = [each for each in near if _is_twin(each.span, span)]
    twins = [each for each in twins if _is_kin(_read((whole(each),)), quotes)]
    if len(twins) > 1:
        twins = [each for each in twins if each.span == span] or twins
    if len(twins) > 1:
        return TOO_MANY
    return (whole(twins[0]),) if twins else None


def _strands(near: list[Utterance]) -> list[list[Utterance]]:
    """What may be read in one go: each voice for itself; all together where nobody overlaps."""
    voices = {utterance.voice for utterance in near}
    strands = [[each for each in near if each.voice == voice] for voice in voices]
    if len(voices) > 1 and not _is_crosstalk([each.span for each in near]):
        strands.append(near)
    return strands


def _passages(strand: list[Utterance], line: Line, quote: list[str]) -> Iterable[Home]:
    for start in occurrences(quote, [piece.key for piece in line.pieces]):
        first, last = line.first[start], line.last[start + len(quote) - 1]
        places: dict[int, list[int]] = {}
        for slot in line.slots[first : last + 1]:
            places.setdefault(slot.run, []).append(slot.place)
        yield tuple(Run(strand[run], at[0], at[-1] + 1) for run, at in places.items())


def _cover(near: list[Utterance], span: Span, quotes: list[list[str]]) -> Home | Orphan:
    runs = [run for utterance in near for run in _inside(utterance, span)]
    if runs and quotes:
        runs = _kin_runs(runs, quotes)
        if not runs:
            return OTHER_WORDS
    if _is_crosstalk([run.span for run in runs]):
        return TOO_MANY
    covered_ms = sum(run.span.overlap_ms(span) for run in runs)
    if not runs or 2 * covered_ms < span.duration_ms:
        return GONE
    home = tuple(runs)
    return home if _is_kin(_read(home), quotes) else OTHER_WORDS


def _kin_runs(runs: list[Run], quotes: list[list[str]]) -> list[Run]:
    """The runs of voices that say some of what was read; anybody else only spoke at that time."""
    voices = {
        run.utterance.voice
        for run in runs
        for read in [_read((run,))]
        if any((Counter(read) & Counter(quote)).total() * KIN >= len(read) for quote in quotes)
    }
    return [run for run in runs if run.utterance.voice in voices]


def _inside(utterance: Utterance, span: Span) -> list[Run]:
    """The words of an utterance inside a span, bounds within the tolerance counted as met."""
    own, slack_ms = utterance.span, _slack_ms(span)
    starts = own.start_ms >= span.start_ms - slack_ms
    ends = own.end_ms <= span.end_ms + slack_ms
    if starts and ends:
        return [whole(utterance)] if own.middle_ms in span else []
    if own.overlap_ms(span) <= slack_ms:
        return []
    first = 0 if starts else _count_before(utterance, span.start_ms)
    last = len(utterance.words) if ends else _count_before(utterance, span.end_ms)
    return [Run(utterance, first, last)] if first < last else []


def _count_before(utterance: Utterance, at_ms: int) -> int:
    """How many words come before the first whose middle is at `at_ms` or later."""
    words = utterance.words
    later = (place for place, word in enumerate(words) if word.span.middle_ms >= at_ms)
    return next(later, len(words))


def _is_crosstalk(spans: Sequence[Span]) -> bool:
    """Whether any two share more time than a boundary may move."""
    ordered = sorted(spans)
    reach_ms = 0
    for span in ordered:
        if min(reach_ms, span.end_ms) - span.start_ms > TOLERANCE_MS:
            return True
        reach_ms = max(reach_ms, span.end_ms)
    return False
