"""Word-level patches: what an edit of a line changes, and where that stands in other words.

A line is compared piece by piece (`core.text`), folded, so that capitals and commas never matter
for finding a place. `was -> now` gives hunks: a run of pieces that is replaced, added or taken
away. A hunk holds in the present words when

1. its run stands there word for word, with the same neighbours as in `was` (the ends of the line
   count as neighbours), or
2. its run occurs exactly once in `was` and once in the present words, whatever stands around it.

An addition has no run of its own: it needs both neighbours, side by side. A hunk whose place
already reads what it wants is done. If one hunk neither holds nor is done, the edit is a conflict
and changes nothing. Differences that no hunk touches do not matter: they stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TypeVar

from earwitness.core.draft import Home
from earwitness.core.line import Line, Slot, occurrences, read_line
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.text import Piece, text_pieces

_Key = TypeVar("_Key", str, tuple[str, bool])


@dataclass(frozen=True, slots=True)
class Hunk:
    """`was[start:end]` becomes `now`."""

    start: int
    end: int
    now: tuple[Piece, ...]


def find_hunks(was: Sequence[Piece], now: Sequence[Piece]) -> list[Hunk]:
    """What changes from one line to another, in order."""
    old = [(each.text, each.glued) for each in was]
    new = [(each.text, each.glued) for each in now]
    hunks = []
    i = j = 0
    for a, b, size in [*_same_runs(old, new), (len(old), len(new), 0)]:
        if (i, j) != (a, b):
            hunks.append(Hunk(i, a, tuple(now[j:b])))
        i, j = a + size, b + size
    return hunks


def align(was: Sequence[str], now: Sequence[str]) -> dict[int, int]:
    """Where each key of `was` stands in `now`; both ends (-1 and the length) stand at the ends."""
    found = {-1: -1, len(was): len(now)}
    for a, b, size in _same_runs(was, now):
        found.update((a + step, b + step) for step in range(size))
    return found


def _same_runs(old: Sequence[_Key], new: Sequence[_Key]) -> Iterator[tuple[int, int, int]]:
    """Runs both have, as (start in old, start in new, length); common ends first, then difflib."""
    shorter = min(len(old), len(new))
    head = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    rest = shorter - head
    tail = next((n for n in range(rest) if old[-1 - n] != new[-1 - n]), rest)
    if head:
        yield 0, 0, head
    middle = old[head : len(old) - tail], new[head : len(new) - tail]
    if not set(middle[0]).isdisjoint(middle[1]):
        blocks = SequenceMatcher(None, *middle, autojunk=False).get_matching_blocks()
        yield from ((head + a, head + b, size) for a, b, size in blocks if size)
    if tail:
        yield len(old) - tail, len(new) - tail, tail


Place = tuple[int, int]
"""Where a hunk stands: pieces `[start, end)` of the present line."""


def find_place(hunk: Hunk, was: list[str], keys: list[str], kept: dict[int, int]) -> Place | None:
    """Where a hunk holds (rules 1 and 2 of this module), or None."""
    before, after = kept.get(hunk.start - 1), kept.get(hunk.end)
    size = hunk.end - hunk.start
    if before is not None and after is not None and after - before - 1 == size:
        inside = [kept.get(place) for place in range(hunk.start, hunk.end)]
        if inside == list(range(before + 1, after)):
            return before + 1, after
    run = was[hunk.start : hunk.end]
    if run and len(occurrences(run, was)) == 1:
        places = occurrences(run, keys)
        if len(places) == 1:
            return places[0], places[0] + size
    return None


def is_done(hunk: Hunk, was: list[str], keys: list[str], kept: dict[int, int]) -> Place | None:
    """Where the present line already reads what the hunk wants, between the same neighbours."""
    wanted = [each.key for each in hunk.now]
    before, after = kept.get(hunk.start - 1), kept.get(hunk.end)
    if before is not None and after is not None and keys[before + 1 : after] == wanted:
        return before + 1, after
    ends = ["^", *was, "$"]
    line = ["^" if -1 in kept else "", *keys, "$" if len(was) in kept else ""]
    context = [ends[hunk.start], *wanted, ends[hunk.end + 1]]
    places = occurrences(context, line)
    if len(places) != 1 or occurrences(context, ends):
        return None
    return places[0], places[0] + len(wanted)


def place_hunk(hunk: Hunk, was: list[str], keys: list[str], kept: dict[int, int]) -> Place | None:
    """Where a hunk is to be applied, or is done already; None when neither.

    Whichever is longer, what it replaces or what it wants, is looked for first: `no no` holds a
    `no`, so that the shorter one would be found in what is left of the longer one.
    """
    if len(hunk.now) > hunk.end - hunk.start:
        return is_done(hunk, was, keys, kept) or find_place(hunk, was, keys, kept)
    return find_place(hunk, was, keys, kept) or is_done(hunk, was, keys, kept)


def rewrite(home: Home, was: str, now: str) -> tuple[tuple[Word, ...], ...] | None:
    """The words of each run after an edit; None when the words there contradict it.

    Kept words are the same objects. Words that replace others take their time (one for one, else
    shared out by length); added words share the time of the word before them, or after them at
    the start. New words have no confidence. An edit never reaches over two voices.
    """
    line = read_line(home)
    goal = text_pieces(now)
    if _same_text(line.pieces, goal):
        return tuple(run.words for run in home)
    old = text_pieces(was)
    old_keys, keys = [each.key for each in old], [each.key for each in line.pieces]
    wanted = [each.key for each in goal]
    if len(wanted) > len(old_keys) and occurrences(wanted, keys):
        return tuple(run.words for run in home)
    kept = align(old_keys, keys)
    if keys != old_keys:
        _forget_ends(kept, home, len(old_keys))
    changes: list[Hunk] = []
    for hunk in find_hunks(old, goal):
        place = place_hunk(hunk, old_keys, keys, kept)
        if place is None or (changes and place[0] < changes[-1].end):
            return None
        if not _same_text(line.pieces[slice(*place)], hunk.now):
            changes.append(Hunk(*place, hunk.now))
    slots = list(line.slots)
    for change in reversed(_whole_words(line, changes)):
        if not _apply(slots, line, home, change):
            return None
    runs = range(len(home))
    return tuple(tuple(slot.word for slot in slots if slot.run == number) for number in runs)


def _forget_ends(kept: dict[int, int], home: Home, length: int) -> None:
    """Where time alone cut the home out of an utterance, its ends are no ends of the line."""
    if home[0].first > 0:
        del kept[-1]
    if home[-1].last < len(home[-1].utterance.words):
        del kept[length]


def _same_text(left: Sequence[Piece], right: Sequence[Piece]) -> bool:
    return [(each.text, each.glued) for each in left] == [(each.text, each.glued) for each in right]


def _apply(slots: list[Slot], line: Line, home: Home, change: Hunk) -> bool:
    """Put new words in the place of old ones; False when two voices would share them."""
    start, end = change.start, change.end
    first = line.first[start] if start < len(line.pieces) else len(line.slots)
    last = line.last[end - 1] + 1 if end > start else first
    touched = line.slots[first:last] or line.slots[max(0, first - 1) : first + 1]
    owners = [home[slot.run].utterance for slot in touched]
    if len({(owner.voice, owner.person) for owner in owners}) > 1:
        return False
    made: list[Slot] = []
    for run, begin, stop, texts in _shares(line.slots, first, last, _as_words(change.now)):
        spans = _times(line.slots, home, first=begin, last=stop, texts=[each for each, _ in texts])
        words = [
            Word(each, span, None, glue) for (each, glue), span in zip(texts, spans, strict=True)
        ]
        opens = begin == 0 or line.slots[begin - 1].run != run
        if words and opens and begin < len(line.slots):
            # A run's head is glued or not to what stands before the run: not this edit's affair.
            words[0] = replace(words[0], glued=line.slots[begin].word.glued)
        made += [Slot(word, run) for word in words]
    slots[first:last] = made
    return True


def _shares(
    slots: Sequence[Slot], first: int, last: int, texts: list[tuple[str, bool]]
) -> Iterator[tuple[int, int, int, list[tuple[str, bool]]]]:
    """New words shared out over the utterances in whose place they stand, by words replaced there.

    Yields:
        The run, the slots `[begin, stop)` it gives up, and the words it gets for them.
    """
    if first == last:
        yield slots[max(0, first - 1)].run, first, last, texts
        return
    begin, given = first, 0
    while begin < last:
        run = slots[begin].run
        stop = next((at for at in range(begin, last) if slots[at].run != run), last)
        until = round(len(texts) * (stop - first) / (last - first))
        yield run, begin, stop, texts[given:until]
        begin, given = stop, until


def _whole_words(line: Line, changes: list[Hunk]) -> list[Hunk]:
    """Changes of whole words: a word of several pieces is replaced as one, also by two changes."""
    groups: list[tuple[int, int, list[Hunk]]] = []
    for change in changes:
        start, end = _word_bounds(line, change)
        if groups and start <= groups[-1][1]:
            before = groups.pop()
            groups.append((before[0], max(before[1], end), [*before[2], change]))
        else:
            groups.append((start, end, [change]))
    return [Hunk(start, end, _read_over(line, start, end, among)) for start, end, among in groups]


def _word_bounds(line: Line, change: Hunk) -> tuple[int, int]:
    start, end = change.start, change.end
    while 0 < start < len(line.pieces) and line.last[start - 1] >= line.first[start]:
        start -= 1
    while 0 < end < len(line.pieces) and line.last[end - 1] >= line.first[end]:
        end += 1
    return start, end


def _read_over(line: Line, start: int, end: int, changes: list[Hunk]) -> tuple[Piece, ...]:
    """What pieces `[start, end)` read after the changes among them."""
    read: list[Piece] = []
    for change in changes:
        read += [*line.pieces[start : change.start], *change.now]
        start = change.end
    return (*read, *line.pieces[start:end])


def _as_words(pieces: Sequence[Piece]) -> list[tuple[str, bool]]:
    """Text and glue of the words that pieces make: glued ones become one word."""
    words: list[tuple[str, bool]] = []
    for each in pieces:
        if words and each.glued:
            words[-1] = (words[-1][0] + each.text, words[-1][1])
        else:
            words.append((each.text, each.glued))
    return words


def _times(
    slots: Sequence[Slot], home: Home, *, first: int, last: int, texts: list[str]
) -> list[Span]:
    """One span per new word that stands in place of `slots[first:last]`."""
    old = [slot.word.span for slot in slots[first:last]]
    if not old:
        return [slots[max(0, first - 1)].word.span] * len(texts)
    if len(old) == len(texts):
        return old
    start_ms, end_ms = old[0].start_ms, max(span.end_ms for span in old)
    limit_ms = _next_start(slots, home, last)
    if limit_ms is not None and limit_ms <= start_ms:
        return [Span(start_ms, end_ms)] * len(texts)
    whole = Span(start_ms, end_ms if limit_ms is None else min(end_ms, limit_ms))
    return share_out(whole, [len(text) for text in texts])


def _next_start(slots: Sequence[Slot], home: Home, last: int) -> int | None:
    """When the next word of the same utterance begins; None at its end."""
    run = slots[last - 1].run
    if last < len(slots) and slots[last].run == run:
        return slots[last].word.span.start_ms
    rest = home[run].utterance.words[home[run].last :]
    return rest[0].span.start_ms if rest else None


def share_out(span: Span, weights: Sequence[int]) -> list[Span]:
    """Cut a span in proportion to weights, at least 1 ms each; all share one too short for that."""
    count, total = len(weights), sum(weights)
    spare_ms = span.duration_ms - count
    if spare_ms < 0:
        return [span] * count
    bounds = [span.start_ms]
    weight = 0
    for place, each in enumerate(weights, start=1):
        weight += each
        bounds.append(span.start_ms + place + spare_ms * weight // total)
    return [Span(start, end) for start, end in pairwise(bounds)]


def find_cut(home: Home, left: str, right: str) -> tuple[Slot, Slot] | None:
    """The last word of `left` and the first of `right`, where they stand side by side."""
    line = read_line(home)
    halves = [[each.key for each in text_pieces(half)] for half in (left, right)]
    kept = align(halves[0] + halves[1], [each.key for each in line.pieces])
    before, after = kept.get(len(halves[0]) - 1), kept.get(len(halves[0]))
    if before is None or after != before + 1 or line.last[before] >= line.first[after]:
        return None
    return line.slots[line.last[before]], line.slots[line.first[after]]
